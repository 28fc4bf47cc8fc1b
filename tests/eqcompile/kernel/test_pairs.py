"""Pairs of qubits in the basis of singlet and triplets: the same numbers in every way to pair them up."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.linalg import expm

import eqcompile as eq
from eqcompile.circuits.ansatz import ReuploadingAnsatz
from eqcompile.kernel import kernel as kernels
from eqcompile.kernel.kernel import Kernel
from eqcompile.kernel.pairs import MAX_PAIRED, Pair, in_pair_basis, matchings
from eqcompile.kernel.tables import _tables, operations, tables_of
from eqcompile.numeric.dense import amplitudes_of
from eqcompile.numeric.parity_basis import in_parity_basis

CLOSE = 1e-12
"""Relative to the largest entry: a few hundred gates in double precision."""


@pytest.fixture(scope="module")
def model(spec: Callable[..., eq.Spec], asymmetric: dict[str, eq.Program]) -> Callable[[str], eq.Program]:
    """A model with two layers at the most."""

    def get(name: str) -> eq.Program:
        whole = asymmetric[name] if name in asymmetric else eq.compile(spec(name))
        return replace(whole, ansatz=replace(whole.ansatz, depth=2))

    return get


def in_way(program: eq.Program, pairs: tuple[Pair, ...]) -> Any:
    """The tables of a model in one way to pair up its encodings."""
    moved = in_parity_basis(program.ansatz, amplitudes_of(program.state), (program.observable,))
    return _tables(*in_pair_basis(*moved, pairs), pairs)


def outcomes(kernel: Kernel, params: Any, x: Any, y: Any) -> list[Any]:
    sweep = kernel.sweep(params, x)
    weights = np.linspace(-1, 1, len(x))[:, None]
    return [sweep.values, sweep.by_position, sweep.by_parameter, kernel.dual(params, x, y, weights, [0.7])]


@pytest.mark.parametrize("name", ["lih", "water", "water_dimer", "asymmetric", "asymmetric_parity"])
def test_every_way_to_pair_up_gives_the_same_numbers(
    model: Callable[[str], eq.Program], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = model(name)
    dice = np.random.default_rng(4)
    x, y = dice.normal(size=(2, 9, len(program.ansatz.site_names), 3))
    x[4] = 0
    params = dice.normal(size=program.num_parameters)
    ways = ((), *matchings(program.ansatz))
    assert len(ways) > 1
    found = []
    for pairs in ways:
        tables = in_way(program, pairs)
        assert sum(e.partner >= 0 for e in tables.encodings) == len(pairs)
        with monkeypatch.context() as patch:
            patch.setattr(kernels, "tables_of", lambda *_, tables=tables: tables)
            found.append(outcomes(Kernel(program), params, x, y))
    for expected, *others in zip(*found, strict=True):
        size = max(1.0, np.abs(expected).max())
        assert all(np.abs(other - expected).max() < CLOSE * size for other in others)
    fewest = min(operations(in_way(program, pairs)) for pairs in ways)
    assert operations(tables_of(program.ansatz, program.state, (program.observable,))) == fewest


@pytest.mark.parametrize(("one", "two"), [(0, 1), (2, 0), (1, 2)])
def test_the_turns_of_two_qubits_are_real_in_this_basis(
    dense: Callable[[eq.PauliSum], Any], model: Callable[[str], eq.Program], one: int, two: int
) -> None:
    """The basis as a matrix: unitary, the strings as their images say, and all turns real; alike ones keep a state."""
    n = 3
    gate = model("lih").ansatz.encoding[0]
    ansatz = ReuploadingAnsatz(
        n, ("r",), (replace(gate, qubit=one), replace(gate, qubit=two)), (), 1, 0, None, ("alpha",)
    )
    strings = [eq.PauliSum.parse(f"{axis}{q}", n) for q in range(n) for axis in "XYZ"]
    moved, columns = [], []
    for k in range(1 << n):
        _, turned, moved = in_pair_basis(ansatz, np.eye(1 << n, dtype=complex)[k], strings, [(0, 1)])
        columns.append(turned)
    change = np.array(columns).T
    assert np.allclose(change @ change.conj().T, np.eye(1 << n), atol=1e-15)
    for before, after in zip(strings, moved, strict=True):
        assert np.allclose(change @ dense(before) @ change.conj().T, dense(after), atol=1e-15)
    dice = np.random.default_rng(1)
    u, v = dice.normal(size=(2, 3))

    def turn(q: int, vector: Any) -> Any:
        return expm(-1j * sum(c * dense(strings[3 * q + k]) for k, c in enumerate(vector)))

    both = change @ turn(one, u) @ turn(two, v) @ change.conj().T
    alike = change @ turn(one, u) @ turn(two, u) @ change.conj().T
    assert np.abs(both.imag).max() < 1e-14
    singlet = [k for k in range(1 << n) if not k >> one & 1 and not k >> two & 1]
    assert np.allclose(alike[np.ix_(singlet, singlet)], np.eye(2), atol=1e-14)
    assert not np.allclose(both[np.ix_(singlet, singlet)], np.eye(2), atol=0.1)


def test_ways_to_pair_up(model: Callable[[str], eq.Program]) -> None:
    """All of six qubits, one that is left over, and one way only of more; a qubit that is turned twice is no part."""
    gate = model("lih").ansatz.encoding[0]

    def ways(*qubits: int, parity: int | None = None) -> tuple[tuple[Pair, ...], ...]:
        gates = tuple(replace(gate, qubit=q, parity=parity) for q in qubits)
        return matchings(ReuploadingAnsatz(12, ("r",), gates, (), 1, 0, None, ("alpha",)))

    assert len(ways(*range(MAX_PAIRED))) == 15
    assert sorted(ways(0, 1, 2)) == [((0, 1),), ((0, 2),), ((1, 2),)]
    assert ways(0, 1, 2, 1) == (((0, 2),),)
    assert ways(0, 1, parity=1) == ((),)
    assert ways(*range(8)) == (((0, 1), (2, 3), (4, 5), (6, 7)),)
    assert ways() == ((),)
