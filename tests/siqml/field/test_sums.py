"""Force fields of several terms: the sum of single models, its file, its calculator, its ensemble."""

import json
import pickle  # noqa: TID251  # what users do with calculators
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ase import Atoms
from ase.calculators.fd import calculate_numerical_forces

import eqcompile as eq
from siqml.errors import ModelError
from siqml.evaluation.ensemble import evaluate_ensemble
from siqml.evaluation.evaluate import evaluate
from siqml.evaluation.floor import force_floor
from siqml.evaluation.plots import draw
from siqml.field.calculator import SiqmlCalculator
from siqml.field.ensemble import Ensemble
from siqml.field.force_field import ForceField
from siqml.field.model_file import (
    KIND,
    KIND_OF_SUMS,
    here,
    load_model,
    load_origin,
    load_parameters,
    save_model,
)
from siqml.field.scaling import IDENTITY
from siqml.field.sealed import read_sealed, write_sealed
from siqml.molecule.frame import Frame
from siqml.molecule.internal_coordinates import InternalCoordinates
from siqml.molecule.structures import Structures
from tests.siqml.conftest import DIMER, DIMER_ATOMS

SAME = 1e-12
"""Relative: the same circuits, in batches of another size."""


def test_energies_and_forces_are_the_weighted_sum_of_single_models(
    summed: ForceField, dimers: Structures
) -> None:
    model = summed.model
    values, slopes = np.zeros(len(dimers)), np.zeros_like(dimers.positions)
    for term in model.terms:
        params = model.parameters_of(term, summed.params)
        alone = ForceField(term.program, DIMER.of_sites(term.sites), IDENTITY, params)
        found, forces = alone.predict(dimers.positions)
        values += term.coefficient * found
        slopes += term.coefficient * forces
    energies, forces = summed.predict(dimers.positions)
    np.testing.assert_allclose(energies, summed.scaling.to_energy(values), rtol=SAME, atol=0)
    np.testing.assert_allclose(
        forces, slopes / summed.scaling.factor, rtol=0, atol=SAME * np.abs(forces).max()
    )
    assert np.abs(forces).max() > 0.01


def test_a_term_that_is_left_out_is_seen(three_terms: ForceField, dimers: Structures) -> None:
    model = three_terms.model
    without = replace(three_terms, model=eq.ProgramSum(model.terms[::2], num_sites=6))
    assert np.abs(without.energies(dimers.positions) - three_terms.energies(dimers.positions)).max() > 1e-3


def test_forces_are_minus_the_slope_of_the_energy(summed: ForceField, dimers: Structures) -> None:
    step, positions = 1e-5, dimers.positions[:1]
    _, forces = summed.predict(positions)
    moves = step * np.eye(positions.size).reshape(-1, *positions.shape[1:])
    slopes = (summed.energies(positions + moves) - summed.energies(positions - moves)) / (2 * step)
    np.testing.assert_allclose(forces.ravel(), -slopes, rtol=0, atol=1e-6)


def test_what_every_term_keeps_the_sum_keeps(summed: ForceField, dimers: Structures) -> None:
    positions = dimers.positions
    turn, _ = np.linalg.qr(np.random.default_rng(1).normal(size=(3, 3)))
    energies, forces = summed.predict(positions)
    moved_energies, moved_forces = summed.predict(positions @ turn.T + [1.0, -2.0, 3.0])
    np.testing.assert_allclose(moved_energies, energies, rtol=0, atol=1e-9)
    np.testing.assert_allclose(moved_forces, forces @ turn.T, rtol=0, atol=1e-9)
    swapped = summed.energies(positions[:, [0, 2, 1, 3, 4, 5]])
    np.testing.assert_allclose(swapped, energies, rtol=0, atol=1e-9)
    exchanged = summed.energies(positions[:, [3, 4, 5, 0, 1, 2]])
    assert np.abs(exchanged - energies).max() > 1e-5  # of the fragments nothing is said


def test_one_term_is_the_program_to_the_bit(tiny_field: ForceField, lih_test: Structures) -> None:
    assert tiny_field.model.alone is tiny_field.program
    again = replace(tiny_field, model=eq.ProgramSum((eq.Term(tiny_field.program, sites=(0, 1)),)))
    for found, expected in zip(
        again.predict(lih_test.positions), tiny_field.predict(lih_test.positions), strict=True
    ):
        np.testing.assert_array_equal(found, expected)


