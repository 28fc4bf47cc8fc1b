"""The certificate of a sum is confirmed by the recheck's own means, and every forgery of it is contradicted."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import eqcompile as eq
from eqcompile.declaration.sums.expression import parse_combination
from eqcompile.errors import EqcompileError, ExpressionError
from eqcompile.exact.linear.combination import row_of
from eqcompile.face.comparison import recheck_files
from eqcompile.recheck.decide import Recheck, summary
from eqcompile.recheck.document import digest_of
from eqcompile.recheck.files.unread import UnreadError
from eqcompile.recheck.sums.combination_text import combination_row
from eqcompile.recheck.sums.decide import recheck_sum
from eqcompile.recheck.sums.read_sum import read_sum

MODELS = Path(__file__).parents[3] / "siqml" / "models"
SEED = 7

PAIR = """\
name: pair
qubits: 3
data: {sites: [A, B], encode: {A: [0], B: [1]}, scales: {alpha: [A, B]}}
symmetry:
  - rotation: SU(2)
  - permutation: ["(A B)"]
  - inversion: {parity: 2}
state: singlets [[0, 1]]
observable: H(0,1)
ansatz: {depth: 2, layer: ["H(0,1)", "Z2"]}
"""

WHOLE = """\
name: ring
data: {sites: [P, Q, R]}
symmetry:
  - rotation: SU(2)
  - inversion
  - translation
  - permutation: {group: S_3, on: [P, Q, R]}
terms:
  - weights: bond
    model: pair.yaml
    depth: 1
    coefficient: 2/3
    on:
      - [P - Q, Q - P]
      - [Q - R, R - Q]
      - [(R - P), (P - R)]
  - weights: corner
    model: pair.yaml
    on: [[P - Q, P - R], [Q - R, Q - P], [R - P, R - Q]]
