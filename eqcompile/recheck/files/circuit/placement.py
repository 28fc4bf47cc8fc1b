"""Where the qubits of a circuit are on a device: OpenQASM says it in a comment, by which the placement is undone."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from eqcompile.errors import EqcompileError, quoted
from eqcompile.recheck.files.circuit.gates import CONSTANT, Operation, Rotation, moved

FORM = "// eqcompile layout: start 3 4, end 4 3"

_NUMBERS = r"([0-9]{1,6}(?:[ \t]+[0-9]{1,6})*)"
_COMMENT = re.compile(
    rf"//[ \t]*eqcompile[ \t]+layout[ \t]*:[ \t]*start[ \t]+{_NUMBERS}[ \t]*,[ \t]*end[ \t]+{_NUMBERS}\s*"
)
_OURS = re.compile(r"[/*\s]*eqcompile\b.*lay", re.DOTALL)
_START, _END = (re.compile(rf"\b{word}\b\W*[0-9]") for word in ("start", "end"))


@dataclass(frozen=True)
class Placement:
    """Where each qubit of a circuit starts on a device, and where it ends."""

    start: tuple[int, ...]
    end: tuple[int, ...]

    def __str__(self) -> str:
        return f"start {' '.join(map(str, self.start))}, end {' '.join(map(str, self.end))}"

    @property
    def size(self) -> int:
        """The least number of qubits that the device has."""
        return max((*self.start, *self.end)) + 1

    def completed(self, size: int) -> tuple[list[int], list[int]]:
        """Places of all qubits of the device: those of the circuit first, then the others, which start in zero.

        The k-th place that is free at the start goes with the k-th that is free at the end. A place that never holds a
        qubit of the circuit stays where it is.
        """
        at_start, at_end = set(self.start), set(self.end)
        never = [p for p in range(size) if p not in at_start | at_end]
        return (
            [*self.start, *sorted(at_end - at_start), *never],
            [*self.end, *sorted(at_start - at_end), *never],
        )


def placement_of(comments: Iterable[str], most: int) -> Placement | None:
    """What the comments of a file say about its layout; ``None`` if nothing.

    Args:
        comments: the comments, with their comment signs.
        most: largest number of qubits that a device may have.

    Raises:
        EqcompileError: several comments speak of a layout, or one that does is malformed or makes no sense.

    >>> str(placement_of(["// by hand", "// eqcompile layout: start 3 4, end 4 3"], 10))
    'start 3 4, end 4 3'
    """
    said = [comment for comment in comments if speaks_of_a_layout(comment)]
    if not said:
        return None
    if len(said) > 1:
        raise EqcompileError(f"{len(said)} comments speak of a layout; leave the one that is right")
    found = _COMMENT.fullmatch(said[0])
    start, end = (tuple(map(int, found[k].split())) if found else () for k in (1, 2))
    if not len(start) == len(end) == len({*start}) == len({*end}) > 0 or max(*start, *end) >= most:
        raise EqcompileError(
            f"the comment {quoted(said[0].strip())} speaks of a layout and is not understood; write it as in {FORM}, "
            "or remove it"
        )
    return Placement(start, end)


def speaks_of_a_layout(comment: str) -> bool:
    """Whether a comment is a layout, or seems to be intended as one."""
    words = comment.casefold()
    if _OURS.match(words):
        return True
    start = _START.search(words) if "layout" in words or "eqcompile" in words else None
    return start is not None and _END.search(words, start.end()) is not None


def undone(
    operations: Sequence[Operation], initial: Sequence[int], final: Sequence[int], own: int
) -> tuple[list[Operation], int, int]:
    """The operations on the qubits of the circuit before it was placed; and the numbers of qubits and of ancillas.

    Qubit v starts on physical qubit ``initial[v]`` and ends on ``final[v]``. Physical qubits are named by where they
    start, and what has moved is swapped back. Beyond the first ``own`` qubits, only those that are touched are kept.
    """
    size = len(initial)
    start = {physical: v for v, physical in enumerate(initial)}
    placed = [moved(o, [start[p] for p in range(size)]) for o in operations]
    at = [start[p] for p in final]  # where the content of v is at the end
    (swap,) = CONSTANT["SwapGate"]
    for v in range(size):
        if at[v] != v:
            placed.append(moved(swap, [v, at[v]]))
            at[at.index(v)], at[v] = at[v], v
    return kept_qubits(placed, own)


def kept_qubits(operations: Sequence[Operation], own: int) -> tuple[list[Operation], int, int]:
    """The operations on the first ``own`` qubits and on the others that they touch, which are ancillas."""
    others = sorted({q for o in operations for q in support(o) if q >= own})
    number = {v: own + k for k, v in enumerate(others)}
    whole = [*range(own), *(number.get(v, 0) for v in range(own, max(others, default=0) + 1))]
    return [moved(o, whole) for o in operations], own + len(others), len(others)


def support(operation: Operation) -> set[int]:
    """The qubits on which an operation acts."""
    if isinstance(operation, Rotation):
        return set(operation.letters)
    return {int(part.split("}")[0]) for part in operation.text.split("{")[1:]}
