"""From the checked shape of observable and ansatz to their values: Hermitian operators that do something."""

from decimal import Decimal
from fractions import Fraction

from eqcompile.declaration.parts.derive import WORD, is_left_to_compiler
from eqcompile.declaration.schema import AnsatzSchema, BreakingSchema, DeriveSchema
from eqcompile.declaration.spec import AnsatzSpec, Breaking, Path
from eqcompile.declaration.yaml.scope import Scope
from eqcompile.declaration.yaml.wording import label, near_miss, shown
from eqcompile.errors import ExpressionError
from eqcompile.exact.arithmetic.parse import parse_scalar
from eqcompile.exact.arithmetic.scalars import is_rational, is_real, real_part, to_fraction
from eqcompile.exact.operators.pauli import PauliSum

AXES = ("X", "Y", "Z")


def build_observable(text: str | DeriveSchema, scope: Scope) -> PauliSum | None:
    """The operator that is measured; ``None`` where it is left to the compiler.

    Raises:
        SpecError: not an operator, not Hermitian, or a multiple of the identity.
    """
    if isinstance(text, DeriveSchema) or is_left_to_compiler(text):
        return None
    if text.strip().isalpha() and (hint := near_miss(text.strip(), [WORD])):
        raise scope.error(f"unknown observable {shown(text)}{hint}", ("observable",))
    return _operator(text, ("observable",), scope, "it would be the same number for every input")


def build_ansatz(ansatz: AnsatzSchema, scope: Scope) -> AnsatzSpec:
    """The trainable part.

    Args:
        ansatz: the section, checked against the schema.
        scope: register and file.

    Returns:
        The value, with an empty layer if the layer is left to the compiler. Whether the generators are equivariant is
        for the certificate to decide.

    Raises:
        SpecError: a generator that is not Hermitian, does nothing, or appears twice in the layer, or a start value
            that is not a rational number.
    """
    layer = () if isinstance(ansatz.layer, DeriveSchema) else _layer(ansatz.layer, scope)
    breaking = None if ansatz.symmetry_breaking is None else _breaking(ansatz.symmetry_breaking, scope)
    return AnsatzSpec(ansatz.depth, ansatz.blocks, layer, breaking)


def _layer(texts: list[str], scope: Scope) -> tuple[PauliSum, ...]:
    path: Path = ("ansatz", "layer")
    layer: dict[PauliSum, int] = {}
    for index, text in enumerate(texts):
        generator = _operator(text, (*path, index), scope, "its gate would do nothing")
        if generator in layer:
            first = label((*path, layer[generator]))
            message = f"{shown(text)} repeats {first}; remove it, or repeat the whole layer with blocks"
            raise scope.error(message, (*path, index))
        layer[generator] = index
    return tuple(layer)


def _breaking(breaking: BreakingSchema, scope: Scope) -> Breaking:
    path: Path = ("ansatz", "symmetry_breaking")
    if breaking.generator.strip() in AXES:
        generator = half_total(breaking.generator.strip(), scope.num_qubits)
    else:
        generator = _operator(breaking.generator, (*path, "generator"), scope, "its gate would do nothing")
    return Breaking(generator, _start(breaking.start, (*path, "start"), scope))


def half_total(axis: str, num_qubits: int) -> PauliSum:
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
    if not is_real(number) or not is_rational(number):
        raise scope.error(f"{label(path)} must be a rational number such as 0.1; found {shown(value)}", path)
    return to_fraction(real_part(number))
