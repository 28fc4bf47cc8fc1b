"""From the checked shape of ``data`` to its value: every site on its own qubits, with one scale."""

import re
from collections.abc import Mapping, Sequence

from eqcompile.declaration.schema import ENCODE_FORMS, DataSchema, DeriveEncodeSchema
from eqcompile.declaration.spec import DataSpec, Path
from eqcompile.declaration.yaml.scope import Scope
from eqcompile.declaration.yaml.wording import near_miss, shown, unknown

DEFAULT_SCALE = "alpha"

_SCALE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_WEIGHT_NAME = re.compile(r"w_\d+_\d+_\d+|eps_\d+")
"""Names of the other trainable parameters, which a scale must not take."""

_DATA_ENDINGS = ("x", "y", "z", "azimuth", "elevation", "turn")
"""Prefixed with a site, these are the names of the circuit's data parameters; a scale must not take them either."""


def build_data(data: DataSchema, scope: Scope) -> DataSpec:
    """The sites, their qubits and their scales.

    Args:
        data: the section, checked against the schema.
        scope: register, file, and the parity qubit, which derived sites leave free.

    Returns:
        The value, with one scale ``alpha`` over all sites unless scales are declared.

    Raises:
        SpecError: a site declared twice or not encoded, an unknown site, a qubit out of range or
            used twice, or scales that do not cover every site exactly once.
    """
    _check_sites(data.sites, scope)
    sites = tuple(data.sites)
    if isinstance(data.encode, dict):
        _check_encode(data.encode, data.sites, scope)
        encode = tuple(tuple(data.encode[site]) for site in sites)
    else:
        encode = _derived_encode(data.encode, sites, scope)
    if data.scales is None:
        return DataSpec(sites, encode, ((DEFAULT_SCALE, sites),))
    _check_scales(sites, data.scales, scope)
    return DataSpec(sites, encode, tuple((name, tuple(members)) for name, members in data.scales.items()))


def _check_sites(sites: Sequence[str], scope: Scope) -> None:
    seen: set[str] = set()
    for index, site in enumerate(sites):
        if site in seen:
            message = f"site {shown(site)} is declared twice; every site has a name of its own"
            raise scope.error(message, ("data", "sites", index))
        seen.add(site)


def _derived_encode(
    wanted: str | DeriveEncodeSchema, sites: Sequence[str], scope: Scope
) -> tuple[tuple[int, ...], ...]:
    """All first copies on the first free qubits, then all second copies, as in the paper."""
    path: Path = ("data", "encode")
    if isinstance(wanted, str) and wanted.strip() != "derive":
        hint = near_miss(wanted, ["derive"]) or ";"
        raise scope.error(f"unknown encode {shown(wanted)}{hint} write {ENCODE_FORMS}", path)
    free = scope.every_qubit
    copies = len(free) // len(sites) if isinstance(wanted, str) else wanted.derive.copies
    if not 1 <= copies <= len(free) // len(sites):
        copies = max(copies, 1)
        wanted_text = f"{copies} cop{'y' if copies == 1 else 'ies'} of {len(sites)} sites"
        message = f"{wanted_text} take {copies * len(sites)} qubits; {len(free)} of the register are free"
        raise scope.error(f"{message}; use more qubits", path)
    return tuple(tuple(free[copy * len(sites) + s] for copy in range(copies)) for s in range(len(sites)))


def _check_encode(encode: Mapping[str, Sequence[int]], sites: Sequence[str], scope: Scope) -> None:
    root: Path = ("data", "encode")
    carried: dict[int, str] = {}
    for site, qubits in encode.items():
        path = (*root, site)
        if site not in sites:
            raise scope.error(unknown("site", site, sites), path, at_key=True)
        if not qubits:
            raise scope.error(f"site {shown(site)} is encoded on no qubit; name at least one", path)
        scope.check_qubits(qubits, path)
        for index, qubit in enumerate(qubits):
            if qubit in carried:
                message = f"qubit {qubit} carries both {shown(carried[qubit])} and {shown(site)}; "
                raise scope.error(message + "give each site qubits of its own", (*path, index))
            carried[qubit] = site
    for site in sites:
        if site not in encode:
            message = f"site {shown(site)} is not encoded; add the qubits that carry it, such as {site}: [0]"
            raise scope.error(message, root, at_key=True)


def _check_scales(sites: Sequence[str], scales: Mapping[str, Sequence[str]], scope: Scope) -> None:
    root: Path = ("data", "scales")
    owner: dict[str, str] = {}
    for name, members in scales.items():
        path = (*root, name)
        _check_scale_name(name, sites, path, scope)
        if not members:
            raise scope.error(f"scale {shown(name)} belongs to no site; name one or remove it", path)
        for index, site in enumerate(members):
            if site not in sites:
                raise scope.error(unknown("site", site, sites), (*path, index))
            if site in owner:
                message = f"site {shown(site)} already has the scale {shown(owner[site])}; "
                raise scope.error(message + "every site has exactly one", (*path, index))
            owner[site] = name
    for site in sites:
        if site not in owner:
            message = f"site {shown(site)} has no scale; add it to one, or remove scales to share one alpha"
            raise scope.error(message, root, at_key=True)


def _check_scale_name(name: str, sites: Sequence[str], path: Path, scope: Scope) -> None:
    if not _SCALE_NAME.fullmatch(name):
        message = f'scale name {shown(name)} must begin with a letter and go on with letters, digits or "_"'
        raise scope.error(message, path, at_key=True)
    if _WEIGHT_NAME.fullmatch(name):
        message = f"scale name {shown(name)} is the name of a trainable weight; choose another, such as alpha"
        raise scope.error(message, path, at_key=True)
    site, _, ending = name.rpartition("_")
    if site in sites and ending in _DATA_ENDINGS:
        message = f"scale name {shown(name)} is the name of a data parameter of site {shown(site)}; "
        raise scope.error(message + "choose another, such as alpha", path, at_key=True)
