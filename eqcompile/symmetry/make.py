"""Symmetries of qubits without a spec: build them here and combine them with ``*``."""

import re
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import TypeAlias

from eqcompile.arguments import (
    accepts,
    found,
    optional,
    printed,
    register_size,
    require_text,
    whole_number,
    whole_numbers,
)
from eqcompile.errors import ArgumentError, DimensionError, ExpressionError, quoted
from eqcompile.exact.arithmetic.parse import parse_scalar
from eqcompile.exact.arithmetic.scalars import Real, is_real, real_part
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.groups.permutation import Images, PermutationGroup, cycles_of, images_from_cycles
from eqcompile.groups.point import PointGroup, point_group
from eqcompile.groups.rotation import Vector, length
from eqcompile.groups.rotation import mirror as reflection
from eqcompile.symmetry.charge import ChargeFactor
from eqcompile.symmetry.generators import UNIT_VECTORS, axis_text
from eqcompile.symmetry.inversion import InversionFactor
from eqcompile.symmetry.maps import UnitaryMap
from eqcompile.symmetry.pauli import PauliFactor
from eqcompile.symmetry.permutation import PermutationFactor
from eqcompile.symmetry.point import PointFactor
from eqcompile.symmetry.rotation import AxialFactor, RotationFactor
from eqcompile.symmetry.symmetry import Symmetry
from eqcompile.symmetry.unitary import UnitaryFactor

Component: TypeAlias = int | Fraction | str
"""An exact number: ``1``, ``Fraction(1, 2)``, ``"sqrt(3)/2"``; never a float."""

_CYCLES = re.compile(r"\s*(\(\s*(\d{1,9}([\s,]+\d{1,9})*)?\s*\)\s*)+")

Cycles: TypeAlias = Sequence[Sequence[int]] | str
"""Disjoint cycles: ``[(0, 1), (2, 3)]`` or ``"(0 1)(2 3)"``."""

Axis: TypeAlias = str | Sequence[Component]
"""``"x"``, ``"y"``, ``"z"``, or three components of any length."""


@accepts(num_qubits=register_size, qubits=optional(whole_numbers))
def SU2(num_qubits: int, qubits: Iterable[int] | None = None) -> Symmetry:
    """The same rotation of all qubits, or of the named qubits.

    >>> str(SU2(4) * permutations(4, [(0, 1), (2, 3)]))
    'SU(2) x (0 1)(2 3)'
    """
    return Symmetry(num_qubits, factors=(RotationFactor(num_qubits, _named(num_qubits, qubits)),))


@accepts(num_qubits=register_size, qubits=optional(whole_numbers))
def U1(num_qubits: int, axis: Axis = "z", qubits: Iterable[int] | None = None) -> Symmetry:
    """Rotations of all qubits, or of the named qubits, about one axis.

    >>> str(U1(2)), str(U1(3, axis=(1, 1, 0), qubits=[0, 1]))
    ('U(1) about z', 'U(1) about (1, 1, 0)')
    """
    named = _named(num_qubits, qubits)
    return Symmetry(num_qubits, factors=(AxialFactor(num_qubits, vector(axis), named),))


@accepts(
    num_qubits=register_size,
    symbol=require_text,
    qubits=optional(whole_numbers),
    parity=optional(whole_number),
)
def point_symmetry(
    num_qubits: int,
    symbol: str,
    axis: Axis = "z",
    qubits: Iterable[int] | None = None,
    parity: int | None = None,
) -> Symmetry:
    """A point group by Schoenflies symbol, as spin rotations; reflections act as Z on the parity qubit, if any.

    Args:
        num_qubits: size of the register.
        symbol: ``"C_4"``, ``"D_3"``, ``"C3v"``, ``"Td"`` and so on.
        axis: the main axis.
        qubits: qubits that turn; by default all but the parity qubit.
        parity: qubit that changes sign under reflections.

    >>> point_symmetry(3, "C3v", parity=2).factors[0].order_text
    'order 6'
    """
    return _point(num_qubits, point_group(symbol, vector(axis)), qubits, parity)