def test_a_sum_has_no_single_program(summed: ForceField) -> None:
    with pytest.raises(ModelError) as caught:
        _ = summed.program
    count, name = len(summed.model.terms), summed.model.name
    assert str(caught.value) == (
        f"this model is a sum of {count} terms ({name}), not one program; its programs are those of model.terms"
    )


def test_another_number_of_sites_is_refused(two_terms: ForceField) -> None:
    frame = Frame(DIMER_ATOMS, (0, 1, 2, 3, 4), (0, 3))
    with pytest.raises(ModelError, match=r"^the frame has 5 sites; the model has 6$"):
        replace(two_terms, frame=frame)
    with pytest.raises(ModelError, match=r"^3 parameters given; the model has 20$"):
        replace(two_terms, params=np.zeros(3))


def test_something_else_than_a_model_is_refused(tiny_field: ForceField) -> None:
    with pytest.raises(eq.EqcompileError, match=r"^model: a program, such as eq\.compile returns, is needed"):
        replace(tiny_field, model=3)


def test_terms_of_internal_coordinates(water_program: "eq.Program", dimers: Structures) -> None:
    """Each term sees the coordinates at its own sites."""
    bonds = InternalCoordinates(DIMER_ATOMS, ((0, 1), (0, 2), (3, 4), (3, 5)))
    model = eq.ProgramSum((eq.Term(water_program, 1.0, (0, 1)), eq.Term(water_program, 2.0, (3, 2))))
    params = np.random.default_rng(0).normal(0, 0.4, model.num_parameters)
    energies = ForceField(model, bonds, IDENTITY, params).energies(dimers.positions)
    one, two = (
        ForceField(water_program, InternalCoordinates(DIMER_ATOMS, pair), IDENTITY, params).energies(dimers.positions)
        for pair in (((0, 1), (0, 2)), ((3, 5), (3, 4)))
    )  # fmt: skip
    np.testing.assert_allclose(energies, one + 2 * two, rtol=0, atol=SAME)


@pytest.fixture
def saved(tmp_path: Path, three_terms: ForceField) -> Path:
    path = tmp_path / "model.safetensors"
    save_model(path, three_terms, here(3, "seed: 3\n"))
    return path


