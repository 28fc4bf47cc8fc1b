"""One forgery, rechecked with and without the files that the certificate should be about."""

import contextlib
import io
import json
import warnings
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from campaign.forgery.edits import digested, forged
from campaign.forgery.meaning import meaning
from campaign.forgery.originals import names, original
from eqcompile.face.cli.main import main

OUTCOMES = ("confirmed", "not confirmed", "unreadable")


@cache
def _bodies() -> dict[str, Any]:
    return {name: json.loads(original(name).text) for name in names()}


@cache
def _meanings() -> dict[str, Any]:
    return {name: meaning(body) for name, body in _bodies().items()}


def forgery(number: int, seed: int) -> tuple[str, str, str, bool]:
    """The kind of certificate, the kind of edit, the text, and whether its statement differs from the honest one."""
    source = Random(f"{seed} {number}")
    bodies = _bodies()
    name = names()[number % len(names())]
    try:
        kind, body = forged(bodies[name], bodies, source)
    except (KeyError, IndexError, TypeError, AttributeError, ValueError):
        # A second edit may meet what the first one has destroyed; then another forgery takes their place.
        kind, body = "unfinished", {**bodies[name], "findings": []}
    return name, kind, digested(body), meaning(body) != _meanings()[name]


def run_trial(number: int, seed: int) -> dict[str, Any]:
    """What becomes of one forgery. It fails if it is confirmed for the files and says something false of them."""
    name, kind, text, differs = forgery(number, seed)
    honest = original(name)
    path = honest.spec.parent / "forged.json"
    path.write_text(text, encoding="utf-8")
    files: list[str] = ["--spec", str(honest.spec)]
    files += ["--circuit", str(honest.circuit)] if honest.circuit else []
    alone, _ = outcome(path, [])
    held, words = outcome(path, files)
    crashed = "crashed" in (alone, held)
    false = differs and held == "confirmed"
    return {
        "number": number, "certificate": name, "edit": kind, "differs": differs, "alone": alone, "with_files": held,
        "failed": crashed or false, "words": words if crashed or false else "",
    }  # fmt: skip


def outcome(path: Path, files: Sequence[str]) -> tuple[str, str]:
    """What ``eqcompile recheck`` makes of a certificate, and its last line."""
    out, err = io.StringIO(), io.StringIO()
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), warnings.catch_warnings():
            warnings.simplefilter("error")
            code = main(["recheck", str(path), *files, "--seed", "1"])
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        return "crashed", f"{type(error).__name__}: {error}"
    lines = (out.getvalue() + err.getvalue()).splitlines() or [""]
    if code == 2:
        return ("unreadable" if len(lines) == 1 else "crashed"), lines[-1]
    return ("confirmed" if lines[-1].startswith("CONFIRMED") else "not confirmed"), lines[-1]
