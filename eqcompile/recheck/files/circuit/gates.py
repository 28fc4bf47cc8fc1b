r"""Standard gates as rotations about Pauli strings, :math:`e^{-i\,a P/2}`, and as fixed unitaries in exact texts.

A global phase :math:`e^{ia}` is the rotation about the identity by -2a. In texts, ``{0}`` is the gate's first qubit.
The tests compare each row of the table with Qiskit's matrix.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import TypeAlias

from eqcompile.recheck.algebra.angles import Angle, Monomial
from eqcompile.recheck.files.unread import UnreadError

MAX_CONTROLS = 8
"""Controls of a gate; a rotation behind c of them is read as 2^c rotations. Beyond it, refused: build the gate from
smaller ones, or recheck without `--circuit`."""


@dataclass(frozen=True)
class Rotation:
    """A rotation about a string.

    Attributes:
        letters: letters of the string, by qubit; empty for a global phase.
        angle: the exact angle.
    """

    letters: Mapping[int, str]
    angle: Angle


@dataclass(frozen=True)
class Fixed:
    """A fixed unitary and its adjoint, with a placeholder for every qubit."""

    text: str
    adjoint: str


Operation: TypeAlias = Rotation | Fixed
Rule: TypeAlias = Callable[[Sequence[Angle]], list[Operation]]

ZERO_ANGLE = Angle({}, Fraction(0))


def of_pi(multiple: Fraction) -> Angle:
    """A multiple of pi."""
    return Angle({}, multiple)


def plus(a: Angle, b: Angle) -> Angle:
    """The sum of two angles."""
    terms: dict[Monomial, Fraction] = dict(a.terms)
    for monomial, value in b.terms.items():
        terms[monomial] = terms.get(monomial, Fraction(0)) + value
    return Angle({key: value for key, value in terms.items() if value}, a.pi + b.pi)


def times(angle: Angle, factor: Fraction | int) -> Angle:
    """A multiple of an angle."""
    return Angle({key: value * factor for key, value in angle.terms.items() if factor}, angle.pi * factor)


def phase(angle: Angle) -> Rotation:
    """The global phase by an angle."""
    return Rotation({}, times(angle, -2))


def about(word: str, angle: Angle) -> Rotation:
    """Rotation about the string with letter ``word[q]`` on qubit q."""
    return Rotation({q: letter for q, letter in enumerate(word) if letter != "I"}, angle)


def _self_adjoint(text: str) -> Fixed:
    return Fixed(text, text)


_S, _SDG = "(1/2*(1 + Z{0}) + 1/2*i*(1 - Z{0}))", "(1/2*(1 + Z{0}) - 1/2*i*(1 - Z{0}))"
_SX, _SXDG = "(1/2*(1 + X{0}) + 1/2*i*(1 - X{0}))", "(1/2*(1 + X{0}) - 1/2*i*(1 - X{0}))"
_ROOT = "1/2*sqrt(2)"
_T, _TDG = (f"(1/2*(1 + Z{{0}}) + 1/2*{_ROOT}*(1 {sign} i)*(1 - Z{{0}}))" for sign in "+-")
_PAIR = "(1 + Z{0} Z{1})"
_ISWAP, _ISWAPDG = (f"(1/2*{_PAIR} {sign} 1/2*i*(X{{0}} X{{1}} + Y{{0}} Y{{1}}))" for sign in "+-")
_CX01, _CX10 = "(1/2*(1 + Z{0}) + 1/2*(1 - Z{0})*X{1})", "(1/2*(1 + Z{1}) + 1/2*(1 - Z{1})*X{0})"

CONSTANT: dict[str, list[Operation]] = {
    "IGate": [],
    "XGate": [_self_adjoint("X{0}")],
    "YGate": [_self_adjoint("Y{0}")],
    "ZGate": [_self_adjoint("Z{0}")],
    "HGate": [_self_adjoint(f"{_ROOT}*(X{{0}} + Z{{0}})")],
    "SGate": [Fixed(_S, _SDG)],
    "SdgGate": [Fixed(_SDG, _S)],
    "TGate": [Fixed(_T, _TDG)],
    "TdgGate": [Fixed(_TDG, _T)],
    "SXGate": [Fixed(_SX, _SXDG)],
    "SXdgGate": [Fixed(_SXDG, _SX)],
    "SwapGate": [_self_adjoint("1/2*(1 + X{0} X{1} + Y{0} Y{1} + Z{0} Z{1})")],
    "iSwapGate": [Fixed(_ISWAP, _ISWAPDG)],
    "DCXGate": [_self_adjoint(_CX01), _self_adjoint(_CX10)],
    "ECRGate": [_self_adjoint(f"{_ROOT}*(X{{0}} - Y{{0}} X{{1}})")],
}
"""Gates without parameters, keyed by the name of Qiskit's class."""


