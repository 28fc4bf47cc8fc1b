"""Fingerprints of files."""

import hashlib
from pathlib import Path


def sha256(path: Path) -> str:
    """Fingerprint of a file, as 64 hexadecimal digits."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