@accepts(num_qubits=register_size, qubits=optional(whole_numbers), parity=optional(whole_number))
def mirror(
    num_qubits: int, normal: Axis, qubits: Iterable[int] | None = None, parity: int | None = None
) -> Symmetry:
    """The reflection in a plane, given by its normal: spins turn by half a turn about it.

    >>> mirror(2, "x", parity=1).generator_names
    ('the mirror with normal x (Z1)',)
    """
    across = vector(normal)
    group = PointGroup(f"mirror {axis_text(across)}", (reflection(across),), across)
    return _point(num_qubits, group, qubits, parity)


@accepts(num_qubits=register_size)
def charge(num_qubits: int, operator: PauliSum | str) -> Symmetry:
    r"""The internal U(1) of a charge Q: :math:`e^{-i\phi Q}`; the data are left unchanged.

    Raises:
        DimensionError: Q is not Hermitian, its strings do not commute, or a coefficient is irrational.

    >>> str(charge(2, "Z0 + Z1"))
    'U(1) charge Z0 + Z1'
    """
    return Symmetry(num_qubits, factors=(ChargeFactor(num_qubits, _operator(operator, num_qubits)),))


@accepts(num_qubits=register_size)
def pauli_symmetry(num_qubits: int, *strings: PauliSum | str) -> Symmetry:
    """The group that Pauli strings generate, such as ``"X0 X1 X2 X3"``.

    >>> pauli_symmetry(2, "X0 X1", "Z0 Z1").factors[0].order_text
    'order 4 up to phases'
    """
    if not strings:
        raise DimensionError("a Pauli symmetry needs at least one string, such as 'X0 X1'")
    ops = [_operator(string, num_qubits) for string in strings]
    for op in ops:
        if len(op) != 1 or not op.without_identity():
            raise DimensionError(f"{op} is not one Pauli string; list the strings one by one")
    keys = tuple(next(iter(op)) for op in ops)
    return Symmetry(num_qubits, factors=(PauliFactor(num_qubits, keys),))


@accepts(num_qubits=register_size)
def unitaries(num_qubits: int, **generators: Sequence[PauliSum | str] | PauliSum | str) -> Symmetry:
    """A finite group of unitaries with named generators, each one operator or a product of several, first one first.

    >>> unitaries(2, hadamards=["sqrt(2)/2*X0 + sqrt(2)/2*Z0", "sqrt(2)/2*X1 + sqrt(2)/2*Z1"]).generator_names
    ('hadamards',)
    """
    if not generators:
        raise DimensionError("a group of unitaries needs at least one generator, such as flip='X0'")
    for name, ops in generators.items():
        if not _listed(ops):
            raise DimensionError(f"{name} is a product of no operators; name at least one, such as 'X0'")
    built = tuple(
        (name, UnitaryMap(num_qubits, tuple(_operator(op, num_qubits) for op in _listed(ops))))
        for name, ops in generators.items()
    )
    return Symmetry(num_qubits, factors=(UnitaryFactor(num_qubits, built),))


@accepts(num_qubits=register_size)
def permutations(num_qubits: int, *generators: "Cycles") -> Symmetry:
    """The group that permutations of the qubits generate.

    Args:
        num_qubits: size of the register.
        generators: the generators, each a product of disjoint cycles, such as ``[(0, 1), (2, 3)]``, ``"(0 1)(2 3)"``,
            or a permutation of SymPy.

    Raises:
        ArgumentError: a generator is not a product of cycles.
        DimensionError: no generator, a qubit outside the register, or one that is named twice in a generator.

    >>> permutations(3, [(0, 1)], [(0, 1, 2)]).factors[0].group.order
    6
    """
    if not generators:
        raise DimensionError("permutations need at least one generator, such as [(0, 1)]")
    products = [_cycles(generator) for generator in generators]
    for cycles in products:
        members = [q for cycle in cycles for q in cycle]
        _require_inside(num_qubits, members)
        if len(set(members)) < len(members):
            raise DimensionError(
                f"the cycles {cycles} name a qubit twice; cycles of one generator are disjoint"
            )
    group = PermutationGroup(num_qubits, tuple(images_from_cycles(c, num_qubits) for c in products))
    factor = PermutationFactor(num_qubits, group, _cycles_text(group.generators))
    return Symmetry(num_qubits, factors=(factor,))


