"""Which parameters of a compiled model are of one kind."""

from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import eqcompile as eq

Kind = Literal["weight", "breaking", "scale"]
"""Scales multiply positions, in 1/angstrom; breaking angles and weights are those of gates."""


def of_kind(model: "eq.AnyProgram", kind: Kind) -> npt.NDArray[np.bool_]:
    """Where the parameters of a kind stand in the flat vector, ``(P,)``."""
    return np.array([found == kind for found in model.parameter_kinds], dtype=np.bool_)
