"""Arrays and facts in one safetensors file, sealed by a digest. No pickles; equal contents make equal files."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

import eqcompile as eq
from siqml.errors import SiqmlError

KEY = "siqml"
"""The only key of the metadata: safetensors writes several in no fixed order."""


def write_sealed(path: Path, kind: str, facts: Mapping[str, Any], arrays: Mapping[str, Any]) -> None:
    """Write one file, atomically.

    Args:
        path: the ``.safetensors`` file.
        kind: what it is, with its version, such as ``"siqml-model-1"``.
        facts: anything JSON can hold.
        arrays: by name.
    """
    from safetensors.numpy import save

    arrays = {name: np.array(value) for name, value in arrays.items()}
    text = json.dumps({"kind": kind, **facts}, sort_keys=True)
    seal = json.dumps({"content": text, "sha256": _digest(text, arrays)})
    eq.write_atomically(path, save(arrays, {KEY: seal}))


def read_sealed(
    path: Path, kind: str, failure: type[SiqmlError], cure: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Read a file of `write_sealed`.

    Args:
        path: the file, which exists.
        kind: what it must be.
        failure: the exception to raise.
        cure: what the user can do, for its message.

    Returns:
        facts and arrays.

    Raises:
        SiqmlError: truncated, damaged, foreign, or of another kind or version; of class ``failure``.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            seal = (file.metadata() or {}).get(KEY)
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (no mapping)
        if seal is None:
            raise failure(f"{path}: a safetensors file, but not one of siqml; {cure}")
        sealed = json.loads(seal)
        text, digest = sealed["content"], sealed["sha256"]
    except (SafetensorError, ValueError, KeyError, TypeError) as broken:
        reason = " ".join(str(broken).split())
        raise failure(f"{path}: damaged or not a safetensors file ({reason}); {cure}") from broken
    if not isinstance(text, str) or digest != _digest(text, arrays):
        raise failure(f"{path}: damaged, its content does not match its sha256; {cure}")
    facts: dict[str, Any] = json.loads(text)
    if facts["kind"] != kind:
        raise failure(f'{path}: it is "{facts["kind"]}", needed is "{kind}"; {cure}')
    return facts, arrays


def _digest(text: str, arrays: Mapping[str, Any]) -> str:
    digest = hashlib.sha256(text.encode())
    for name in sorted(arrays):
        digest.update(f"{name} {arrays[name].dtype} {arrays[name].shape} ".encode())
        digest.update(arrays[name].tobytes())
    return digest.hexdigest()
