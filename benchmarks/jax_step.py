"""Cost of a training step relative to a forward evaluation: ``python benchmarks/jax_step.py [MODEL ...]``.

The column "blocks" multiplies out the gates of a layer first (the default); "gates" applies them one by one.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

import eqcompile as eq
from eqcompile.emit.jax import blocks

MODELS = Path(__file__).parents[1] / "siqml" / "models"
BATCH = {"lih": 53, "water": 473, "water_breaking": 473, "water_dimer": 400}
REPEATS = 20


def best(function: Callable[..., Any], *arguments: Any) -> float:
    jax.block_until_ready(function(*arguments))
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        jax.block_until_ready(function(*arguments))
        times.append(time.perf_counter() - start)
    return min(times)


def measure(name: str) -> dict[str, float]:
    program = eq.compile(eq.load(MODELS / f"{name}.yaml"))
    f = program.to_jax()
    rng = np.random.default_rng(0)
    params = jnp.asarray(rng.normal(size=program.num_parameters) * 0.3)
    x = jnp.asarray(rng.normal(size=(BATCH[name], len(program.spec.data.sites), 3)))

    def energy_loss(p: Any) -> Any:
        return jnp.mean(f(p, x) ** 2)

    def force_loss(p: Any) -> Any:
        energy, pull = jax.vjp(lambda positions: f(p, positions), x)
        (gradient,) = pull(jnp.ones_like(energy))
        return jnp.mean(energy**2) + jnp.mean(gradient**2)

    return {
        "forward": best(f, params, x),
        "energy step": best(jax.jit(jax.value_and_grad(energy_loss)), params),
        "energy + force step": best(jax.jit(jax.value_and_grad(force_loss)), params),
    }


def main() -> None:
    default = blocks.MAX_BLOCK_QUBITS
    for name in sys.argv[1:] or BATCH:
        found = {}
        for variant, limit in (("blocks", default), ("gates", 0)):
            blocks.MAX_BLOCK_QUBITS = limit
            found[variant] = measure(name)
        forward = found["blocks"]["forward"]
        print(f"{name}, batch {BATCH[name]}: forward by blocks {1e3 * forward:.2f} ms")
        for row in found["blocks"]:
            ratios = [found[variant][row] / forward for variant in ("blocks", "gates")]
            print(f"  {row:<22} blocks {ratios[0]:7.1f}   gates {ratios[1]:7.1f}   (forward by blocks = 1)")


if __name__ == "__main__":
    main()