"""


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    (tmp_path / "pair.yaml").write_text(PAIR)
    path = tmp_path / "ring.yaml"
    path.write_text(WHOLE)
    return path


@pytest.fixture
def text(spec: Path) -> str:
    certificate = eq.verify(spec)
    assert certificate.verdict == "proven"
    return certificate.to_json()


def forged(text: str, change: Callable[[dict[str, Any]], object], spec: Path | None = None) -> Recheck:
    """The recheck of a changed certificate with a digest that fits again."""
    body = json.loads(text)
    change(body)
    body["digest"] = digest_of(body)
    return recheck_sum(json.dumps(body), SEED, spec)


def test_a_certificate_is_confirmed_with_and_without_its_spec(text: str, spec: Path) -> None:
    alone, with_files = recheck_files(text, SEED), recheck_files(text, SEED, spec)
    for result in (alone, with_files):
        assert result, summary(result)
        assert [check.outcome for check in result.checks] == ["confirmed"] * len(result.checks)
        assert [check.key for check in result.checks][:2] == ["program 0", "program 1"]
    assert "as far as the content of the certificate goes; give --spec" in summary(alone)[-1]
    assert "as the given files have it" in summary(with_files)[-1]


def test_the_shipped_sum_is_confirmed() -> None:
    path = MODELS / "water_dimer_sum.yaml"
    assert recheck_files(eq.verify(path).to_json(), SEED, path)


@pytest.mark.parametrize("form", ["mapping", "text"])
def test_circuits_in_the_text_of_the_sum_are_read_too(form: str, spec: Path) -> None:
    indented = "".join(f"      {line}\n" for line in PAIR.splitlines())
    inside = WHOLE.replace(
        "    model: pair.yaml\n", "    spec:" + (" |\n" if form == "text" else "\n") + indented
    )
    spec.write_text(inside)
    result = recheck_files(eq.verify(spec).to_json(), SEED, spec)
    assert result, summary(result)


def _all(body: dict[str, Any]) -> list[dict[str, Any]]:
    return body["target_data"]["terms"]


def _images(body: dict[str, Any], key: str) -> list[Any]:
    return next(f for f in body["findings"] if f["key"] == key)["evidence"]["images"]


def _drop(body: dict[str, Any], place: int) -> None:
    """A term less, and its image with it."""
    del _all(body)[place]
    for finding in body["findings"]:
        if "images" in finding["evidence"] and finding["evidence"]["images"]:
            kept = [image for image in finding["evidence"]["images"] if image[0] != place]
            finding["evidence"]["images"] = [[t - (t > place), *rest] for t, *rest in kept][: len(_all(body))]


def _set(place: int, key: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(body: dict[str, Any]) -> None:
        _all(body)[place][key] = value

    return change


def _own_group(body: dict[str, Any]) -> None:
    """The program claims one exchange less than the sum needs."""
    program = body["target_data"]["programs"][1]
    for generator in program["group_data"]["generators"]:
        if "sites" in generator and generator["sites"] == [1, 0]:
            generator["sites"] = [0, 1]
            generator["steps"] = [{"permutation": [0, 1, 2]}]
    program["digest"] = digest_of(program)


def _flip(body: dict[str, Any]) -> None:
    image = _images(body, "generator 3")[0]
    image[1] = -image[1]


def _another_element(body: dict[str, Any]) -> None:
    """A permutation takes the place of another, with its old images."""
    generator = body["group_data"]["generators"][3]
    generator["sites"], generator["name"] = [2, 1, 0], "(P R)"
    body["generators"][3] = "(P R)"
    finding = next(f for f in body["findings"] if f["key"] == "generator 3")
    finding["subject"] = "the sum under (P R)"


FORGERIES: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "a sign": (_flip, "has other combinations of sites"),
    "a missing fragment": (lambda body: _drop(body, 0), "has other combinations of sites"),
    "another coefficient": (_set(0, "coefficient", "2001/3000"), "is another function"),
    "another name of weights": (_set(1, "weights", "other"), "is another function"),
    "another circuit": (_set(2, "program", 1), "the evidence is about something else"),
    "a combination off by a thousandth": (
        _set(0, "sites", [[[0, "1001/1000"], [1, "-1001/1000"]], [[0, "-1"], [1, "1"]]]),
        "has other combinations of sites",
    ),
    "a shift": (
        _set(0, "sites", [[[0, "1"]], [[1, "1"]]]),
        "a combination of sites does not add up to zero",
    ),
    "an exchange that a circuit does not prove": (_own_group, "program 1"),
    "another element": (_another_element, "has other combinations of sites"),
    "an image twice": (
        lambda body: _images(body, "generator 3").__setitem__(0, _images(body, "generator 3")[1]),
        "its images of the terms are not each term once",
    ),
    "sites in another order": (
        lambda body: _images(body, "generator 3")[0][2].reverse(),
        "has other combinations of sites",
    ),
    "an image that is no permutation": (
        lambda body: _images(body, "generator 3")[0].__setitem__(2, [0, 0]),
        "is no permutation with a sign",
    ),
    "a claim left out": (lambda body: body["findings"].pop(), "are not decided each once"),
    "a claim not demanded": (
        lambda body: (body["findings"].pop(), body["demanded"].pop()),
        "the list of demanded claims is not what its group and target demand",
    ),
    "a refused program": (
        lambda body: body["target_data"]["programs"][0].update(verdict="refused"),
        "its own certificate says something else",
    ),
    "a generator called otherwise": (
        lambda body: (
            body["group_data"]["generators"][0].update(name="everything"),
            body["generators"].__setitem__(0, "everything"),
        ),
        "is called otherwise than what it does",
    ),
    "a group called otherwise": (
        lambda body: body.update(group="O(3)", symmetry_left="O(3)"),
        "which is not what its factors are called",
    ),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_forgeries_are_contradicted(name: str, text: str, spec: Path) -> None:
    change, reason = FORGERIES[name]
    for files in (None, spec):
        result = forged(text, change, files)
        assert not result
        assert not result.confirmed
        assert reason in " ".join([*(c.reason for c in result.checks), *result.problems]), summary(result)


WITH_FILES: dict[str, tuple[str, str]] = {
    "a combination": ("[P - Q, Q - P]", "[P - Q, 1.001*Q - 1.001*P]"),
    "a coefficient": ("coefficient: 2/3", "coefficient: 3/4"),
    "weights": ("weights: bond", "weights: bonds"),
    "a term": ("      - [Q - R, R - Q]\n", ""),
    "an element": ("  - inversion\n", ""),
    "a group": ("{group: S_3, on: [P, Q, R]}", '["(P Q R)"]'),
    "a depth": ("depth: 1", "depth: 3"),
    "a name": ("name: ring", "name: chain"),
    "a comment": ("name: ring", "# A ring.\nname: ring"),
}


@pytest.mark.parametrize("name", WITH_FILES)
def test_the_certificate_of_another_spec_is_not_confirmed(name: str, text: str, spec: Path) -> None:
    old, new = WITH_FILES[name]
    assert old in WHOLE
    spec.write_text(WHOLE.replace(old, new, 1))
    result = recheck_files(text, SEED, spec)
    assert not result.confirmed
    assert "the hashes differ" in " ".join(result.problems)
    own = forged(text, lambda body: body.update(spec_sha256=_hash(spec)), spec)
    assert own.confirmed == (name == "a comment"), summary(own)


def _hash(spec: Path) -> str:
    return eq.load(spec).source.sha256


def test_another_circuit_in_the_file_is_not_confirmed(text: str, spec: Path) -> None:
    (spec.parent / "pair.yaml").write_text(PAIR.replace('"Z2"', '"Z2", "H(0,1) Z2"'))
    for result in (
        recheck_files(text, SEED, spec),
        forged(text, lambda b: b.update(spec_sha256=_hash(spec)), spec),
    ):
        assert not result.confirmed
    (spec.parent / "pair.yaml").unlink()
    result = recheck_sum(text, SEED, spec)
    assert "nothing is confirmed against the files" in " ".join(result.problems)


def test_refusals_are_confirmed_and_forged_ones_are_not(spec: Path, text: str) -> None:
    spec.write_text(WHOLE.replace("      - [Q - R, R - Q]\n", ""))
    certificate = eq.verify(spec)
    assert certificate.verdict == "refused"
    result = recheck_files(certificate.to_json(), SEED, spec)
    assert result.confirmed
    assert not result

    def refuse(body: dict[str, Any]) -> None:
        finding = body["findings"][-1]
        finding["verdict"] = body["verdict"] = "refused"
        finding["evidence"]["images"] = []
        finding["counterexample"] = dict.fromkeys(("element", "input", "expected", "found", "python"), "")

    lying = forged(text, refuse)
    assert not lying.confirmed
    assert "it holds, as far as this check can tell" in lying.checks[-1].reason


def test_a_program_without_proof_leaves_the_sum_open(spec: Path) -> None:
    (spec.parent / "pair.yaml").write_text(PAIR.replace('"Z2"', '"X0 X1"'))
    certificate = eq.verify(spec)
    assert [f.verdict for f in certificate.findings] == ["refused"] * 2 + ["not decided"] * 5
    result = recheck_files(certificate.to_json(), SEED, spec)
    assert result.confirmed, summary(result)
    assert not result


MALFORMED: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "no schema": (
        lambda b: b.update(schema="eqcompile.sum/2"),
        "not a certificate of schema 'eqcompile.sum/1'",
    ),
    "an unknown field": (lambda b: b.update(more=1), 'the field "more" is not known here'),
    "a site that does not exist": (
        lambda b: _all(b)[0].update(sites=[[[7, "1"]], [[0, "1"]]]),
        "target_data.terms[0].sites: sites that do not exist",
    ),
    "a program that does not exist": (lambda b: _all(b)[0].update(program=9), "there is no program 9"),
    "no permutation": (
        lambda b: b["group_data"]["generators"][3].update(sites=[0, 0, 1]),
        "not a permutation of 3 sites",
    ),
    "no terms": (lambda b: _all(b).clear(), "no term at all"),
    "a number as text": (lambda b: _all(b)[0].update(coefficient="one"), "a number such as 3/8 belongs here"),
    "a broken program": (
        lambda b: b["target_data"]["programs"][0].pop("kept"),
        'target_data.programs[0]: the field "kept" is missing',
    ),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_document_of_another_form_is_refused_in_one_line(name: str, text: str) -> None:
    change, message = MALFORMED[name]
    with pytest.raises(EqcompileError) as caught:
        forged(text, change)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


TEXTS = (
    "A", "-A", "A - B", "(A - B)/2", "2*(A + B)*3 - A", "0.5*A - 1/2*B", "-(A - (B - C))/3", "A - -B", "A B", "2 A",
    "A*B", "A/B", "A/0", "1/A", "A +", "(A", "A)", "()", "", "1", "A + 1", "A - A", "D", "A.B", "a", "2*", "A - 1 + 1",
    "((A))", "+A", "(-A)", "A*(1/2)", "A//2", "A**2", "0*A", "A\n- B", "2A", "A2", "1.5.2*A", "1e3*A", "A;B", "0.*A",
    "A - __import__", "A,B", "A - B)", "*A", "(A)(B)", "A - (B", "1/(1 - 1)*A",
)  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_two_parsers_read_the_same_combinations(text: str) -> None:
    names = ["A", "B", "C"]
    try:
        one: Any = row_of(parse_combination(text, {name: k for k, name in enumerate(names)}), 3)
    except ExpressionError:
        one = None
    try:
        other: Any = combination_row(text, names)
    except UnreadError:
        other = None
    assert one == other


GRAPH_SUM = """
name: two
data: {sites: [P, Q, O]}
symmetry: [{rotation: SU(2)}]
terms:
  - {weights: a, model: a/r.yaml, on: [[P - O, Q - O]]}
