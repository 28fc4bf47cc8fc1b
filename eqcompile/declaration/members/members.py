"""Who is permuted: members of a group in a spec, which exist and can be exchanged."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from eqcompile.declaration.spec import Cycle, DataSpec, Kind, Path
from eqcompile.declaration.yaml.scope import Scope
from eqcompile.declaration.yaml.wording import shown, unknown

Place: TypeAlias = tuple[Path, int]
"""A place in the tree, and the character inside its text."""

KINDS: dict[str, Kind] = {"sites": "sites", "qubits": "qubits"}
ALL = "all"


@dataclass(frozen=True)
class Members:
    """What the points 0, 1, 2, ... of a group stand for: sites, or qubits.

    Args:
        names: sites or qubits, in the order of the points.
        kind: which of the two.
        places: where each was named.
        left_out: the parity qubit, if a word for all members excludes it.
    """

    names: tuple[str | int, ...]
    kind: Kind
    places: tuple[Place, ...]
    left_out: int | None = None

    @property
    def note(self) -> str:
        """What a message adds to the number of members."""
        return "" if self.left_out is None else f" without the parity qubit {self.left_out}"


def default_kind(scope: Scope) -> Kind:
    """Sites where there are any, else qubits."""
    return "qubits" if scope.data is None else "sites"


def listed_members(names: Sequence[Any], paths: Sequence[Path], scope: Scope) -> Members:
    """Members by name.

    Raises:
        SpecError: a member that is neither a site nor a qubit, does not exist, or is named twice; or a mixture of both.
    """
    places = tuple((path, 0) for path in paths)
    if all(type(name) is int for name in names):
        for index, (qubit, path) in enumerate(zip(names, paths, strict=True)):
            scope.check_qubit(qubit, path)
            if qubit in names[:index]:
                raise scope.error(f"qubit {qubit} is listed twice; name it once", path)
        return Members(tuple(names), "qubits", places)
    for index, (name, path) in enumerate(zip(names, paths, strict=True)):
        if not isinstance(name, str):
            message = f"a member is the name of a site, or all members are qubits; found {shown(name)}"
            raise scope.error(message, path)
        if name in names[:index]:
            raise scope.error(f"site {shown(name)} is listed twice; name it once", path)
    require_sites(names, places, scope)
    return Members(tuple(names), "sites", places)


def all_members(word: str, path: Path, scope: Scope) -> Members:
    """Members by one word: ``sites``, ``qubits``, or ``all`` for every site (every qubit if there are no sites).

    The parity qubit is not among them; a list of members may name it.

    Raises:
        SpecError: another word, or sites where there are none.
    """
    if word not in (ALL, *KINDS):
        raise scope.error(f"on is all, sites, qubits, or a list of members; found {shown(word)}", path)
    kind = default_kind(scope) if word == ALL else KINDS[word]
    require_declared(kind, path, scope)
    if kind == "sites":
        assert scope.data is not None
        return Members(scope.data.sites, kind, ((path, 0),) * len(scope.data.sites))
    names = scope.every_qubit
    return Members(names, kind, ((path, 0),) * len(names), next(iter(scope.parity), None))


def require_declared(kind: Kind, path: Path, scope: Scope) -> None:
    """Refuse to permute sites where there are none."""
    if kind == "sites" and scope.data is None:
        raise scope.error("this spec declares no sites; write on: qubits, or add data", path)


def require_sites(names: Iterable[str], places: Sequence[Place], scope: Scope) -> None:
    """Refuse names that belong to no site."""
    if scope.data is None:
        raise scope.error("this spec declares no sites; add data, or permute qubits by number", *places[0])
    for name, place in zip(names, places, strict=True):
        if name not in scope.data.sites:
            raise scope.error(unknown("site", name, scope.data.sites), *place)


def require_exchangeable(names: Sequence[str], places: Sequence[Place], scope: Scope) -> None:
    """Sites of one orbit must have equally many qubits and share one scale."""
    assert scope.data is not None
    width, scale = _width_and_scale(names[0], scope.data)
    for name, place in zip(names[1:], places[1:], strict=True):
        other_width, other_scale = _width_and_scale(name, scope.data)
        pair = f"{shown(names[0])} and {shown(name)} cannot be exchanged"
        if other_width != width:
            message = f"{pair}: they have {width} and {other_width} qubits; encode both on equally many"
            raise scope.error(message, *place)
        if other_scale != scale:
            message = f"{pair}: their scales are {shown(scale)} and {shown(other_scale)}; give both the same"
            raise scope.error(message, *place)


def cycle_text(generator: Iterable[Cycle]) -> str:
    """The cycles in their usual notation."""
    return "".join("(" + " ".join(str(member) for member in cycle) + ")" for cycle in generator)


def _width_and_scale(site: str, data: DataSpec) -> tuple[int, str]:
    scale = next(name for name, members in data.scales if site in members)
    return len(data.encode[data.sites.index(site)]), scale
