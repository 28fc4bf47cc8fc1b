"""Which parts a spec leaves to the compiler, and how far it may reach for them."""

from eqcompile.declaration.schema import DeriveEncodeSchema, DeriveSchema, SpecSchema
from eqcompile.declaration.spec import Derive, Path
from eqcompile.declaration.yaml.scope import Scope

WORD = "derive"
DEFAULT_LOCALITY = 2


def build_derived(schema: SpecSchema, scope: Scope) -> tuple[Derive, ...]:
    """The parts written as ``derive`` or as ``{derive: {locality: K}}``.

    Args:
        schema: the spec, checked against the schema.
        scope: register and file.

    Returns:
        One value per part, in the order of the file's keys; empty if everything is written out.

    Raises:
        SpecError: a locality larger than the register.
    """
    layer = None if schema.ansatz is None else schema.ansatz.layer
    encode = None if schema.data is None else schema.data.encode
    parts: tuple[tuple[Path, object], ...] = (
        (("data", "encode"), encode),
        (("state",), schema.state),
        (("observable",), schema.observable),
        (("ansatz", "layer"), layer),
    )
    return tuple(_build(value, place, scope) for place, value in parts if is_left_to_compiler(value))


def is_left_to_compiler(value: object) -> bool:
    """Whether a part is written as ``derive`` or as ``{derive: {locality: K}}``."""
    return isinstance(value, DeriveSchema | DeriveEncodeSchema) or (
        isinstance(value, str) and value.strip() == WORD
    )


def _build(value: object, place: Path, scope: Scope) -> Derive:
    if not isinstance(value, DeriveSchema):
        return Derive(place, min(DEFAULT_LOCALITY, scope.num_qubits))
    locality = value.derive.locality
    if locality > scope.num_qubits:
        message = f"locality {locality} is more than the {scope.num_qubits} qubits of the register"
        raise scope.error(f"{message}; write at most that", (*place, "derive", "locality"))
    return Derive(place, locality)
