"""The two tables of claims, written down independently, have the same rows; and the documents name the same claims."""

import re
from dataclasses import astuple
from pathlib import Path

import pytest

from eqcompile.claims import table as written
from eqcompile.errors import EqcompileError
from eqcompile.recheck.claims import table as read

ROOT = Path(__file__).parents[3]


def test_both_tables_have_the_same_rows() -> None:
    assert [astuple(row) for row in written.CLAIMS] == [astuple(row) for row in read.CLAIMS]
    assert written.CIRCUITS == read.CIRCUITS
    places = [(row.key, target) for row in read.CLAIMS for target in row.targets]
    assert len(set(places)) == len(places), "one row for every key of a kind of target"


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
    one = written.demanded_of(target, range(count))
    other = read.demanded_of(target, count)
    assert list(one) == list(other)
    assert [row.name for row in one.values()] == [row.name for row in other.values()]
    assert one


def test_unknown_kinds_and_parts_owe_nothing() -> None:
    for target in ({"kind": "poem"}, {"kind": "parts", "parts": ["rhyme"]}):
        with pytest.raises(EqcompileError, match=r"poem|rhyme"):
            read.demanded_of(target, 1)


@pytest.mark.parametrize("page", ["README.md", "docs/certificates.md"])
def test_the_documents_name_the_claims_of_the_table(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    start = text.index("| claim |")
    rows = text[start : text.index("\n\n", start)].splitlines()[2:]
    named = {name for row in rows for name in re.findall(r"`([a-z ]+)`", row.split("|")[1])}
    assert named == {row.name for row in read.CLAIMS}
