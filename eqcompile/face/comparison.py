"""Is a certificate about these files? They are read again, by readers that share nothing with the product's own.

Only names come from the product's reader: what a group and its generators are called is a matter of words. An
independent reader cannot know them.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from eqcompile.circuits.ansatz import coordinate_names
from eqcompile.circuits.circuit import Circuit
from eqcompile.claims.evidence import group_evidence
from eqcompile.declaration.lift import symmetry_of
from eqcompile.declaration.loader import load
from eqcompile.declaration.sums.sum_spec import SumSpec
from eqcompile.errors import EqcompileError, one_line, quoted
from eqcompile.parameter_roles import Roles, listed, parameters_of, roles, roles_line, taken_for_granted
from eqcompile.recheck.decide import Recheck, recheck
from eqcompile.recheck.document import load_document
from eqcompile.recheck.files.declaration.spec_text import read_spec
from eqcompile.recheck.files.read import read_files
from eqcompile.recheck.files.unread import UnreadError
from eqcompile.recheck.sums.decide import recheck_sum
from eqcompile.recheck.sums.form import is_sum, load_sum
from eqcompile.targets import checked_data, declared_spec, naming, on_register, read_target, whole_vectors


def recheck_files(
    text: str, seed: int | None = None, spec: Path | None = None, circuit: Path | None = None
) -> Recheck:
    """Decide every claim of a certificate again, about what its files say.

    Args:
        text: the certificate's JSON.
        seed: seed for the random fields and points; by default from the operating system.
        spec: the YAML file it should be about.
        circuit: the circuit file it should be about.

    Returns:
        What became of every claim. If the recheck's own reader cannot read a file, the result says so and nothing is
        confirmed.

    Raises:
        EqcompileError: not a certificate of this schema, or a file that is missing or malformed.
        OSError: a file cannot be read.
    """
    if is_sum(text):
        return _recheck_sum(text, seed, spec, circuit)
    try:
        reading = read_files(text, spec, circuit) if spec is not None or circuit is not None else None
        found = [*_other_hashes(text, spec, circuit), *(_other_words(text, spec) if spec is not None else ())]
        found += _other_assumptions(text, spec, circuit) if spec is not None and circuit is not None else ()
    except UnreadError as error:
        reading, found = None, [f"nothing is confirmed against the files: {error}"]
        found += _other_hashes(text, None, circuit)
    result = recheck(text, seed, reading=reading)
    return replace(result, problems=(*result.problems, *found))


def _recheck_sum(text: str, seed: int | None, spec: Path | None, circuit: Path | None) -> Recheck:
    """The certificate of a sum, and what it names differently from one that is made from the spec today."""
    if circuit is not None:
        raise EqcompileError("a circuit beside the certificate of a sum: give --spec alone")
    result, found = recheck_sum(text, seed, spec), []
    if spec is not None:
        declared = load(spec)
        if not isinstance(declared, SumSpec) or declared.symmetry.plain() != load_sum(text)["group_data"]:
            found = [f"group and generators are not written as verify writes those of {spec}; verify again"]
    return replace(result, problems=(*result.problems, *found))


def confirmed_roles(result: Recheck, text: str) -> Roles | None:
    """Which parameters of a confirmed circuit are data and which are weights; ``None`` where there are no sites."""
    if is_sum(text):
        return None
    body = load_document(text)
    return roles(body) if result.confirmed and body["group_data"]["sites"] else None


def with_roles(lines: Sequence[str], found: Roles | None) -> list[str]:
    """The lines of a summary, the last one with the parameters."""
    *others, last = lines
    head, bracket, seed = last.rpartition(" (seed ")
    return [*lines] if found is None else [*others, f"{head}; {one_line(roles_line(found))}{bracket}{seed}"]


def _other_words(text: str, spec: Path) -> Iterator[str]:
    """What the certificate names differently from a certificate that is made from the spec today."""
    body, declared = load_document(text), declared_spec(spec)
    if json.loads(json.dumps(group_evidence(symmetry_of(declared)))) != body["group_data"]:
        yield (
            f"group and generators are not written as verify writes those of {spec}; if another version wrote the "
            "certificate, verify again"
        )
    own = body["target_data"].get("kind") != "circuit" and not body.get("target_sha256")
    if own and body["target"] != declared.name:
        yield f"the certificate is about {quoted(body['target'])}, and the spec is called {quoted(declared.name)}"


def _other_assumptions(text: str, spec: Path, circuit: Path) -> Iterator[str]:
    """Assumptions that only one of the two has: ``verify`` for this file, or the certificate."""
    body, symmetry = load_document(text), symmetry_of(declared_spec(spec))
    coordinates = checked_data(_places(body) or None, symmetry)
    exact, notes = read_target(circuit, whole_vectors(coordinates, symmetry))
    with naming(circuit):
        exact = on_register(exact, symmetry)
    if isinstance(exact, Circuit):
        notes = (*exact.notes, *taken_for_granted(exact, coordinates, symmetry))
        if other := {*exact.parameters} ^ {*parameters_of(body["target_data"])}:
            yield f"the gates in the certificate and in the file differ in their parameters: {listed(sorted(other))}"
    made = Counter(notes)
    named = Counter(map(str, body["assumptions"]))
    for assumption in sorted(made - named):
        yield f"the file needs an assumption that the certificate does not name: {assumption}"
    for assumption in sorted(named - made):
        yield f"the certificate names an assumption that the file does not need: {quoted(assumption)}"


def _places(body: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """What was declared to be data, as ``verify`` takes it; empty if all have their usual names."""
    sites, target = body["group_data"]["sites"], body["target_data"]
    data = {name: (sites[site], "xyz"[axis]) for name, site, axis in target.get("data", ())}
    vectors = target.get("vectors", ())
    if not data and not any(vectors):
        return {}
    # Anyone who names some coordinates names all of them, so vectors with their usual names were declared with them.
    taken = set(data.values())
    for site, names, usual in zip(sites, vectors, coordinate_names(sites), strict=True):
        own = {name: (site, axis) for name, axis in zip(names or usual, "xyz", strict=True)}
        data |= {name: place for name, place in own.items() if place not in taken}
    return data


def _other_hashes(text: str, spec: Path | None, circuit: Path | None) -> Iterator[str]:
    body = load_document(text)
    if spec is not None and read_spec(spec).sha256 != body.get("spec_sha256"):
        yield f"the certificate is about a spec other than {spec}: the hashes differ"
    if circuit is not None and hashlib.sha256(circuit.read_bytes()).hexdigest() != body.get("target_sha256"):
        yield f"the certificate is about a circuit other than {circuit}: the hashes differ"
