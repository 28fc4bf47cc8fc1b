"""Is a certificate about these files? Hashes are compared, and the group that the spec declares."""

import hashlib
import json
from pathlib import Path

from eqcompile.certify.evidence import group_evidence
from eqcompile.recheck.document import load_document
from eqcompile.spec.lift import symmetry_of
from eqcompile.spec.loader import load


def differences(text: str, spec: Path | None = None, circuit: Path | None = None) -> list[str]:
    """What tells the certificate's subject from the files; empty if nothing does.

    Args:
        text: the certificate's JSON.
        spec: the YAML file it should be about.
        circuit: the circuit file it should be about.

    Raises:
        SpecError: the spec cannot be read.
        OSError: a file cannot be read.
    """
    body = load_document(text)
    found = []
    if spec is not None:
        declared = load(spec)
        if declared.source.sha256 != body.get("spec_sha256"):
            found.append(f"the certificate is about another spec than {spec}: the hashes differ")
        if json.loads(json.dumps(group_evidence(symmetry_of(declared)))) != body["group_data"]:
            found.append(f"the group section is not the group that {spec} declares")
    if circuit is not None and hashlib.sha256(circuit.read_bytes()).hexdigest() != body.get("target_sha256"):
        found.append(f"the certificate is about another circuit than {circuit}: the hashes differ")
    return found
