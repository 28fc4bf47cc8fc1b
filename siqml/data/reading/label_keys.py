"""Which energy and which forces of a file are the labels: those of one set, chosen by name where there is doubt.

Files hold labels of several methods side by side, under names that no standard fixes. A model trains without complaint
on the energy of one method and the forces of another, and is wrong. So the two come from one set, or from the user.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from siqml.errors import DataError

NONE: Final = "none"
"""Name of the forces that leaves all forces out."""

MAX_LISTED: Final = 8
"""Names of labels that a message lists. Beyond it, shortened: the rest is counted."""

_REF: Final = ("REF_energy", "REF_forces")
_PLAIN: Final = ("energy", "forces")
ENERGIES: Final = (_REF[0], _PLAIN[0])
"""Names of energies that are labels without being asked for."""

_FORCE_NAMES: Final = ("f", "grad", "gradient", "gradients")
_ENERGY_NAMES: Final = ("e", "etot", "e_tot", "toten", "u0")


@dataclass(frozen=True)
class LabelKeys:
    """Names of the labels in a file, given by the user; ``None`` where the user gives none.

    Attributes:
        energy: name of the energy, such as ``dft_energy``.
        forces: name of the forces, such as ``dft_forces``; `NONE` leaves forces out.
    """

    energy: str | None = None
    forces: str | None = None

    def chosen(self, energies: Sequence[str], forces: Sequence[str], place: str) -> tuple[str, str | None]:
        """The two labels of one structure.

        Without a choice, ``REF_energy`` and ``REF_forces`` are the labels if one of them is there, else ``energy`` and
        ``forces``. With one name chosen, the other is its namesake (``dft_energy`` and ``dft_forces``).

        Args:
            energies: every name that carries one value for the whole structure.
            forces: every name that carries three values for each atom, except the positions.
            place: the structure, for messages.

        Returns:
            Names of the energy and of the forces; the second is ``None`` without forces.

        Raises:
            DataError: a name is not there, there is no energy, or the two would be of different sets.

        >>> LabelKeys().chosen(["energy"], ["forces"], "here")
        ('energy', 'forces')
        >>> LabelKeys(energy="dft_energy").chosen(["energy", "dft_energy"], ["forces", "dft_forces"], "here")
        ('dft_energy', 'dft_forces')
        """
        for said, there, what in ((self.energy, energies, "energy"), (self.forces, forces, "forces")):
            if said is not None and said not in there and not (what == "forces" and said == NONE):
                raise DataError(f'{place} has no {what} "{said}"; found: {_listed(there)}')
        energy = self.energy or self._energy(energies, forces, place)
        if self.forces is not None:
            return energy, None if self.forces == NONE else self.forces
        return energy, self._forces(energy, forces, place)

    def _energy(self, energies: Sequence[str], forces: Sequence[str], place: str) -> str:
        if self.forces not in (None, NONE):
            namesakes = [name for name in energies if self.forces in _namesakes(name)]
            alike = [name for name in energies if looks_like_energy(name)]
            found = namesakes or alike
            if len(found) == 1:
                return found[0]
            if found:
                raise DataError(
                    f'{place} has several energies, {_listed(found)}; which belongs to "{self.forces}"? '
                    f"choose it: {_how('energy', found[0])}"
                )
        elif _REF[0] in energies:
            return _REF[0]
        elif _REF[1] in forces and _PLAIN[0] in energies and self.forces is None:
            raise DataError(
                f"{place} has REF_forces beside energy, labels of two sets; choose: {_how('energy', _PLAIN[0])} "
                f"and {_how('forces', _REF[1])}, or others"
            )
        elif _PLAIN[0] in energies:
            return _PLAIN[0]
        known = 'no energy; every structure needs one (extxyz: "energy" or "REF_energy" on its comment line)'
        if energies:
            known += f"; found: {_listed(energies)}; choose with {_how('energy', energies[0])}"
        raise DataError(f"{place} has {known}")

    def _forces(self, energy: str, forces: Sequence[str], place: str) -> str | None:
        # unasked, only the names that the docs promise: "force" beside "energy" may come from another method
        exact = [dict([_REF, _PLAIN]).get(energy, "")]
        for name in exact if self.energy is None else _namesakes(energy):
            if name in forces:
                return name
        others = [name for name in forces if looks_like_forces(name)]
        if not others:
            return None
        if any(name in (_REF[1], _PLAIN[1]) for name in others):
            what = f"has {energy} beside {_listed(others)}, labels of two sets"
        else:
            what = f"has forces under a name that does not go with {energy}: {_listed(others)}"
        raise DataError(
            f"{place} {what}; choose with {_how('forces', others[0])}, or leave forces out with --forces-key {NONE}"
        )


UNNAMED: Final = LabelKeys()
"""The user chooses nothing."""


def looks_like_forces(name: str) -> bool:
    """Whether three values for each atom, under this name, may be forces.

    >>> [looks_like_forces(name) for name in ("F", "dft_forces", "velo")]
    [True, True, False]
    """
    plain = name.lower()
    return "force" in plain or plain in _FORCE_NAMES or plain.endswith("_f")


def looks_like_energy(name: str) -> bool:
    """Whether one value for a structure, under this name, may be its energy."""
    plain = name.lower()
    return "energ" in plain or plain in _ENERGY_NAMES or plain.endswith("_e")


def _namesakes(energy: str) -> list[str]:
    """Names that the forces of the same set may have.

    >>> _namesakes("dft_energy")
    ['dft_forces', 'dft_force']
    """
    if energy in ("E", "e"):
        return [{"E": "F", "e": "f"}[energy]]
    if re.search("energ", energy, re.IGNORECASE) is None:
        return [re.sub("_E$", "_F", re.sub("_e$", "_f", energy))] if energy.lower().endswith("_e") else []
    stems = [re.sub("energ(y|ies)", word, energy) for word in ("forces", "force")]
    capital = [
        re.sub("ENERG(Y|IES)", word, stem) for stem, word in zip(stems, ("FORCES", "FORCE"), strict=True)
    ]
    return [
        re.sub("Energ(y|ies)", word, stem) for stem, word in zip(capital, ("Forces", "Force"), strict=True)
    ]


def _how(what: str, name: str) -> str:
    return f"--{what}-key {name} (in a config, data.keys.{what})"


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:MAX_LISTED]) or "none"
    return shown if len(names) <= MAX_LISTED else f"{shown} and {len(names) - MAX_LISTED} more"
