"""Specs: YAML that is edited as bytes, as text, or as a tree."""

from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import eqcompile as eq
from campaign.fuzz.case import Case, Command, Reader, chosen_way
from campaign.fuzz.inputs.mutate import ENCODINGS, edited_bytes, edited_text
from campaign.fuzz.inputs.seeds import spec_texts
from campaign.fuzz.inputs.trees import as_json, as_yaml, edited_tree

MAIN = "spec.yaml"

WAYS = {"load": 60, "derive": 14, "verify": 14, "explain": 6, "schema": 6}

HARMLESS = ("CRLF", "UTF-8 mark")


@cache
def spec_trees() -> tuple[Any, ...]:
    """The seeds as plain values."""
    return tuple(plain(text) for text in spec_texts())


def plain(text: str) -> Any:
    """YAML as plain values, in which every number that is not whole stays as it is written."""
    from ruamel.yaml import YAML

    return YAML(typ="safe", pure=True).load(text)


def edited_yaml(
    source: Random, texts: tuple[str, ...], trees: tuple[Any, ...]
) -> tuple[bytes, tuple[str, ...], bytes | None]:
    """One of the texts, edited: the content, the edits, and if the edits change nothing, content that says the same."""
    number = source.randrange(len(texts))
    choice = source.random()
    if choice < 0.45:
        tree, how = edited_tree(trees[number], source, trees)
        return (as_yaml(tree) if source.random() < 0.7 else as_json(tree)), how, None
    if choice < 0.85:
        return *edited_text(texts[number], source, texts), None
    content = texts[number].encode()
    if choice < 0.95:
        return *edited_bytes(content, source, [text.encode() for text in texts]), None
    name = source.choice(HARMLESS)
    return ENCODINGS[name](texts[number]), (name,), content


def make(source: Random) -> Case:
    """Make a spec."""
    content, how, same_as = edited_yaml(source, spec_texts(), spec_trees())
    return Case({MAIN: content}, MAIN, chosen_way(source, WAYS), how, same_as)


def read(folder: Path, case: Case) -> str:
    """Load a spec, and ask something about it."""
    from eqcompile.declaration.lift import symmetry_of
    from eqcompile.face.explain import explanation
    from eqcompile.verification import declares_model

    spec = eq.load(folder / MAIN)
    if isinstance(spec, eq.SumSpec):
        return f"{spec.name[:40]}: {eq.verify(spec).verdict}"
    if case.way == "load":
        return f"{spec.name[:40]}: {spec.qubits} qubits, {len(spec.symmetry)} factors, {spec.observable!r}"[
            :200
        ]
    if case.way == "verify":
        return f"{spec.name[:40]}: {eq.verify(spec).verdict}"
    if case.way == "schema":  # what was read is written, and read again
        again = eq.loads(eq.to_yaml(spec), str(folder / "again.yaml"))
        return f"{again.name[:40]}: written and read again"
    basis = eq.derive(spec, 1)
    if case.way == "derive":
        return f"{spec.name[:40]}: {basis.dim} generators"
    program = eq.compile(spec) if declares_model(spec) else None
    return f"{len(str(explanation(spec.name, symmetry_of(spec), basis, program)))} characters"


def command(case: Case, source: Random) -> Command:
    """The command that does the same."""
    old = {"out.json": b"old"}
    return source.choice((
        Command("eqcompile", ("verify", MAIN)),
        Command("eqcompile", ("verify", MAIN, "-o", "out.json"), ("out.json",), old),
        Command("eqcompile", ("derive", MAIN, "--locality", "1", "--json")),
        Command("eqcompile", ("explain", MAIN, "--locality", "1")),
        Command("eqcompile", ("compile", MAIN, "-o", "out"), ("out",)),
        Command("eqcompile", ("passes", MAIN)),
    ))  # fmt: skip


READER = Reader("specs", make, read, command, 45, frozenset({"derive", "verify", "explain"}))
