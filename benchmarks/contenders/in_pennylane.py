r"""The paper's models as a user of PennyLane would write them.

``closed`` has gates from their closed forms,

.. math:: e^{-i v\cdot\sigma} = \cos|v| - i\,\mathrm{sinc}|v|\;v\cdot\sigma, \qquad
          e^{-iJ\sigma\cdot\sigma} = e^{iJ}(\cos 2J - i \sin 2J\,\mathrm{SWAP}) ,

and ``demo`` has a matrix exponential for each gate, as in PennyLane's demo of the water model.

References:
    O. Kiss, I. N. M. Le, *Symmetry-invariant quantum machine learning force fields*, PennyLane demo (2024).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pennylane as qml

jax.config.update("jax_enable_x64", True)

PAULI = np.array([[[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]])
PAULI_X, ONE = PAULI[0], np.eye(1)
EXCHANGE = sum(np.kron(matrix, matrix) for matrix in PAULI)
SWAP = (EXCHANGE + np.eye(4)) / 2

Gates = tuple[Callable[[Any, int], None], Callable[[Any, int, int], None]]
"""The encoding of a vector on a wire, and the exchange gate of an angle on two wires."""


@dataclass(frozen=True)
class Circuit:
    """A re-uploading circuit.

    Attributes:
        wires: number of wires.
        sites: wires that carry each site.
        singlets: pairs of wires that begin in a singlet.
        layer: exchange gates of a layer; gates in one tuple share a weight.
        parity: wire that carries no site, and whose Z flips all of them.
        scales: number of the scale of each site.
    """

    wires: int
    sites: Sequence[Sequence[int]]
    singlets: Sequence[tuple[int, int]]
    layer: Sequence[Sequence[tuple[int, int]]]
    scales: Sequence[int]
    parity: int | None = None


CIRCUITS = {
    "lih": Circuit(
        4, [(0, 2), (1, 3)], [(0, 1), (2, 3)], [[(0, 1)], [(2, 3)], [(1, 2)]], [0, 0]
    ),
    "water": Circuit(
        4, [(0, 2), (1, 3)], [(0, 1), (2, 3)], [[(0, 1)], [(2, 3)], [(1, 2), (0, 3)]], [0, 0]
    ),
    "dimer": Circuit(
        7,
        [(0,), (1,), (2,), (3,), (4,), (5,)],
        [(1, 2), (4, 5), (3, 0)],
        [[(1, 2), (4, 5)], [(0, 3)]],
        [0, 1, 1, 0, 1, 1],
        parity=6,
    ),
}  # fmt: skip


def closed_encoding(vector: Any, wire: int) -> None:
    qml.QubitUnitary(rotation(vector), wires=wire)


def rotation(vector: Any, beside: Any = ONE) -> Any:
    """exp(-i v.sigma beside), smooth at zero; the square of ``beside`` is one."""
    square = jnp.sum(vector**2, axis=-1)
    length = jnp.sqrt(jnp.where(square > 0, square, 1.0))
    sinc = jnp.where(square > 0, jnp.sin(length) / length, 1.0)[..., None, None]
    cosine = jnp.where(square > 0, jnp.cos(length), 1.0)[..., None, None]
    matrices = np.array([np.kron(matrix, beside) for matrix in PAULI])
    return cosine * np.eye(2 * len(beside)) - 1j * sinc * jnp.tensordot(vector, matrices, axes=1)


def closed_exchange(angle: Any, first: int, second: int) -> None:
    matrix = jnp.exp(1j * angle) * (jnp.cos(2 * angle) * np.eye(4) - 1j * jnp.sin(2 * angle) * SWAP)
    qml.QubitUnitary(matrix, wires=(first, second))


def demo_encoding(vector: Any, wire: int) -> None:
    qml.QubitUnitary(jax.scipy.linalg.expm(-1j * jnp.einsum("i,ijk", vector, PAULI)), wires=wire)


def demo_exchange(angle: Any, first: int, second: int) -> None:
    qml.QubitUnitary(jax.scipy.linalg.expm(-1j * angle * EXCHANGE), wires=(first, second))


GATES: dict[str, Gates] = {
    "closed": (closed_encoding, closed_exchange),
    "demo": (demo_encoding, demo_exchange),
}


def expectation(model: str, gates: str, layers: Sequence[int]) -> Any:
    """The QNode ``(params, sites) -> value``; ``sites`` is ``(num_sites, 3)``, or has a batch in front."""
    circuit, (depth, blocks) = CIRCUITS[model], layers
    encode, exchange = GATES[gates]
    per_layer = len(circuit.layer) + (circuit.parity is not None)
    count = depth * blocks * per_layer

    def encoding(params: Any, sites: Any) -> None:
        scales = params[count + (depth if circuit.parity is not None else 0) :]
        for site, wires in enumerate(circuit.sites):
            vector = scales[circuit.scales[site]] * sites[..., site, :]
            for wire in wires:
                if circuit.parity is None:
                    encode(vector, wire)
                else:
                    qml.QubitUnitary(rotation(vector, PAULI_X), wires=(wire, circuit.parity))

    def queued(params: Any, sites: Any) -> Any:
        for first, second in circuit.singlets:
            qml.PauliX(wires=first)
            qml.Hadamard(wires=first)
            qml.PauliX(wires=second)
            qml.CNOT(wires=(first, second))
        weights = params[:count].reshape(depth, blocks, per_layer)
        encoding(params, sites)
        for d in range(depth):
            for b in range(blocks):
                for weight, pairs in zip(weights[d, b], circuit.layer, strict=False):
                    for first, second in pairs:
                        exchange(weight, first, second)
                if circuit.parity is not None:
                    qml.RZ(weights[d, b, -1], wires=circuit.parity)
            if circuit.parity is not None:
                for wire in range(circuit.wires):
                    qml.RZ(params[count + d], wires=wire)
            encoding(params, sites)
        return qml.expval(observable(circuit))

    return qml.QNode(queued, qml.device("default.qubit", wires=circuit.wires), interface="jax")


def observable(circuit: Circuit) -> Any:
    """sigma.sigma of two wires; times Z of the parity wire, if there is one."""
    first, second = (0, 1) if circuit.parity is None else (0, 3)
    pairs = [gate(first) @ gate(second) for gate in (qml.PauliX, qml.PauliY, qml.PauliZ)]
    if circuit.parity is not None:
        pairs = [pair @ qml.PauliZ(circuit.parity) for pair in pairs]
    return qml.Hamiltonian(np.ones(3), pairs)


def step(model: str, task: str, gates: str, batched: bool) -> Callable[[], dict[str, Any]]:
    """The loss and its gradient on ``default.qubit``; the batch by broadcasting, or by ``vmap`` as in the demo."""
    given = np.load(task)
    node = expectation(model, gates, given["layers"].tolist())

    def values(params: Any, positions: Any) -> Any:
        sites = jnp.einsum("sa,nac->nsc", given["frame"], positions)
        return node(params, sites) if batched else jax.vmap(node, (None, 0))(params, sites)

    return compiled_step(loss_of(values, given), given["params"])


def loss_of(values: Callable[[Any, Any], Any], given: Any) -> Callable[[Any], Any]:
    """The loss of energies and, if they have a weight, of forces; by a fixed map to energies, or by the best one."""
    weight_e, weight_f = given["weights"]
    positions, energies, forces = (jnp.asarray(given[name]) for name in ("positions", "energies", "forces"))

    def slopes(params: Any) -> tuple[Any, Any]:
        """Values, and minus their derivatives by the positions."""
        found, pull = jax.vjp(lambda moved: values(params, moved), positions)
        return found, -pull(jnp.ones_like(found))[0]

    def loss(params: Any) -> Any:
        found, pulls = slopes(params) if weight_f else (values(params, positions), jnp.zeros(1))
        if given["map"].size:
            energy, value, factor = given["map"]
        else:
            energy, value = jnp.mean(energies), jnp.mean(found)
            up = weight_e * jnp.mean((found - value) * energies)
            down = weight_e * jnp.mean((found - value) ** 2)
            if weight_f:
                up, down = up + weight_f * jnp.mean(pulls * forces), down + weight_f * jnp.mean(pulls**2)
            factor = down / up
        total = weight_e * jnp.mean((energy + (found - value) / factor - energies) ** 2)
        return total + (weight_f * jnp.mean((pulls / factor - forces) ** 2) if weight_f else 0.0)

    return loss


def compiled_step(loss: Callable[[Any], Any], params: Any) -> Callable[[], dict[str, Any]]:
    """A call that gives loss and gradient as plain numbers."""
    function, where = jax.jit(jax.value_and_grad(loss)), jnp.asarray(params)

    def call() -> dict[str, Any]:
        value, gradient = jax.block_until_ready(function(where))
        return {"loss": float(value), "gradient": np.asarray(gradient).tolist()}

    return call


def predict(model: str, task: str) -> Callable[[], dict[str, Any]]:
    """Energy and forces of one structure, compiled by JAX."""
    given = np.load(task)
    node = expectation(model, "closed", given["layers"].tolist())
    energy, value, factor = given["map"] if given["map"].size else (0.0, 0.0, 1.0)
    params, one = jnp.asarray(given["start"]), jnp.asarray(given["positions"][0])

    def mapped(positions: Any) -> Any:
        return energy + (node(params, given["frame"] @ positions) - value) / factor

    function = jax.jit(jax.value_and_grad(mapped))

    def call() -> dict[str, Any]:
        found, slopes = function(one)
        return {"energy": float(found), "forces": (-np.asarray(slopes)).ravel().tolist()}

    return call
