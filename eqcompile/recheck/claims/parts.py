"""Claims about parts: operators, states, encodings. Each answers why it fails; empty when it holds."""

from collections.abc import Mapping
from itertools import combinations
from typing import Any

from eqcompile.recheck.algebra.group import Generator, Group, changes, image_of, moved_state, slope_of
from eqcompile.recheck.algebra.pauli import Terms, applied, combined, commutator, parallel
from eqcompile.recheck.algebra.text import operator, state

Weights = dict[tuple[int, int], Terms]
"""For every coordinate (site, axis) the operator that it multiplies."""


def operator_fails(evidence: Mapping[str, Any], group: Group) -> str:
    """An invariant operator: Hermitian, and moved by no generator."""
    op = operator(evidence["operator"], group.num_qubits, group.field)
    if not op.is_hermitian:
        return "it is not Hermitian"
    moving = [g.name for g in group.generators if changes(g, op.terms, group.field)]
    return f"it is changed by {', '.join(moving)}" if moving else ""


def state_fails(evidence: Mapping[str, Any], group: Group) -> str:
    """An invariant state: an eigenvector of every generator."""
    return decide_state(evidence, group)[0]


def decide_state(evidence: Mapping[str, Any], group: Group) -> tuple[str, list[int]]:
    """Why a state is not invariant, and its eigenvalue for every generator if it is."""
    p = group.field.p
    psi = state(evidence["state"], group.num_qubits, group.field)
    if not psi:
        return "it is the zero vector", []
    bits, amplitude = next(iter(psi.items()))
    values = []
    for g in group.generators:
        image = moved_state(g, psi, p) if g.lie is None else applied(g.lie.terms, psi, p)
        if not parallel(image, psi, p):
            return f"it is changed by {g.name}", []
        values.append(image.get(bits, 0) * pow(amplitude, -1, p) % p)
    return "", values


def breaking_fails(evidence: Mapping[str, Any], group: Group) -> str:
    """A declared breaking: exactly the named generators move the operator."""
    op = operator(evidence["operator"], group.num_qubits, group.field)
    broken = [place for place, g in enumerate(group.generators) if changes(g, op.terms, group.field)]
    names = ", ".join(group.generators[place].name for place in broken)
    return "" if broken == evidence["broken"] else f"what it breaks is {names or 'nothing'}"


def encoding_fails(evidence: Mapping[str, Any], group: Group) -> str:
    """An equivariant encoding: its gates commute, and their sum W intertwines the two actions."""
    p = group.field.p
    gates = gates_of(evidence, group)
    for (_, first), (_, second) in combinations(gates, 2):
        if any(commutator(a, b, p) for a in first for b in second):
            return "its gates do not commute"
    weights: Weights = {}
    for site, triple in gates:
        for axis, terms in enumerate(triple):
            weights[site, axis] = combined([(1, weights.get((site, axis), {})), (1, terms)], p)
    for g in group.generators:
        for index, terms in weights.items():
            image = image_of(g, terms, p) if g.lie is None else slope_of(g.lie, terms, group.field)
            if image != _demanded(g, weights, index, p):
                return f"it is not carried along by {g.name}"
    return ""


def gates_of(evidence: Mapping[str, Any], group: Group) -> list[tuple[int, list[Terms]]]:
    """The gates of one encoding: the site, and what multiplies its x, y and z."""
    n, field = group.num_qubits, group.field
    return [(site, [operator(text, n, field).terms for text in texts]) for site, texts in evidence["gates"]]


def _demanded(generator: Generator, weights: Weights, index: tuple[int, int], p: int) -> Terms:
    """W of the image of one coordinate vector."""
    site, axis = index
    column = [row[axis] for row in generator.matrices[site]]
    target = generator.images[site]
    return combined([(value, weights.get((target, c), {})) for c, value in enumerate(column)], p)
