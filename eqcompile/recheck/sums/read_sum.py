"""The spec of a sum from its YAML text, read for the recheck alone, from what docs/spec.md says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from typing import Any

from eqcompile.errors import EqcompileError, quoted
from eqcompile.recheck.files.declaration.permuting_entries import permutation_entry
from eqcompile.recheck.files.declaration.register import Register, only
from eqcompile.recheck.files.declaration.spec_text import SpecReading, read_spec_plain, text_of_file
from eqcompile.recheck.files.declaration.yaml_text import place_in_yaml, plain_yaml
from eqcompile.recheck.files.exact_text import rational_number
from eqcompile.recheck.files.unread import UnreadError
from eqcompile.recheck.sums.combination_text import combination_row

MAX_TERMS = 1000
"""Terms of a sum that is rechecked against its spec. Beyond it, refused: the product does not read more either."""


@dataclass(frozen=True)
class TermReading:
    """One copy of a circuit.

    Attributes:
        entry: number of its entry.
        circuit: which of the circuits it is.
        coefficient, weights, rows: as declared.
    """

    entry: int
    circuit: int
    coefficient: Fraction
    weights: str
    rows: tuple[tuple[Fraction, ...], ...]


@dataclass(frozen=True)
class SumReading:
    """What the spec of a sum says.

    Attributes:
        name: name of the sum.
        sites: names of its sites.
        kinds: which of rotation, inversion and translation are declared.
        permutations: images of every declared permutation of the sites.
        circuits: the different circuits; their ``sha256`` is empty where the spec of the sum holds them as a mapping.
        terms: the terms, in their order.
        sha256: hash of the text, and of the files of circuits that it names.
    """

    name: str
    sites: tuple[str, ...]
    kinds: tuple[str, ...]
    permutations: tuple[tuple[int, ...], ...]
    circuits: tuple[SpecReading, ...]
    terms: tuple[TermReading, ...]
    sha256: str


def read_sum(path: Path) -> SumReading:
    """The spec of a sum in a file.

    Raises:
        EqcompileError: a file cannot be read, or is not YAML.
        UnreadError: it says something that is not read here.
    """
    text = text_of_file(path)
    spec = only(plain_yaml(text), ("name", "data", "symmetry", "terms"), "a sum")
    sites = only(spec.get("data"), ("sites",), "data").get("sites")
    if not isinstance(sites, list) or not sites or not all(isinstance(s, str) for s in sites):
        raise UnreadError(f"the sites {quoted(str(sites))}")
    if len(set(sites)) != len(sites):
        raise UnreadError("a site that is declared twice")
    kinds, permutations = _symmetry(spec.get("symmetry"), sites)
    circuits: dict[Any, SpecReading] = {}
    terms: list[TermReading] = []
    files: dict[str, str] = {}
    entries = spec.get("terms")
    if not isinstance(entries, list) or not entries:
        raise UnreadError("a sum without terms")
    for entry, value in enumerate(entries):
        term = only(value, ("weights", "model", "spec", "depth", "coefficient", "on"), "a term")
        key, circuit = _circuit(term, path.parent, files)
        circuits.setdefault(key, circuit)
        coefficient = rational_number(term.get("coefficient", 1))
        rows = term.get("on")
        if (
            not isinstance(rows, list)
            or not rows
            or not isinstance(term.get("weights"), str)
            or not coefficient
        ):
            raise UnreadError(f"the term {entry}")
        place = list(circuits).index(key)
        terms += [_copy(entry, place, coefficient, term["weights"], row, sites) for row in rows]
        if len(terms) > MAX_TERMS:
            raise UnreadError(f"a sum of more than {MAX_TERMS} terms")
    lines = "".join(f"\n{sha256(t.encode()).hexdigest()}  {name}" for name, t in files.items())
    digest = sha256((text + lines).encode()).hexdigest()
    found = (str(spec.get("name")), tuple(sites), kinds, permutations)
    return SumReading(*found, tuple(circuits.values()), tuple(terms), digest)


def _symmetry(entries: Any, sites: list[str]) -> tuple[tuple[str, ...], tuple[tuple[int, ...], ...]]:
    """Which kinds of generators are declared, and the permutations."""
    if not isinstance(entries, list) or not entries:
        raise UnreadError("a sum without symmetry")
    # One qubit for each site, so that the reader of permutations finds what it looks for.
    register = Register(len(sites), tuple(sites), tuple((k,) for k in range(len(sites))), None, Path())
    kinds, permutations = [], []
    for entry in entries:
        if entry in ("inversion", "translation"):
            kinds.append(str(entry))
        elif entry == {"rotation": "SU(2)"}:
            kinds.append("rotation")
        elif isinstance(entry, dict) and set(entry) == {"permutation"}:
            value = entry["permutation"]
            if isinstance(value, dict) and value.get("on") == "qubits":
                raise UnreadError("a permutation of qubits in a sum")
            permutations += [tuple(g["sites"]) for g in permutation_entry(value, register)]
        else:
            raise UnreadError(f"the symmetry {quoted(str(entry))} of a sum")
    if len(set(kinds)) != len(kinds):
        raise UnreadError("a symmetry that is declared twice")
    return tuple(kinds), tuple(permutations)


def _copy(
    entry: int, circuit: int, coefficient: Fraction, weights: str, row: Any, sites: Sequence[str]
) -> TermReading:
    if not isinstance(row, list):
        raise UnreadError(f"the copy {quoted(str(row))} of a circuit")
    return TermReading(
        entry, circuit, coefficient, weights, tuple(combination_row(text, sites) for text in row)
    )


def _circuit(term: Mapping[str, Any], folder: Path, files: dict[str, str]) -> tuple[Any, SpecReading]:
    """What tells the circuit of a term from others, and what its spec says."""
    model, spec, depth = term.get("model"), term.get("spec"), term.get("depth")
    if (model is None) == (spec is None) or not (depth is None or (type(depth) is int and depth > 0)):
        raise UnreadError(
            "a term with both or neither of model and spec, or with another depth than a number"
        )
    if isinstance(spec, dict):
        if depth is not None:
            if not isinstance(spec.get("ansatz"), dict):
                raise UnreadError("a depth for a circuit that has none")
            spec = spec | {"ansatz": spec["ansatz"] | {"depth": depth}}
        key = repr(spec)  # not its text: the hash of the circuit stays unknown
        return key, replace(_without_files(read_spec_plain(spec, key, folder), key), sha256="")
    if model is not None:
        if not isinstance(model, str):
            raise UnreadError(f"the model {quoted(str(model))}")
        try:
            files[model] = text = text_of_file(folder / model)
        except EqcompileError as error:
            raise UnreadError(f"the model {quoted(model)} ({error})") from None
        folder = (folder / model).parent
    elif isinstance(spec, str):
        text = spec
    else:
        raise UnreadError(f"the spec {quoted(str(spec))} of a term")
    if depth is not None:
        start, end = place_in_yaml(text, ("ansatz", "depth"))
        text = f"{text[:start]}{depth}{text[end:]}"
    return text, _without_files(read_spec_plain(plain_yaml(text), text, folder), text)


def _without_files(reading: SpecReading, text: str) -> SpecReading:
    """Refuse a circuit that names files of graphs: the text of a sum would not say what it is."""
    if reading.sha256 != sha256(text.encode()).hexdigest():
        raise UnreadError("a circuit of a sum that names further files")
    return reading