@accepts(num_qubits=register_size, on=optional(whole_numbers), name=require_text)
def permutation_group(
    num_qubits: int, group: PermutationGroup, on: Sequence[int] | None = None, name: str = ""
) -> Symmetry:
    """A permutation group on the named qubits, in the order of its points; by default on the first qubits.

    Args:
        num_qubits: size of the register.
        group: a group such as :func:`eqcompile.groups.named.wreath` or
            :func:`eqcompile.groups.graph.graph_automorphisms`, or a permutation group of SymPy.
        on: the qubits, different and as many as the group has points.
        name: name of the group in messages.

    Raises:
        DimensionError: the number of qubits is not that of the points, or a qubit is outside the register or named
            twice.

    >>> from eqcompile.groups.named import symmetric, wreath
    >>> permutation_group(6, wreath(symmetric(2), symmetric(3))).factors[0].order_text
    'order 48'
    """
    group = _permutation_group(group)
    members = tuple(range(group.degree)) if on is None else tuple(on)
    _require_inside(num_qubits, members)
    if len(set(members)) != len(members) or len(members) != group.degree:
        raise DimensionError(
            f"the group permutes {group.degree} points; name as many different qubits, found {list(members)}"
        )
    placed = [
        [tuple(members[p] for p in cycle) for cycle in cycles_of(images)] for images in group.generators
    ]
    images = tuple(images_from_cycles(cycles, num_qubits) for cycles in placed)
    label = name or _cycles_text(images) or "trivial group"
    factor = PermutationFactor(num_qubits, PermutationGroup(num_qubits, images), label)
    return Symmetry(num_qubits, factors=(factor,))


@accepts(num_qubits=register_size, parity=whole_number)
def inversion(num_qubits: int, parity: int) -> Symmetry:
    """Z on the parity qubit.

    >>> inversion(7, parity=6).generator_names
    ('inversion (Z6)',)
    """
    _require_inside(num_qubits, (parity,))
    return Symmetry(num_qubits, factors=(InversionFactor(num_qubits, parity, 0),))


def vector(axis: Axis) -> Vector:
    """The three exact components of an axis.

    Raises:
        DimensionError: the axis is neither x, y, z nor three exact real numbers, or it has no direction.

    >>> vector("y"), vector(["1/2", 0, 1])
    ((0, 1, 0), (1/2, 0, 1))
    """
    if callable(listed := getattr(axis, "tolist", None)):  # an array of whole numbers
        axis = listed()
    if isinstance(axis, str) and axis in ("x", "y", "z"):
        return UNIT_VECTORS["xyz".index(axis)]
    if isinstance(axis, str) or not isinstance(axis, Sequence) or len(axis) != 3:
        raise DimensionError(
            f"{printed(axis)} is not an axis; write x, y, z or three components such as [1, 1, 0]"
        )
    x, y, z = (_component(component) for component in axis)
    length((x, y, z))
    return x, y, z


def _component(value: Component) -> Real:
    if isinstance(value, float):
        raise DimensionError(f'{value!r} has been rounded; write a component exactly, such as "sqrt(3)/2"')
    try:
        number = parse_scalar(str(value))
    except ExpressionError as error:
        raise DimensionError(f"{value!r} is not an exact component of an axis: {error}") from None
    if not is_real(number):
        raise DimensionError(f"{value!r} is not real; an axis has real components")
    return real_part(number)


