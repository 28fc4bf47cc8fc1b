"""A spec from its YAML text: the group it declares, and its model so far as the text states it.

Written for the recheck alone, from what docs/spec.md says. It shares nothing with the product's reader, so a
mistake in either shows up.
"""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeAlias

from eqcompile.errors import EqcompileError, one_line, quoted
from eqcompile.recheck.files.declaration.internal_entries import (
    charge_entry,
    clifford_entry,
    matrix_entry,
    pauli_entry,
    unitary_entry,
)
from eqcompile.recheck.files.declaration.model_text import (
    ansatz_parts,
    encoding_parts,
    is_derived,
    state_text,
)
from eqcompile.recheck.files.declaration.molecular_entries import motion_entry, point_group_entry
from eqcompile.recheck.files.declaration.permuting_entries import (
    graph_entry,
    lattice_entry,
    permutation_entry,
)
from eqcompile.recheck.files.declaration.register import MAX_QUBITS, Register, only
from eqcompile.recheck.files.declaration.spatial_entries import (
    inversion_entry,
    mirror_entry,
    rotation_entry,
)
from eqcompile.recheck.files.declaration.yaml_text import MAX_BYTES, plain_yaml
from eqcompile.recheck.files.exact_text import operator_text
from eqcompile.recheck.files.unread import UnreadError

Plain: TypeAlias = dict[str, Any]

READERS: dict[str, Callable[[Any, Register], list[Plain]]] = {
    "rotation": rotation_entry,
    "permutation": permutation_entry,
    "graph": graph_entry,
    "lattice": lattice_entry,
    "point_group": point_group_entry,
    "motion": motion_entry,
    "mirror": mirror_entry,
    "inversion": inversion_entry,
    "pauli": pauli_entry,
    "charge": charge_entry,
    "clifford": clifford_entry,
    "matrix": matrix_entry,
    "unitary": unitary_entry,
}
"""Every kind of entry of ``symmetry``."""


@dataclass(frozen=True)
class SpecReading:
    """What a spec says, in the plain data of a certificate.

    Attributes:
        name: name of the model.
        group: the group section.
        target: what a certificate of the spec owes claims about; parts left to the compiler are missing.
        parts: evidence of the parts, keyed by their claim.
        notes: what was left to the compiler, one line each.
        uploads: every gate of an encoding whose scales are left to the compiler: site, and operators.
        sha256: hash of the text, and of the files of graphs that it names.
    """

    name: str
    group: Plain
    target: Plain
    parts: dict[str, Plain]
    notes: tuple[str, ...]
    uploads: tuple[list[Any], ...] = ()
    sha256: str = ""


def text_of_file(path: Path) -> str:
    """The text of a spec's file.

    Raises:
        EqcompileError: the file cannot be read.
    """
    try:
        if not path.is_file():
            raise EqcompileError(f"{path}: no such file, or no ordinary one")
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise EqcompileError(f"{path}: {getattr(error, 'strerror', None) or error}") from None
    if len(content) > MAX_BYTES:
        raise EqcompileError(f"{path}: more than {MAX_BYTES} bytes, the limit for a spec")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise EqcompileError(f"{path}: the file is not UTF-8") from None


def read_spec(path: Path) -> SpecReading:
    """The spec in a file.

    Raises:
        EqcompileError: the file cannot be read, or is not YAML.
        UnreadError: the spec says something that is not read here.
    """
    text = text_of_file(path)
    try:
        return read_spec_text(text, path.parent)
    except UnreadError:
        raise
    except EqcompileError as error:
        raise EqcompileError(f"{path}: {one_line(str(error))}") from None


def read_spec_text(text: str, folder: Path) -> SpecReading:
    """The spec in a text; files that it names are looked for in the folder.

    >>> reading = read_spec_text("{name: a, qubits: 2, symmetry: [{rotation: SU(2)}], observable: H(0,1)}", Path())
    >>> [g["operator"] for g in reading.group["generators"]][0], reading.parts["observable"]
    ('1/2*1*X0 + 1/2*1*X1', {'operator': 'H(0,1)'})
    """
    return read_spec_plain(plain_yaml(text), text, folder)


