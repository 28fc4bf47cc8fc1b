r"""The claim about a whole model: its value at x and at V x, for random parameters over a prime field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations
from math import lcm
from random import Random
from typing import Any, ClassVar

from eqcompile.errors import BudgetError, EqcompileError
from eqcompile.recheck.algebra.group import Generator, Group, turned
from eqcompile.recheck.algebra.pauli import (
    UNIT,
    Amplitudes,
    Terms,
    combined,
    commutator,
    mask_of,
    product,
    strings_of,
)
from eqcompile.recheck.algebra.text import operator, state
from eqcompile.recheck.algebra.vectors import Gate, Vector, apply, fits, random_direction, run_with_slope
from eqcompile.recheck.claims.claim import MODEL, MODEL_WITHOUT_DATA, Case, Claim, Evidence, Outcome, Plain
from eqcompile.recheck.claims.encoding import encoding_fails, gates_of
from eqcompile.recheck.claims.operator import operator_fails
from eqcompile.recheck.claims.state import state_fails
from eqcompile.recheck.shapes import NUMBER, TEXT, Listing, Row

MAX_QUBITS = 10
"""Qubits of a model that is evaluated at x and V x. Beyond it, weaker: invariance is confirmed from the parts of the
model."""

MAX_WORK = 20_000_000
"""Gates times generators times amplitudes of a model that is evaluated. Beyond it, weaker: invariance is confirmed
from the parts of the model."""

MAX_LEVELS = 300
"""Candidates for the eigenvalues of a gate generator whose strings do not commute. Beyond it, weaker: invariance is
confirmed from the parts of the model."""

MAX_SUPPORT = 5
"""Qubits of a gate generator whose strings do not commute. Beyond it, weaker: invariance is confirmed from the parts
of the model."""


class InvariantModelWithoutData(Claim):
    """The circuit commutes with the group: x and V x are the same, so an evaluation would confirm anything."""

    name, form, targets = "invariant model", "model", (MODEL_WITHOUT_DATA,)
    evidence: ClassVar[Evidence] = {
        "depth": NUMBER,
        "blocks": NUMBER,
        "encoding": Listing(Row((TEXT, NUMBER))),
    }
    told_by = "depth"
    sentence = "the circuit of {depth} layers commutes with the group"

    def words(self, finding: Plain, body: Plain) -> dict[str, Any]:
        """The number of parameters."""
        evidence, target = finding["evidence"], body["target_data"]
        each = target["layers"] * evidence["blocks"] + bool(target["breaking"])
        return {"parameters": evidence["depth"] * each + len(target["scales"])}

    def fails(self, case: Case) -> str:
        """Decided from the parts."""
        return parts_fail(_whole(case), case.parts, case.group, case.left())

    def outcome(self, cases: Sequence[Case], found: Mapping[str, str]) -> tuple[Outcome, str]:
        """Decided from the parts."""
        return self._composed(cases, found, "there are no data to vary")

    def _composed(self, cases: Sequence[Case], found: Mapping[str, str], why: str) -> tuple[Outcome, str]:
        """Invariant parts are sufficient for an invariant model but not necessary: they confirm no refusal."""
        if cases[0].finding["verdict"] == "refused":
            if "refused" in found.values():
                return "confirmed", f"a part is refused ({why})"
            return "not rechecked", f"no part is found to be refused ({why})"
        for case in cases:
            if reason := parts_fail(_whole(case), case.parts, case.group, case.left()):
                return "not rechecked", f"its parts do not decide it: {reason} ({why})"
        return "confirmed", f"its parts are invariant ({why})"


class InvariantModel(InvariantModelWithoutData):
    """The value is the same at x and at V x, under what a breaking leaves."""

    targets = (MODEL,)
    sentence = "f(V x) = f(x) for {depth} layers, {parameters} parameters"
    exact = False

    def fails(self, case: Case) -> str:
        """Decided by evaluation."""
        return model_fails(_whole(case), case.parts, case.group, case.left(), case.source)

    def outcome(self, cases: Sequence[Case], found: Mapping[str, str]) -> tuple[Outcome, str]:
        """Decided by evaluation; where that is too expensive, a proof is also confirmed from its parts."""
        try:
            return Claim.outcome(self, cases, found)
        except BudgetError:
            raise
        except EqcompileError as error:
            if cases[0].finding["verdict"] == "refused":
                raise
            return self._composed(cases, found, str(error))


def _whole(case: Case) -> dict[str, Any]:
    return {**case.parts["model"], **case.target}


@dataclass(frozen=True)
class Input:
    """A point of the data: for every site a direction, for every scale and site an exponential."""

    directions: Mapping[int, Sequence[int]]
    units: Mapping[tuple[str, int], int]


def model_fails(
    model: Mapping[str, Any],
    parts: Mapping[str, Mapping[str, Any]],
    group: Group,
    elements: Sequence[Generator],
    source: Random,
) -> str:
    """Why the expectation value is not invariant; empty if it is.

    Args:
        model: evidence of the claim.
        parts: evidence of the claims about the parts, by key.
        group: the group, over one field.
        elements: what the breaking leaves of the group.
        source: source of randomness.

    Raises:
        EqcompileError: the claim is beyond the means of this check.
    """
    evaluation = _Evaluation(model, parts, group, source)
    x = evaluation.random_input()
    value = evaluation.value(x, None)[0]
    for element in elements:
        if element.lie is not None:
            if evaluation.value(x, element)[1]:
                return f"the value changes along {element.name}"
        elif evaluation.value(_image(x, element, group.field.p), None)[0] != value:
            return f"the value is changed by {element.name}"
    return ""


def parts_fail(
    model: Mapping[str, Any],
    parts: Mapping[str, Mapping[str, Any]],
    group: Group,
    elements: Sequence[Generator],
) -> str:
    """Why the parts do not make an invariant model: each must be left unchanged by everything that the breaking leaves.

    Sufficient but not necessary; at any number of qubits.
    """
    left = replace(group, generators=tuple(elements))
    layers = [f"layer[{k}]" for k in range(model["layers"])]
    for key in ["state", *(f"encoding {scale}" for scale in model["scales"]), *layers, "observable"]:
        fails = {"state": state_fails, "encoding": encoding_fails}.get(key.split(" ")[0], operator_fails)
        if reason := fails(parts[key], left):
            return f"{key}: {reason}"
    return ""


def _image(x: Input, element: Generator, p: int) -> Input:
    """V x: directions turn, and lengths move along with the sites."""
    sources = element.sources()
    return Input(
        {
            site: turned(element.matrices[origin], x.directions[origin], p)
            for site, origin in enumerate(sources)
        },
        {(scale, site): x.units[scale, sources[site]] for scale, site in x.units},
    )


class _Evaluation:
    """The model over one field, with random values for all its parameters."""

    def __init__(
        self,
        model: Mapping[str, Any],
        parts: Mapping[str, Mapping[str, Any]],
        group: Group,
        source: Random,
    ) -> None:
        self._group, self._field, self._source = group, group.field, source
        n, field = group.num_qubits, group.field
        self._ket = state(parts["state"]["state"], n, field)
        self._bra = state(parts["state"]["state"], n, field.conjugated)
        self._observable = operator(parts["observable"]["operator"], n, field).terms
        self._scales = list(model["scales"])
        gates = {scale: gates_of(parts[f"encoding {scale}"], group) for scale in self._scales}
        self._encoding = [(scale, gates[scale][k]) for scale, k in model["encoding"]]
        for _, (_, strings) in self._encoding:
            _require_unit_vector(strings, field.p)
        # The claims about encodings are about all their gates: with some left out, they would be about another model.
        if sorted(map(tuple, model["encoding"])) != sorted(
            (s, k) for s in gates for k in range(len(gates[s]))
        ):
            raise EqcompileError("the model does not use every encoding gate once")
        layer = [parts[f"layer[{k}]"]["operator"] for k in range(model["layers"])]
        after = [parts["breaking"]["operator"]] if model["breaking"] else []
        depth, texts = model["depth"], layer * model["blocks"] + after
        num_gates = len(self._encoding) * (depth + 1) + len(texts) * depth
        if reason := fits(group, n, 2 * num_gates, MAX_QUBITS, MAX_WORK):
            raise EqcompileError(reason)
        exponentials = {text: _Exponential(text, group) for text in texts}
        self._layers = [
            [exponentials[text].gates(field.random(source)) for text in texts] for _ in range(depth)
        ]

    def random_input(self) -> Input:
        """Random directions and lengths."""
        sites = range(len(self._group.sites))
        return Input(
            {site: random_direction(self._field, self._source) for site in sites},
            {(scale, site): self._field.random(self._source) for scale in self._scales for site in sites},
        )

    def value(self, x: Input, motion: Generator | None) -> tuple[int, int]:
        r""":math:`\langle\psi|M^{-1} O\, M|\psi\rangle` and its derivative along a motion of x."""
        p = self._field.p
        forth, back = self._gates(x, motion, 1), self._gates(x, motion, -1)
        psi, slope = run_with_slope(forth, self._vector(self._ket), p)
        psi, slope = apply(self._observable, psi, p), apply(self._observable, slope, p)
        psi, slope = run_with_slope(reversed(back), psi, p, slope)
        bra = self._bra
        return sum(a * psi[b] for b, a in bra.items()) % p, sum(a * slope[b] for b, a in bra.items()) % p

    def _gates(self, x: Input, motion: Generator | None, sign: int) -> list[Gate]:
        """All gates in the order in which they act; with sign -1 each gate is inverted, but the order is not."""
        encoding = [
            self._encode(scale, site, strings, x, motion, sign) for scale, (site, strings) in self._encoding
        ]
        gates = list(encoding)
        for layer in self._layers:
            for inverse, forward in layer:
                gates += [Gate(terms, {}) for terms in (forward if sign > 0 else inverse)]
            gates += encoding
        return gates

    def _encode(
        self, scale: str, site: int, strings: Sequence[Terms], x: Input, motion: Generator | None, sign: int
    ) -> Gate:
        """The gate cos r - i sin r n.P, from the exponential of -i r."""
        p, half = self._field.p, pow(2, -1, self._field.p)
        unit = pow(x.units[scale, site], sign, p)
        cosine, sine = (unit + pow(unit, -1, p)) * half, (unit - pow(unit, -1, p)) * half
        n = x.directions[site]
        about = combined(list(zip(n, strings, strict=True)), p)
        terms = combined([(cosine, {UNIT: 1}), (sine, about)], p)
        if motion is None:
            return Gate(terms, {})
        rate = turned(motion.matrices[site], n, p)
        return Gate(terms, combined([(sine * v, s) for v, s in zip(rate, strings, strict=True)], p))

    def _vector(self, amplitudes: Amplitudes) -> Vector:
        return [amplitudes.get(bits, 0) for bits in range(1 << self._group.num_qubits)]


class _Exponential:
    r""":math:`e^{-i\theta G}` as factors, for a value of :math:`u = e^{-i\theta/D}`, D the common denominator."""

    def __init__(self, text: str, group: Group) -> None:
        self._field, p = group.field, group.field.p
        self._terms = operator(text, group.num_qubits, group.field).terms
        self._coefficients = {
            key: _rational(value, group) for key, value in self._terms_without_phases().items()
        }
        self._denominator = lcm(*(c.denominator for c in self._coefficients.values()))
        strings = list(strings_of(self._terms))
        self._commuting = not any(commutator(a, b, p) for a, b in combinations(strings, 2))
        self._levels = 0 if self._commuting else self._bound_of_levels()

    def gates(self, unit: int) -> tuple[list[Terms], list[Terms]]:
        """The factors of the inverse and those of the exponential, in the order in which they act."""
        other = pow(unit, -1, self._field.p)
        if self._commuting:
            return self._rotations(other), self._rotations(unit)
        return [self._interpolated(other)], [self._interpolated(unit)]

    def _terms_without_phases(self) -> Terms:
        """Coefficients of the strings as they are written, with Y = i X Z."""
        p, minus_i = self._field.p, -self._field.i
        return {(x, z): v * pow(minus_i, (x & z).bit_count(), p) % p for (x, z), v in self._terms.items()}

    def _rotations(self, unit: int) -> list[Terms]:
        """One factor for every string: they commute."""
        p, half, out = self._field.p, pow(2, -1, self._field.p), []
        for key, coefficient in self._coefficients.items():
            power = pow(unit, int(coefficient * self._denominator), p)
            other = pow(power, -1, p)
            string = {key: pow(self._field.i, (key[0] & key[1]).bit_count(), p)}
            out.append(combined([((power + other) * half, {UNIT: 1}), ((power - other) * half, string)], p))
        return out

    def _bound_of_levels(self) -> int:
        """A bound M such that all eigenvalues are among m/D, abs(m) <= M: the product of all G - m/D must vanish."""
        bound = int(sum(abs(c) for c in self._coefficients.values()) * self._denominator)
        if 2 * bound + 1 > MAX_LEVELS or mask_of(self._terms).bit_count() > MAX_SUPPORT:
            raise EqcompileError("a gate generator with too many eigenvalues to evaluate")
        p, left = self._field.p, {UNIT: 1}
        for node in self._nodes(bound):
            left = product(left, combined([(1, self._terms), (-node, {UNIT: 1})], p), p)
        if left:
            raise EqcompileError("a gate generator with irrational eigenvalues")
        return bound

    def _nodes(self, bound: int) -> list[int]:
        inverse = pow(self._denominator, -1, self._field.p)
        return [m * inverse % self._field.p for m in range(-bound, bound + 1)]

    def _interpolated(self, unit: int) -> Terms:
        """Newton's interpolation of the exponential at all candidates for eigenvalues, in the operator G."""
        p, nodes = self._field.p, self._nodes(self._levels)
        table = [pow(unit, m, p) for m in range(-self._levels, self._levels + 1)]
        for order in range(1, len(nodes)):
            for k in range(len(nodes) - 1, order - 1, -1):
                table[k] = (table[k] - table[k - 1]) * pow(nodes[k] - nodes[k - order], -1, p) % p
        out: Terms = {}
        for node, value in zip(reversed(nodes), reversed(table), strict=True):
            shifted = combined([(1, self._terms), (-node, {UNIT: 1})], p)
            out = combined([(1, product(out, shifted, p)), (value, {UNIT: 1})], p)
        return out


def _rational(value: int, group: Group) -> Fraction:
    """The small rational that a field element is (Wang's reconstruction).

    Raises:
        EqcompileError: the element is not such a rational.
    """
    p = group.field.p
    bound = 1 << 50
    a, b, u, v = p, value % p, 0, 1
    while b > bound:
        quotient = a // b
        a, b, u, v = b, a - quotient * b, v, u - quotient * v
    if abs(v) > bound:
        raise EqcompileError("a gate generator with irrational coefficients cannot be evaluated")
    return Fraction(b, v)


def _require_unit_vector(strings: Sequence[Terms], p: int) -> None:
    """n.P squares to one for every direction: the strings anticommute and square to one."""
    for j, a in enumerate(strings):
        for k, b in enumerate(strings[: j + 1]):
            if combined([(1, product(a, b, p)), (1, product(b, a, p))], p) != ({UNIT: 2} if j == k else {}):
                raise EqcompileError("an encoding gate that is no rotation of a vector")
