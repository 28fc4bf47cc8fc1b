"""The form of a certificate: which fields every object in it has, and which stay empty where they have no meaning.

A field that nobody reads could say anything, so there is none: unknown fields are refused, and missing ones.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from eqcompile.errors import quoted

DOCUMENT = {
    "schema", "verdict", "target", "group", "generators", "symmetry_left", "findings", "spec_sha256", "target_sha256",
    "versions", "demanded", "group_data", "target_data", "assumptions", "kept", "digest",
}  # fmt: skip
GROUP = {"num_qubits", "sites", "factors", "generators"}
FACTOR = {"name", "generators"}
ONE_PARAMETER = {"name", "operator", "matrices"}
SINGLE_ELEMENT = {"name", "steps", "sites", "matrices"}
STEPS = ({"permutation"}, {"unitary"})
KEPT = ({"factor"}, {"generator"}, {"combination"})
COUNTEREXAMPLE = {"element", "input", "expected", "found", "python"}
TARGETS = {
    "model": {"kind", "layers", "scales", "breaking", "data", "strict"},
    "parts": {"kind", "parts", "strict"},
    "circuit": {
        "kind", "claim", "num_qubits", "data", "angles", "observable", "operations", "unchanged", "reference", "strict",
    },
}  # fmt: skip
"""Fields of the target section, by its kind."""

YES_OR_NO = ("strict", "breaking", "unchanged")


def misshapen(body: Mapping[str, Any]) -> Iterator[str]:
    """Objects with fields that they do not have, or without some that they have; one line each."""
    yield from _fields("the certificate", body, DOCUMENT)
    group = body["group_data"]
    yield from _fields("the group section", group, GROUP)
    for place, factor in enumerate(group["factors"]):
        yield from _fields(f"factor {place}", factor, FACTOR)
    for place, generator in enumerate(group["generators"]):
        wanted = ONE_PARAMETER if "operator" in generator else SINGLE_ELEMENT
        yield from _fields(f"generator {place}", generator, wanted)
        for step in generator.get("steps", ()):
            yield from _one_of(f"a step of generator {place}", step, STEPS)
    for part in body["kept"]:
        yield from _one_of("a part of what is kept", part, KEPT)
    for finding in body["findings"]:
        if finding["counterexample"] is not None:
            yield from _fields("a counterexample", finding["counterexample"], COUNTEREXAMPLE)
    yield from _target(body)


def _target(body: Mapping[str, Any]) -> Iterator[str]:
    target = body["target_data"]
    yield from _fields("the target section", target, TARGETS.get(target["kind"], set()))
    for name in YES_OR_NO:
        if name in target and not isinstance(target[name], bool):
            yield f"the target section has {quoted(str(target[name]))} for {name!r}, which is true or false"
    if target["kind"] != "circuit":
        if body["target_sha256"] and body["findings"] and body["target"] != body["findings"][0]["subject"]:
            yield "its target is called otherwise than what the finding is about"
        return
    if not target["unchanged"] and target["reference"] is not None:
        yield "it has a circuit to compare with, and no claim that compares"
    if target["claim"] != "model" and not target["unchanged"] and target["observable"] is not None:
        yield "it has an observable, and no claim about one"


def _one_of(what: str, value: Any, forms: tuple[set[str], ...]) -> Iterator[str]:
    if not isinstance(value, dict) or set(value) not in forms:
        yield f"{what} has not the fields that it should have"


def _fields(what: str, value: Any, wanted: set[str]) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{what} is no object"
        return
    for name in sorted(set(value) - wanted):
        yield f"{what} has a field {quoted(str(name))}, which is not known"
    for name in sorted(wanted - set(value)):
        yield f"{what} has no field {name!r}"
