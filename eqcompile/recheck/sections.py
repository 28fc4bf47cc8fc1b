"""What a recheck decides about: the sections of the certificate, or those that a reader found in the files."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eqcompile.recheck.document import Body, misnumbered
from eqcompile.recheck.group import Generator, Group
from eqcompile.recheck.pauli import UNIT, Operator, Terms, parallel, product
from eqcompile.recheck.reading import Reading
from eqcompile.recheck.text import operator, state

AXES = "xyz"


@dataclass(frozen=True)
class Sections:
    """What is decided about.

    Attributes:
        group: the group section.
        target: the target section.
        parts: evidence of every claim, by key.
        read: which of ``"group"`` and ``"target"`` come from files.
        notes: what was taken for granted.
    """

    group: Mapping[str, Any]
    target: Mapping[str, Any]
    parts: Mapping[str, Mapping[str, Any]]
    read: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def sections_of(body: Body, reading: Reading | None) -> Sections:
    """The certificate's sections, replaced by what was read."""
    parts: dict[str, Mapping[str, Any]] = {
        finding["key"]: finding["evidence"] for finding in body["findings"]
    }
    if reading is None:
        return Sections(body["group_data"], body["target_data"], parts)
    read = []
    group: Mapping[str, Any] = body["group_data"]
    if reading.group is not None:
        group, read = _named(reading.group, body["group_data"]), ["group"]
    target, notes = dict(body["target_data"]), list(reading.notes)
    kind = target["kind"]
    if not _stands_in_the_files(body, reading):
        notes += [] if reading.target is None else [f"the {_noun(target)} stands in none of the files"]
    elif reading.target is not None:
        target |= reading.target
        parts |= {key: {**parts.get(key, {}), **found} for key, found in reading.parts.items()}
        read.append("target")
    if kind == "circuit":
        notes += _taken_for_data(body)
        if "observable" in reading.parts and target["observable"] is not None:
            target["observable"] = reading.parts["observable"]["operator"]
    return Sections(group, target, parts, tuple(read), tuple(notes))


def _stands_in_the_files(body: Body, reading: Reading) -> bool:
    """Whether what was read is about the target: a spec says nothing of a circuit, or of an operator from elsewhere."""
    target = body["target_data"]
    if target["kind"] == "circuit":
        return reading.target is not None and reading.target["kind"] == "circuit"
    return not body.get("target_sha256")


def _noun(target: Mapping[str, Any]) -> str:
    return "circuit" if target["kind"] == "circuit" else " and ".join(target.get("parts", ())) or "target"


def _named(read: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """The group that was read, with the certificate's names where the reader has none."""
    group = dict(read)
    names = [generator["name"] for generator in own["generators"]]
    generators = [dict(generator) for generator in read["generators"]]
    for place, generator in enumerate(generators):
        if generator.get("name") is None:
            generator["name"] = names[place] if place < len(names) else f"generator {place}"
    group["generators"] = generators
    if group.get("factors") is None:
        factors = own["factors"]
        everything = [{"name": "the group", "generators": list(range(len(generators)))}]
        group["factors"] = everything if misnumbered(factors, len(generators)) else factors
    return group


def _taken_for_data(body: Body) -> Iterator[str]:
    """Parameters that are coordinates though their names do not say so, or the other way round."""
    sites = body["group_data"]["sites"]
    for name, site, axis in body["target_data"]["data"]:
        if name != f"{sites[site]}_{AXES[axis]}":
            yield f"the parameter {name} is taken for the coordinate {AXES[axis]} of {sites[site]}"


def differences(body: Body, sections: Sections, own: Group, group: Group) -> Iterator[str]:
    """Where the certificate says something else than the files.

    Args:
        body: the certificate.
        sections: what was read.
        own: the certificate's group, over one field.
        group: the group that was read, over the same field.
    """
    if "group" in sections.read and (reason := _other_group(own, group)):
        yield f"the group section is not the group of the spec: {reason}"
    if "target" not in sections.read:
        return
    target = body["target_data"]
    # The operations of a file are decided about, whatever the certificate has: one unitary has many lists of them.
    for key, value in sections.target.items():
        if key != "operations" and target.get(key) != value:
            yield f"the certificate has another {key!r} than the file"
    evidences = {finding["key"]: finding["evidence"] for finding in body["findings"]}
    for key, found in sections.parts.items():
        if key in evidences and not same_evidence(evidences[key], found, group):
            yield f"the certificate has another {key!r} than the file"


def same_evidence(one: Mapping[str, Any], other: Mapping[str, Any], group: Group) -> bool:
    """Whether two pieces of evidence are about the same thing, however it is written."""
    n, field = group.num_qubits, group.field
    if "operator" in other:
        return operator(one["operator"], n, field) == operator(other["operator"], n, field)
    if "state" in other:
        psi, phi = (state(part["state"], n, field) for part in (one, other))
        return bool(psi) and bool(phi) and parallel(psi, phi, field.p)
    if "gates" in other:
        return _gates(one, group) == _gates(other, group)
    return all(one.get(key) == value for key, value in other.items() if key != "about")


def _gates(evidence: Mapping[str, Any], group: Group) -> list[Any]:
    n, field = group.num_qubits, group.field
    return [(site, [operator(text, n, field) for text in texts]) for site, texts in evidence["gates"]]


def _other_group(own: Group, read: Group) -> str:
    """How two groups differ in their lists of generators; empty if they do not."""
    if (own.num_qubits, own.sites) != (read.num_qubits, read.sites):
        return "another register, or other sites"
    if len(own.generators) != len(read.generators):
        return f"{len(own.generators)} generators, and not {len(read.generators)}"
    for one, other in zip(own.generators, read.generators, strict=True):
        if one.name != other.name:
            return f"a generator {one.name}, and not {other.name}"
        if not _same(one, other, own):
            return f"its {one.name} is another one"
    return ""


def _same(one: Generator, other: Generator, group: Group) -> bool:
    if (one.lie, one.images, one.matrices) != (other.lie, other.images, other.matrices):
        return False
    return one.steps == other.steps or _whole(one.steps, group) == _whole(other.steps, group)


def _whole(steps: Sequence[Any], group: Group) -> Any:
    """Steps of one kind in one: the product of unitaries, or of permutations; others as they are."""
    if all(isinstance(step, Operator) for step in steps):
        total: Terms = {UNIT: 1}
        for step in steps:
            total = product(step.terms, total, group.field.p)
        return total
    if any(isinstance(step, Operator) for step in steps):
        return tuple(steps)
    images = tuple(range(group.num_qubits))
    for step in steps:
        images = tuple(step[image] for image in images)
    return images
