"""The two tables of claims, written down independently, have the same rows; and the documents name the same claims."""

import re
from pathlib import Path

import pytest

from eqcompile.claims import table as written
from eqcompile.claims.claim import CIRCUITS
from eqcompile.errors import EqcompileError
from eqcompile.recheck.claims import table as read
from eqcompile.recheck.claims.claim import CIRCUITS as recheck_circuits

ROOT = Path(__file__).parents[3]


def test_both_tables_have_the_same_rows() -> None:
    one = {(c.name, c.form, c.targets, c.fields, c.sentence, c.exact, c.characters) for c in written.CLAIMS}
    other = {
        (c.name, c.form, c.targets, (*c.evidence,), c.sentence, c.exact, c.characters) for c in read.CLAIMS
    }
    assert one == other
    assert len(written.CLAIMS) == len(read.CLAIMS) == len(one)
    assert recheck_circuits == CIRCUITS
    places = [(row.form, target) for row in read.CLAIMS for target in row.targets]
    assert len(set(places)) == len(places), "one row for every key of a kind of target"


def test_neither_side_imports_the_other() -> None:
    """One form of the document serves both: it is what ``Certificate.from_json`` reads by."""
    for path in (ROOT / "eqcompile" / "claims").rglob("*.py"):
        if path.name != "certificate.py":
            assert "eqcompile.recheck." not in imports_of(path), path
    for path in (ROOT / "eqcompile" / "recheck").rglob("*.py"):
        assert "eqcompile.claims" not in imports_of(path), path


def imports_of(path: Path) -> str:
    lines = path.read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if line.lstrip().startswith(("import ", "from ")))


TARGETS = (
    {"kind": "model", "scales": ["a", "b"], "layers": 2, "breaking": True, "data": True},
    {"kind": "model", "scales": [], "layers": 1, "breaking": False, "data": False},
    {"kind": "parts", "parts": ["state", "observable", "operator"]},
    *(
        {"kind": "circuit", "claim": claim, "unchanged": unchanged}
        for claim in ("circuit", "state", "model")
        for unchanged in (claim != "circuit", False)
    ),
)


@pytest.mark.parametrize("target", TARGETS, ids=str)
@pytest.mark.parametrize("count", [0, 1, 3])
def test_both_demand_the_same(target: dict[str, object], count: int) -> None:
    one = written.demanded_of(target, count)
    other = read.demanded_of(target, count)
    assert list(one) == list(other)
    assert [row.name for row in one.values()] == [row.name for row in other.values()]
    assert one


def test_unknown_kinds_and_parts_owe_nothing() -> None:
    for target in ({"kind": "poem"}, {"kind": "parts", "parts": ["rhyme"]}):
        with pytest.raises(EqcompileError, match=r"poem|rhyme"):
            read.demanded_of(target, 1)


def rows_of(page: str) -> list[list[str]]:
    """Cells of the table of claims in a document."""
    text = (ROOT / page).read_text(encoding="utf-8")
    start = text.index("| claim |")
    rows = text[start : text.index("\n\n", start)].splitlines()[2:]
    return [row.strip("|").split("|") for row in rows]


@pytest.mark.parametrize("page", ["README.md", "docs/certificates.md"])
def test_the_documents_name_the_claims_of_the_table(page: str) -> None:
    named = {name for row in rows_of(page) for name in re.findall(r"`([a-z ]+)`", row[0])}
    assert named == {claim.name for claim in written.CLAIMS}


def test_the_page_has_the_keys_and_the_evidence_of_the_table() -> None:
    placeholders = {"{scale}": "NAME", "{place}": "K", "{number}": "K"}
    for row in rows_of("docs/certificates.md"):
        (name,), keys, fields = (re.findall(r"`([^`]+)`", row[k]) for k in (0, 1, 3))
        of_name = [claim for claim in written.CLAIMS if claim.name == name]
        forms = {re.sub(r"\{\w+\}", lambda m: placeholders[m[0]], claim.form) for claim in of_name}
        assert set(keys) == forms
        shown = {field for field in fields if field != "target_data"}
        assert shown == {field for claim in of_name for field in claim.fields}