def test_round_trip_to_the_bit(summed: ForceField, dimers: Structures, tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    save_model(path, summed, here(3, "seed: 3\n"))
    loaded = load_model(path)
    assert loaded.params.tobytes() == summed.params.tobytes()
    assert (loaded.frame, loaded.scaling) == (summed.frame, summed.scaling)
    assert loaded.model.layout == summed.model.layout
    assert loaded.model.sha256 == summed.model.sha256
    assert loaded.model.is_proven
    for before, after in zip(summed.predict(dimers.positions), loaded.predict(dimers.positions), strict=True):
        np.testing.assert_array_equal(before, after)
    save_model(tmp_path / "again.safetensors", loaded, here(3, "seed: 3\n"))
    assert (tmp_path / "again.safetensors").read_bytes() == path.read_bytes()
    assert load_origin(path).seed == 3


def test_the_file_says_what_the_sum_is(saved: Path, three_terms: ForceField) -> None:
    facts, _ = read_sealed(saved, KIND_OF_SUMS, ModelError, "")
    water, oxygens = three_terms.model.programs
    assert facts["specs"] == {
        program.spec.source.sha256: program.spec.source.text for program in (water, oxygens)
    }
    assert facts["terms"][1] == {
        "spec_sha256": water.spec.source.sha256, "coefficient": 0.75, "sites": [4, 5], "weights": "molecule",
    }  # fmt: skip
    assert facts["parameter_names"] == list(three_terms.model.parameter_names)


def test_specs_that_say_the_same_keep_their_own_texts(
    two_terms: ForceField, water_program: "eq.Program", tmp_path: Path
) -> None:
    text = f"# Another comment.\n{water_program.spec.source.text}"
    same = eq.compile(eq.loads(text, path="same.yaml"))
    model = eq.ProgramSum((*two_terms.model.terms, eq.Term(same, 1.0, (4, 5), "molecule")))
    save_model(tmp_path / "model.safetensors", replace(two_terms, model=model), here(0, ""))
    loaded = load_model(tmp_path / "model.safetensors")
    assert loaded.model.sha256 == model.sha256
    assert loaded.model.terms[2].program.spec.source.text == text


def test_a_reader_of_single_programs_refuses_a_sum(saved: Path) -> None:
    with pytest.raises(ModelError, match='it is "siqml-model-2", needed is "siqml-model-1"'):
        read_sealed(saved, KIND, ModelError, "")


def test_another_kind_is_refused(saved: Path) -> None:
    facts, arrays = read_sealed(saved, KIND_OF_SUMS, ModelError, "")
    facts.pop("kind")
    write_sealed(saved, "siqml-model-4", facts, arrays)
    with pytest.raises(ModelError) as caught:
        load_model(saved)
    assert str(caught.value) == (
        f'{saved}: it is "siqml-model-4", needed is "siqml-model-1" or "siqml-model-2" or "siqml-model-3" or '
        '"siqml-descriptors-1"; '
        "`siqml train` makes models"
    )


def test_parameters_are_taken_from_the_same_sum_only(
    saved: Path, three_terms: ForceField, two_terms: ForceField
) -> None:
    np.testing.assert_array_equal(load_parameters(saved, three_terms.model.sha256), three_terms.params)
    with pytest.raises(
        ModelError, match="its parameters are of another spec; start from a model of the same one"
    ):
        load_parameters(saved, two_terms.model.sha256)


def _spec(facts: dict[str, Any], old: str, new: str) -> None:
    for digest, text in facts["specs"].items():
        facts["specs"][digest] = text.replace(old, new)


CHANGES: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "no terms": (lambda f: f.pop("terms"), '"terms" is missing in it, or of another type; `siqml train` makes models'),
    "no specs": (lambda f: f.update(specs=[]), '"specs" is missing in it, or of another type'),
    "a spec": (lambda f: _spec(f, "depth: 2", "depth: 3"), "damaged, the spec inside does not match its sha256"),
    "other specs": (lambda f: f.update(specs={}), "its specs are not those of its terms; train the model again"),
    "one spec more": (lambda f: f["specs"].update(a="b"), "its specs are not those of its terms; train"),
    "no text": (lambda f: f.update(specs=dict.fromkeys(f["specs"], 3)), "its specs are not those of its terms; train"),
    "a term": (lambda f: f["terms"][1].pop("sites"), "its terms are not of a siqml model; train the model again"),
    "a number": (lambda f: f.update(terms=[3]), "its terms are not of a siqml model; train the model again"),
    "empty": (lambda f: f.update(terms=[], specs={}), "terms: one or more terms are needed, such as "),
    "a coefficient": (lambda f: f["terms"][1].update(coefficient=0.5), "damaged, the terms inside do not match"),
    "no coefficient": (lambda f: f["terms"][1].update(coefficient="1"), "coefficient: a finite number other than 0"),
    "sites": (lambda f: f["terms"][1].update(sites=[5, 4]), "damaged, the terms inside do not match their sha256"),
    "far sites": (lambda f: f["terms"][1].update(sites=[4, 6]), "terms[1] (water): site 6 does not exist"),
    "weights": (lambda f: f["terms"][1].update(weights="pair"), "terms: water and lih share the weights "),
    "many sites": (lambda f: f.update(num_sites=10**12), "damaged, the terms inside do not match their sha256"),
    "names": (lambda f: f["parameter_names"].reverse(), "its spec now compiles to other parameters; train the model"),
    "frame": (lambda f: f["frame"].pop("sites"), "its frame or its scaling is not of a siqml model"),
    "fewer sites": (lambda f: f["frame"]["sites"].pop(), "its frame has 5 sites; its spec has 6; train"),
}  # fmt: skip


@pytest.mark.parametrize(("change", "message"), CHANGES.values(), ids=CHANGES)
def test_an_edited_file_does_not_pass(
    saved: Path, change: Callable[[dict[str, Any]], object], message: str
) -> None:
    """Sealed anew, as whoever edits on purpose would."""
    facts, arrays = read_sealed(saved, KIND_OF_SUMS, ModelError, "")
    if message.startswith("its frame has"):
        facts["frame"].pop("own")
    change(facts)
    write_sealed(saved, facts.pop("kind"), facts, arrays)
    with pytest.raises(ModelError) as caught:
        load_model(saved)
    assert str(caught.value).startswith(f"{saved}: {message}")
    assert "\n" not in str(caught.value)