def read_spec_plain(plain: Plain, text: str, folder: Path) -> SpecReading:
    """The spec in plain data.

    Args:
        plain: what the YAML text represents.
        text: the text; empty if there is none of its own, and then the reading has no hash.
        folder: folder in which files are looked for.
    """
    spec = only(plain, ("name", "qubits", "data", "symmetry", "state", "observable", "ansatz"), "a spec")
    register, scales, notes = _register(spec, folder)
    entries = spec.get("symmetry")
    if not isinstance(entries, list) or not entries:
        raise UnreadError("a spec without symmetry")
    generators = [g for entry in entries for g in _generators(entry, register)]
    for number, generator in enumerate(generators):
        generator["name"] = f"{number}: {generator.get('name', 'permutation')}"
    # Continuous generators first, as in a certificate.
    generators = [g for g in generators if "operator" in g] + [g for g in generators if "steps" in g]
    group = {"num_qubits": register.num_qubits, "sites": list(register.sites), "generators": generators}
    target, parts, more = _model(spec, register, scales)
    uploads: list[list[Any]] = []
    if scales is None:
        uploads = encoding_parts({"one": list(register.sites)}, register)[0]["encoding one"]["gates"]
    return SpecReading(
        str(spec.get("name")),
        group,
        target,
        parts,
        (*notes, *more),
        tuple(uploads),
        _hash(text, entries, folder) if text else "",
    )


def _hash(text: str, entries: list[Any], folder: Path) -> str:
    """Hash of the text, followed by a line with hash and name for every file that it names."""
    names = [entry["graph"]["file"] for entry in entries if "graph" in entry and "file" in entry["graph"]]
    lines = [f"\n{sha256((folder / name).read_bytes()).hexdigest()}  {name}" for name in names]
    return sha256("".join([text, *lines]).encode()).hexdigest()


def _generators(entry: Any, register: Register) -> list[Plain]:
    if not isinstance(entry, dict) or len(entry) != 1 or next(iter(entry)) not in READERS:
        raise UnreadError(f"the symmetry {quoted(str(entry))}")
    ((kind, value),) = entry.items()
    return READERS[kind](value, register)


def _register(spec: Any, folder: Path) -> tuple[Register, dict[str, list[str]] | None, tuple[str, ...]]:
    """Register and scales; the scales are ``None`` if they are left to the compiler."""
    n = spec.get("qubits")
    if type(n) is not int or not 1 <= n <= MAX_QUBITS:
        raise UnreadError(f"a register of {quoted(str(n))} qubits")
    parity = _parity(spec.get("symmetry"), n)
    if "data" not in spec:
        return Register(n, (), (), parity, folder), {}, ()
    data = only(spec["data"], ("sites", "encode", "scales"), "data")
    sites, encode, scales = data.get("sites"), data.get("encode"), data.get("scales")
    if not isinstance(sites, list) or not sites or not all(isinstance(s, str) for s in sites):
        raise UnreadError(f"the sites {quoted(str(sites))}")
    if len(set(sites)) != len(sites):
        raise UnreadError("a site that is declared twice")
    # What the spec leaves to the compiler is not guessed here; the text only says which qubits it may take.
    derived = is_derived(encode)
    carriers = _derived_carriers(encode, sites, n, parity) if derived else _carriers(encode, sites, n, parity)
    register = Register(n, tuple(sites), carriers, parity, folder)
    if scales is None:
        if derived:
            return (
                register,
                None,
                ("the scales of the encoding are left to the compiler; the certificate's are taken",),
            )
        return register, {"alpha": list(sites)}, ()
    named = scales if isinstance(scales, dict) else {}
    members = [m for listed in named.values() for m in (listed if isinstance(listed, list) else [None])]
    if sorted(map(str, members)) != sorted(sites):
        raise UnreadError(f"the scales {quoted(str(scales))}")
    return register, dict(named), ()


