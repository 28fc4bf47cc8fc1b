"""The units of a user's file: declared by the file or by the user, never guessed."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType
from typing import Final, Literal

from siqml.errors import DataError
from siqml.molecule.units import BOHR, HARTREE, KCAL_PER_MOL, KJ_PER_MOL, MILLI

EnergyUnit = Literal["eV", "meV", "hartree", "rydberg", "kcal/mol", "kJ/mol"]
LengthUnit = Literal["angstrom", "bohr", "nm"]

ENERGY_UNITS: Final[Mapping[str, float]] = MappingProxyType(
    {
        "eV": 1.0,
        "meV": MILLI,
        "hartree": HARTREE,
        "rydberg": HARTREE / 2,
        "kcal/mol": KCAL_PER_MOL,
        "kJ/mol": KJ_PER_MOL,
    }
)
"""Each unit in eV."""

LENGTH_UNITS: Final[Mapping[str, float]] = MappingProxyType({"angstrom": 1.0, "bohr": BOHR, "nm": 10.0})
"""Each unit in angstrom."""

_OTHER_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {"ha": "hartree", "eh": "hartree", "ry": "rydberg", "ang": "angstrom", "å": "angstrom", "a0": "bohr"}
)


@dataclass(frozen=True)
class DeclaredUnits:
    """Names of the units of a file; ``None`` where nobody has declared one.

    Attributes:
        energy: a key of `ENERGY_UNITS`.
        length: a key of `LENGTH_UNITS`. Forces are in energy per length.
    """

    energy: str | None = None
    length: str | None = None

    @classmethod
    def named(cls, energy: str | None, length: str | None, place: str) -> "DeclaredUnits":
        """Units from what a user or a file wrote.

        Args:
            energy: unit of energy, such as ``kcal/mol``; capitals do not matter.
            length: unit of length, such as ``Ang``.
            place: who wrote it, for messages.

        Raises:
            DataError: there is no such unit.

        >>> DeclaredUnits.named("EV", "Ang", "here")
        DeclaredUnits(energy='eV', length='angstrom')
        """
        return cls(_known(energy, ENERGY_UNITS, place), _known(length, LENGTH_UNITS, place))

    def confirmed_by(self, said: "DeclaredUnits", place: str) -> "DeclaredUnits":
        """Combine the units that a file names with those that the user declares.

        Args:
            said: units declared by the user; they fill what is missing.
            place: the file, for messages.

        Raises:
            DataError: the two contradict each other.
        """
        for own, other in ((self.energy, said.energy), (self.length, said.length)):
            if own is not None and other is not None and own != other:
                raise DataError(f"{place}: the file says that it is in {own}, but you declare {other}")
        return DeclaredUnits(self.energy or said.energy, self.length or said.length)

    def factors(self, place: str) -> tuple[float, float]:
        """One unit of energy in eV and one of length in angstrom.

        Raises:
            DataError: a unit is not declared; the line says how to declare it.
        """
        missing = [name for name, unit in (("energy", self.energy), ("length", self.length)) if unit is None]
        if self.energy is None or self.length is None:
            options = " and ".join(f"--{name}-unit" for name in missing)
            raise DataError(
                f"{place}: nothing declares its unit of {' and '.join(missing)}; do so with {options}, in a config "
                f"under data.units (energy: {', '.join(ENERGY_UNITS)}; length: {', '.join(LENGTH_UNITS)})"
            )
        return ENERGY_UNITS[self.energy], LENGTH_UNITS[self.length]

    def length_factor(self, place: str) -> float:
        """One unit of length in angstrom, for files whose energies are not read.

        Raises:
            DataError: it is not declared; the line says how to declare it.
        """
        if self.length is None:
            raise DataError(
                f"{place}: nothing declares its unit of length; do so with --length-unit ({', '.join(LENGTH_UNITS)})"
            )
        return LENGTH_UNITS[self.length]


UNDECLARED: Final = DeclaredUnits()
"""The user declares no units."""

ASE_UNITS: Final = DeclaredUnits("eV", "angstrom")
"""The units that ASE hands out, whatever the file has."""


def _known(text: str | None, units: Mapping[str, float], place: str) -> str | None:
    if text is None:
        return None
    plain = text.strip().lower()
    plain = _OTHER_NAMES.get(plain, plain)
    for name in units:
        if name.lower() == plain:
            return name
    close = get_close_matches(plain, [name.lower() for name in units], 1)
    hint = f'did you mean "{next(name for name in units if name.lower() == close[0])}"? ' if close else ""
    raise DataError(f'{place}: unknown unit "{text}"; {hint}known: {", ".join(units)}')
