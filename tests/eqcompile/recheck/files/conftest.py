"""Whether two group sections mean the same group: their invariants are counted over a prime field."""

from collections.abc import Callable, Mapping
from itertools import combinations, product
from random import Random
from typing import Any

import flint
import pytest

from eqcompile.recheck.algebra.field import order_of, random_field
from eqcompile.recheck.algebra.group import Generator, Group, group_of, image_of, objection, slope_of
from eqcompile.recheck.algebra.pauli import Terms

Invariants = Callable[..., tuple[int, int]]


def texts(data: Any) -> list[str]:
    if isinstance(data, str):
        return [data]
    values = data.values() if isinstance(data, Mapping) else data if isinstance(data, list) else ()
    return [text for value in values for text in texts(value)]


def strings(num_qubits: int, weight: int) -> list[tuple[int, int]]:
    """Pauli strings up to a weight."""
    out = [(0, 0)]
    for count in range(1, weight + 1):
        for qubits in combinations(range(num_qubits), count):
            for letters in product(((1, 0), (1, 1), (0, 1)), repeat=count):
                x = sum(a << q for (a, _), q in zip(letters, qubits, strict=True))
                z = sum(b << q for (_, b), q in zip(letters, qubits, strict=True))
                out.append((x, z))
    return out


def moved(generator: Generator, terms: Terms, group: Group) -> Terms:
    if generator.lie is not None:
        return slope_of(generator.lie, terms, group.field)
    image = dict(image_of(generator, terms, group.field.p))
    return image


def kernel(columns: list[dict[Any, int]], p: int) -> int:
    """Dimension of the kernel of a matrix given by its columns."""
    keys = {key: k for k, key in enumerate(dict.fromkeys(key for column in columns for key in column))}
    if not keys:
        return len(columns)
    matrix = flint.nmod_mat(len(keys), len(columns), p)
    for c, column in enumerate(columns):
        for key, value in column.items():
            matrix[keys[key], c] = value % p
    return len(columns) - int(matrix.rank())


def count_invariants(*sections: Any, weight: int = 2) -> tuple[int, int]:
    """Operators up to a weight that commute with all generators, and maps of the data to such operators."""
    order = order_of(texts(list(sections)))
    field = random_field(order, Random(5), bits=60)
    groups = [group_of(section, field) for section in sections]
    n, num_sites, p = groups[0].num_qubits, len(groups[0].sites), field.p
    generators = [(group, g) for group in groups for g in group.generators]
    for group, g in generators:
        assert not objection(g, group)
    basis = strings(n, weight)
    images = [[moved(g, {s: 1}, group) for s in basis] for group, g in generators]
    operators = []
    for k, s in enumerate(basis):
        column: dict[Any, int] = {}
        for number, (_, g) in enumerate(generators):
            for key, value in images[number][k].items():
                column[number, key] = column.get((number, key), 0) + value
            if g.lie is None:
                column[number, s] = column.get((number, s), 0) - 1
        operators.append(column)
    maps = []
    for site, axis in product(range(num_sites), range(3)):
        for k, s in enumerate(basis):
            # The map that sends one coordinate vector to one string: R W(x) R^dagger - W(V x), for every x.
            column = {}
            for number, (_, g) in enumerate(generators):
                for key, value in images[number][k].items():
                    place = number, site, axis, key
                    column[place] = column.get(place, 0) + value
                for other, a in product(range(num_sites), range(3)):
                    if g.images[other] == site and (value := g.matrices[other][axis][a]):
                        place = number, other, a, s
                        column[place] = column.get(place, 0) - value
            maps.append(column)
    return kernel(operators, p), kernel(maps, p) if num_sites else 0


@pytest.fixture
def invariants() -> Invariants:
    return count_invariants
