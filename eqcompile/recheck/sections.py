"""What a recheck decides about: the sections of the certificate, or those that a reader found in the files."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eqcompile.recheck.algebra.group import Generator, Group
from eqcompile.recheck.algebra.pauli import UNIT, Operator, Terms, parallel, product
from eqcompile.recheck.algebra.text import operator, state
from eqcompile.recheck.document import Body
from eqcompile.recheck.reading import Reading

AXES = "xyz"


@dataclass(frozen=True)
class Sections:
    """What is decided about.

    Attributes:
        group: the group section of the certificate.
        file_group: the group section that a file states, if one was read.
        target: the target section.
        parts: evidence of every claim, by key.
        read: which of ``"group"`` and ``"target"`` come from files.
        notes: what was taken for granted.
    """

    group: Mapping[str, Any]
    target: Mapping[str, Any]
    parts: Mapping[str, Mapping[str, Any]]
    file_group: Mapping[str, Any] | None = None
    read: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def sections_of(body: Body, reading: Reading | None) -> Sections:
    """The certificate's sections, replaced by what was read."""
    parts: dict[str, Mapping[str, Any]] = {
        finding["key"]: finding["evidence"] for finding in body["findings"]
    }
    if reading is None:
        return Sections(body["group_data"], body["target_data"], parts)
    read = [] if reading.group is None else ["group"]
    target, notes = dict(body["target_data"]), list(reading.notes)
    kind = target["kind"]
    if target.get("parts") == ["sectors"] and "state" in reading.parts and not body["target_sha256"]:
        # The claim is about the state of a spec, whatever else the spec declares.
        parts["sectors"] = {**parts.get("sectors", {}), **reading.parts["state"]}
        read.append("target")
    elif target.get("parts") == ["sectors"] and not body["target_sha256"] and reading.target is not None:
        # Any state has sectors, so the certificate's cannot be taken for the one that the compiler would find.
        notes.append("the state, which the spec leaves to the compiler, stands in none of the files")
    elif not _stands_in_the_files(body, reading):
        notes += [] if reading.target is None else [f"the {_noun(target)} stands in none of the files"]
    elif reading.target is not None:
        target |= reading.target
        parts |= {key: {**parts.get(key, {}), **found} for key, found in reading.parts.items()}
        read.append("target")
    if kind == "circuit":
        notes += _taken_for_data(body)
        if "observable" in reading.parts and target["observable"] is not None:
            target["observable"] = reading.parts["observable"]["operator"]
    return Sections(body["group_data"], target, parts, reading.group, tuple(read), tuple(notes))


def _stands_in_the_files(body: Body, reading: Reading) -> bool:
    """Whether what was read is about the target: a spec says nothing about a circuit or an operator from elsewhere."""
    target = body["target_data"]
    if target["kind"] == "circuit":
        return reading.target is not None and reading.target["kind"] == "circuit"
    return not body.get("target_sha256")


def _noun(target: Mapping[str, Any]) -> str:
    return "circuit" if target["kind"] == "circuit" else " and ".join(target.get("parts", ())) or "target"


def _taken_for_data(body: Body) -> Iterator[str]:
    """Notes on parameters that are coordinates though their names do not say so, or the other way round."""
    sites = body["group_data"]["sites"]
    for name, site, axis in body["target_data"]["data"]:
        if name != f"{sites[site]}_{AXES[axis]}":
            yield f"the parameter {name} is taken for the coordinate {AXES[axis]} of {sites[site]}"
    for site, names in zip(sites, body["target_data"]["vectors"], strict=True):
        if names is not None:
            yield f"the parameters {', '.join(names)} are taken for the coordinates {', '.join(AXES)} of {site}"


def differences(body: Body, sections: Sections, group: Group) -> Iterator[str]:
    """Where the certificate and the files disagree about its target.

    Args:
        body: the certificate.
        sections: what was read.
        group: the group of the certificate, over one field.
    """
    if "target" not in sections.read:
        return
    target = body["target_data"]
    # Claims are decided about the operations of a file, whatever the certificate has: one unitary has many lists of
    # them.
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


def unlisted(own: Group, read: Group) -> tuple[str, tuple[Generator, ...]]:
    """Why the generators of a certificate are not those of a file, and those of the file that it does not list.

    Names and order are free. A reader that has other generators of the same group returns the certificate's.
    """
    if (own.num_qubits, own.sites) != (read.num_qubits, read.sites):
        return "another register, or other sites", ()
    missing = tuple(g for g in read.generators if not any(_same(g, other, own) for other in own.generators))
    added = [g.name for g in own.generators if not any(_same(g, other, own) for other in read.generators)]
    reasons = [f"the spec has {', '.join(g.name for g in missing)} as well"] if missing else []
    reasons += [f"the spec does not have {', '.join(added)}"] if added else []
    return "; ".join(reasons), missing


def _same(one: Generator, other: Generator, group: Group) -> bool:
    if (one.lie, one.images, one.matrices) != (other.lie, other.images, other.matrices):
        return False
    return one.steps == other.steps or _whole(one.steps, group) == _whole(other.steps, group)


def _whole(steps: Sequence[Any], group: Group) -> Any:
    """Steps of the same kind combined: the product of unitaries, or of permutations; others as they are."""
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
