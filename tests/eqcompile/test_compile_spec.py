"""The public functions: load, derive, verify, compile."""

from collections.abc import Callable

import pytest

import eqcompile as eq
from eqcompile.errors import DimensionError, MethodError
from eqcompile.targets import KNOWN
from eqcompile.verification import parse_operator

Specs = Callable[..., eq.Spec]
Programs = Callable[[str], eq.Program]


def test_public_names_are_there_and_no_others() -> None:
    assert all(getattr(eq, name) is not None for name in eq.__all__)
    assert dir(eq) == sorted(eq.__all__)
    with pytest.raises(AttributeError, match=r"^module 'eqcompile' has no attribute 'magic'$"):
        eq.magic  # noqa: B018


def test_programs_carry_what_was_declared(program: Programs, spec: Specs) -> None:
    water = program("water")
    assert water.spec == spec("water")
    assert water.num_qubits == 4
    assert str(water.symmetry) == "SU(2) x (H1 H2)"
    assert str(water.state) == "|0101> - |0110> - |1001> + |1010>"
    assert water.observable_range == (-3, 1)
    assert program("water_dimer").observable_range == (-3, 3)
    assert water.certificate


def test_derive(spec: Specs) -> None:
    water = spec("water")
    assert eq.derive(water).dim == 4
    assert eq.derive(water, locality=4, method="twirl").dim == 9
    assert eq.derive(water, locality=99).dim == 9, "no term acts on more than all qubits"
    with pytest.raises(MethodError, match=r"^unknown method 'magic'; known: choi, nullspace, twirl$"):
        eq.derive(water, method="magic")


def test_a_refused_model_is_compiled_and_says_so(spec: Specs) -> None:
    program = eq.compile(spec("water", ("- H(1,2) + H(0,3)", "- H(1,2)"), ("depth: 11", "depth: 3")))
    assert not program.certificate
    places = [finding.place for finding in program.certificate.refused]
    assert places == [("ansatz", "layer", 2), ()]


def test_verify_kinds_of_targets(spec: Specs, program: Programs) -> None:
    water = program("water")
    assert eq.verify(water) is water.certificate
    assert eq.verify(water, spec("water")) is water.certificate
    assert eq.verify(spec("water")) == water.certificate
    assert eq.verify(eq.PauliSum.parse("H(0,1)", 4), spec("water"))
    assert not eq.verify(eq.PauliSum.parse("X0", 4), spec("water"))
    assert eq.verify(water.state, spec("water"))


def test_verify_a_spec_without_a_model() -> None:
    text = (
        "{name: pair, qubits: 2, symmetry: [{rotation: SU(2)}], state: 'singlets [[0, 1]]', observable: %s}"
    )
    assert [f.claim for f in eq.verify(eq.loads(text % "H(0,1)")).findings] == [
        "invariant state",
        "invariant observable",
    ]
    refused = eq.verify(eq.loads(text % "Z0")).refused
    assert [f.claim for f in refused] == ["invariant observable"]
    with pytest.raises(
        eq.SpecError, match=r"nothing to verify: declare a state, an observable or an ansatz$"
    ):
        eq.verify(eq.loads("{name: bare, qubits: 2, symmetry: [{rotation: SU(2)}]}"))


def test_verify_refuses_what_it_cannot_decide(spec: Specs, program: Programs) -> None:
    for target in ("circuit.qasm", None, eq.PauliSum.parse("X0", 4)):
        with pytest.raises(MethodError) as caught:
            eq.verify(target)  # type: ignore[arg-type]
        assert str(caught.value) == f"cannot verify {type(target).__name__} alone; give {KNOWN}"
    with pytest.raises(MethodError) as caught:
        eq.verify(3, spec("water"))  # type: ignore[arg-type]
    assert str(caught.value) == f"cannot verify int; give {KNOWN}"
    with pytest.raises(DimensionError, match=r"^the target has 2 qubits, the spec 4$"):
        eq.verify(eq.PauliSum.parse("X0", 2), spec("water"))
    with pytest.raises(MethodError, match=r"^a program is verified against the spec it was compiled from"):
        eq.verify(program("water"), spec("lih"))
    with pytest.raises(MethodError, match=r"^a spec is verified against the group it declares itself"):
        eq.verify(spec("water"), spec("lih"))


def test_compile_needs_an_observable() -> None:
    bare = eq.loads("{name: bare, qubits: 2, symmetry: [{rotation: SU(2)}]}", "bare.yaml")
    with pytest.raises(eq.SpecError) as caught:
        eq.compile(bare)
    assert str(caught.value) == "bare.yaml:1:1: the spec has no 'observable', which a model needs; add it"


def test_operators_on_the_command_line_have_a_place(spec: Specs) -> None:
    assert parse_operator("H(0,1)", spec("water")) == eq.PauliSum.parse("H(0,1)", 4)
    with pytest.raises(eq.SpecError) as caught:
        parse_operator("H(0,1) + Q", spec("water"))
    assert str(caught.value) == (
        "operator:1:10: unknown operator 'Q'; known: X0, Y0, Z0 (any qubit), H(i,j), I, i"
    )
