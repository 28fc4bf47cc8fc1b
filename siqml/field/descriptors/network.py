r"""A small network with tanh layers, its slopes, and the gradient of a loss that sees both.

.. math:: h_0 = z, \quad h_l = \tanh(h_{l-1} W_l + b_l), \quad f(z) = h_L\, w + c

f is smooth, so that forces exist everywhere. A loss of forces needs :math:`\partial_\theta\,(y \cdot \nabla_z) f` for
one direction y of each structure. As for circuits, one pass with a derivative along y, differentiated backwards, gives
it: forwards and backwards differentiation commute.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Final

import numpy as np

from siqml.errors import ModelError
from siqml.molecule.structures import Array

MAX_WIDTH: Final = 1024
"""Units of a hidden layer. Beyond it, refused: take a narrower network."""

MAX_LAYERS: Final = 8
"""Hidden layers. Beyond it, refused: take fewer."""

Layer = tuple[Array, Array]
"""Weights ``(before, after)`` and biases ``(after,)``."""


@dataclass(frozen=True, eq=False)
class Network:
    """The network.

    Attributes:
        sizes: number of inputs, the widths of the hidden layers, and 1.
        weights: all weights and biases layer by layer, ``(P,)``.

    Raises:
        ModelError: the sizes are of no network, or there is another number of weights.
    """

    sizes: tuple[int, ...]
    weights: Array

    def __post_init__(self) -> None:
        hidden = self.sizes[1:-1]
        if len(self.sizes) < 2 or self.sizes[-1] != 1 or min(self.sizes) < 1 or len(hidden) > MAX_LAYERS:
            raise ModelError(
                f"layers of {'-'.join(map(str, self.sizes))} units are no network of up to {MAX_LAYERS} hidden layers "
                "with one output"
            )
        if hidden and max(hidden) > MAX_WIDTH:
            raise ModelError(f"a layer of {max(hidden)} units; at most {MAX_WIDTH} are taken")
        if self.weights.shape != (num_weights(self.sizes),):
            raise ModelError(
                f"{self.weights.size} weights; layers of {'-'.join(map(str, self.sizes))} units need "
                f"{num_weights(self.sizes)}"
            )

    @classmethod
    def random(cls, sizes: tuple[int, ...], seed: int) -> "Network":
        """Weights from a normal distribution of variance 1 / inputs of the layer, biases zero.

        Args:
            sizes: as the attribute.
            seed: seed of numpy's PCG64 generator.

        References:
            LeCun, Bottou, Orr, Müller, Efficient BackProp (1998), DOI 10.1007/3-540-49430-8_2, Sec. 4.6.
        """
        source = np.random.default_rng(seed)
        parts = [
            part
            for before, after in pairwise(sizes)
            for part in (source.normal(size=before * after) / np.sqrt(before), np.zeros(after))
        ]
        return cls(sizes, np.concatenate(parts))

    @cached_property
    def layers(self) -> list[Layer]:
        """Views of the weights; the last layer is w and c."""
        found, start = [], 0
        for before, after in pairwise(self.sizes):
            middle, end = start + before * after, start + (before + 1) * after
            found.append((self.weights[start:middle].reshape(before, after), self.weights[middle:end]))
            start = end
        return found

    def at(self, inputs: Array) -> tuple[Array, Array]:
        """Values and slopes.

        Args:
            inputs: z, ``(n, K)``.

        Returns:
            f ``(n,)`` and its derivatives by z, ``(n, K)``.
        """
        hidden = self._forwards(inputs)
        last, offset = self.layers[-1]
        slopes = np.broadcast_to(last[:, 0], hidden[-1].shape)
        for (matrix, _), value in zip(self.layers[-2::-1], hidden[:0:-1], strict=True):
            slopes = (slopes * (1 - value**2)) @ matrix.T
        return hidden[-1] @ last[:, 0] + offset[0], np.array(slopes)

    def gradient(self, inputs: Array, by_value: Array, directions: Array) -> Array:
        r"""The gradient by the weights of :math:`\sum_n p_n f(z_n) + y_n \cdot \nabla_z f(z_n)`.

        Args:
            inputs: z, ``(n, K)``.
            by_value: p, ``(n,)``.
            directions: y, ``(n, K)``.

        Returns:
            ``(P,)``.
        """
        hidden = self._forwards(inputs)
        along = [directions]  # derivatives of the hidden values along y
        turned = []  # those of what goes into their tanh
        for (matrix, _), value in zip(self.layers[:-1], hidden[1:], strict=True):
            turned.append(along[-1] @ matrix)
            along.append((1 - value**2) * turned[-1])
        last = self.layers[-1][0]
        parts = [by_value.sum(keepdims=True), by_value @ hidden[-1] + along[-1].sum(axis=0)]
        by_hidden = by_value[:, None] * last[:, 0]
        by_along = np.broadcast_to(last[:, 0], by_hidden.shape)
        for k in reversed(range(len(self.layers) - 1)):
            bent = 1 - hidden[k + 1] ** 2
            by_input = (by_hidden - 2 * hidden[k + 1] * by_along * turned[k]) * bent
            by_turned = by_along * bent
            parts += [by_input.sum(axis=0), (hidden[k].T @ by_input + along[k].T @ by_turned).ravel()]
            matrix = self.layers[k][0]
            by_hidden, by_along = by_input @ matrix.T, by_turned @ matrix.T
        return np.concatenate(parts[::-1])

    def _forwards(self, inputs: Array) -> list[Array]:
        hidden = [inputs]
        for matrix, offset in self.layers[:-1]:
            hidden.append(np.tanh(hidden[-1] @ matrix + offset))
        return hidden


def num_weights(sizes: tuple[int, ...]) -> int:
    """Number of weights and biases.

    >>> num_weights((9, 16, 16, 1))
    449
    """
    return sum((before + 1) * after for before, after in pairwise(sizes))
