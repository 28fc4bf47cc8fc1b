"""Certificates, generators, explanations and circuits of every shipped spec, byte for byte as they were.

A change that only moves code must not change a letter of what the commands print. Anyone who means to change an output
writes the hashes anew with ``python -m tests.test_frozen_outputs``, and says in the commit what changed and why.
"""

import contextlib
import hashlib
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from qiskit import qasm3

import eqcompile as eq
from eqcompile.face.cli.main import main

ROOT = Path(__file__).parents[1]
FROZEN = Path(__file__).with_name("frozen_outputs.json")
SPECS = [*sorted((ROOT / "examples").glob("*.yaml")), *sorted((ROOT / "siqml" / "models").glob("*.yaml"))]
CHANGING = ("versions", "digest", "spec_sha256", "target_sha256")
"""Fields of a certificate that follow the software and the bytes of the files."""

TIMES = re.compile(r'"seconds": [^,\n]*')

OPERATOR = "Z0"
"""Under most of the shipped groups forbidden: the certificate of a refusal."""


def outputs(spec: Path) -> Iterator[tuple[str, str]]:
    """What the commands print about a spec, and its circuit, by name."""
    yield "certificate", certificate(said("verify", str(spec), "--json"))
    loaded = eq.load(spec)
    if isinstance(loaded, eq.SumSpec):
        yield "explanation", said("explain", str(spec))
        yield "standalone", loaded.standalone
        return
    yield (
        "certificate of an operator",
        certificate(said("verify", str(spec), "--operator", OPERATOR, "--json")),
    )
    yield "generators", TIMES.sub("", said("derive", str(spec), "--json"))
    yield "explanation", said("explain", str(spec))
    program = eq.compile(eq.load(spec))
    circuit = program.to_qiskit()
    yield "circuit", qasm3.dumps(circuit)
    if len(circuit) < 1500:
        yield "certificate of the circuit", certificate(eq.verify(circuit, eq.load(spec)).to_json())


def said(*words: str) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        main(words)
    return out.getvalue()


def certificate(text: str) -> str:
    return json.dumps(without_changing(json.loads(text)), indent=1)


def without_changing(body: dict[str, Any]) -> dict[str, Any]:
    """The certificate without what changes, also in those of the programs of a sum."""
    kept = {key: value for key, value in body.items() if key not in CHANGING}
    if programs := body["target_data"].get("programs"):
        kept["target_data"] = {**body["target_data"], "programs": list(map(without_changing, programs))}
    return kept


def hashes(spec: Path) -> dict[str, str]:
    return {name: hashlib.sha256(text.encode()).hexdigest()[:32] for name, text in outputs(spec)}


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.stem)
def test_nothing_that_is_shipped_changes_unnoticed(spec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    assert hashes(spec) == json.loads(FROZEN.read_text(encoding="utf-8"))[spec.stem]


def test_every_spec_is_frozen_and_no_other() -> None:
    assert list(json.loads(FROZEN.read_text(encoding="utf-8"))) == [spec.stem for spec in SPECS]


def test_negative_control_one_letter_is_seen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    (spec,) = (spec for spec in SPECS if spec.stem == "c3v")
    other = tmp_path / spec.name
    other.write_text(spec.read_text(encoding="utf-8").replace("depth: ", "depth: 1"), encoding="utf-8")
    frozen = json.loads(FROZEN.read_text(encoding="utf-8"))["c3v"]
    found = hashes(other)
    assert {name for name in frozen if found.get(name) != frozen[name]} >= {"certificate", "circuit"}


if __name__ == "__main__":
    import os

    os.environ["COLUMNS"] = "120"
    FROZEN.write_text(
        json.dumps({spec.stem: hashes(spec) for spec in SPECS}, indent=1) + "\n", encoding="utf-8"
    )