def _parity(entries: Any, num_qubits: int) -> int | None:
    """The one parity qubit that all entries share, whichever of them names it."""
    found = set()
    for entry in entries if isinstance(entries, list) else ():
        for value in entry.values() if isinstance(entry, dict) else ():
            if isinstance(value, dict) and "parity" in value:
                found.add(value["parity"] if type(value["parity"]) is int else -1)
    if len(found) > 1 or any(not 0 <= q < num_qubits for q in found):
        raise UnreadError(f"the parity qubits {sorted(found)}")
    return found.pop() if found else None


def _carriers(
    encode: Any, sites: list[str], num_qubits: int, parity: int | None
) -> tuple[tuple[int, ...], ...]:
    if not isinstance(encode, dict) or set(encode) != set(sites):
        raise UnreadError(f"encode: {quoted(str(encode))}")
    out = []
    for site in sites:
        qubits = encode[site]
        if not isinstance(qubits, list) or not qubits or not all(type(q) is int for q in qubits):
            raise UnreadError(f"the qubits {quoted(str(qubits))} of a site")
        out.append(tuple(qubits))
    named = [q for qubits in out for q in qubits]
    if len(set(named)) != len(named) or parity in named or not all(0 <= q < num_qubits for q in named):
        raise UnreadError("a qubit that carries two sites, is the parity qubit, or does not exist")
    return tuple(out)


def _derived_carriers(
    encode: Any, sites: list[str], num_qubits: int, parity: int | None
) -> tuple[tuple[int, ...], ...]:
    """First copies on the first qubits, then second copies; as many as fit, with the parity qubit left out."""
    free = [q for q in range(num_qubits) if q != parity]
    most = len(free) // len(sites)
    copies = most if isinstance(encode, str) else only(encode["derive"], ("copies",), "derive").get("copies")
    if type(copies) is not int or not 1 <= copies <= most:
        raise UnreadError(f"an encoding of {quoted(str(copies))} copies on {len(free)} qubits")
    return tuple(tuple(free[c * len(sites) + s] for c in range(copies)) for s in range(len(sites)))


def _model(
    spec: Any, register: Register, scales: dict[str, list[str]] | None
) -> tuple[Plain, dict[str, Plain], tuple[str, ...]]:
    """Target section and evidence, without what is left to the compiler; and a note for each such part."""
    parts: dict[str, Plain] = {}
    notes = []
    state, observable = spec.get("state"), spec.get("observable")
    if is_derived(state):
        notes.append("the state is left to the compiler; the certificate's is taken")
    else:
        parts["state"] = {"state": state_text(state, register)}
    if is_derived(observable):
        notes.append("the observable is left to the compiler; the certificate's is taken")
    elif observable is not None:
        parts["observable"] = {"operator": operator_text(str(observable))}
    if "ansatz" not in spec or observable is None:
        if state is None:
            parts.pop("state")
        keys = [key for key, value in (("state", state), ("observable", observable)) if value is not None]
        return {"kind": "parts", "parts": keys}, parts, tuple(notes)
    found, size = ansatz_parts(spec["ansatz"], register)
    parts |= found
    if size["layers"] is None:
        notes.append("the layer is left to the compiler; the certificate's is taken")
    model: Plain = {"depth": size["depth"], "blocks": size["blocks"]}
    target: Plain = {"kind": "model", "breaking": size["breaking"], "data": bool(register.sites)}
    if size["layers"] is not None:
        target["layers"] = size["layers"]
    if scales is not None:
        encodings, order = encoding_parts(scales, register)
        parts |= encodings
        model["encoding"], target["scales"] = order, list(scales)
    parts["model"] = model
    return target, parts, tuple(notes)
