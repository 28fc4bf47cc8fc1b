"""The recheck's own table of claims: every claim that it can decide.

Written down again, not imported: a test keeps it equal to the table of the rooms that write certificates.
"""

from collections.abc import Mapping
from typing import Any

from eqcompile.errors import EqcompileError
from eqcompile.recheck.claims.breaking import DeclaredBreaking
from eqcompile.recheck.claims.claim import PARTS, Claim, kind_of
from eqcompile.recheck.claims.encoding import EquivariantEncoding
from eqcompile.recheck.claims.model import InvariantModel, InvariantModelWithoutData
from eqcompile.recheck.claims.of_circuit import (
    EquivariantCircuit,
    InvariantCircuitModel,
    InvariantPreparedState,
    TrivialGroup,
    UnchangedModel,
)
from eqcompile.recheck.claims.operator import EquivariantGate, EquivariantOperator, InvariantObservable
from eqcompile.recheck.claims.sectors import SectorWeights
from eqcompile.recheck.claims.state import InvariantState

CLAIMS: tuple[Claim, ...] = (
    InvariantState(),
    EquivariantEncoding(),
    EquivariantGate(),
    EquivariantOperator(),
    DeclaredBreaking(),
    InvariantObservable(),
    SectorWeights(),
    InvariantModel(),
    InvariantModelWithoutData(),
    UnchangedModel(),
    EquivariantCircuit(),
    InvariantPreparedState(),
    InvariantCircuitModel(),
    TrivialGroup(),
)
"""All claims, in the order in which a certificate lists them."""


def demanded_of(target: Mapping[str, Any], num_generators: int) -> dict[str, Claim]:
    """Every claim that the target owes, by key.

    Raises:
        EqcompileError: the kind of target is unknown, or no claim is about a part of it.
    """
    found = {key: claim for claim in CLAIMS for key in claim.demanded(target, num_generators)}
    if kind_of(target) != PARTS:
        return found
    # Parts are listed as they were checked.
    if unknown := [key for key in target["parts"] if key not in found]:
        raise EqcompileError(f"{PARTS} owe no claim {unknown[0]!r}")
    return {key: found[key] for key in target["parts"]}
