r"""A batch divided among devices: each takes as many structures, and the mean over all is the mean of their means.

.. math:: \langle f \rangle = \frac1n \Big( \sum_d m\, \langle f \rangle_d + (n - d m) \langle f \rangle_{rest} \Big) ,
          \quad m = \lfloor n / d \rfloor

What is left over, fewer structures than devices, every device computes by itself. Data are small here and states are
large, so every device holds all data and takes its part of them. Parameters are the same on all.
"""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from siqml.errors import TrainError
from siqml.field.backend import wanted_backend
from siqml.training.config import Config

if TYPE_CHECKING:
    from jax.sharding import Mesh

    from siqml.training.losses.batch import Batch

AXIS: Final = "structures"


def mesh_for(config: Config) -> "Mesh | None":
    """The devices that a config asks for, in a row; ``None`` if it asks for none.

    Raises:
        TrainError: there are fewer devices, or the kernel evaluates the circuit.
    """
    if config.devices is None:
        _refuse_to_share_undivided()
        return None
    import jax
    from jax.sharding import Mesh

    if (config.backend or wanted_backend()) == "kernel":
        raise TrainError("devices: the kernel uses the cores of one machine by itself; set backend to jax")
    found = jax.devices()
    if config.devices > len(found):
        raise TrainError(
            f"devices: {config.devices} are asked for, and JAX finds {len(found)} ({found[0].platform}); for cores as "
            f"devices, set XLA_FLAGS=--xla_force_host_platform_device_count={config.devices}"
        )
    if jax.process_count() > 1 and config.devices != len(found):
        raise TrainError(
            f"devices: {config.devices} are asked for, and the {jax.process_count()} processes have {len(found)}; "
            "set devices to that number, so that each has its part"
        )
    return Mesh(np.array(found[: config.devices]), (AXIS,))


def _refuse_to_share_undivided() -> None:
    """Where several processes share a training, its batches are divided; where JAX is not loaded, there is only one."""
    if "jax" not in sys.modules:
        return
    import jax

    if jax.process_count() > 1:
        raise TrainError(
            f"--distributed: {jax.process_count()} processes share this training, and nothing divides it; set devices "
            f"to {jax.device_count()}"
        )


def mean_on_devices(function: Callable[["Batch"], Any], batch: "Batch", mesh: "Mesh") -> Any:
    """The mean over a batch, from the means over the parts of the devices.

    Args:
        function: function from a part to a tree of means over it.
        batch: the structures.
        mesh: the devices.
    """
    import jax
    from jax.sharding import PartitionSpec

    size, share = len(batch), len(batch) // mesh.size
    if share == 0:
        return function(batch)

    def on_one() -> Any:
        first = jax.lax.axis_index(AXIS) * share
        own = jax.tree_util.tree_map(lambda array: jax.lax.dynamic_slice_in_dim(array, first, share), batch)
        return jax.tree_util.tree_map(lambda mean: jax.lax.pmean(mean, AXIS), function(own))  # type: ignore[no-untyped-call]

    # Without check_vma=False, a gradient inside would already be the sum over all devices.
    mean = jax.shard_map(on_one, mesh=mesh, in_specs=(), out_specs=PartitionSpec(), check_vma=False)()  # type: ignore[no-untyped-call]
    whole = share * mesh.size
    if whole == size:
        return mean
    return jax.tree_util.tree_map(
        lambda most, rest: whole / size * most + (size - whole) / size * rest, mean, function(batch[whole:])
    )


def on_all(tree: Any, mesh: "Mesh | None") -> Any:
    """Arrays as every device of a mesh holds them; ``None`` leaves them where they are."""
    if mesh is None:
        return tree
    import jax
    from jax.sharding import NamedSharding, PartitionSpec

    everywhere = NamedSharding(mesh, PartitionSpec())  # type: ignore[no-untyped-call]
    return jax.tree_util.tree_map(lambda leaf: jax.device_put(np.asarray(leaf), everywhere), tree)


def require_agreement(fingerprint: str, position: list[int]) -> None:
    """Refuse to go on if the processes were given different trainings, or stand at different steps.

    Args:
        fingerprint: fingerprint of the training.
        position: phase and step.

    Raises:
        TrainError: they differ.
    """
    import jax
    from jax.experimental import multihost_utils

    if jax.process_count() == 1:
        return
    own = np.array([*bytes.fromhex(fingerprint), *position], dtype=np.int64)
    every = np.asarray(multihost_utils.process_allgather(own))
    if (every != every[0]).any():
        raise TrainError(
            "--distributed: the processes have different configs, specs, data or checkpoints; give all of them the same"
        )
