r"""The loss of a model over a batch: the sum of its terms, in label units.

.. math:: L = \sum_k \frac{w_k}{n_k} \sum | T_k(E - E^{ref}, F - F^{ref}) |^2

With the terms `Energy` and `Forces` this is w_E MSE(E) + w_F MSE(F), with E in eV and F in eV/angstrom. So the weights
mean what they mean in the literature (the paper uses 1, 0 and, for the dimer's cut, 1/2, 1/2).
"""

from collections.abc import Callable
from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Any

from siqml.field.engine import EnergyFunction, energies_and_forces
from siqml.field.scaling import Scaling
from siqml.training.losses.batch import Batch
from siqml.training.losses.devices import mean_on_devices
from siqml.training.losses.terms import Terms, need_forces

if TYPE_CHECKING:
    from jax.sharding import Mesh

Loss = Callable[[Any], Any]
"""``params (P,) -> ()``."""


def loss_over(
    energy: EnergyFunction,
    batch: Batch,
    terms: Terms,
    chunk: int | None = None,
    mesh: "Mesh | None" = None,
) -> Loss:
    """The loss over a batch, as the mean over its parts; each part gets its gradient before the next one begins.

    The states of a few structures stay in the cache of the processor from the forward to the backward pass.

    Args:
        energy: model energy, see `EnergyFunction`.
        batch: labels that it is compared with; with forces, if a term needs them.
        terms: terms of the loss. If none needs forces, none are computed, which is several times faster.
        chunk: number of structures that go through the circuit at once; default: all. It changes only the rounding.
        mesh: devices among which the batch is divided. They change only the rounding.

    Returns:
        A pure function of the parameters.
    """
    import jax

    def loss_of(part: Batch) -> Loss:
        return (_with_forces if need_forces(terms) else _without_forces)(energy, part, terms)

    if mesh is None and (chunk is None or chunk >= len(batch)):
        return loss_of(batch)

    def both(params: Any) -> tuple[Any, Any]:
        found: tuple[Any, Any] = mean_over(
            lambda part: jax.value_and_grad(loss_of(part))(params), batch, chunk, mesh
        )
        return found

    return with_gradient(both)


def mapped(value: EnergyFunction, scaling: Scaling) -> EnergyFunction:
    """The energy that a map makes of expectation values."""
    return lambda params, positions: scaling.to_energy(value(params, positions))


def with_gradient(both: Callable[[Any], tuple[Any, Any]]) -> Loss:
    """A loss whose value and gradient are computed together."""
    import jax

    @jax.custom_vjp
    def loss(params: Any) -> Any:
        return both(params)[0]

    loss.defvjp(both, lambda gradient, cotangent: (cotangent * gradient,))
    return loss


def mean_over(
    function: Callable[[Batch], Any], batch: Batch, chunk: int | None, mesh: "Mesh | None" = None
) -> Any:
    """The mean over a batch, from the means over its parts that ``function`` gives, part after part.

    Args:
        function: function from a part to any tree of arrays.
        batch: the structures.
        chunk: number of structures of a part; ``None`` takes all in one part.
        mesh: devices among which the batch is divided first.
    """
    import jax
    import jax.numpy as jnp

    if mesh is not None:
        return mean_on_devices(lambda part: mean_over(function, part, chunk), batch, mesh)
    size = len(batch)
    if chunk is None or chunk >= size:
        return function(batch)
    whole = size // chunk * chunk
    parts = jax.tree_util.tree_map(lambda array: array.reshape(-1, chunk, *array.shape[1:]), batch[:whole])

    def weighted(part: Batch) -> Any:
        return jax.tree_util.tree_map(lambda mean: len(part) / size * mean, function(part))

    def accumulated(sums: Any, part: Batch) -> tuple[Any, None]:
        return jax.tree_util.tree_map(jnp.add, sums, weighted(part)), None

    shapes = jax.eval_shape(weighted, batch[:chunk])
    zeros = jax.tree_util.tree_map(lambda leaf: jnp.zeros(leaf.shape, leaf.dtype), shapes)
    return jax.lax.scan(accumulated, weighted(batch[whole:]) if whole < size else zeros, parts)[0]


def _total(terms: Terms, energies: Any, forces: Any) -> Any:
    """The loss for given differences of energies and forces."""
    import jax.numpy as jnp

    parts = (term.weight * jnp.mean(term.sees(energies, forces) ** 2) for term in terms)
    return reduce(add, parts)


def _without_forces(energy: EnergyFunction, batch: Batch, terms: Terms) -> Loss:
    return lambda params: _total(terms, energy(params, batch.positions) - batch.energies, None)


def _with_forces(energy: EnergyFunction, batch: Batch, terms: Terms) -> Loss:
    def difference(params: Any) -> tuple[Any, Any]:
        energies, forces = energies_and_forces(energy, params, batch.positions)
        return energies - batch.energies, forces - batch.forces

    return _with_one_dual_pass(
        energy, batch.positions, difference, lambda energies, forces: _total(terms, energies, forces)
    )


def _with_one_dual_pass(
    energy: EnergyFunction,
    positions: Any,
    difference: Callable[[Any], tuple[Any, Any]],
    total: Callable[[Any, Any], Any],
) -> Loss:
    r"""``total(difference(params))``, with a gradient that goes backwards through the model only once.

    With a = dL/dE and b = dL/dF of every structure held fixed, and F = -dE/dr,

    .. math:: \frac{dL}{dp} = \frac{d}{dp} \sum_n \Big( a_n E_n - b_n \cdot \frac{\partial E_n}{\partial r_n} \Big) ,

    and the second term is the derivative of E along -b, one pass with dual numbers. Automatic differentiation would go
    backwards through the backward pass of the forces, which takes about 1.6 times as long (water, 473 structures;
    ``python -m benchmarks jax_forms``).
    """
    import jax
    import jax.numpy as jnp

    @jax.custom_vjp
    def loss(params: Any) -> Any:
        return total(*difference(params))

    def forward(params: Any) -> tuple[Any, Any]:
        value, slopes = jax.value_and_grad(lambda parts: total(*parts))(difference(params))
        return value, (params, *slopes)

    def backward(kept: Any, cotangent: Any) -> tuple[Any]:
        params, energy_slope, force_slope = kept

        def linearised(moved: Any) -> Any:
            predicted, along = jax.jvp(lambda x: energy(moved, x), (positions,), (-force_slope,))
            return jnp.sum(energy_slope * predicted) + jnp.sum(along)

        return (cotangent * jax.grad(linearised)(params),)

    loss.defvjp(forward, backward)
    return loss
