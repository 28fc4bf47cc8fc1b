"""Is a certificate about these files? They are read again, by readers that share nothing with the product's own."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from eqcompile.recheck.decide import Recheck, recheck
from eqcompile.recheck.document import load_document
from eqcompile.recheck.files.read import read_files
from eqcompile.recheck.files.spec_text import read_spec
from eqcompile.recheck.files.unread import UnreadError


def recheck_files(
    text: str, seed: int | None = None, spec: Path | None = None, circuit: Path | None = None
) -> Recheck:
    """Decide every claim of a certificate again, about what its files say.

    Args:
        text: the certificate's JSON.
        seed: of the random fields and points; by default from the operating system.
        spec: the YAML file it should be about.
        circuit: the circuit file it should be about.

    Returns:
        What became of every claim. Where a file cannot be read by the recheck's own reader, it says so, and nothing is
        confirmed.

    Raises:
        EqcompileError: no certificate of this schema, or a file that is missing or malformed.
        OSError: a file cannot be read.
    """
    try:
        reading = read_files(text, spec, circuit) if spec is not None or circuit is not None else None
        found = list(_other_hashes(text, spec, circuit))
    except UnreadError as error:
        reading, found = None, [f"nothing is confirmed against the files: {error}"]
        found += _other_hashes(text, None, circuit)
    result = recheck(text, seed, reading=reading)
    return replace(result, problems=(*result.problems, *found))


def _other_hashes(text: str, spec: Path | None, circuit: Path | None) -> Iterator[str]:
    body = load_document(text)
    if spec is not None and read_spec(spec).sha256 != body.get("spec_sha256"):
        yield f"the certificate is about another spec than {spec}: the hashes differ"
    if circuit is not None and hashlib.sha256(circuit.read_bytes()).hexdigest() != body.get("target_sha256"):
        yield f"the certificate is about another circuit than {circuit}: the hashes differ"
