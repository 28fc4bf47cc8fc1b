"""Are the atoms of a structure those of the model, or merely atoms of the same elements?

A file that lists two water molecules as O O H H H H has the right composition, but gives a hydrogen to the other
oxygen. Equal atoms are taken in the order of the file, and no number is wrong. Only the bonds show it. Three things
hold in the order that the model means: a site with an origin of its own is bonded to it; a permutation that the spec
declares takes bonds to bonds; and all structures have the same bonds.

A bond that is only stretched, or a proton that has moved, breaks these as well and is not a mistake. Therefore one
thing is refused: an order in which every atom has the neighbours it should have, counted by element, but not the right
ones. Only another order of equal atoms does that.
"""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Final

import numpy as np
import numpy.typing as npt

import eqcompile as eq
from siqml.data.reading.raw_frame import place_of
from siqml.errors import DataError
from siqml.molecule.combined import plain_sites
from siqml.molecule.frame import Frame
from siqml.molecule.internal_coordinates import AnyFrame
from siqml.molecule.structures import Array, Structures

LONGEST: Final = 1.3
"""Longest bond, in sums of covalent radii. For O-H it is 1.26 angstrom: a vibration at 1000 K does not reach it, and
the shortest hydrogen bond has 1.5."""

Bonds = npt.NDArray[np.bool_]
"""Whether two atoms are bonded, ``(n_atoms, n_atoms)``."""


def refuse_other_order(
    structures: Sequence[Structures], frame: AnyFrame, permutations: Sequence[Sequence[int]] = ()
) -> None:
    """Refuse structures whose equal atoms are in another order than the model means.

    Args:
        structures: sets in the atom order of the model; the first set decides which bonds there are.
        frame: frame of the model.
        permutations: permutations of the sites, as the spec declares them: site s goes to ``images[s]``.

    Raises:
        DataError: the order is another one. The message names the structure, the atoms, their distance, and what to do.
            Where the model does not tell which of two files is wrong, it names both.
    """
    moves = [on_atoms(frame, images) for images in permutations] if isinstance(frame, Frame) else []
    owners = list(_owners(frame))
    usual: Bonds | None = None
    for found in structures:
        others = structures[0] if found is not structures[0] else None
        bonds = bonds_of(found.species, found.positions)
        kinds, first, kind_of, counts = np.unique(
            bonds, axis=0, return_index=True, return_inverse=True, return_counts=True
        )
        usual = kinds[counts.argmax()] if usual is None else usual
        for kind in range(len(kinds)):
            wrong = _wrong(found.species, kinds[kind], usual, owners, moves)
            if wrong is not None:
                number = int(first[kind])
                many = int((kind_of.reshape(-1) == kind).sum())
                raise DataError(_message(found, number, wrong, many, others))


def declared_permutations(model: "eq.AnyProgram") -> list[Sequence[int]]:
    """The permutations of sites under which a model is invariant by what its spec declares.

    Of a sum whose spec declares the symmetry of the whole: the permutations there, which may exchange terms. Of another
    sum: those that a term declares and every other term declares too, or does not see, because they leave its sites in
    place.

    Args:
        model: a program, or a sum of several.

    Returns:
        Images: site s goes to ``images[s]``.
    """
    whole = eq.ProgramSum.of(model)
    if whole.symmetry is not None:
        return [*whole.symmetry.permutations] if whole.is_proven else []
    declared = [_images_on_all(term, whole.num_sites) for term in whole.terms]
    return [
        images
        for images in dict.fromkeys(chain.from_iterable(declared))
        if all(_keeps(term, own, images) for term, own in zip(whole.terms, declared, strict=True))
    ]


def exchanged_atoms(model: "eq.AnyProgram", frame: AnyFrame) -> list[list[int]]:
    """The exchanges of atoms under which a model is invariant by what its spec declares.

    Args:
        model: a program, or a sum of several.
        frame: atoms to sites. In internal coordinates, permutations of sites are none of atoms.

    Returns:
        Images: atom a goes to ``images[a]``.
    """
    return (
        [on_atoms(frame, images) for images in declared_permutations(model)]
        if isinstance(frame, Frame)
        else []
    )


def _images_on_all(term: "eq.Term", num_sites: int) -> list[tuple[int, ...]]:
    """The permutations that a term declares, on the sites of the whole model; other sites stay.

    A term on combinations of sites declares nothing about the sites themselves.
    """
    found: list[tuple[int, ...]] = []
    sites = plain_sites(term)
    if sites is None:
        return found
    for generator in term.program.symmetry.generators:
        own = getattr(getattr(generator, "on_data", None), "images", None)
        if own is not None:
            images = list(range(num_sites))
            for site, image in enumerate(own):
                images[sites[site]] = sites[image]
            found.append(tuple(images))
    return found


