"""Specs that leave state, observable and layer to the compiler, up to a certified program."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import eqcompile as eq
from eqcompile.circuits.build import ansatz_of
from eqcompile.declaration.lift import state_of
from eqcompile.declaration.spec import Singlets
from eqcompile.derivation.resolve import resolve
from eqcompile.errors import MethodError, SpecError

WATER = """\
name: water
qubits: 4
data:
  sites: [H1, H2]
  encode: {H1: [0, 2], H2: [1, 3]}
symmetry:
  - rotation: SU(2)
  - permutation: ["(H1 H2)"]
state: derive
observable: derive
ansatz:
  depth: 2
  blocks: 2
  layer: {derive: {locality: 2}}
"""


def refused(text: str) -> str:
    with pytest.raises(SpecError) as caught:
        eq.compile(eq.loads(text, "water.yaml"))
    return str(caught.value)


@pytest.fixture(scope="module")
def derived() -> eq.Program:
    """Water with everything derived."""
    return eq.compile(eq.loads(WATER, "water.yaml"))


def test_everything_derived_is_certified(derived: eq.Program) -> None:
    assert derived.certificate
    assert derived.certificate.verdict == "proven"
    subjects = [finding.subject for finding in derived.certificate.findings]
    assert "observable: H(0,1)" in subjects
    assert "layer[1]: H(0,2) + H(1,3)" in subjects


def test_what_is_derived_for_water(derived: eq.Program) -> None:
    texts = ["H(0,1)", "H(2,3)", "H(0,2) + H(1,3)", "H(0,3) + H(1,2)"]
    generators = {eq.PauliSum.parse(text, 4) for text in texts}
    assert derived.spec.state == Singlets(((0, 1), (2, 3)))
    assert derived.observable == eq.PauliSum.parse("H(0,1)", 4)
    assert set(derived.ansatz.layer) == generators
    assert len(derived.ansatz.layer) == 4
    assert derived.num_parameters == 2 * 2 * 4 + 1
    assert derived.spec.derived == ()


def test_the_same_as_written_out(derived: eq.Program) -> None:
    layer = [str(generator) for generator in derived.ansatz.layer]
    text = WATER.replace("state: derive", "state: singlets [[0, 1], [2, 3]]")
    text = text.replace("observable: derive", "observable: H(0,1)")
    text = text.replace("{derive: {locality: 2}}", str(layer).replace("'", ""))
    assert eq.loads(text) == derived.spec
    assert resolve(eq.loads(text)) == derived.spec


def test_an_explicit_spec_is_left_alone(spec: Callable[..., eq.Spec]) -> None:
    water = spec("water")
    assert resolve(water) is water


def test_only_the_parts_that_are_left_are_filled(spec: Callable[..., eq.Spec]) -> None:
    water = spec("water", ("observable: H(0,1)", "observable: {derive: {locality: 3}}"))
    assert resolve(water) == spec("water")


def test_derived_model_is_invariant_in_floating_point(derived: eq.Program) -> None:
    rng = np.random.default_rng(3)
    params, x = rng.normal(size=derived.num_parameters), rng.normal(size=(2, 2, 3))
    model: Any = derived.to_jax()
    values = np.asarray(model(params, x))
    np.testing.assert_allclose(model(params, x[:, ::-1]), values, atol=1e-12)
    assert abs(values[0] - values[1]) > 1e-3, "it depends on its input"
    assert derived.to_qiskit().num_qubits == 4


def test_verify_resolves_the_spec(derived: eq.Program) -> None:
    spec = eq.loads(WATER, "water.yaml")
    assert eq.verify(spec).to_json() == derived.certificate.to_json()
    assert eq.verify(derived, spec) is derived.certificate
    with pytest.raises(MethodError, match="verified against the spec it was compiled from"):
        eq.verify(derived, eq.loads(WATER.replace("depth: 2", "depth: 3")))


def test_verify_without_data() -> None:
    text = "{name: chain, qubits: 4, symmetry: [{rotation: SU(2)}], state: derive, observable: derive}"
    certificate = eq.verify(eq.loads(text))
    assert [finding.claim for finding in certificate.findings] == ["invariant state", "invariant observable"]
    assert certificate


def test_breaking_stays_a_matter_of_the_certificate() -> None:
    text = WATER + "  symmetry_breaking: {generator: Z, start: 0.1}\n"
    certificate = eq.compile(eq.loads(text)).certificate
    assert certificate
    assert certificate.symmetry_left != certificate.group


def test_no_state() -> None:
    text = WATER.replace("encode: {H1: [0, 2], H2: [1, 3]}", "encode: {H1: [0], H2: [1]}")
    text = text.replace('permutation: ["(H1 H2)"]', "rotation: {group: SU(2), qubits: [0]}")
    assert refused(text).startswith("water.yaml:9:8: no invariant state: ")


def test_an_odd_number_of_spins() -> None:
    text = WATER.replace("[0, 2]", "[0]").replace("[1, 3]", "[1]").replace("H2]", "H2, H3]")
    text = text.replace("H2: [1]", "H2: [1], H3: [2]")
    assert refused(text) == (
        "water.yaml:9:8: no invariant state: SU(2) rotates 3 qubits, an odd number, whose total spin is never zero; "
        "upload every site to two qubits: the singlets between the copies are invariant"
    )


def test_no_observable() -> None:
    assert refused(WATER.replace("observable: derive", "observable: {derive: {locality: 1}}")) == (
        "water.yaml:10:13: no observable of locality 1 is invariant under SU(2) x (H1 H2); allow a larger locality"
    )


def test_no_generator() -> None:
    assert refused(WATER.replace("locality: 2", "locality: 1")) == (
        "water.yaml:14:10: no gate generator for SU(2) x (H1 H2): no operator on 1 qubit is invariant; "
        "the smallest locality that allows one is 2"
    )


def test_too_many_generators() -> None:
    message = refused(WATER.replace("qubits: 4", "qubits: 40"))
    assert message.startswith("water.yaml:14:10: SU(2) x (H1 H2) allows ")
    assert message.endswith(
        " gate generators on up to 2 qubits; the limit of a layer is 1000, so list those you want"
    )


@pytest.mark.parametrize("use", [state_of, ansatz_of])
def test_an_unresolved_spec_is_not_used_as_if_it_were_empty(use: Callable[[eq.Spec], object]) -> None:
    spec = eq.loads(WATER, "water.yaml")
    with pytest.raises(SpecError) as caught:
        use(spec)
    assert str(caught.value) == (
        "water.yaml:9:8: this part is left to the compiler; compile the spec, which derives it"
    )
    assert use(resolve(spec))