def test_a_term_that_is_refused_is_not_loaded(saved: Path) -> None:
    """A spec whose layer breaks the symmetry, with every hash as it should be."""
    facts, arrays = read_sealed(saved, KIND_OF_SUMS, ModelError, "")
    digest = facts["terms"][2]["spec_sha256"]
    text = facts["specs"].pop(digest).replace("    - H(0,1)\n", "    - X0 X1\n")
    other = eq.loads(text, path="a").source.sha256
    facts["specs"][other] = text
    facts["terms"][2]["spec_sha256"] = other
    write_sealed(saved, facts.pop("kind"), facts, arrays)
    with pytest.raises(ModelError, match="its certificate is refused, so nothing is trained"):
        load_model(saved)


def test_a_damaged_file_is_found(saved: Path) -> None:
    content = bytearray(saved.read_bytes())
    content[-3] ^= 1
    saved.write_bytes(content)
    with pytest.raises(ModelError, match="damaged, its content does not match its sha256"):
        load_model(saved)


def test_a_single_program_is_written_as_ever(tmp_path: Path, tiny_field: ForceField) -> None:
    """The facts by name, their values, and the bytes of what is made of them."""
    save_model(tmp_path / "model.safetensors", tiny_field, here(3, "seed: 3\n"))
    source = tiny_field.program.spec.source
    facts = {
        "spec": source.text, "spec_sha256": source.sha256, "frame": tiny_field.frame.to_dict(),
        "scaling": tiny_field.scaling.to_dict(), "parameter_names": list(tiny_field.program.parameter_names),
        "seed": 3, "config": "seed: 3\n", "versions": dict(here(3, "").versions),
    }  # fmt: skip
    write_sealed(tmp_path / "by-hand", "siqml-model-1", facts, {"params": tiny_field.params})
    assert (tmp_path / "model.safetensors").read_bytes() == (tmp_path / "by-hand").read_bytes()
    assert json.dumps(facts)


def test_the_calculator_equals_the_model(three_terms: ForceField, dimers: Structures) -> None:
    atoms = Atoms(DIMER_ATOMS, dimers.positions[0], calculator=SiqmlCalculator(three_terms))
    energies, forces = three_terms.predict(dimers.positions[:1])
    assert atoms.get_potential_energy() == energies[0]
    np.testing.assert_array_equal(atoms.get_forces(), forces[0])
    np.testing.assert_allclose(calculate_numerical_forces(atoms, eps=1e-5), forces[0], atol=1e-6)


def test_a_pickle_is_the_same_model(three_terms: ForceField, dimers: Structures) -> None:
    again = pickle.loads(pickle.dumps(three_terms))  # noqa: S301
    assert again.model.sha256 == three_terms.model.sha256
    assert again.model.is_proven
    np.testing.assert_array_equal(again.energies(dimers.positions), three_terms.energies(dimers.positions))


def test_an_ensemble_of_two(three_terms: ForceField, two_terms: ForceField, dimers: Structures) -> None:
    """A member of other terms is another model."""
    moved = replace(three_terms, params=three_terms.params + 0.05)
    ensemble = Ensemble((three_terms, moved), ("a", "b"))
    found = ensemble.predictions(dimers.positions)
    for member, energies in zip((three_terms, moved), found.energies, strict=True):
        np.testing.assert_allclose(energies, member.energies(dimers.positions), rtol=SAME, atol=0)
    mixed = Ensemble((three_terms, two_terms), ("a", "b")).predictions(dimers.positions)
    np.testing.assert_allclose(mixed.energies[1], two_terms.energies(dimers.positions), rtol=SAME, atol=0)
    assert evaluate_ensemble(ensemble, dimers).members.keys() == {"a", "b"}


def test_errors_and_pictures(three_terms: ForceField, dimers: Structures, tmp_path: Path) -> None:
    found = evaluate(three_terms, dimers)
    energies, _ = three_terms.predict(dimers.positions)
    assert found.energy.mse == pytest.approx(np.mean((energies - dimers.energies) ** 2))
    draw(tmp_path / "parity.png", three_terms, dimers, None)
    assert (tmp_path / "parity.png").stat().st_size > 1000


def test_forces_out_of_reach_of_a_sum(
    two_terms: ForceField, three_terms: ForceField, dimers: Structures
) -> None:
    """One molecule of three internal motions and one distance; a molecule of other weights adds three more."""
    few = dimers.chosen(range(2))
    assert force_floor(two_terms, few).seen == (4, 4)
    first, second, third = three_terms.model.terms
    model = eq.ProgramSum((first, replace(second, weights="other"), third))
    params = np.random.default_rng(3).normal(0, 0.4, model.num_parameters)
    assert force_floor(replace(two_terms, model=model, params=params), few).seen == (7, 7)
