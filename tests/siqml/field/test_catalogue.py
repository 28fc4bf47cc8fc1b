from pathlib import Path

import pytest

import eqcompile as eq
from siqml.errors import ModelError
from siqml.field.catalogue import compile_certified, find, shipped_models
from tests.siqml.conftest import TINY_SPEC


def test_the_models_of_the_paper() -> None:
    sizes = {model.name: (model.num_qubits, model.num_parameters) for model in shipped_models()}
    assert (
        sizes.items()
        >= {
            "lih": (4, 67),
            "water": (4, 67),
            "water_breaking": (4, 78),
            "water_dimer": (7, 122),
        }.items()
    )


def test_the_count_is_that_of_the_compiled_program() -> None:
    for model in shipped_models():
        if model.num_qubits <= 4:
            assert eq.compile(eq.load(model.path)).num_parameters == model.num_parameters


def test_a_path_is_taken_as_it_is() -> None:
    assert find("my/spec.yaml", "models", Path("/a")) == Path("/a/my/spec.yaml")


def test_near_misses() -> None:
    with pytest.raises(ModelError) as error:
        find("watre", "models")
    assert str(error.value).startswith(
        'no shipped model "watre"; did you mean "water"? known: co2, h2, h2co, '
    )


def test_a_refused_certificate_is_not_trained() -> None:
    broken = TINY_SPEC.replace("layer: [H(0,1)]", "layer: [Z0]")
    with pytest.raises(
        ModelError, match="its certificate is refused, so nothing is trained; see: eqcompile verify"
    ):
        compile_certified(eq.loads(broken, path="broken.yaml"))
    assert compile_certified(eq.loads(TINY_SPEC)).certificate
