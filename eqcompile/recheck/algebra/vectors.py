"""Vectors of field elements: sums of Pauli strings applied to them, along with derivatives."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import TypeAlias

from eqcompile.recheck.algebra.field import Field
from eqcompile.recheck.algebra.group import Generator, Group
from eqcompile.recheck.algebra.pauli import Operator, Terms, moved_bits

Vector: TypeAlias = list[int]


@dataclass(frozen=True)
class Gate:
    """A linear map of vectors, and its rate of change along a motion of the data.

    Attributes:
        terms: the map.
        slope: its derivative; empty if it does not depend on the data.
    """

    terms: Terms
    slope: Terms


def apply(terms: Terms, vector: Vector, p: int) -> Vector:
    """A sum of strings applied to a vector."""
    out = [0] * len(vector)
    for (x, z), value in terms.items():
        signed = (value, p - value)
        odd = _parities(z, len(vector))
        out = [total + signed[odd[b ^ x]] * vector[b ^ x] for b, total in enumerate(out)]
    return [value % p for value in out]


def run(gates: Iterable[Gate], vector: Vector, p: int) -> Vector:
    """The gates applied one after another."""
    for gate in gates:
        vector = apply(gate.terms, vector, p)
    return vector


def run_with_slope(
    gates: Iterable[Gate], vector: Vector, p: int, slope: Vector | None = None
) -> tuple[Vector, Vector]:
    """The gates applied one after another, with the derivative by the product rule."""
    slope = [0] * len(vector) if slope is None else slope
    for gate in gates:
        slope = apply(gate.terms, slope, p)
        if gate.slope:
            own = apply(gate.slope, vector, p)
            slope = [(a + b) % p for a, b in zip(slope, own, strict=True)]
        vector = apply(gate.terms, vector, p)
    return vector, slope


def move(generator: Generator, vector: Vector, p: int) -> Vector:
    """A single element of the group applied to a vector; qubits beyond those of the group are left unchanged."""
    for step in generator.steps:
        if isinstance(step, Operator):
            vector = apply(step.terms, vector, p)
        else:
            out = [0] * len(vector)
            for bits, value in enumerate(vector):
                out[moved_bits(bits, step)] = value
            vector = out
    return vector


def ratio(left: Sequence[int], right: Sequence[int], p: int) -> int | None:
    """The factor by which the first vector is a multiple of the second, which is not zero; ``None`` if it is not one.

    >>> ratio([2, 4], [1, 2], 7), ratio([2, 4], [1, 1], 7), ratio([0, 0], [1, 1], 7)
    (2, None, 0)
    """
    place = next(i for i, value in enumerate(right) if value)
    factor = left[place] * pow(right[place], -1, p) % p
    return factor if all((a - factor * b) % p == 0 for a, b in zip(left, right, strict=True)) else None


def random_vector(field: Field, source: Random, num_qubits: int, num_zeros: int = 0) -> Vector:
    """A random vector in which the last qubits are in |0>."""
    filled = 1 << (num_qubits - num_zeros)
    return [field.random(source) for _ in range(filled)] + [0] * ((1 << num_qubits) - filled)


def random_direction(field: Field, source: Random) -> tuple[int, int, int]:
    """A random point of the sphere: a Pythagorean triple in the plane, turned out of the plane by another."""
    (c, s), (d, t) = (_circle_point(field, source) for _ in range(2))
    return c * d % field.p, c * t % field.p, s


def _circle_point(field: Field, source: Random) -> tuple[int, int]:
    """A random point with c c + s s = 1: c + i s and c - i s are inverse to each other."""
    unit = field.random(source)
    other, half = pow(unit, -1, field.p), pow(2, -1, field.p)
    return (unit + other) * half % field.p, (unit - other) * half * pow(field.i, -1, field.p) % field.p


def group_operator(generator: Generator) -> Terms:
    """The operator T of a one-parameter group; zero for a single element."""
    return generator.lie.terms if generator.lie is not None else {}


def fits(group: Group, num_qubits: int, num_gates: int, max_qubits: int, max_work: int) -> str:
    """Why evaluation is too expensive; empty if it is not."""
    if num_qubits > max_qubits:
        return f"{num_qubits} qubits; vectors are evaluated for at most {max_qubits}"
    work = num_gates * len(group.generators) << num_qubits
    return f"{num_gates} gates on {num_qubits} qubits are too many to evaluate" if work > max_work else ""


@lru_cache(maxsize=256)
def _parities(mask: int, size: int) -> list[int]:
    return [(bits & mask).bit_count() & 1 for bits in range(size)]
