"""Specs of sums: what they say, one line for every mistake, and the text that needs no other file."""

from fractions import Fraction
from pathlib import Path

import pytest

import eqcompile as eq
from eqcompile.declaration.sum_schema import SUM_SECTIONS, SumSchema, schema_of_specs
from eqcompile.errors import SpecError

PAIR = """\
# Two vectors, in a file with "quotes" and a colon: here.
name: pair
qubits: 2
data: {sites: [A, B], encode: {A: [0], B: [1]}}
symmetry: [{rotation: SU(2)}]
state: singlets [[0, 1]]
observable: H(0,1)
ansatz: {depth: 3, layer: [H(0,1)]}
"""

SUM = """\
name: chain
data:
  sites: [P, Q, R]
symmetry:
  - rotation: SU(2)
  - inversion
  - permutation: ["(P R)"]
terms:
  - weights: bond
    model: pair.yaml
    depth: 2
    coefficient: 1/3
    on:
      - [P - Q, (Q - P)/2]
      - [R - Q, 0.5*Q - R/2]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pair.yaml").write_text(PAIR)
    return tmp_path


def load(text: str, folder: Path) -> "eq.SumSpec":
    path = folder / "sum.yaml"
    path.write_text(text)
    found = eq.load(path)
    assert isinstance(found, eq.SumSpec)
    return found


def test_what_a_sum_says(folder: Path) -> None:
    spec = load(SUM, folder)
    assert (spec.name, spec.sites, spec.num_sites) == ("chain", ("P", "Q", "R"), 3)
    assert str(spec.symmetry) == "SU(2) x inversion x (P R)"
    assert spec.symmetry.permutations == ((2, 1, 0),)
    first, second = spec.terms
    assert (first.weights, first.coefficient, first.entry) == ("bond", Fraction(1, 3), 0)
    half = Fraction(1, 2)
    assert second.sites == (((1, Fraction(-1)), (2, Fraction(1))), ((1, half), (2, -half)))
    assert first.spec.ansatz is not None
    assert first.spec.ansatz.depth == 2
    assert first.spec.source.text == PAIR.replace("depth: 3", "depth: 2")


def test_the_hash_covers_the_files_of_circuits(folder: Path) -> None:
    before = load(SUM, folder).source.sha256
    (folder / "pair.yaml").write_text(PAIR + "# more\n")
    assert load(SUM, folder).source.sha256 != before


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", ""),
        ("model: pair.yaml\n", "model: pair.yaml  # the circuit\n"),
        ("    model: pair.yaml\n    depth: 2\n", "    depth: 2\n    model: 'pair.yaml'\n"),
        (
            SUM[SUM.index("terms:") :],
            "terms: [{weights: bond, model: pair.yaml, on: [[P - Q, R - Q]]}, "
            "{weights: b, model: pair.yaml, on: [[P - Q, R - Q]]}]\n",
        ),
        ("  - weights: bond\n    model", "  - model"),
    ],
)
@pytest.mark.parametrize("ending", ["\n", "", "\n\n\n", "  \n", "# \u00e9 \u2028\n", "\n# \tx\n   # y"])
def test_a_sum_is_one_text(old: str, new: str, ending: str, folder: Path) -> None:
    content = PAIR.rstrip("\n") + ending
    (folder / "pair.yaml").write_text(content)
    text = SUM.replace(old, new)
    if "weights: bond" not in text:
        text = text.replace("    depth: 2\n", "    depth: 2\n    weights: bond\n")
    spec = load(text, folder)
    alone = eq.loads(spec.standalone, path="elsewhere.yaml")
    assert alone == spec
    assert isinstance(alone, eq.SumSpec)
    assert [t.spec.source.text for t in alone.terms] == [t.spec.source.text for t in spec.terms]
    assert eq.ProgramSum.sha256_of(alone) == eq.ProgramSum.sha256_of(spec)
    assert alone.standalone == spec.standalone


def test_a_circuit_inside_the_sum(folder: Path) -> None:
    inside = SUM.replace(
        "    model: pair.yaml\n", "    spec:\n" + "".join(f"      {line}\n" for line in PAIR.splitlines())
    )
    assert load(inside, folder) == load(SUM, folder)


MISTAKES: dict[str, tuple[str, str, str]] = {
    "an unknown site": ("[P - Q,", "[P - S,", '14:14: unknown site "S". Known: P, Q, R.'),
    "a number": (
        "[P - Q,",
        "[P - Q + 1,",
        "14:10: the number 1 is added to sites; a combination of sites reads",
    ),
    "zero": ("[P - Q,", "[P - P,", '14:10: "P - P" is zero for all positions'),
    "a product of sites": ("[P - Q,", "[P*Q,", "14:11: a product of sites"),
    "a quotient of sites": ("[P - Q,", "[1/Q,", "14:11: a division by sites"),
    "a division by zero": ("[P - Q,", "[P/0,", "14:11: a division by zero"),
    "code": ("[P - Q,", "[__import__('os'),", '14:10: unexpected "_"'),
    "a power": ("[P - Q,", "[P**2,", '14:12: unexpected "*"'),
    "an open bracket": ("[P - Q,", '["(P - Q",', '"(" is never closed'),
    "brackets without end": (
        "[P - Q,",
        f'["{"(" * 40}P{")" * 40}",',
        "brackets nested deeper than 30 levels",
    ),
    "a long text": ("[P - Q,", f"[{'P - Q + ' * 100}P,", "the limit for a combination is 500"),
    "the same twice": ("(Q - P)/2]", "P - Q]", "14:17: P - Q is at two sites of one copy; name it once"),
    "too few": (
        "[P - Q, (Q - P)/2]",
        "[P - Q]",
        "14:9: pair has the sites A, B; found 1 combinations, not 2",
    ),
    "a number for a combination": ("[P - Q,", "[3,", "14:10: terms[0].on[0][0] must be text"),
    "an unknown key": (
        "    depth: 2\n",
        "    depht: 2\n",
        '11:5: unknown key "depht" in terms[0]; did you mean',
    ),
    "no weights": (
        "  - weights: bond\n    model",
        "  - model",
        '9:5: missing key "weights" in terms[0]; add a line',
    ),
    "a name of weights": ("weights: bond", "weights: b.c", "9:14: terms[0].weights must begin with a letter"),
    "neither": (
        "    model: pair.yaml\n",
        "",
        "9:5: terms[0] has a model, which is a file, or a spec; found neither",
    ),
    "both": (
        "    depth: 2\n",
        "    spec: 'a: b'\n",
        "terms[0] has a model, which is a file, or a spec; found both",
    ),
    "no such file": ("pair.yaml", "paar.yaml", '10:12: model "paar.yaml": no such file; did you mean'),
    "a folder": ("pair.yaml", ".", '10:12: model ".": not a regular file'),
    "a sum as a term": (
        "pair.yaml\n    depth: 2\n",
        "sum.yaml\n",
        "sum.yaml:8:1: a term is one circuit, and this spec has terms itself",
    ),
    "a mistake in the file": ("pair.yaml\n    depth: 2\n", "bad.yaml\n", "bad.yaml:3:1: unknown key"),
    "a spec without sites": ("pair.yaml", "bare.yaml", "9:5: bare takes no sites, so it cannot be a term"),
    "no depth to replace": ("pair.yaml", "bad.yaml", "bad.yaml has no ansatz.depth to replace"),
    "depth 0": ("depth: 2", "depth: 0", "11:12: terms[0].depth must be at least 1; found 0"),
    "coefficient 0": (
        "1/3",
        "0",
        "12:18: terms[0].coefficient: a rational number other than 0 is needed; found 0",
    ),
    "an irrational coefficient": (
        "1/3",
        "sqrt(2)",
        "12:18: terms[0].coefficient: a rational number other than 0",
    ),
    "a huge coefficient": (
        "1/3",
        "10**64*10**64",
        "12:18: terms[0].coefficient is limited to sizes from 1e-100",
    ),
    "an unknown word": (
        "- inversion\n",
        "- inverson\n",
        '6:5: unknown symmetry of a sum "inverson"; did you mean',
    ),
    "an inversion with a qubit": (
        "- inversion\n",
        "- inversion: {parity: 4}\n",
        '6:5: unknown key "inversion"',
    ),
    "another rotation": (
        "SU(2)",
        "U(1)",
        "5:15: of a sum, all rotations can be claimed: write rotation: SU(2)",
    ),
    "an unknown site in a cycle": ('"(P R)"', '"(P S)"', '7:23: unknown site "S"'),
    "a permutation of qubits": (
        '["(P R)"]',
        "{cycles: ['(0 1)'], on: qubits}",
        "a sum has sites and no qubits",
    ),
    "a symmetry twice": (
        "- inversion\n",
        "- inversion\n  - inversion\n",
        "7:5: this symmetry repeats symmetry[1]",
    ),
    "an alias": (
        "  - weights: bond\n    model: pair.yaml\n",
        "  - {weights: w, model: &m pair.yaml, on: [[P - Q, Q - P]]}\n  - weights: bond\n    model: *m\n",
        "9:18: write the name of the file out, without anchor or alias",
    ),
    "an alias of an alias": (
        "    model: pair.yaml\n    depth: 2\n",
        "    depth: &d 2\n    model: pair.yaml\n    coefficient: *d\n",
        'key "coefficient" appears twice',
    ),
    "a depth that is an alias in the file": ("pair.yaml", "alias.yaml", "alias"),
    "a site twice": ("[P, Q, R]", "[P, Q, P]", '3:17: site "P" is declared twice'),
    "no terms": (
        SUM[SUM.index("terms:") :],
        "terms: []\n",
        "8:8: terms is empty; it needs at least one entry",
    ),
    "qubits": ("name: chain\n", "name: chain\nqubits: 3\n", '2:1: unknown key "qubits"'),
    "no symmetry": (SUM[SUM.index("symmetry:") : SUM.index("terms:")], "", 'missing key "symmetry"'),
    "two entries in one": (
        "  - inversion\n",
        "  - {rotation: SU(2), permutation: (P R)}\n",
        "6:5: an entry of symmetry is a rotation or a permutation; found both",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_every_mistake_is_one_line_with_its_place(name: str, folder: Path) -> None:
    (folder / "bad.yaml").write_text("name: bad\nqubits: 1\nsymetry: []\n")
    bare = "{name: bare, qubits: 2, symmetry: [{rotation: SU(2)}], ansatz: {depth: 1, layer: ['H(0,1)']}}"
    (folder / "bare.yaml").write_text(bare)
    alias = PAIR.replace("depth: 3", "blocks: &d 3, depth: *d")
    (folder / "alias.yaml").write_text(alias)
    old, new, message = MISTAKES[name]
    assert old in SUM
    with pytest.raises(SpecError) as caught:
        load(SUM.replace(old, new, 1), folder)
    line = str(caught.value)
    assert message in line
    assert line.startswith(str(folder))
    assert "\n" not in line


def test_weights_of_circuits_with_other_parameters_are_refused(folder: Path) -> None:
    text = SUM + "  - {weights: bond, model: pair.yaml, on: [[P - R, R - P]]}\n"
    with pytest.raises(SpecError) as caught:
        eq.compile(load(text, folder))
    assert ':16:15: pair and pair share the weights "bond", but their parameters differ' in str(caught.value)


def test_too_many_terms_are_refused(folder: Path) -> None:
    rows = "".join("      - [P - Q, Q - R]\n" for _ in range(600))
    entry = "  - weights: more\n    model: pair.yaml\n    on:\n"
    with pytest.raises(SpecError, match="more than 1000 terms in all"):
        load(SUM + entry + rows + entry + rows, folder)


def test_the_json_schema_has_both_kinds() -> None:
    schema = schema_of_specs()
    assert set(schema["then"]["properties"]) == set(SumSchema.model_fields)
    assert "qubits" in schema["else"]["properties"]
    for section in SUM_SECTIONS.values():
        if section is not SumSchema:
            assert schema["$defs"][section.__name__]["additionalProperties"] is False
