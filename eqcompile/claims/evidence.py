"""What a certificate says about group, target and claims in plain data, so that anybody can decide them again.

Operators, states and numbers are exact texts. The group and a circuit stand once; a claim names what it is about.
:mod:`eqcompile.recheck`, which shares no code with this module, reads what is written here.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from eqcompile.circuits.angle import ExactAngle
from eqcompile.circuits.ansatz import ReuploadingAnsatz, angle_names, coordinate_names
from eqcompile.circuits.circuit import Circuit
from eqcompile.circuits.operations import (
    FixedUnitary,
    OpaqueGate,
    Operation,
    PauliRotation,
    VectorRotation,
    why_undecided,
)
from eqcompile.claims.question import Question
from eqcompile.errors import MethodError
from eqcompile.exact.arithmetic.scalars import ONE, RealLike, format_real, real
from eqcompile.exact.operators.notation import shorthand
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.groups.rotation import IDENTITY_MATRIX, Matrix
from eqcompile.symmetry.factor import Factor
from eqcompile.symmetry.generators import FiniteGenerator, GroupGenerator, LieGenerator
from eqcompile.symmetry.maps import DataIndex
from eqcompile.symmetry.symmetry import Symmetry

Plain = dict[str, Any]
"""Plain data, as JSON has it."""


def operator_evidence(op: PauliSum) -> Plain:
    """An operator, whole and as it is shown."""
    return {"operator": str(op), "shown": shorthand(op)}


def model_target(ansatz: ReuploadingAnsatz) -> Plain:
    """What a model owes claims about."""
    return {
        "kind": "model",
        "layers": len(ansatz.layer),
        "scales": list(ansatz.scale_names),
        "breaking": ansatz.breaking is not None,
        "data": bool(ansatz.site_names),
        "strict": False,
    }


def parts_target(keys: Sequence[str]) -> Plain:
    """Operators and states alone."""
    return {"kind": "parts", "parts": list(keys), "strict": False}


def circuit_target(
    circuit: Circuit,
    question: Question,
    reference: Circuit | None = None,
    unchanged: bool = False,
) -> Plain:
    """A circuit with the meaning of its parameters; without operations if some have no exact form.

    Args:
        circuit: what is checked.
        question: what is asked about it.
        reference: the certified circuit that it was made from, where the two were compared.
        unchanged: whether it owes the claim that it is the same model as the reference.
    """
    symmetry, data, what, observable = (
        question.symmetry, question.data, question.what, question.observable,
    )  # fmt: skip
    named = [[name, *data[name]] for name in sorted(data.keys() & set(circuit.parameters))]
    return {
        "kind": "circuit",
        "claim": what,
        "num_qubits": circuit.num_qubits,
        "data": named,
        "vectors": [names and list(names) for names in vectors_by_other_names(circuit, data, symmetry)],
        "angles": [list(angle_names(name)) for name in symmetry.site_names],
        "observable": None if observable is None or not (what == "model" or unchanged) else str(observable),
        "operations": _operations(circuit),
        "unchanged": unchanged,
        "reference": None if reference is None else _operations(reference),
        "strict": False,
    }


def vectors_by_other_names(
    circuit: Circuit, data: Mapping[str, DataIndex], symmetry: Symmetry
) -> list[tuple[str, ...] | None]:
    """What the coordinates x, y, z of every site are called, where the circuit takes the site as a whole vector.

    Inside the circuit, angles and a length stand for such a vector, so its coordinates are no longer parameters. Where
    they do not have their usual names, somebody has said what they are.

    Args:
        circuit: the circuit as it was read.
        data: the declared coordinates.
        symmetry: the group.

    Returns:
        One entry for each site; ``None`` where there is no such vector, or where it has its usual names.
    """
    read = {operation.site for operation in circuit if isinstance(operation, VectorRotation)}
    used, out = {*circuit.parameters}, list[tuple[str, ...] | None]()
    usual = coordinate_names(symmetry.site_names)
    for site, name in enumerate(symmetry.site_names):
        own = {axis: declared for declared, (k, axis) in data.items() if k == site}
        names = tuple(own[axis] for axis in sorted(own))
        taken = len(names) == 3 and (site in read or used & {*angle_names(name)})
        out.append(names if taken and names != usual[site] else None)
    return out


def _operations(circuit: Circuit) -> list[Any] | None:
    """All gates; ``None`` if some have no exact form."""
    known = [operation for operation in circuit if not isinstance(operation, OpaqueGate)]
    return None if circuit.opaque else [_operation(o, circuit.num_qubits) for o in known]


def group_evidence(symmetry: Symmetry) -> Plain:
    """Register, sites, factors with the numbers of their generators, and all generators on qubits and data."""
    size, n = len(symmetry.site_names), symmetry.num_qubits
    return {
        "num_qubits": n,
        "sites": list(symmetry.site_names),
        "factors": [{"name": f.name, "generators": numbers} for f, numbers in numbered(symmetry)],
        "generators": [_generator(g, size, n) for g in symmetry.generators],
    }


def numbered(symmetry: Symmetry) -> list[tuple[Factor, list[int]]]:
    """Every factor with the places of its generators among all of them: all continuous ones come first."""
    found, continuous, finite = [], 0, len(symmetry.lie_generators)
    for factor in symmetry.factors:
        lie, rest = len(factor.lie_generators), len(factor.finite_generators)
        found.append((factor, [*range(continuous, continuous + lie), *range(finite, finite + rest)]))
        continuous, finite = continuous + lie, finite + rest
    return found


def _generator(generator: GroupGenerator, num_sites: int, num_qubits: int) -> Plain:
    if isinstance(generator, LieGenerator):
        rates = [_velocity(generator, site) for site in range(num_sites)]
        return {"name": generator.name, "operator": str(generator.operator), "matrices": rates}
    return {
        "name": generator.name,
        "steps": _steps(generator, num_qubits),
        "sites": list(generator.on_data.images),
        "matrices": [None if m == IDENTITY_MATRIX else _matrix(m) for m in generator.on_data.matrices],
    }


def _steps(generator: FiniteGenerator, num_qubits: int) -> list[Plain]:
    return [
        {"unitary": str(step)} if isinstance(step, PauliSum) else {"permutation": list(step)}
        for step in generator.on_qubits.steps(num_qubits)
    ]


def _velocity(generator: LieGenerator, site: int) -> list[list[str]] | None:
    """The matrix L on one site; ``None`` if the site stays."""
    columns = [generator.data_image_of((site, axis)) for axis in range(3)]
    if not any(columns):
        return None
    return [[_text(columns[axis].get((site, row), 0)) for axis in range(3)] for row in range(3)]


def _matrix(matrix: Matrix) -> list[list[str]]:
    return [[_text(value) for value in row] for row in matrix]


def _text(value: RealLike) -> str:
    return format_real(real(value))


def _operation(operation: Operation, num_qubits: int) -> list[Any]:
    if isinstance(operation, FixedUnitary):
        return ["unitary", str(operation.operator)]
    if isinstance(operation, PauliRotation):
        return ["rotation", str(PauliSum(num_qubits, {operation.key: ONE})), _angle(operation.angle)]
    if not isinstance(operation, VectorRotation):
        raise MethodError(why_undecided(operation))
    strings = [str(PauliSum(num_qubits, {operation.string(axis): ONE})) for axis in range(3)]
    return ["vector", operation.site, strings, _angle(operation.turn), _matrix(operation.matrix)]


def _angle(angle: ExactAngle) -> list[Any]:
    return [[[list(monomial), str(value)] for monomial, value in angle.terms], str(angle.pi_multiple)]