def _keeps(term: "eq.Term", declared: Sequence[Sequence[int]], images: Sequence[int]) -> bool:
    """Whether a permutation does to the sites of a term nothing, or what the term declares."""
    sites = sorted({site for row in term.rows for site, _ in row})
    candidates = (range(len(images)), *declared)
    return any(all(images[site] == other[site] for site in sites) for other in candidates)


def _wrong(
    species: Sequence[str],
    bonds: Bonds,
    usual: Bonds,
    owners: Sequence[tuple[int, int]],
    moves: Sequence[Sequence[int]],
) -> tuple[int, int, bool] | None:
    """Two atoms that are not bonded only because of the order, and whether it is the model that bonds them."""
    neighbours = _by_element(species, bonds)
    for atom, owner in owners:
        if not bonds[atom, owner]:
            wanted = sum(species[a] == species[atom] for a, o in owners if o == owner)
            elsewhere = any(
                bonds[atom, other] for other, kind in enumerate(species) if kind == species[owner]
            )
            if elsewhere and neighbours[owner].get(species[atom], 0) >= wanted:
                return atom, owner, True
    if _by_element(species, usual) != neighbours:
        return None  # not the molecule of most structures: a bond is broken, or has moved
    if all(neighbours[a] == neighbours[image] for images in moves for a, image in enumerate(images)):
        for images in moves:
            for a, b in np.argwhere(bonds).tolist():
                if not bonds[images[a], images[b]]:
                    return images[a], images[b], True
    for a, b in np.argwhere(usual & ~bonds).tolist():
        return a, b, False
    return None


def _by_element(species: Sequence[str], bonds: Bonds) -> list[dict[str, int]]:
    """How many neighbours of each element each atom has."""
    found: list[dict[str, int]] = []
    for row in bonds:
        near = [kind for kind, bonded in zip(species, row, strict=True) if bonded]
        found.append({kind: near.count(kind) for kind in near})
    return found


def _message(
    structures: Structures, number: int, wrong: tuple[int, int, bool], many: int, others: Structures | None
) -> str:
    *pair, by_model = wrong
    a, b = sorted(pair)
    species, positions = structures.species, structures.positions[number]
    apart = np.linalg.norm(positions - positions[b], axis=1)
    nearer = [k for k, kind in enumerate(species) if kind == species[a] and k != b]
    other = min(nearer, key=lambda k: apart[k])
    such = f" ({many} such structures)" if many > 1 else ""
    place, atoms = place_of(structures.source, number), f"atoms {a} ({species[a]}) and {b} ({species[b]})"
    here = f"{apart[a]:.2f} angstrom apart; atom {b} is bonded to atom {other}, at {apart[other]:.2f}{such}"
    order = f"equal atoms in the order of the model, {' '.join(species)}, molecule by molecule"
    if others is not None and not by_model:
        return (
            f"{place}: {atoms} are {here}; in {others.source} they are bonded: the two files list equal atoms in "
            f"different orders, and at least one of them is wrong; list {order}, in both"
        )
    source = "according to the model" if by_model else "as in the other structures of this file"
    return f"{place}: {atoms} should be bonded, {source}, but are {here}; list {order}"


def _owners(frame: AnyFrame) -> Iterator[tuple[int, int]]:
    """Atoms whose origin is one other atom, each with that atom."""
    if isinstance(frame, Frame):
        for site, atoms in frame.own:
            if len(atoms) == 1:
                yield frame.sites[site], atoms[0]


def on_atoms(frame: Frame, images: Sequence[int]) -> list[int]:
    """What a permutation of the sites does to the atoms at them; all other atoms stay."""
    moved = list(range(len(frame.species)))
    for site, image in enumerate(images):
        moved[frame.sites[site]] = frame.sites[image]
    return moved


def bonds_of(species: Sequence[str], positions: Array) -> Bonds:
    """Bonds of every structure, ``(n, n_atoms, n_atoms)``."""
    from ase.data import atomic_numbers, covalent_radii

    radii = np.array([covalent_radii[atomic_numbers[kind]] for kind in species])
    apart = np.linalg.norm(positions[:, :, None] - positions[:, None], axis=3)
    near = apart < LONGEST * (radii[:, None] + radii)
    return np.asarray(near & ~np.eye(len(species), dtype=bool))
