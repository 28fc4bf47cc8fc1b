"""One step of training by JAX and by the kernel: ``python benchmarks/kernel.py [CONFIG ...]``.

Loss and gradient of shipped configs at equal parameters, in turns in one process on one thread; CPU time, minima. The
first call of each is what its compilation costs, or that of the loops around it.
"""

import os
import sys
import time
from typing import Any

import numpy as np

import eqcompile as eq
from siqml.data.reading.read import read_structures
from siqml.data.reading.shipped import shipped_file
from siqml.field.catalogue import compile_certified, find
from siqml.training.config import load_config
from siqml.training.train import prepare

ONE_THREAD = {
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"),
}

CONFIGS = ("lih", "water", "water_forces", "dimer_cool", "dimer_cool_forces")
TURNS = 7


def step(name: str, backend: str) -> tuple[Any, Any]:
    """The loss with its gradient as a function of the parameters, and parameters."""
    path = find(name, "configs")
    config = load_config(path, (f"backend={backend}",))
    spec = eq.load(find(config.model, "models", path.parent))
    assert spec.data is not None
    frame = config.frame.place(spec.data.sites)
    data = read_structures(shipped_file(config.data.train), frame.species)
    training = prepare(config, compile_certified(spec), frame, data)
    params = training.force_field.params + 0.1 * np.random.default_rng(0).normal(
        size=len(training.force_field.params)
    )
    return (lambda at: training.objective.value_and_gradient(at, training.labels)), params


def timed(function: Any, params: Any) -> tuple[float, Any]:
    start = time.process_time()
    found = function(params)
    return time.process_time() - start, found


def main() -> None:
    if not ONE_THREAD.items() <= os.environ.items():
        # Libraries read these when they are loaded, which they are by now.
        os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | ONE_THREAD)
    for name in sys.argv[1:] or CONFIGS:
        functions = {backend: step(name, backend) for backend in ("jax", "kernel")}
        first = {backend: timed(*made) for backend, made in functions.items()}
        times: dict[str, list[float]] = {backend: [] for backend in functions}
        for _ in range(TURNS):
            for backend, made in functions.items():
                times[backend].append(timed(*made)[0])
        best = {backend: 1e3 * min(found) for backend, found in times.items()}
        (value, gradient), (other, slope) = (found for _, found in first.values())
        apart = max(abs(float(other / value - 1)), float(abs(slope - gradient).max() / abs(gradient).max()))
        print(
            f"{name:<18} step: JAX {best['jax']:7.2f} ms, kernel {best['kernel']:6.2f} ms, "
            f"ratio {best['jax'] / best['kernel']:5.1f}; first call: {first['jax'][0]:5.1f} s, "
            f"{first['kernel'][0]:4.1f} s; apart by {apart:.0e}",
            flush=True,
        )


if __name__ == "__main__":
    main()
