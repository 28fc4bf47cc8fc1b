"""From the checked shape of observable and ansatz to their values: Hermitian operators that do something."""

from decimal import Decimal
from fractions import Fraction

from eqcompile.errors import ExpressionError
from eqcompile.exact.pauli import PauliSum
from eqcompile.spec.expressions import parse_scalar
from eqcompile.spec.model import AnsatzSpec, Breaking, Path
from eqcompile.spec.schema import AnsatzSchema, BreakingSchema
from eqcompile.spec.scope import Scope
from eqcompile.spec.wording import label, shown

AXES = ("X", "Y", "Z")


def build_observable(text: str, scope: Scope) -> PauliSum:
    """The operator that is measured.

    Raises:
        SpecError: not an operator, not Hermitian, or a multiple of the identity.
    """
    if text.strip() == "derive":
        message = "observable: derive is not supported yet; write an operator such as H(0,1)"
        raise scope.error(message, ("observable",))
    return _operator(text, ("observable",), scope, "it would be the same number for every input")


def build_ansatz(ansatz: AnsatzSchema, scope: Scope) -> AnsatzSpec:
    """The trainable part.

    Args:
        ansatz: checked against the schema.
        scope: register and file.

    Returns:
        The value; whether its generators are equivariant is for the certificate to decide.

    Raises:
        SpecError: a generator that is not Hermitian, does nothing, or stands twice in the layer, or a
            start value that is not a rational number.
    """
    path: Path = ("ansatz", "layer")
    if isinstance(ansatz.layer, dict):
        message = "layer: {derive: ...} is not supported yet; write a list such as [H(0,1), H(2,3)]"
        raise scope.error(message, path)
    layer: dict[PauliSum, int] = {}
    for index, text in enumerate(ansatz.layer):
        generator = _operator(text, (*path, index), scope, "its gate would do nothing")
        if generator in layer:
            first = label((*path, layer[generator]))
            message = f"{shown(text)} repeats {first}; remove it, or repeat the whole layer with blocks"
            raise scope.error(message, (*path, index))
        layer[generator] = index
    breaking = None if ansatz.symmetry_breaking is None else _breaking(ansatz.symmetry_breaking, scope)
    return AnsatzSpec(ansatz.depth, ansatz.blocks, tuple(layer), breaking)


def _breaking(breaking: BreakingSchema, scope: Scope) -> Breaking:
    path: Path = ("ansatz", "symmetry_breaking")
    if breaking.generator.strip() in AXES:
        generator = _half_total(breaking.generator.strip(), scope.num_qubits)
    else:
        generator = _operator(breaking.generator, (*path, "generator"), scope, "its gate would do nothing")
    return Breaking(generator, _start(breaking.start, (*path, "start"), scope))


def _half_total(axis: str, num_qubits: int) -> PauliSum:
    """Half the sum of one Pauli matrix: the gate is R_axis(eps) on every qubit (paper Eq. 15)."""
    strings = (PauliSum.string(num_qubits, {qubit: axis}) for qubit in range(num_qubits))
    return sum(strings, PauliSum.zero(num_qubits)) / 2


def _operator(text: str, path: Path, scope: Scope, why_not_constant: str) -> PauliSum:
    try:
        operator = PauliSum.parse(text, scope.num_qubits)
    except ExpressionError as error:
        raise scope.error(str(error), path, error.offset) from None
    where = label(path)
    if not operator.is_hermitian:
        message = f"{where} is not Hermitian: {shown(text)} has an imaginary coefficient; make all real"
        raise scope.error(message, path)
    if not operator.without_identity():
        what = "a multiple of the identity" if operator else "zero"
        raise scope.error(f"{where} is {what}: {why_not_constant}; write another operator", path)
    return operator


def _start(value: int | Decimal | str, path: Path, scope: Scope) -> Fraction:
    try:
        number = parse_scalar(value)
    except ExpressionError as error:
        raise scope.error(str(error), path, error.offset) from None
    if not number.is_Rational:
        raise scope.error(f"{label(path)} must be a rational number such as 0.1; found {shown(value)}", path)
    return Fraction(int(number.p), int(number.q))
