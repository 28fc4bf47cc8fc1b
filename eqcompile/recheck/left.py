"""What a declared breaking leaves of the group, computed from the breaking gate and never believed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from eqcompile.errors import EqcompileError, quoted
from eqcompile.recheck.algebra.group import Generator, Group, changes, objection
from eqcompile.recheck.algebra.pauli import Operator, combined, mask_of
from eqcompile.recheck.algebra.text import number

NOTHING_LEFT = "nothing of the declared group"


@dataclass(frozen=True)
class Left:
    """The group that is left.

    Attributes:
        name: name of the group.
        generators: the declared ones that are left, and combinations of them.
    """

    name: str
    generators: tuple[Generator, ...]


def whole_group(group: Group, name: str) -> Left:
    """The group that is left without a breaking: all of it."""
    return Left(name, group.generators)


def left_of(group: Group, breaking: Operator, kept: Sequence[Any], factors: Sequence[Any], name: str) -> Left:
    """What commutes with the breaking gate, in the parts that the certificate names.

    Args:
        group: the declared group, over one field.
        breaking: operator of the gate.
        kept: the parts that are kept, each ``{"factor": 0}``, ``{"generator": 3}`` or
            ``{"combination": [[0, "3/4"], [2, "1"]]}``.
        factors: factors of the group, with their names and the numbers of their generators.
        name: name of the whole group.

    Raises:
        EqcompileError: a part is broken by the gate or named twice, or a generator that is left is not named.
    """
    stays = [not changes(g, breaking.terms, group.field) for g in group.generators]
    if all(stays):
        # Then the whole group is left, and it is named by all its factors.
        if list(kept) != [{"factor": place} for place in range(len(factors))]:
            raise EqcompileError("the breaking breaks nothing, and the whole group is left")
        return whole_group(group, name)
    names: list[str] = []
    named: list[int] = []
    found: list[Generator] = []
    for part in kept:
        ((kind, value),) = part.items()
        if kind == "combination":
            # No declared generator corresponds to it, so it is no excuse for leaving one unnamed.
            element, text = _combined(group, value, breaking, factors)
            found.append(element)
            names.append(text)
            continue
        members = (
            factors[_index(value, factors)]["generators"] if kind == "factor" else [_index(value, stays)]
        )
        if kind not in ("factor", "generator") or not all(stays[m] for m in members):
            broken = [group.generators[m].name for m in members if not stays[m]]
            raise EqcompileError(
                f"the breaking gate does not commute with {quoted(', '.join(broken) or str(part))}"
            )
        named += members
        names.append(
            _factor_name(group, factors, value) if kind == "factor" else _name(group, factors, value)
        )
    # Claims are decided for everything that stays in any case. The name must promise neither more nor less than that,
    # and nothing twice.
    if sorted(named) != [m for m, kept_ in enumerate(stays) if kept_]:
        raise EqcompileError(
            "the generators that commute with the breaking gate are not those that are said to be kept"
        )
    own = [g for g, kept_ in zip(group.generators, stays, strict=True) if kept_]
    return Left(" x ".join(names) or NOTHING_LEFT, (*own, *found))


def _index(value: int, among: Sequence[Any]) -> int:
    if value >= len(among):
        raise EqcompileError(f"the group has no part {quoted(str(value))}")
    return value


def _factor_name(group: Group, factors: Sequence[Any], place: int) -> str:
    members = [group.generators[m] for m in factors[place]["generators"]]
    return str(factors[place]["name"]) + (_where(group, factors, members) if len(members) > 1 else "")


def _name(group: Group, factors: Sequence[Any], place: int) -> str:
    generator = group.generators[place]
    if generator.lie is None:
        return generator.name
    members = _siblings(group, factors, place)
    return f"U(1) about {generator.name.removeprefix('T_')}{_where(group, factors, members)}"


def _siblings(group: Group, factors: Sequence[Any], place: int) -> list[Generator]:
    """All generators of the factor to which a generator belongs."""
    numbers = _factor_of(place, factors)["generators"]
    return [group.generators[m] for m in numbers]


def _where(group: Group, factors: Sequence[Any], members: Sequence[Generator]) -> str:
    """The qubits it acts on, in words, if several factors are continuous."""
    continuous = [f for f in factors if any(group.generators[m].lie is not None for m in f["generators"])]
    if len(continuous) < 2:
        return ""
    mask = 0
    for member in members:
        mask |= mask_of(member.lie.terms) if member.lie is not None else 0
    return " on qubits " + ", ".join(str(q) for q in range(mask.bit_length()) if mask >> q & 1)


def _combined(
    group: Group, terms: Sequence[Sequence[Any]], breaking: Operator, factors: Sequence[Any]
) -> tuple[Generator, str]:
    """The one-parameter group generated by a combination of generators of one factor, and its name."""
    places = [_index(place, group.generators) for place, _ in terms]
    members = _siblings(group, factors, places[0]) if places else []
    parts = [group.generators[place] for place in places]
    # A single generator is a part under its own name, and the name below is an axis in the algebra of one factor.
    if len(set(places)) < max(len(places), 2) or any(g.lie is None or g not in members for g in parts):
        raise EqcompileError("a combination that is not one of generators of one factor")
    p = group.field.p
    values = [number(text, group.field) for _, text in terms]
    # In the conjugated field a text means its complex conjugate, so these are the coefficients of the adjoint.
    mirrored = [number(text, group.field.conjugated) for _, text in terms]
    lies = [g.lie for g in parts if g.lie is not None]
    lie = Operator(
        combined([(v, op.terms) for v, op in zip(values, lies, strict=True)], p),
        combined([(v, op.adjoint) for v, op in zip(mirrored, lies, strict=True)], p),
    )
    matrices = tuple(
        tuple(_rows(values, [g.matrices[site] for g in parts], p)) for site in range(len(group.sites))
    )
    texts = {int(term[0]): str(term[1]) for term in terms}
    numbers = _factor_of(places[0], factors)["generators"]
    axis = ", ".join(texts.get(m, "0") for m in numbers)
    name = f"U(1) about ({axis}){_where(group, factors, members)}"
    element = Generator(name, lie, (), tuple(range(len(group.sites))), matrices)
    # A combination of Hermitian operators with a factor that is not real generates no unitary group.
    if reason := objection(element, group):
        raise EqcompileError(f"{quoted(name)}: {reason}")
    if changes(element, breaking.terms, group.field):
        raise EqcompileError(f"the breaking gate does not commute with {quoted(name)}")
    return element, name


def _rows(values: Sequence[int], matrices: Sequence[Any], p: int) -> Iterator[tuple[int, ...]]:
    for row in range(3):
        yield tuple(sum(v * m[row][c] for v, m in zip(values, matrices, strict=True)) % p for c in range(3))


def _factor_of(place: int, factors: Sequence[Any]) -> Any:
    """The factor that holds a generator.

    Raises:
        EqcompileError: no factor does, as in a certificate whose factors were altered.
    """
    for factor in factors:
        if place in factor["generators"]:
            return factor
    raise EqcompileError(f"generator {place} belongs to no factor")
