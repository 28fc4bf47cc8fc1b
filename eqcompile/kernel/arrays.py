"""The tables as flat arrays, as the loops take them."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from eqcompile.kernel.tables import BlockGate, Integers, Tables

Array = NDArray[np.float64]


class Arrays(NamedTuple):
    """A model for the loops.

    Attributes:
        pairs: encodings of a layer that turn a pair of qubits.
        start: the initial state, ``(dim, 2)``.
        low_at, low: where the basis states of every encoding begin, and these states.
        bit, second, plus, key, partner: see `Encoding`, for every encoding.
        pair: its number among the pairs.
        site: the site of every quaternion.
        size, rank: of the blocks of every gate, see `BlockGate`.
        members_at, members, kind_at, kind: basis states of the blocks of every gate, and which matrix each has.
        matrix_at: where the factors of every gate begin in those of a layer; without real eigenvectors its matrices.
        generator_at, generator: for every gate eigenvalues, each before its eigenvector; or the generator's matrices.
        places: parameters of the gates, ``(depth, gates)``.
        sources, factors: the observables, see `Tables`.
    """

    pairs: int
    start: Array
    low_at: Integers
    low: Integers
    bit: Integers
    second: Integers
    plus: Integers
    key: Integers
    partner: Integers
    pair: Integers
    site: Integers
    size: Integers
    rank: Integers
    members_at: Integers
    members: Integers
    kind_at: Integers
    kind: Integers
    matrix_at: Integers
    generator_at: Integers
    generator: Array
    places: Integers
    sources: Integers
    factors: Array


def arrays_of(tables: Tables) -> Arrays:
    """The tables as flat arrays."""
    gates, encodings = tables.gates, tables.encodings
    generators = [_generator(gate) for gate in gates]
    # One line for each field of `Arrays`, in its order: the loops know nothing else of a circuit.
    return Arrays(
        sum(e.partner >= 0 for e in encodings),
        _pairs(tables.start),
        _starts([len(e.low) for e in encodings]),
        _joined([e.low for e in encodings], np.int64),
        _integers([e.bit for e in encodings]),
        _integers([e.second for e in encodings]),
        _integers([e.num_plus for e in encodings]),
        _integers([e.key for e in encodings]),
        _integers([e.partner for e in encodings]),
        _integers(np.cumsum([e.partner >= 0 for e in encodings]) - 1),
        _integers(tables.sites),
        _integers([g.size for g in gates]),
        _integers([g.rank for g in gates]),
        _starts([g.index.size for g in gates]),
        _joined([g.index.ravel() for g in gates], np.int64),
        _starts([len(g.kind) for g in gates]),
        _joined([g.kind for g in gates], np.int64),
        _starts([2 * (g.eigenvalues.size if g.rank else g.matrices.size) for g in gates]),
        _starts([len(g) for g in generators]),
        _joined(generators, np.float64),
        _integers(tables.places),
        _integers(tables.sources),
        _pairs(tables.factors),
    )


def by_layers(values: Sequence[NDArray[np.complex128]], depth: int) -> Array:
    """Factors or matrices of all gates as pairs of real numbers, layer by layer, flat."""
    if not values:
        return np.zeros(0)
    return np.concatenate([_pairs(v).reshape(depth, -1) for v in values], axis=1).ravel()


def _generator(gate: BlockGate) -> Array:
    if not gate.rank:
        return _pairs(gate.matrices).ravel()
    return np.concatenate([gate.eigenvalues[..., None], gate.eigenvectors], axis=-1).ravel()


def _integers(values: Any) -> Integers:
    return np.ascontiguousarray(values, dtype=np.int64)


def _starts(sizes: Sequence[int]) -> Integers:
    return _integers(np.concatenate([[0], np.cumsum(sizes)]))


def _joined(arrays: Sequence[Any], kind: Any) -> Any:
    """One array after the other; a model without gates or without data needs an array of the type as well."""
    return np.ascontiguousarray(np.concatenate([np.zeros(0, kind), *arrays]), dtype=kind)


def _pairs(values: Any) -> Array:
    """Complex numbers as pairs of real ones along a last axis."""
    return np.ascontiguousarray(values, dtype=np.complex128).view(np.float64).reshape(*np.shape(values), 2)
