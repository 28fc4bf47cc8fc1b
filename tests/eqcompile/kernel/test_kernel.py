"""The kernel: values, gradients and the dual pass against JAX and against dense matrices."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import eqcompile as eq
from eqcompile.errors import BackendError, DimensionError
from eqcompile.kernel.kernel import Kernel

CLOSE = 1e-12
"""Relative to the largest entry: a few hundred gates in double precision."""

SHIPPED = ["lih", "lih_generic", "water", "water_breaking", "water_generic", "water_dimer"]
OWN = ["asymmetric", "asymmetric_parity", "without_data"]


@pytest.fixture(scope="module")
def model(spec: Callable[..., eq.Spec], asymmetric: dict[str, eq.Program]) -> Callable[[str], eq.Program]:
    """A model with three layers at the most."""

    def get(name: str) -> eq.Program:
        if name in asymmetric:
            return asymmetric[name]
        if name == "without_data":
            whole = asymmetric["asymmetric"]
            return replace(whole, ansatz=replace(whole.ansatz, encoding=(), site_names=(), scale_names=()))
        whole = eq.compile(spec(name))
        return replace(whole, ansatz=replace(whole.ansatz, depth=3))

    return get


def close(found: Any, expected: Any) -> bool:
    expected = np.asarray(expected)
    scale = max(1.0, float(np.abs(expected).max(initial=0)))
    return bool(np.abs(np.asarray(found) - expected).max(initial=0) <= CLOSE * scale)


def inputs(program: eq.Program, n: int, seed: int = 3) -> tuple[Any, Any]:
    """Parameters and structures, one of them at zero displacement, where |x| has no derivative."""
    dice = np.random.default_rng(seed)
    x = dice.normal(size=(n, len(program.ansatz.site_names), 3))
    x[n // 2] = 0
    x[0, :1] *= 1e-7
    return dice.normal(size=program.num_parameters), x


@pytest.mark.parametrize("name", SHIPPED + OWN)
def test_values_and_gradients_are_those_of_jax(model: Callable[[str], eq.Program], name: str) -> None:
    program = model(name)
    params, x = inputs(program, 11)
    f = program.to_jax()
    weights = np.random.default_rng(1).normal(size=(2, 11))
    kernel = Kernel(program)
    values = kernel.values(params, x)
    sweep = kernel.sweep(params, x)
    assert values.shape == (11, 1)
    assert np.array_equal(values, sweep.values)
    assert close(values[:, 0], f(params, x))
    assert close(sweep.by_position[:, 0], jax.grad(lambda y: f(params, y).sum())(jnp.asarray(x)))
    assert close(sweep.by_parameter[:, 0], jax.jacobian(lambda p: f(p, x))(jnp.asarray(params)))
    assert close(sweep.sums(weights[0])[0], sweep.sums(weights)[0, 0])
    for found, row in zip(sweep.sums(weights)[:, 0], weights, strict=True):
        assert close(found, jax.grad(lambda p, row=row: (f(p, x) * row).sum())(jnp.asarray(params)))
    assert np.abs(sweep.by_parameter).max() > 0.1
    assert name == "without_data" or np.abs(sweep.by_position).max() > 0.1


@pytest.mark.parametrize("name", SHIPPED + OWN)
def test_the_dual_pass_is_that_of_jax(model: Callable[[str], eq.Program], name: str) -> None:
    program = model(name)
    params, x = inputs(program, 5)
    f = program.to_jax()
    dice = np.random.default_rng(2)
    y, w = dice.normal(size=x.shape), dice.normal(size=(5, 1))

    def wanted(p: Any) -> Any:
        values, slopes = jax.jvp(lambda z: f(p, z), (jnp.asarray(x),), (jnp.asarray(y),))
        return (w[:, 0] * values).sum() + 0.7 * slopes.sum()

    assert close(Kernel(program).dual(params, x, y, w, [0.7]), jax.grad(wanted)(jnp.asarray(params)))


@pytest.mark.parametrize("name", ["water", "water_dimer", "asymmetric_parity"])
def test_mixed_derivatives_are_those_of_jax(model: Callable[[str], eq.Program], name: str) -> None:
    program = model(name)
    params, x = inputs(program, 3)
    kernel, f = Kernel(program), program.to_jax()
    wanted = jax.jacfwd(jax.grad(lambda z, p: f(p, z).sum()), argnums=1)(jnp.asarray(x), jnp.asarray(params))
    assert close(kernel.mixed(params, x), wanted)
    assert close(kernel.mixed(params, x, [0.7], kernel.sweep(params, x)), 0.7 * np.asarray(wanted))


@pytest.mark.parametrize("name", ["asymmetric", "asymmetric_parity"])
def test_values_are_those_of_dense_matrices(
    asymmetric: dict[str, eq.Program], simulate: Callable[..., float], name: str
) -> None:
    """The definition in the spec, without JAX and without the tables."""
    program = asymmetric[name]
    params, x = inputs(program, 3)
    expected = [simulate(program.spec, params, structure) for structure in x]
    assert close(Kernel(program).values(params, x)[:, 0], expected)


def test_several_observables_at_once(model: Callable[[str], eq.Program]) -> None:
    program = model("water")
    texts = ("Z0 + X1 Y2", "2*I", "H(0,3)")
    observables = [program.observable, *(eq.PauliSum.parse(text, 4) for text in texts)]
    params, x = inputs(program, 6)
    kernel = Kernel(program, observables)
    dice = np.random.default_rng(1)
    sweep = kernel.sweep(params, x)
    assert kernel.num_observables == 4
    c, y, w = np.array([0.3, -1.0, 2.0, 0.5]), dice.normal(size=x.shape), dice.normal(size=(6, 4))
    single = [Kernel(replace(program, observable=op)) for op in observables]
    for k, alone in enumerate(single):
        other = alone.sweep(params, x)
        assert close(sweep.values[:, k], other.values[:, 0])
        assert close(sweep.by_position[:, k], other.by_position[:, 0])
        assert close(sweep.by_parameter[:, k], other.by_parameter[:, 0])
    parts = [a.dual(params, x, y, w[:, k : k + 1], c[k : k + 1]) for k, a in enumerate(single)]
    assert close(kernel.dual(params, x, y, w, c), sum(parts))


@pytest.mark.parametrize("n", [0, 1, 7, 8, 9, 16])
def test_any_number_of_structures(model: Callable[[str], eq.Program], n: int) -> None:
    """Tiles are filled up; what fills them is not seen, and no structure depends on the others."""
    program = model("asymmetric_parity")
    kernel = Kernel(program)
    params, x = inputs(program, 17)
    every = kernel.sweep(params, x)
    some = kernel.sweep(params, x[:n])
    assert some.values.shape == (n, 1)
    assert np.array_equal(kernel.values(params, x[:n]), every.values[:n])
    assert np.array_equal(some.values, every.values[:n])
    assert np.array_equal(some.by_position, every.by_position[:n])
    assert np.array_equal(some.by_parameter, every.by_parameter[:n])
    dual = kernel.dual(params, x[:n], x[:n], np.ones((n, 1)))
    parts = [kernel.dual(params, x[k : k + 1], x[k : k + 1], np.ones((1, 1))) for k in range(n)]
    assert close(dual, sum(parts, np.zeros(program.num_parameters)))


def test_gradients_by_parameters_may_be_left_out(model: Callable[[str], eq.Program]) -> None:
    program = model("water")
    params, x = inputs(program, 4)
    whole, without = (Kernel(program).sweep(params, x, by_parameter=wanted) for wanted in (True, False))
    assert np.array_equal(whole.values, without.values)
    assert np.array_equal(whole.by_position, without.by_position)
    assert without.by_parameter.size == 0


def test_inputs_are_not_changed(model: Callable[[str], eq.Program]) -> None:
    program = model("water")
    params, x = inputs(program, 3)
    kept = params.copy(), x.copy()
    kernel = Kernel(program)
    kernel.sweep(params, x)
    kernel.dual(params, x, x, np.ones((3, 1)))
    assert np.array_equal(params, kept[0])
    assert np.array_equal(x, kept[1])


def test_wrong_input_is_one_line(model: Callable[[str], eq.Program]) -> None:
    program = model("water")
    kernel = Kernel(program)
    params, x = inputs(program, 3)
    one = np.ones((3, 1))

    def refusal(call: Callable[[], object]) -> str:
        with pytest.raises(DimensionError) as caught:
            call()
        return str(caught.value)

    assert refusal(lambda: kernel.values(params[1:], x)).startswith("parameters have shape (")
    assert refusal(lambda: kernel.values(params, x[0])) == (
        "positions have shape (2, 3) of float64; numbers of shape (n, 2, 3) are needed"
    )
    assert refusal(lambda: kernel.values(params, x.astype(complex))).startswith(
        "positions have shape (3, 2, 3) of com"
    )
    assert refusal(lambda: kernel.values(params, None)).startswith("positions have shape () of object")
    assert refusal(lambda: kernel.values(params * np.nan, x)) == "parameters hold a number that is not finite"
    assert refusal(lambda: kernel.dual(params, x, x[:2], one)).startswith("direction have shape")
    assert refusal(lambda: kernel.dual(params, x, x, np.ones((3, 2)))).startswith("weights have shape (3, 2)")
    assert refusal(lambda: kernel.dual(params, x, x, one, [1, 2])).startswith("coefficients have")
    assert refusal(lambda: Kernel(program, [])) == "observables on 4 qubits are needed, at least one"
    assert refusal(lambda: Kernel(program, [eq.PauliSum.parse("Z0", 3)])).startswith(
        "observables on 4 qubits"
    )


def test_without_numba_the_message_says_what_to_install(
    model: Callable[[str], eq.Program], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "numba", None)
    with pytest.raises(
        BackendError, match=r"^the kernel needs Numba: pip install 'eqcompile\[fast\]', or let JAX"
    ):
        Kernel(model("water"))


BITS = """
import hashlib, sys
import numpy as np
import eqcompile as eq
from eqcompile.kernel.kernel import Kernel
program = eq.compile(sys.argv[1])
dice = np.random.default_rng(0)
x, params = dice.normal(size=(141, len(program.ansatz.site_names), 3)), dice.normal(size=program.num_parameters)
kernel = Kernel(program)
sweep = kernel.sweep(params, x)
parts = sweep.values, sweep.by_position, sweep.by_parameter, kernel.dual(params, x, x, np.ones((141, 1)))
print(hashlib.sha256(b"".join(part.tobytes() for part in parts)).hexdigest())
"""


def test_the_same_bits_on_one_thread_and_on_two(models: Path) -> None:
    def run(threads: str) -> str:
        environment = {**os.environ, "NUMBA_NUM_THREADS": threads}
        command = [sys.executable, "-c", BITS, str(models / "water.yaml")]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout

    assert run("1") == run("2") != ""


STALE = """
import sys
import eqcompile as eq
from eqcompile.kernel.kernel import Kernel
from eqcompile.kernel import sweeps
program = eq.compile(sys.argv[1])
print(Kernel(program).values([0.1] * program.num_parameters, [[[0.3, 0.1, 0.2], [0.5, 0.4, 0.1]]])[0, 0])
print(sum(sweeps.sweep.stats.cache_hits.values()))
"""


def test_machine_code_of_changed_gates_is_not_found_again(models: Path, tmp_path: Path) -> None:
    """Numba looks at the file of the outer function alone, and the gates are in others."""
    root = Path(eq.__file__).parents[1]
    shutil.copytree(root / "eqcompile", tmp_path / "eqcompile", ignore=shutil.ignore_patterns("__pycache__"))
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "NUMBA_CACHE_DIR": str(tmp_path / "cache")}

    def run() -> list[float]:
        command = [sys.executable, "-c", STALE, str(models / "lih.yaml")]
        ended = subprocess.run(
            command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=True
        )
        return [float(line) for line in ended.stdout.split()]

    value, hits = run()
    assert hits == 0
    assert run() == [value, 1]
    quaternions = tmp_path / "eqcompile" / "kernel" / "quaternions.py"
    quaternions.write_text(quaternions.read_text().replace("= s * u0", "= 0.5 * s * u0"))
    other, hits = run()
    assert hits == 0
    assert abs(other - value) > 1e-3
