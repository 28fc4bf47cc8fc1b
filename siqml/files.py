"""Fingerprints of files."""

import hashlib
from pathlib import Path


def sha256(path: Path) -> str:
    """Fingerprint of a file, as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
