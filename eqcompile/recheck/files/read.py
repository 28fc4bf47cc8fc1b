"""What the files say that a certificate should be about: a spec, a circuit, or both."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from random import SystemRandom
from typing import Any

from eqcompile.errors import EqcompileError, quoted
from eqcompile.recheck.algebra.field import order_of, random_field
from eqcompile.recheck.algebra.text import operator
from eqcompile.recheck.document import load_document
from eqcompile.recheck.files.circuit.circuit_text import read_circuit
from eqcompile.recheck.files.declaration.same_group import same_group
from eqcompile.recheck.files.declaration.spec_text import SpecReading, read_spec
from eqcompile.recheck.files.unread import UnreadError
from eqcompile.recheck.reading import Reading

MALFORMED = (KeyError, IndexError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError)
"""What a certificate of a wrong form raises."""


def read_files(text: str, spec: Path | None = None, circuit: Path | None = None) -> Reading:
    """Read the files, independently of the product.

    The certificate supplies what is the question, and not for the file to say: what is claimed of a circuit, and which
    of its parameters are coordinates. Where its generators generate the group of the spec, they are used, because its
    claims are numbered by them. Otherwise the reader's own are used.

    Args:
        text: JSON of the certificate.
        spec: the spec, a YAML file.
        circuit: the circuit, an OpenQASM or QPY file.

    Raises:
        EqcompileError: a file cannot be read.
        UnreadError: a file says something that is not read here; nothing may then be confirmed.
    """
    body = load_document(text)
    try:
        found = None if spec is None else read_spec(spec)
        group = None if found is None else _group(found, body)
        if circuit is not None:
            return _of_circuit(body, group, found, circuit)
    except MALFORMED:
        raise EqcompileError(
            "the certificate cannot be held against the files: its parts do not fit together"
        ) from None
    if found is None:
        return Reading()
    target, parts = _of_spec(found, body)
    return Reading(group, target, parts, found.notes)


def reading_for(text: str, found: SpecReading) -> Reading:
    """What a spec that was read says, in the form in which a certificate is held against it.

    Args:
        text: JSON of the certificate.
        found: what was read.

    Raises:
        EqcompileError: the certificate does not fit together.
        UnreadError: the spec says something that is not read here.
    """
    body = load_document(text)
    try:
        target, parts = _of_spec(found, body)
        return Reading(_group(found, body), target, parts, found.notes)
    except MALFORMED:
        raise EqcompileError(
            "the certificate cannot be held against the files: its parts do not fit together"
        ) from None


def _group(found: SpecReading, body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The certificate's group section if it is that of the spec; otherwise the spec's own."""
    claimed = body["group_data"]
    strict = bool(body["target_data"].get("strict"))
    try:
        same = same_group(found.group, claimed, strict)
    except EqcompileError as error:
        raise UnreadError(f"the group of the spec or that of the certificate ({error})") from None
    return {key: claimed[key] for key in ("num_qubits", "sites", "generators")} if same else found.group


def _of_spec(
    found: SpecReading, body: Mapping[str, Any]
) -> tuple[Mapping[str, Any], dict[str, Mapping[str, Any]]]:
    """Target and parts of a spec; encodings whose scales it leaves to the compiler must upload what it says."""
    if found.target["kind"] == "model" and "scales" not in found.target and found.uploads:
        evidence = {finding["key"]: finding["evidence"] for finding in body["findings"]}
        keys = [key for key in evidence if key.startswith("encoding ")]
        gates = [[site, list(texts)] for key in keys for site, texts in evidence[key]["gates"]]
        if sorted(map(repr, gates)) != sorted(map(repr, found.uploads)):
            raise UnreadError("encodings of a certificate that upload other things than the spec says")
    return found.target, dict(found.parts)


def _of_circuit(
    body: Mapping[str, Any], group: Mapping[str, Any] | None, spec: SpecReading | None, path: Path
) -> Reading:
    sites = list((group or body["group_data"])["sites"])
    target = body["target_data"]
    if target["kind"] != "circuit":
        raise UnreadError("a circuit beside a certificate that is about something else")
    named = {name: (site, axis) for name, site, axis in target["data"]}
    # A whole vector leaves no coordinates in the gates, so its names are kept apart from those of single coordinates.
    vectors = {name: (k, axis) for k, v in enumerate(target["vectors"]) for axis, name in enumerate(v or ())}
    claimed = named | vectors
    own = (group or body["group_data"])["num_qubits"]
    found = read_circuit(path, sites, _coordinates(sites, claimed), tuple(claimed), own)
    # What the certificate calls data must be data in the file, and the other way round. A coordinate that counts as a
    # weight there would be free, and the claim would be a weaker one.
    for name in sorted({name for name, _, _ in found.data} ^ named.keys()):
        raise UnreadError(
            f"the parameter {quoted(name)} as the certificate takes it, which is not as a coordinate,"
        )
    read = {
        "kind": "circuit",
        "num_qubits": found.num_qubits,
        "operations": found.operations,
        "vectors": [
            names if site in found.vectors else None
            for site, names in zip(sites, target["vectors"], strict=True)
        ],
        "angles": [[f"{site}_{angle}" for angle in ("azimuth", "elevation", "turn")] for site in sites],
    }
    if found.num_qubits - found.num_ancillas != own:
        raise UnreadError(f"a circuit of {found.num_qubits - found.num_ancillas} qubits for a group on {own}")
    return Reading(group, read, {} if spec is None else _observable(spec, target), found.notes)


def _observable(spec: SpecReading, target: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The observable of the spec, in the words of the certificate if it is the same operator."""
    own, claimed = spec.parts.get("observable"), target["observable"]
    if own is None or claimed is None:
        return {}
    n = spec.group["num_qubits"]
    field = random_field(order_of([own["operator"], claimed]), SystemRandom())
    same = operator(own["operator"], n, field) == operator(claimed, n, field)
    return {"observable": {"operator": claimed if same else own["operator"]}}


def _coordinates(sites: Sequence[str], claimed: Mapping[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
    """Names of all coordinates: those that the certificate gives, and the usual ones for all others."""
    usual = {f"{site}_{axis}": (k, a) for k, site in enumerate(sites) for a, axis in enumerate("xyz")}
    given = set(claimed.values())
    if len(given) != len(claimed):
        raise UnreadError("two parameters for one coordinate")
    return {
        name: index for name, index in usual.items() if index not in given and name not in claimed
    } | dict(claimed)
