"""The table of claims: every claim that a certificate can make.

:mod:`eqcompile.recheck.claims.table` has the same rows, written down again, and a test holds the two equal: a claim
that one side alone knows cannot be written.
"""

from collections.abc import Mapping
from typing import Any

from eqcompile.claims.claim import PARTS, Claim, kind_of
from eqcompile.claims.of_circuit.by_generator import ClaimByGenerator
from eqcompile.claims.of_circuit.circuit import EquivariantCircuitClaim
from eqcompile.claims.of_circuit.circuit_model import InvariantCircuitModel
from eqcompile.claims.of_circuit.prepared import InvariantPreparedState
from eqcompile.claims.of_circuit.trivial import TrivialGroup
from eqcompile.claims.of_circuit.unchanged import UnchangedModel
from eqcompile.claims.of_model.breaking import DeclaredBreaking
from eqcompile.claims.of_model.encoding import EquivariantEncoding
from eqcompile.claims.of_model.gate import EquivariantGate, EquivariantOperator
from eqcompile.claims.of_model.model import InvariantModel, InvariantModelWithoutData
from eqcompile.claims.of_model.observable import InvariantObservableClaim
from eqcompile.claims.of_model.sectors import SectorWeights
from eqcompile.claims.of_model.state import InvariantState
from eqcompile.claims.question import What

CLAIMS: tuple[type[Claim], ...] = (
    InvariantState,
    EquivariantEncoding,
    EquivariantGate,
    EquivariantOperator,
    DeclaredBreaking,
    InvariantObservableClaim,
    SectorWeights,
    InvariantModel,
    InvariantModelWithoutData,
    UnchangedModel,
    EquivariantCircuitClaim,
    InvariantPreparedState,
    InvariantCircuitModel,
    TrivialGroup,
)
"""All of them, in the order in which a certificate lists them."""

OF_CIRCUITS: dict[What, type[ClaimByGenerator]] = {
    "circuit": EquivariantCircuitClaim,
    "state": InvariantPreparedState,
    "model": InvariantCircuitModel,
}
"""The claim about each generator, by what is asked of a circuit."""


def demanded_of(target: Mapping[str, Any], num_generators: int) -> dict[str, type[Claim]]:
    """The claims that a target owes, by key.

    Args:
        target: the target section of a certificate.
        num_generators: number of generators of the group.

    >>> list(demanded_of({"kind": "circuit", "claim": "circuit", "unchanged": False}, 1))
    ['generator 0']
    >>> list(demanded_of({"kind": "circuit", "claim": "circuit", "unchanged": False}, 0))
    ['trivial']
    """
    found = {key: claim for claim in CLAIMS for key in claim.demanded(target, num_generators)}
    # Parts are listed as they were checked.
    return {key: found[key] for key in target["parts"]} if kind_of(target) == PARTS else found
