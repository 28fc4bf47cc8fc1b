"""The three forms of a picture show the same things, and change with the model."""

import re

import pytest

import eqcompile as eq
from eqcompile.errors import BackendError

MODEL = """\
name: drawn
qubits: 4
data: {sites: [A_1, B], encode: {A_1: [0], B: [2]}}
symmetry: [{rotation: {group: U(1), qubits: [0, 1, 2]}}]
state: "|0+11>"
observable: Z0 Z2
ansatz: {depth: 7, blocks: 3, layer: [H(0,2), Z1], symmetry_breaking: {generator: X1, start: 0}}
"""


@pytest.fixture(scope="module")
def program() -> eq.Program:
    return eq.compile(eq.loads(MODEL))


def test_text_shows_what_repeats_and_what_acts_where(program: eq.Program) -> None:
    caption, first, *rows = eq.draw(program).splitlines()
    assert caption == f"drawn: {program.certificate.symmetry_left}, {program.num_parameters} parameters"
    assert re.findall(r"\d+ \(|\)", first) == ["7 (", "3 (", ")", ")"]
    wires = {row[:6]: row for row in rows if row.startswith("q")}
    assert list(wires) == ["q0 |0>", "q1 |+>", "q2 |1>", "q3 |1>"]
    assert re.findall(r"A_1|B|R\w+", wires["q0 |0>"]) == ["A_1", "A_1"]
    assert "R_X" in wires["q1 |+>"]
    assert wires["q2 |1>"].count(" B ") == 2
    assert set(wires["q3 |1>"][8:]) <= {"─", "░"}, "nothing acts on this qubit"
    assert "RH_0" in "".join(rows)


def test_text_does_not_depend_on_the_terminal(program: eq.Program, monkeypatch: pytest.MonkeyPatch) -> None:
    before = eq.draw(program)
    monkeypatch.setenv("COLUMNS", "20")
    assert eq.draw(program) == before


def cells(source: str) -> list[list[str]]:
    """The grid of a quantikz picture."""
    (body,) = re.findall(r"\\begin{quantikz}\n(.*)\n\\end{quantikz}", source, flags=re.DOTALL)
    return [[cell.strip() for cell in row.split("&")] for row in body.split("\\\\\n")]


def test_latex_is_a_grid_of_gates(program: eq.Program) -> None:
    source = eq.draw(program, "latex")
    grid = cells(source)
    assert len(grid) == 4
    assert len({len(row) for row in grid}) == 1
    assert [row[0] for row in grid] == [
        rf"\lstick{{q_{{{q}}}\ {ket}\rangle}}" for q, ket in enumerate(["|0", "|{+}", "|1", "|1"])
    ]
    assert grid[0][1] == r"\gate[style={fill=encoding}]{\mathrm{A\_1}}"
    assert sum("RH_0" in cell for row in grid for cell in row) == 2
    assert r"\wire[d][2]{q}" in next(cell for cell in grid[0] if "RH_0" in cell)
    assert all(not cell for cell in grid[3][1:])
    assert re.findall(r"\$\\times (\d+)\$", source) == ["3", "7"]


def test_latex_is_balanced(program: eq.Program) -> None:
    source = eq.draw(program, "latex")
    bare = re.sub(r"\\[{}]", "", source)
    assert bare.count("{") == bare.count("}")
    assert re.findall(r"\\begin{(\w+)}", source) == re.findall(r"\\end{(\w+)}", source)[::-1]
    colours = set(re.findall(r"\\definecolor{(\w+)}", source))
    assert set(re.findall(r"fill=(\w+)", source)) <= colours


def test_groups_of_latex_span_their_columns(program: eq.Program) -> None:
    """The block of two gates in two columns, and the whole layer with breaking and encoding."""
    (row, *_) = cells(eq.draw(program, "latex"))
    steps = {count: int(n) for cell in row for n, count in re.findall(r"steps=(\d+).*?times (\d+)", cell)}
    assert steps["3"] < steps["7"] <= len(row) - 3


@pytest.mark.parametrize("form", ["text", "latex"])
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("depth: 7", "depth: 8"),
        ("H(0,2)", "Z0 Z2"),
        ("'|0+11>'", "zeros"),
        ("Z0 Z2", "Z0"),
        ("X1, start", "Y1, start"),
    ],
)
def test_negative_control_another_model_looks_otherwise(
    program: eq.Program, form: str, old: str, new: str
) -> None:
    text = MODEL.replace('"', "'")
    assert old in text
    other = eq.compile(eq.loads(text.replace(old, new)))
    assert eq.draw(other, form) != eq.draw(program, form)  # type: ignore[call-overload]


def test_unknown_forms_are_refused(program: eq.Program) -> None:
    with pytest.raises(BackendError, match=r"^unknown form of a picture 'svg'; known: text, png, latex$"):
        eq.draw(program, "svg")  # type: ignore[call-overload]
