from math import prod

import numpy as np
import pytest
from scipy.linalg import expm

import eqcompile as eq
from eqcompile.numeric.dense import matrix_of
from siqml.errors import ConfigError
from siqml.training.config import StartConfig
from siqml.training.start import start_parameters
from tests.siqml.conftest import TINY_SPEC

BROKEN = TINY_SPEC + "  symmetry_breaking: {generator: Z, start: 0.25}\n"


def test_weights_near_zero_and_scales_as_told(tiny_program: "eq.Program") -> None:
    params = start_parameters(tiny_program, StartConfig(weights=0.01, scales=0.3), seed=1)
    assert params[-1] == 0.3
    assert 0 < np.abs(params[:-1]).max() < 0.05


def test_a_uniform_start_stays_within_its_bound_and_reaches_it(tiny_program: "eq.Program") -> None:
    start = StartConfig(weights=0.5, distribution="uniform")
    draws = np.concatenate([start_parameters(tiny_program, start, seed)[:-1] for seed in range(50)])
    assert 0.48 < np.abs(draws).max() <= 0.5
    assert np.mean(np.abs(draws) > 0.25) == pytest.approx(0.5, abs=0.15)


def test_the_seed_decides(tiny_program: "eq.Program") -> None:
    start = StartConfig()
    one, again, two = (start_parameters(tiny_program, start, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, two)


def test_breaking_angles_start_where_the_spec_says() -> None:
    program = eq.compile(eq.loads(BROKEN))
    params = start_parameters(program, StartConfig(), seed=0)
    angles = [
        value for name, value in zip(program.parameter_names, params, strict=True) if name[:4] == "eps_"
    ]
    assert angles == [0.25] * 3


def test_each_gate_of_a_layer_can_have_its_own_spread() -> None:
    program = eq.compile(eq.loads(BROKEN.replace("[H(0,1)]", "[H(0,1), H(0,1)/2]")))
    alike = start_parameters(program, StartConfig(weights=0.5), seed=1)
    params = start_parameters(program, StartConfig(weights=[0.5, 0]), seed=1)
    still = np.array([name.startswith("w_") and name.endswith("_1") for name in program.parameter_names])
    assert still.sum() == 3
    assert not params[still].any()
    np.testing.assert_array_equal(params[~still], alike[~still])


def test_spreads_for_other_gates_than_the_layer_has_are_refused(tiny_program: "eq.Program") -> None:
    with pytest.raises(
        ConfigError, match=r"^start\.weights lists 7 spreads; a layer of the spec has \d gates: "
    ):
        start_parameters(tiny_program, StartConfig(weights=[0.1] * 7), seed=0)


def test_unknown_scales_are_refused(tiny_program: "eq.Program") -> None:
    with pytest.raises(ConfigError) as error:
        start_parameters(tiny_program, StartConfig(scales={"beta": 0.1}), seed=0)
    assert str(error.value) == "start.scales names beta; the spec has alpha"


BLOCKS = """
name: blocks
qubits: 4
data:
  sites: [A, B]
  encode: {A: [0, 1], B: [2, 3]}
  scales: {alpha: [A, B]}
symmetry:
  - rotation: SU(2)
state: singlets [[0, 2], [1, 3]]
observable: H(0,2)
ansatz:
  depth: 4
  blocks: 2
  layer: [LAYER]
"""


def trainable_product(program: "eq.Program", params: np.ndarray, passes: int) -> np.ndarray:
    """The first passes through the gates of a layer as one matrix, without encodings."""
    total = np.eye(1 << program.num_qubits, dtype=complex)
    weights = params[: prod(program.ansatz.weight_shape)].reshape(-1, len(program.ansatz.layer))
    for row in weights[:passes]:
        for weight, generator in zip(row, program.ansatz.layer, strict=True):
            total = expm(-1j * weight * matrix_of(generator)) @ total
    return total


@pytest.mark.parametrize(
    ("layer", "length"),
    [("H(0,1)", 2), ("H(0,1), H(2,3), H(1,2)", 3), ("H(0,1), H(1,2), H(2,3)", 4), ("H(0,1), H(2,3)", 2)],
)
def test_identity_blocks_multiply_to_the_identity(layer: str, length: int) -> None:
    """Whatever the order of the gates: blocks of so many passes, and nothing in passes that are left over."""
    program = eq.compile(eq.loads(BLOCKS.replace("LAYER", layer)))
    start = StartConfig(weights=np.pi, distribution="uniform", identity_blocks=True)
    params = start_parameters(program, start, seed=2)
    passes = params[: prod(program.ansatz.weight_shape)].reshape(8, -1)
    one = np.eye(16)
    for end in range(1, 9):
        product = trainable_product(program, params, end)
        assert np.allclose(product, one, atol=1e-13) == (end % length == 0 or end > 8 - 8 % length)
    assert not passes[8 - 8 % length :].any()
    assert np.abs(passes).max() > 1
    assert params[-1] == 0.3


def test_identity_blocks_leave_breaking_angles_and_scales() -> None:
    program = eq.compile(eq.loads(BROKEN))
    one, other = (
        start_parameters(program, StartConfig(weights=1.0, identity_blocks=wanted), 0)
        for wanted in (True, None)
    )
    count = prod(program.ansatz.weight_shape)
    assert np.array_equal(one[count:], other[count:])
    assert not np.array_equal(one[:count], other[:count])


def test_a_circuit_that_is_too_short_for_a_block_is_refused() -> None:
    """Otherwise all weights would be zero, and the setting without effect."""
    text = BLOCKS.replace("LAYER", "H(0,1), H(1,2), H(2,3)").replace("depth: 4", "depth: 1")
    program = eq.compile(eq.loads(text))
    with pytest.raises(
        ConfigError, match=r"^start\.identity_blocks: a block takes 4 passes .* circuit has 2; leave it out"
    ):
        start_parameters(program, StartConfig(identity_blocks=True), seed=0)
