"""What the tables say."""

from collections.abc import Callable
from io import StringIO

from rich.console import Console, RenderableType

import eqcompile as eq
from eqcompile.declaration.lift import symmetry_of
from eqcompile.derivation.compare import Comparison, Outcome, compare_methods
from eqcompile.exact.operators.notation import shorthand
from eqcompile.face.explain import explanation, missing_generators
from eqcompile.face.report import certificate_table, comparison_table, refusals, reproductions, verdict_line

Specs = Callable[..., eq.Spec]


def shown(table: RenderableType) -> str:
    file = StringIO()
    Console(width=160, file=file).print(table)
    return file.getvalue()


def test_certificates(program: Callable[[str], eq.Program]) -> None:
    text = shown(certificate_table(program("water_breaking").certificate))
    assert "layer[2]: H(0,3) + H(1,2)" in text
    assert "breaks T_x, T_y; leaves U(1) about z x (H1 H2)" in text
    assert "PROVEN for what the declared breaking leaves: U(1) about z x (H1 H2)" in text
    assert "refused" not in text
    assert verdict_line(program("water").certificate) == "PROVEN for SU(2) x (H1 H2)"
    assert reproductions(program("water").certificate) == []


def test_refusals_have_a_place_and_a_line_to_copy(spec: Specs) -> None:
    wrong = spec("water", ("- H(1,2) + H(0,3)", "- H(1,2)"), ("depth: 11", "depth: 3"))
    certificate = eq.compile(wrong).certificate
    assert verdict_line(certificate) == "REFUSED: 2 of 7 claims fail"
    (line,) = refusals(certificate, wrong)
    assert line == (
        "water.yaml:37:7: layer[2]: H(1,2) is not an equivariant gate: changed by (H1 H2); "
        "under (H1 H2), R G R^dagger for G = H(1,2): expected H(1,2), found H(0,3)"
    )
    first, second = reproductions(certificate)
    assert first == (
        'reproduce: op = eq.PauliSum.parse("X1 X2 + Y1 Y2 + Z1 Z2", 4); op.relabel([1, 0, 3, 2]) - op'
    )
    assert second.startswith("reproduce: import numpy as np; ")
    assert "\n" not in first + second


def test_comparisons(spec: Specs) -> None:
    comparison = compare_methods(symmetry_of(spec("water")), 2)
    text = shown(comparison_table(comparison, "G"))
    assert "G: 4 generators on up to 2 of 4 qubits (identity aside)" in text
    assert "H(0,2) + H(1,3)" in text
    rows = {line.split()[1]: line for line in text.splitlines() if "0: 1, 1: 0, 2: 4" in line}
    assert list(rows) == ["nullspace", "twirl", "choi", "characters"]
    assert "same span" in rows["twirl"]
    assert "same count" in rows["characters"]
    assert text.rstrip().endswith("the spans agree exactly, the count by characters agrees")


def test_methods_that_differ_are_shown(spec: Specs) -> None:
    """Another group's span and a wrong count are each named; a route that does not apply is not a disagreement."""
    right = compare_methods(symmetry_of(spec("water")), 2)
    other = eq.derive(spec("lih"), 2, "twirl")
    count = right.basis.by_weight | {2: 5}
    wrong = Comparison(
        right.basis,
        (
            right.outcomes[0],
            Outcome("twirl", 1, other.dim + 1, other.by_weight, other),
            Outcome("choi", 1, reason="too large"),
            Outcome("characters", 1, 6, count),
        ),
    )
    text = shown(comparison_table(wrong, "G"))
    assert wrong.differing == ("twirl", "characters")
    assert text.count("DIFFERS") == 2
    assert "not applicable: too large" in text
    assert "THE METHODS DIFFER, please report this: twirl, characters" in text
    assert not wrong
    assert right


def test_explanations(program: Callable[[str], eq.Program], spec: Specs) -> None:
    dimer = program("water_dimer")
    text = shown(explanation("water_dimer", dimer.symmetry, eq.derive(spec("water_dimer")), dimer))
    assert "eigenvalues -3, -1, 1, 3" in text
    assert "122 = 30 layers x 1 blocks x 3 generators + 30 breaking angles + 2 scales" in text
    assert "H1a on qubits 1" in text
    assert "linear, up to phases that can be chosen away" in text
    assert "4 characters, of dimension 2, 2, 1, ..., 1 product of singlets" in text
    assert "18 on up to 2 qubits: O1_x*(X0 X6)" in text


def test_explanations_say_why_there_is_nothing() -> None:
    """Three spins have no invariant state; without a parity qubit the inversion leaves no encoding."""
    text = shown(explanation("a", eq.SU2(3), eq.derive(eq.SU2(3)), None))
    assert "projective: a full turn of SU(2) on 3 spins is -1, not 1" in text
    assert "no invariant state: SU(2) rotates 3 qubits, an odd number" in text
    spec = eq.loads(
        "{name: a, qubits: 2, data: {sites: [s], encode: {s: [0, 1]}}, symmetry: [{point_group: C_i}]}"
    )
    basis = eq.derive(spec)
    text = " ".join(shown(explanation("a", symmetry_of(spec), basis, None)).replace("│", " ").split())
    assert "let it act as Z on a parity qubit" in text
    assert "irreducible dimension x how often: 1 x 4" in text


def test_what_a_layer_leaves_out(spec: Specs) -> None:
    water = spec("water")
    assert water.ansatz is not None
    (missing,) = missing_generators(water.ansatz.layer, eq.derive(water))
    assert str(missing) == "X0 X2 + Y0 Y2 + Z0 Z2 + X1 X3 + Y1 Y3 + Z1 Z3"
    repeated = (*water.ansatz.layer, water.ansatz.layer[0], water.ansatz.layer[1] + water.ansatz.layer[0])
    assert missing_generators(repeated, eq.derive(water)) == [missing]
    assert missing_generators((*repeated, missing), eq.derive(water)) == []
    dimer = spec("water_dimer")
    assert dimer.ansatz is not None
    assert [shorthand(op) for op in missing_generators(dimer.ansatz.layer, eq.derive(dimer))] == [
        "H(0,1) + H(0,2) + H(3,4) + H(3,5)",
        "H(0,4) + H(0,5) + H(1,3) + H(2,3)",
        "H(1,4) + H(1,5) + H(2,4) + H(2,5)",
    ]