def _u(theta: Angle, phi: Angle, lam: Angle) -> list[Operation]:
    return [
        about("Z", lam),
        about("Y", theta),
        about("Z", phi),
        phase(times(plus(phi, lam), Fraction(1, 2))),
    ]


def _p(lam: Angle) -> list[Operation]:
    return [about("Z", lam), phase(times(lam, Fraction(1, 2)))]


def _exchange(theta: Angle, beta: Angle, turned: str, sign: int) -> list[Operation]:
    """exp(-i theta (XX +- YY) / 4), seen from a frame that turns about z on one qubit."""
    half = times(theta, Fraction(1, 2))
    first, last = about(turned, times(beta, sign)), about(turned, times(beta, -sign))
    return [first, about("XX", half), about("YY", times(half, sign)), last]


PARAMETRISED: dict[str, Rule] = {
    "RXGate": lambda a: [about("X", a[0])],
    "RYGate": lambda a: [about("Y", a[0])],
    "RZGate": lambda a: [about("Z", a[0])],
    "RXXGate": lambda a: [about("XX", a[0])],
    "RYYGate": lambda a: [about("YY", a[0])],
    "RZZGate": lambda a: [about("ZZ", a[0])],
    "RZXGate": lambda a: [about("ZX", a[0])],
    "PhaseGate": lambda a: _p(a[0]),
    "U1Gate": lambda a: _p(a[0]),
    "U2Gate": lambda a: _u(of_pi(Fraction(1, 2)), a[0], a[1]),
    "U3Gate": lambda a: _u(a[0], a[1], a[2]),
    "UGate": lambda a: _u(a[0], a[1], a[2]),
    "RGate": lambda a: [about("Z", times(a[1], -1)), about("X", a[0]), about("Z", a[1])],
    "XXPlusYYGate": lambda a: _exchange(a[0], a[1], "ZI", 1),
    "XXMinusYYGate": lambda a: _exchange(a[0], a[1], "IZ", -1),
    "GlobalPhaseGate": lambda a: [phase(a[0])],
}
"""Gates with parameters, keyed by the name of Qiskit's class."""


def moved(operation: Operation, qubits: Sequence[int]) -> Operation:
    """The operation with qubit q moved to ``qubits[q]``."""
    if isinstance(operation, Rotation):
        return Rotation({qubits[q]: letter for q, letter in operation.letters.items()}, operation.angle)
    places = [f"{{{q}}}" for q in qubits]
    return Fixed(operation.text.format(*places), operation.adjoint.format(*places))


def inverse(operations: Sequence[Operation]) -> list[Operation]:
    """The inverse of a product."""
    return [
        Rotation(o.letters, times(o.angle, -1)) if isinstance(o, Rotation) else Fixed(o.adjoint, o.text)
        for o in reversed(operations)
    ]


def controlled(operations: Sequence[Operation], num_controls: int, state: int, width: int) -> list[Operation]:
    r"""The product behind controls, which are the first qubits; bit k of the state is the state of control k.

    With the projector :math:`\Pi = \prod_c (1 \pm Z_c)/2` a rotation becomes :math:`e^{-i\,a\,\Pi P/2}`, and a unitary
    :math:`1 - \Pi + \Pi U`.

    Args:
        operations: the operations, on ``width`` qubits.
        num_controls: number of controls.
        state: state of the controls for which the operations act.
        width: number of qubits of the operations.
    """
    if num_controls > MAX_CONTROLS:
        raise UnreadError(f"a gate with {num_controls} controls")
    signs = [-1 if state >> c & 1 else 1 for c in range(num_controls)]
    projector = "*".join(f"1/2*(1 {'-' if sign < 0 else '+'} Z{{{c}}})" for c, sign in enumerate(signs))
    targets = [num_controls + q for q in range(width)]
    out: list[Operation] = []
    for operation in (moved(o, targets) for o in operations):
        if isinstance(operation, Fixed):
            texts = (f"(1 - {projector} + {projector}*({t}))" for t in (operation.text, operation.adjoint))
            out.append(Fixed(*texts))
            continue
        # exp(-i a Pi P/2) is a product of commuting turns, one for every string of the projector Pi.
        share = times(operation.angle, Fraction(1, 1 << num_controls))
        for count in range(num_controls + 1):
            for chosen in combinations(range(num_controls), count):
                sign = -1 if sum(signs[c] < 0 for c in chosen) % 2 else 1
                letters = {**dict.fromkeys(chosen, "Z"), **operation.letters}
                out.append(Rotation(letters, times(share, sign)))
    return out
