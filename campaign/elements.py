"""Group elements as plain numbers, written by hand: what the oracle knows about a group without the compiler."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Real: TypeAlias = np.longdouble
Array: TypeAlias = NDArray[Any]

PI = np.longdouble("3.14159265358979323846264338327950288")
ONE, X, Y, Z = (
    np.array(m, dtype=np.clongdouble)
    for m in ([[1, 0], [0, 1]], [[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]])
)
LETTERS = {"I": ONE, "X": X, "Y": Y, "Z": Z}


@dataclass(frozen=True)
class Element:
    """One element of a group, or a one-parameter family of them.

    Attributes:
        name: name of the element, for reports.
        axis: axis of a rotation of space, of any length; with ``improper``, that of a rotation-inversion.
        turns: angle of the rotation in full turns; ``None`` for any angle.
        improper: whether the inversion is applied as well.
        qubits: the qubits that turn; ``None`` for all but the parity qubit.
        parity: the qubit that Z acts on when the element is improper.
        permuted: image of each qubit; empty for no permutation.
        sites: image of each site; empty for no permutation.
        strings: Pauli strings, such as ``{0: "X", 1: "X"}``, with factors: a product for a finite element, the terms of
            a charge for a family.
        matrix: a matrix that acts on the qubits ``on``.
        on: the qubits of ``matrix``, the least significant one first.
    """

    name: str
    axis: tuple[int, int, int] | None = None
    turns: Fraction | None = None
    improper: bool = False
    qubits: tuple[int, ...] | None = None
    parity: int | None = None
    permuted: tuple[int, ...] = ()
    sites: tuple[int, ...] = ()
    strings: tuple[tuple[Mapping[int, str], int], ...] = ()
    matrix: tuple[tuple[complex | np.clongdouble, ...], ...] = ()
    on: tuple[int, ...] = ()

    def at(self, angle: Real) -> "Action":
        """The element itself, or the member of the family by this angle."""
        return Action(
            self, angle if self.turns is None else 2 * PI * self.turns.numerator / self.turns.denominator
        )


@dataclass(frozen=True)
class Action:
    """The action of one element on states and on vectors in space."""

    element: Element
    angle: Real

    def states(self, psi: Array, num_qubits: int) -> Array:
        """R applied to the columns of ``psi``, of shape ``(2**num_qubits, k)``; qubit 0 is the lowest bit."""
        e = self.element
        if e.axis is not None:
            spin = self._spin()
            turning = [q for q in range(num_qubits) if q != e.parity] if e.qubits is None else e.qubits
            for q in turning:
                psi = on_qubits(spin, (q,), psi, num_qubits)
        if e.improper and e.parity is not None:
            psi = on_qubits(Z, (e.parity,), psi, num_qubits)
        if e.permuted:
            psi = _permuted(psi, e.permuted)
        for letters, factor in e.strings:
            image = pauli(letters, psi, num_qubits)
            turn = factor * self.angle
            psi = np.cos(turn) * psi - 1j * np.sin(turn) * image if e.turns is None else image
        if e.matrix:
            psi = on_qubits(np.array(e.matrix, dtype=np.clongdouble), e.on, psi, num_qubits)
        return psi

    def vectors(self, x: Array) -> Array:
        """V applied to the vectors of all sites, of shape ``(sites, 3)``."""
        if self.element.axis is not None:
            x = x @ self._space().T
        if self.element.sites:
            moved = np.empty_like(x)
            moved[list(self.element.sites)] = x
            x = moved
        return x

    def _unit(self) -> Array:
        axis = np.array(self.element.axis, dtype=np.longdouble)
        return np.asarray(axis / np.sqrt((axis * axis).sum()))

    def _spin(self) -> Array:
        x, y, z = self._unit()
        half = self.angle / 2
        return np.asarray(np.cos(half) * ONE - 1j * np.sin(half) * (x * X + y * Y + z * Z))

    def _space(self) -> Array:
        """The rotation by Rodrigues' formula, with the inversion if the element is improper."""
        x, y, z = self._unit()
        cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]], dtype=np.longdouble)
        one = np.eye(3, dtype=np.longdouble)
        turn = one + np.sin(self.angle) * cross + (1 - np.cos(self.angle)) * (cross @ cross)
        return np.asarray(-turn if self.element.improper else turn)


def on_qubits(matrix: Array, qubits: tuple[int, ...], psi: Array, num_qubits: int) -> Array:
    """Apply a small matrix to the named qubits; the first one is its least significant bit."""
    columns = psi.shape[1]
    tensor = psi.reshape((2,) * num_qubits + (columns,))
    axes = [num_qubits - 1 - q for q in reversed(qubits)]
    small = matrix.reshape((2,) * (2 * len(qubits)))
    tensor = np.tensordot(small, tensor, axes=(list(range(len(qubits), 2 * len(qubits))), axes))
    return np.moveaxis(tensor, list(range(len(qubits))), axes).reshape(-1, columns)


def pauli(letters: Mapping[int, str], psi: Array, num_qubits: int) -> Array:
    """Apply a Pauli string to the columns."""
    for qubit, letter in letters.items():
        psi = on_qubits(LETTERS[letter], (qubit,), psi, num_qubits)
    return psi


def _permuted(psi: Array, images: tuple[int, ...]) -> Array:
    out = np.empty_like(psi)
    for bits in range(len(psi)):
        out[sum((bits >> q & 1) << image for q, image in enumerate(images))] = psi[bits]
    return out
