"""Certificates: JSON that is edited as bytes, as text or as a tree, with the old digest or one that fits again."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import eqcompile as eq
from campaign.fuzz.case import Case, Command, Reader, chosen_way
from campaign.fuzz.inputs.mutate import edited_bytes, edited_text
from campaign.fuzz.inputs.seeds import EXCHANGE, FORMS, TINY
from campaign.fuzz.inputs.trees import as_json, edited_tree

MAIN = "certificate.json"

WAYS = {"recheck": 70, "from_json": 30}

QASM = (
    'OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[2];\n'
    "h q[0];\nh q[1];\ncz q[0],q[1];\nrz(pi/3) q[0];\nrz(pi/3) q[1];\n"
)


@cache
def texts() -> tuple[str, ...]:
    """Certificates of models, parts and circuits, proven and refused."""
    from eqcompile.readers.circuit_file import circuit_from_bytes

    exchange, tiny = eq.loads(EXCHANGE), eq.loads(TINY)
    specs = [tiny, *(eq.loads(text) for text in FORMS[1:4]), eq.loads(FORMS[7])]
    broken = QASM.replace("rz(pi/3) q[1];\n", "")
    found = [eq.verify(spec) for spec in specs]
    found += [eq.verify(circuit_from_bytes(text.encode()), exchange) for text in (QASM, broken)]
    found += [eq.verify(eq.PauliSum.parse(text, 2), exchange) for text in ("X0 + X1", "Z0")]
    return tuple(certificate.to_json() for certificate in found)


@cache
def trees() -> tuple[Any, ...]:
    """The certificates as plain values."""
    return tuple(json.loads(text) for text in texts())


def sealed(tree: Any) -> Any:
    """The tree with a digest that fits, as someone who forges a certificate would write it."""
    from eqcompile.recheck.document import digest_of

    if isinstance(tree, Mapping) and all(isinstance(key, str) for key in tree):
        return {**tree, "digest": digest_of(tree)}
    return tree


def make(source: Random) -> Case:
    """Make a certificate."""
    number = source.randrange(len(texts()))
    way = chosen_way(source, WAYS)
    same_as = None
    choice = source.random()
    if choice < 0.6:
        tree, how = edited_tree(trees()[number], source, trees())
        content = as_json(sealed(tree) if source.random() < 0.8 else tree)
    elif choice < 0.75:
        content, how = edited_text(texts()[number], source, texts())
    elif choice < 0.95:
        content, how = edited_bytes(texts()[number].encode(), source, [text.encode() for text in texts()])
    else:  # the order of keys and the line breaks of JSON mean nothing
        content, how = (
            json.dumps(trees()[number], indent=source.choice((None, 4))).encode(),
            ("another layout",),
        )
        same_as = texts()[number].encode()
    return Case({MAIN: content}, MAIN, way, how, same_as)


def read(folder: Path, case: Case) -> str:
    """Decide every claim of a certificate again, or read it back."""
    from eqcompile.face.cli.recheck import certificate_text
    from eqcompile.recheck.decide import recheck

    text = certificate_text(folder / MAIN)
    if case.way == "recheck":
        result = recheck(text, 1)
        return f"{'confirmed' if result else 'not confirmed'}; {len(list(result.problems))} problems"
    certificate = eq.Certificate.from_json(text)
    page, again = certificate.to_html(), eq.Certificate.from_json(certificate.to_json())
    return f"{again.verdict}; {len(certificate.findings)} findings, {len(page) > 0}"


def command(case: Case, source: Random) -> Command:
    """The command that does the same."""
    return Command("eqcompile", ("recheck", MAIN, "--seed", "1", *source.choice(((), ("--json",)))))


READER = Reader("certificates", make, read, command, 28, frozenset({"recheck"}))