"""

WITH_A_FILE = """
name: r
qubits: 2
data: {sites: [A, B], encode: {A: [0], B: [1]}}
symmetry: [{rotation: SU(2)}, {graph: {file: g.xyz}}]
state: singlets [[0, 1]]
observable: H(0,1)
ansatz: {depth: 1, blocks: 1, layer: [H(0,1)]}
"""


def test_a_circuit_that_names_a_further_file_is_refused_by_both(tmp_path: Path) -> None:
    """Equal texts in two folders would be two circuits, and the hash of the sum would not tell."""
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "r.yaml").write_text(WITH_A_FILE)
    (tmp_path / "a" / "g.xyz").write_text("2\n\nH 0 0 0\nH 0 0 0.74\n")
    (tmp_path / "s.yaml").write_text(GRAPH_SUM)
    with pytest.raises(eq.SpecError, match="names no further file, and this one names"):
        eq.load(tmp_path / "s.yaml")
    with pytest.raises(UnreadError, match="names further files"):
        read_sum(tmp_path / "s.yaml")


@pytest.mark.parametrize(
    "text", ["100000000000000000001*P - 100000000000000000000*O - Q", "P/1000001 - O/1000001"]
)
def test_a_coefficient_that_rounds_far_off_is_refused_by_both(text: str, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "r.yaml").write_text(WITH_A_FILE.replace(", {graph: {file: g.xyz}}", ""))
    (tmp_path / "s.yaml").write_text(GRAPH_SUM.replace("P - O", text))
    with pytest.raises(eq.SpecError, match="limited to numerators and denominators up to 1000000"):
        eq.load(tmp_path / "s.yaml")
    with pytest.raises(UnreadError, match="beyond 1000000"):
        read_sum(tmp_path / "s.yaml")