def _point(num_qubits: int, group: PointGroup, qubits: Iterable[int] | None, parity: int | None) -> Symmetry:
    turning = tuple(q for q in _named(num_qubits, qubits) if qubits is not None or q != parity)
    if parity is not None:
        _require_inside(num_qubits, (parity,))
        if parity in turning:
            raise DimensionError(f"the parity qubit {parity} also turns; name one that does not")
    return Symmetry(num_qubits, factors=(PointFactor(num_qubits, group, turning, parity),))


def _named(num_qubits: int, qubits: Iterable[int] | None) -> tuple[int, ...]:
    named = tuple(range(num_qubits)) if qubits is None else tuple(sorted(set(qubits)))
    _require_inside(num_qubits, named)
    return named


def _cycles_text(generators: Iterable[Images]) -> str:
    """The permutations in cycle notation, each cycle starting from its lowest qubit."""
    return ", ".join(
        "".join(f"({' '.join(map(str, cycle))})" for cycle in cycles_of(images)) or "()"
        for images in generators
    )


def _cycles(generator: "Cycles") -> list[tuple[int, ...]]:
    """The cycles of one generator; text and SymPy's permutations are read too."""
    if isinstance(generator, str):
        return _parsed_cycles(generator)
    listed = getattr(generator, "cyclic_form", generator)
    wrong = ArgumentError(
        f"a permutation is a product of cycles, such as [(0, 1), (2, 3)] or '(0 1)(2 3)'; found {found(generator)}"
    )
    if isinstance(listed, bytes | Mapping | set) or not isinstance(listed, Iterable):
        raise wrong
    cycles = []
    for cycle in listed:
        if isinstance(cycle, str | bytes | Mapping | set) or not isinstance(cycle, Iterable):
            raise wrong
        try:
            cycles.append(whole_numbers("cycle", cycle))
        except ArgumentError:
            raise wrong from None
        if not cycles[-1]:
            raise wrong
    return cycles


def _parsed_cycles(text: str) -> list[tuple[int, ...]]:
    """Cycles with spaces or commas between the qubits."""
    if not _CYCLES.fullmatch(text):
        raise ArgumentError(f"a permutation is written in cycles, such as '(0 1)(2 3)'; found {quoted(text)}")
    parts = (cycle.replace(",", " ").split() for cycle in re.findall(r"\(([^)]*)\)", text))
    return [tuple(int(qubit) for qubit in part) for part in parts if part]


def _permutation_group(group: object) -> PermutationGroup:
    if isinstance(group, PermutationGroup):
        return group
    try:
        return PermutationGroup.from_sympy(group)
    except ArgumentError:
        raise ArgumentError(
            f"group: a permutation group, such as eq.symmetric(3), is needed; found {found(group)}"
        ) from None


def _operator(value: PauliSum | str, num_qubits: int) -> PauliSum:
    op = PauliSum.parse(value, num_qubits) if isinstance(value, str) else value
    if not isinstance(op, PauliSum):
        raise ArgumentError(f"an operator is needed: text such as X0 X1, or a PauliSum; found {found(op)}")
    if op.num_qubits != num_qubits:
        raise DimensionError(f"{op} acts on {op.num_qubits} qubits, the register has {num_qubits}")
    return op


def _listed(ops: "Sequence[PauliSum | str] | PauliSum | str") -> Sequence[PauliSum | str]:
    return list(ops) if isinstance(ops, list | tuple) else [ops]  # type: ignore[list-item]  # checked one by one


def _require_inside(num_qubits: int, qubits: Iterable[int]) -> None:
    for qubit in qubits:
        if not 0 <= qubit < num_qubits:
            raise DimensionError(f"qubit {qubit} is outside the register; qubits are 0 to {num_qubits - 1}")
