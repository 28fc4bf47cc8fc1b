"""Why a circuit breaks a symmetry, in words.

The gates suggest causes. Each comes with a circuit in which it is undone, and is named only if that circuit passes the
check that the given one failed.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations, islice
from typing import TypeAlias

from eqcompile.circuits.angle import ExactAngle
from eqcompile.circuits.ansatz import angle_names
from eqcompile.circuits.circuit import Circuit
from eqcompile.circuits.operations import FixedUnitary, Operation, PauliRotation, VectorRotation
from eqcompile.claims.of_circuit.equivariance import CircuitTest
from eqcompile.claims.of_circuit.task import Decision, tasks
from eqcompile.claims.question import Question
from eqcompile.exact.arithmetic.scalars import ONE
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.operators.strings import PauliKey, letter, pauli_key, support_of
from eqcompile.symmetry.generators import FiniteGenerator, GroupGenerator, LieGenerator
from eqcompile.symmetry.maps import QubitPermutation

MAX_SWAPPED_QUBITS = 8
"""Qubits of a refused circuit in which every swap of two qubits is tried as the likely cause. Beyond it, weaker: no
swap is tried; the verdict is the same."""

MAX_SWAPPED_GATES = 300
"""Gates of a refused circuit in which swaps of two qubits are tried as the likely cause. Beyond it, weaker: no swap
is tried; the verdict is the same."""

MAX_CAUSE_WORK = 1_000_000
"""Amplitudes times operations, about a second, up to which a repaired circuit is tested on the whole register in
search of a likely cause. Beyond it, weaker: it is tested by its blocks alone; the verdict is the same."""

MAX_TRIED = 8
"""Repairs of one kind that are tried one by one in search of a likely cause, and parts of a circuit that are tested
separately. Beyond it, weaker: the others are not tried, and a likely cause may be missing; the verdict is the
same."""

Edit: TypeAlias = Callable[[Circuit], Circuit]


@dataclass(frozen=True)
class Repair:
    """A cause, and how it is undone.

    Attributes:
        text: what the user reads.
        edit: makes the circuit in which it is undone from the given one.
        names: parameters that it is about.
    """

    text: str
    edit: Edit
    names: tuple[str, ...] = ()


def likely_cause(test: CircuitTest, decision: Decision) -> str:
    """The first cause that the gates suggest and whose undoing makes the circuit pass; empty if none does."""
    generator = decision.generator
    sums = generators_of(test.circuit)
    by_kind: list[Iterator[Repair]] = []
    if isinstance(generator, FiniteGenerator) and isinstance(generator.on_qubits, QubitPermutation):
        images = [*generator.on_qubits.images]
        images += range(len(images), test.circuit.num_qubits)
        by_kind += [_untied(test, sums, images), _without_image(sums, images), _uneven(test, images)]
    by_kind += [_forgotten_parity(test, generator), _unequal(sums, generator)]
    for repairs in by_kind:
        if text := _first_of(test, generator, [*repairs], decision):
            return text
    if text := _order(test, sums, generator):
        return text
    single = islice(_missing_or_too_much(sums, generator), MAX_TRIED)
    tried = (*single, *_swapped(test))
    return next((r.text for r in tried if _holds(test, r.edit(test.circuit), generator)), "")


def _first_of(
    test: CircuitTest, generator: GroupGenerator, repairs: Sequence[Repair], decision: Decision
) -> str:
    """One repair that suffices alone, those of gates at fault first; else all of one kind together."""
    at_fault = {name for block in decision.blocks for name in block.parameters}
    ranked = sorted(repairs, key=lambda repair: at_fault.isdisjoint(repair.names))
    for repair in ranked[:MAX_TRIED]:
        if _holds(test, repair.edit(test.circuit), generator):
            return repair.text
    if len(repairs) < 2:
        return ""
    circuit = test.circuit
    for repair in repairs:
        circuit = repair.edit(circuit)
    texts = list(dict.fromkeys(repair.text for repair in ranked))
    more = f" (and {len(texts) - 1} more of this kind)" if len(texts) > 1 else ""
    return f"{texts[0]}{more}" if _holds(test, circuit, generator) else ""


def _holds(test: CircuitTest, circuit: Circuit, generator: GroupGenerator) -> bool:
    """Whether a circuit with one cause undone passes, as far as this is decided quickly."""
    other = CircuitTest(circuit, Question(test.symmetry, test.data), "likely cause")
    small = len(circuit.operations) << circuit.num_qubits <= MAX_CAUSE_WORK
    task = next((task for task in tasks(other).values() if task.generator == generator), None)
    return task is not None and task.holds(by_blocks_alone=not small) is True


def generators_of(circuit: Circuit) -> dict[str, PauliSum]:
    """For every parameter, the sum of what it multiplies: half its coefficient, times the string."""
    sums: dict[str, dict[PauliKey, Fraction]] = {}
    for operation in circuit:
        if isinstance(operation, PauliRotation):
            for monomial, value in operation.angle.terms:
                if len(monomial) == 1 and operation.support:
                    terms = sums.setdefault(monomial[0], {})
                    terms[operation.key] = terms.get(operation.key, Fraction(0)) + value / 2
    return {name: PauliSum(circuit.num_qubits, terms) for name, terms in sums.items()}


def _untied(test: CircuitTest, sums: Mapping[str, PauliSum], images: Sequence[int]) -> Iterator[Repair]:
    """Parameters whose sums are exchanged must be one parameter. Coordinates of the data move by themselves."""
    angles = {angle for site in test.symmetry.site_names for angle in angle_names(site)}
    free = sorted(sums.keys() - test.data.keys() - angles)
    seen: set[str] = set()
    for name in free:
        orbit, moved = [name], sums[name].relabel(images)
        while name not in seen and moved != sums[name]:
            following = next((other for other in free if other not in orbit and sums[other] == moved), None)
            if following is None:
                break
            orbit.append(following)
            moved = moved.relabel(images)
        else:
            if len(orbit) > 1:
                tied = dict.fromkeys(orbit[1:], ExactAngle.parameter(name))
                text = f"untied weights: {', '.join(orbit[:-1])} and {orbit[-1]} act on exchanged qubits and must be " \
                    "one parameter"  # fmt: skip
                yield Repair(text, _with_tied(tied), tuple(orbit))
        seen.update(orbit)


def _without_image(sums: Mapping[str, PauliSum], images: Sequence[int]) -> Iterator[Repair]:
    """Terms of a parameter whose images it does not multiply: the images are put right behind."""
    for name in sorted(sums):
        lacking: dict[PauliKey, list[PauliKey]] = {}
        for key in sums[name]:
            orbit = _orbit(key, images)
            absent = [other for other in orbit if other not in sums[name].terms]
            present = [other for other in lacking if other in orbit]
            if absent and not present:
                lacking[key] = absent
        if lacking:
            string = _string(next(iter(lacking.values()))[0], sums[name].num_qubits)
            text = f"a term is missing from an orbit sum: {name} multiplies no {string}, the image of another term"
            yield Repair(text, _with_added(name, lacking), (name,))


def _uneven(test: CircuitTest, images: Sequence[int]) -> Iterator[Repair]:
    """The k-th turn about a string and the k-th turns about its images: angles in the same parameters that differ."""
    turns: dict[PauliKey, list[int]] = {}
    operations = test.circuit.operations
    for place, operation in enumerate(operations):
        if isinstance(operation, PauliRotation) and operation.support:
            turns.setdefault(operation.key, []).append(place)
    seen: set[PauliKey] = set()
    for key in turns:
        # Turns are paired by their order, which makes sense only where every string of the orbit has equally many.
        orbit = _orbit(key, images)
        if key in seen or any(len(turns.get(other, [])) != len(turns[key]) for other in orbit):
            continue
        seen.update(orbit)
        for other in orbit[1:]:
            for first, second in zip(turns[key], turns[other], strict=True):
                left, right = (operations[place] for place in (first, second))
                assert isinstance(left, PauliRotation)
                assert isinstance(right, PauliRotation)
                if left.angle == right.angle or left.parameters != right.parameters:
                    continue
                # An angle in the data changes when they move, and need not be that of its image.
                if not left.parameters & test.data.keys():
                    text = _uneven_text(test.circuit, left, right)
                    yield Repair(text, _with_angle(second, left.angle), tuple(left.parameters))


def _uneven_text(circuit: Circuit, left: PauliRotation, right: PauliRotation) -> str:
    if left.parameters and (left.angle - right.angle).parameters:
        return f"coefficients of {', '.join(sorted(left.parameters))} differ along an orbit of qubits"
    gates = (_gate(circuit, operation.origin) for operation in (left, right))
    return "angles on exchanged qubits differ by a constant: gates " + " and ".join(gates)


def _gate(circuit: Circuit, origin: int) -> str:
    return f"{origin}: {circuit.gate_names[origin]}" if origin < len(circuit.gate_names) else str(origin)


def _forgotten_parity(test: CircuitTest, generator: GroupGenerator) -> Iterator[Repair]:
    for factor in test.symmetry.factors:
        parity = factor.parity_qubit
        if parity is not None and any(g.name == generator.name for g in factor.finite_generators):
            touched = {qubit for operation in test.circuit for qubit in operation.support}
            if parity not in touched:
                text = f"a parity qubit forgotten: no gate acts on qubit {parity}"
                yield Repair(text, _with_parity(parity, frozenset(test.data)))


def _unequal(sums: Mapping[str, PauliSum], generator: GroupGenerator) -> Iterator[Repair]:
    """Strings on the same qubits with unequal coefficients: all get that of the first."""
    for name in sorted(sums):
        if _invariant(generator, sums[name]):
            continue
        values: dict[tuple[int, ...], dict[PauliKey, object]] = {}
        for key, value in sums[name].terms.items():
            values.setdefault(support_of(key), {})[key] = value
        for support, found in values.items():
            if len(set(found.values())) > 1:
                where = ", ".join(map(str, support))
                text = f"{name} multiplies strings on qubits {where} with unequal coefficients"
                yield Repair(text, _with_equal(name, frozenset(found)), (name,))


def _order(test: CircuitTest, sums: Mapping[str, PauliSum], generator: GroupGenerator) -> str:
    r"""Runs of gates of one parameter whose sum G is invariant, but whose product is not.

    Undone, a run is :math:`e^{-i\theta G}`, which commutes with the group. What stands between the runs is tested part
    by part; if every part passes, the whole is a product of equivariant factors.
    """
    parts: list[list[Operation]] = [[]]
    clash = ""
    for name, run in _runs(test.circuit):
        op = generators_of(replace(test.circuit, operations=tuple(run))).get(name)
        if name in test.data or op is None or _commuting(op) or not _invariant(generator, op):
            parts[-1] += run
        else:
            clash = clash or name
            parts.append([])
    rest = [part for part in parts if any(operation.support for operation in part)]
    # The runs that are taken out are equivariant when undone. If the rest is too, the order of their terms is all that
    # breaks the symmetry.
    if not clash or len(rest) > MAX_TRIED:
        return ""
    if not all(_holds(test, replace(test.circuit, operations=tuple(part)), generator) for part in rest):
        return ""
    return (
        f"the order of a product formula: the sum that {clash} multiplies is invariant, but its terms do not "
        "commute, and one after the other they are not"
    )


def _runs(circuit: Circuit) -> Iterator[tuple[str, list[Operation]]]:
    """Neighbouring turns by multiples of one parameter, with its name; all else under the empty name."""
    run: list[Operation] = []
    last = ""
    for operation in circuit:
        name = _only_parameter(operation)
        if run and name != last:
            yield last, run
            run = []
        run.append(operation)
        last = name
    if run:
        yield last, run


def _only_parameter(operation: Operation) -> str:
    if not isinstance(operation, PauliRotation) or operation.angle.pi_multiple:
        return ""
    terms = operation.angle.terms
    return terms[0][0][0] if len(terms) == 1 and len(terms[0][0]) == 1 else ""


def _missing_or_too_much(sums: Mapping[str, PauliSum], generator: GroupGenerator) -> Iterator[Repair]:
    """For a continuous group: a letter that strings such as X0 X1 and Y0 Y1 lack, or a string to leave out."""
    if not isinstance(generator, LieGenerator):
        return
    broken = [name for name in sorted(sums) if not _invariant(generator, sums[name])]
    for name in broken:
        by_support: dict[tuple[int, ...], dict[str, PauliKey]] = {}
        # Only strings of one letter suggest a sum over X, Y and Z, as in a Heisenberg coupling.
        for key in sums[name]:
            letters = {letter(key, q) for q in support_of(key)}
            if len(letters) == 1:
                by_support.setdefault(support_of(key), {})[letters.pop()] = key
        for support, found in by_support.items():
            for absent in "XYZ":
                if absent not in found:
                    key = pauli_key(dict.fromkeys(support, absent))
                    string = _string(key, sums[name].num_qubits)
                    text = f"a term is missing: {name} multiplies {sums[name]}, and no {string}"
                    yield Repair(text, _with_added(name, {[*found.values()][-1]: [key]}))
    for name in broken:
        for key in sums[name] if len(sums[name]) > 1 else ():
            text = (
                f"a term is too much: {name} multiplies {_string(key, sums[name].num_qubits)} besides others"
            )
            yield Repair(text, _without(name, key))


def _swapped(test: CircuitTest) -> Iterator[Repair]:
    """Exchange two qubits of the whole circuit, or at its end alone."""
    n = test.circuit.num_qubits
    small = n <= MAX_SWAPPED_QUBITS and len(test.circuit.operations) <= MAX_SWAPPED_GATES
    if n != test.symmetry.num_qubits or not small:
        return
    for a, b in combinations(range(n), 2):
        images = list(range(n))
        images[a], images[b] = b, a
        text = f"two qubits swapped: with {a} and {b} exchanged it holds"
        yield Repair(text, _with_relabelled(images))
    for a, b in combinations(range(n), 2):
        exchange = PauliSum.heisenberg(n, a, b) + PauliSum.identity(n)
        swap = FixedUnitary(exchange * Fraction(1, 2), len(test.circuit.gate_names))
        text = f"two qubits come out exchanged: with a swap of {a} and {b} at the end it holds"
        yield Repair(text, _with_last(swap))


def _with_tied(images: Mapping[str, ExactAngle]) -> Edit:
    return lambda circuit: circuit.substituted(images)


def _with_relabelled(images: Sequence[int]) -> Edit:
    return lambda circuit: circuit.relabelled(images)


def _with_last(operation: Operation) -> Edit:
    return lambda circuit: replace(circuit, operations=(*circuit.operations, operation))


def _with_added(name: str, lacking: Mapping[PauliKey, Sequence[PauliKey]]) -> Edit:
    """Behind every turn about a string, turns by the same angle about the strings that it lacks."""

    def edit(circuit: Circuit) -> Circuit:
        out: list[Operation] = []
        for operation in circuit:
            out.append(operation)
            if isinstance(operation, PauliRotation) and name in operation.parameters:
                out += [replace(operation, key=key) for key in lacking.get(operation.key, ())]
        return replace(circuit, operations=tuple(out))

    return edit


def _without(name: str, key: PauliKey) -> Edit:
    """No turn about a string by a parameter."""

    def is_kept(operation: Operation) -> bool:
        turn = isinstance(operation, PauliRotation) and operation.key == key
        return not (turn and name in operation.parameters)

    return lambda circuit: replace(circuit, operations=tuple(o for o in circuit if is_kept(o)))


def _with_angle(place: int, angle: ExactAngle) -> Edit:
    """Another angle for one operation."""

    def edit(circuit: Circuit) -> Circuit:
        operations = list(circuit.operations)
        turn = operations[place]
        assert isinstance(turn, PauliRotation)
        operations[place] = replace(turn, angle=angle)
        return replace(circuit, operations=tuple(operations))

    return edit


def _with_equal(name: str, keys: frozenset[PauliKey]) -> Edit:
    """Give the angle of the first turn by a parameter about one of these strings to all others, string by string."""

    def edit(circuit: Circuit) -> Circuit:
        angles: list[ExactAngle] = []
        counts: dict[PauliKey, int] = {}
        out: list[Operation] = []
        for operation in circuit:
            if (
                isinstance(operation, PauliRotation)
                and operation.key in keys
                and name in operation.parameters
            ):
                count = counts[operation.key] = counts.get(operation.key, 0) + 1
                if count > len(angles):
                    angles.append(operation.angle)
                operation = replace(operation, angle=angles[count - 1])
            out.append(operation)
        return replace(circuit, operations=tuple(out))

    return edit


def _with_parity(parity: int, data: frozenset[str]) -> Edit:
    """X on the parity qubit in every gate that takes the data."""

    def taken(operation: Operation) -> Operation:
        if isinstance(operation, VectorRotation):
            return replace(operation, parity=parity)
        if isinstance(operation, PauliRotation) and operation.parameters & data:
            letters = {q: letter(operation.key, q) for q in operation.support}
            return replace(operation, key=pauli_key(letters | {parity: "X"}))
        return operation

    return lambda circuit: replace(circuit, operations=tuple(taken(o) for o in circuit))


def _orbit(key: PauliKey, images: Sequence[int]) -> list[PauliKey]:
    """The strings that powers of a permutation make of one, itself first."""
    orbit = [key]
    while (key := pauli_key({images[q]: letter(key, q) for q in support_of(key)})) != orbit[0]:
        orbit.append(key)
    return orbit


def _string(key: PauliKey, num_qubits: int) -> PauliSum:
    return PauliSum(num_qubits, {key: ONE})


def _invariant(generator: GroupGenerator, op: PauliSum) -> bool:
    """Whether a sum is invariant; a sum that acts on ancillas too never counts as such."""
    if isinstance(generator, LieGenerator):
        return generator.operator.num_qubits == op.num_qubits and generator.operator.commutes_with(op)
    steps = generator.on_qubits.steps(op.num_qubits)
    if any(not isinstance(step, PauliSum) and len(step) < op.num_qubits for step in steps):
        return False
    return generator.on_qubits.conjugate(op) == op


def _commuting(op: PauliSum) -> bool:
    strings = [_string(key, op.num_qubits) for key in op]
    return all(a.commutes_with(b) for a, b in combinations(strings, 2))
