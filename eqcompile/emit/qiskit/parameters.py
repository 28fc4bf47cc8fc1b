"""Named circuit parameters: the same name of the same program is the same Qiskit parameter, wherever it is made."""

import re
from dataclasses import dataclass
from itertools import chain
from typing import Self
from uuid import NAMESPACE_URL, uuid5

from qiskit.circuit import Parameter

from eqcompile.circuits.ansatz import ReuploadingAnsatz, angle_names, coordinate_names
from eqcompile.declaration.spec import Spec
from eqcompile.emit.binding import IN_POSITIONS, DataForm
from eqcompile.errors import BackendError

_PREFIX = re.compile(r"([A-Za-z][A-Za-z0-9_]*)?")


@dataclass(frozen=True)
class ParameterNames:
    """Names of parameters, and whom they belong to.

    Qiskit takes two parameters to be equal if their names and their identifiers are. The identifier is a hash of owner
    and name. Circuits of one program therefore share their parameters, even after they were saved and loaded. Two
    programs in one circuit meet Qiskit's error for a conflict of names, unless one of them has a prefix.

    Args:
        owner: whom the parameters belong to, such as the hash of a spec.
        prefix: prefix of every name.

    Raises:
        BackendError: the prefix is not a name.

    >>> ParameterNames("me", "a_").parameter("w_0") == ParameterNames("me", "a_").parameter("w_0")
    True
    >>> ParameterNames("me").parameter("w_0") == ParameterNames("you").parameter("w_0")
    False
    """

    owner: str = ""
    prefix: str = ""

    def __post_init__(self) -> None:
        if not _PREFIX.fullmatch(self.prefix):
            raise BackendError(
                f"a prefix begins with a letter and continues with letters, digits or _; found {self.prefix!r}"
            )

    @classmethod
    def of(cls, spec: Spec, prefix: str = "") -> Self:
        """Names that circuits of one spec share."""
        return cls(spec.source.sha256, prefix)

    def parameter(self, name: str) -> Parameter:
        """The parameter of that name."""
        full = f"{self.prefix}{name}"
        return Parameter(full, uuid=uuid5(NAMESPACE_URL, f"eqcompile:{self.owner}:{full}"))


PLAIN = ParameterNames()
"""Names as the ansatz gives them, which belong to nobody in particular."""


@dataclass(frozen=True)
class CircuitParameters:
    """The parameters of a program's circuit, in the order of the program.

    Attributes:
        weights: the trainable parameters, in the order of ``program.parameter_names`` and so of the JAX vector; in the
            form ``"angles"`` without the scales, which are part of the turns.
        data: three parameters for every site, in the order of the sites.
    """

    weights: tuple[Parameter, ...]
    data: tuple[Parameter, ...]


def circuit_parameters(ansatz: ReuploadingAnsatz, data: DataForm, names: ParameterNames) -> CircuitParameters:
    """The parameters of the circuit that :func:`eqcompile.emit.qiskit.circuit.qiskit_circuit` makes.

    Raises:
        BackendError: unknown ``data``.
    """
    if data not in (*IN_POSITIONS, "angles"):
        known = ", ".join((*IN_POSITIONS, "angles"))
        raise BackendError(f"parameters of sites have the forms {known}; found {data!r}")
    trainable = ansatz.parameter_names
    by_site = coordinate_names(ansatz.site_names)
    if data == "angles":
        trainable = tuple(name for name in trainable if name not in ansatz.scale_names)
        by_site = tuple(angle_names(site) for site in ansatz.site_names)
    return CircuitParameters(
        tuple(map(names.parameter, trainable)), tuple(map(names.parameter, chain.from_iterable(by_site)))
    )
