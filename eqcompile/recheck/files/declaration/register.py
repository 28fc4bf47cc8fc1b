"""What the entries of a spec refer to: qubits, sites and their qubits, the parity qubit, the folder."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eqcompile.errors import quoted
from eqcompile.recheck.files.unread import UnreadError

MAX_QUBITS = 1000
"""Qubits of a spec. Beyond it, refused: the product does not read more either; use a smaller register."""


@dataclass(frozen=True)
class Register:
    """The register of a spec.

    Attributes:
        num_qubits: number of qubits.
        sites: names of the vectors; empty without data.
        carriers: the qubits of every site.
        parity: the qubit on which reflections are Z, or ``None``.
        folder: folder of the spec; files are looked for there.
    """

    num_qubits: int
    sites: tuple[str, ...]
    carriers: tuple[tuple[int, ...], ...]
    parity: int | None
    folder: Path

    def turning(self, named: Any) -> tuple[int, ...]:
        """The qubits that an entry turns.

        By default these are the qubits that carry sites or, without sites, all but the parity qubit, whichever entry
        declares it.

        Raises:
            UnreadError: the qubits do not exist, or include the parity qubit.
        """
        if named is None:
            return tuple(sorted(q for qubits in self.carriers for q in qubits)) or self.every_qubit
        qubits = self.qubits(named)
        if self.parity in qubits:
            raise UnreadError(f"an entry that turns the parity qubit {self.parity}")
        return qubits

    @property
    def every_qubit(self) -> tuple[int, ...]:
        """What "all qubits" means: the parity qubit, whichever entry declares it, is left out."""
        return tuple(q for q in range(self.num_qubits) if q != self.parity)

    def sites_turned_by(self, qubits: Sequence[int]) -> tuple[int, ...]:
        """The sites all of whose qubits turn.

        Raises:
            UnreadError: some qubits of a site turn and others do not.
        """
        inside = [set(carriers) & set(qubits) for carriers in self.carriers]
        for some, carriers in zip(inside, self.carriers, strict=True):
            if some and some != set(carriers):
                raise UnreadError(f"a rotation of a part of the qubits {list(carriers)} of one site")
        return tuple(site for site, some in enumerate(inside) if some)

    def qubits(self, named: Any) -> tuple[int, ...]:
        """A list of different qubits."""
        if not isinstance(named, list) or not named or len({*map(repr, named)}) != len(named):
            raise UnreadError(f"the qubits {quoted(str(named))}")
        return tuple(self.qubit(q) for q in named)

    def qubit(self, named: Any) -> int:
        """A qubit that exists."""
        if type(named) is not int or not 0 <= named < self.num_qubits:
            raise UnreadError(f"the qubit {quoted(str(named))}")
        return named

    def site(self, named: Any) -> int:
        """The number of a site."""
        if not isinstance(named, str) or named not in self.sites:
            raise UnreadError(f"the site {quoted(str(named))}")
        return self.sites.index(named)


def only(section: Any, allowed: Iterable[str], where: str) -> Mapping[str, Any]:
    """A mapping with only the allowed keys: nothing in the spec is ignored.

    Raises:
        UnreadError: not a mapping, another key, or a key without a value.
    """
    if not isinstance(section, dict):
        raise UnreadError(f"{where} that is {quoted(str(section))}")
    known = set(allowed)
    for key, value in section.items():
        if key not in known:
            raise UnreadError(f"the key {quoted(key)} in {where}")
        if value is None:
            raise UnreadError(f"the key {quoted(key)} without a value in {where}")
    return section
