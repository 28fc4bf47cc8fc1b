"""Arrays and facts in one safetensors file, sealed by a digest. No pickles; equal contents make equal files."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import numpy as np

import eqcompile as eq
from siqml.errors import SiqmlError

KEY = "siqml"
"""The only key of the metadata: safetensors would write several keys in no fixed order."""


NOTHING: Final[Mapping[str, type]] = MappingProxyType({})


def write_sealed(path: Path, kind: str, facts: Mapping[str, Any], arrays: Mapping[str, Any]) -> None:
    """Write one file, atomically.

    Args:
        path: the ``.safetensors`` file.
        kind: what the file is, with its version, such as ``"siqml-model-1"``.
        facts: anything that JSON can hold.
        arrays: the arrays, by name.
    """
    from safetensors.numpy import save

    arrays = {name: np.array(value) for name, value in arrays.items()}
    text = json.dumps({"kind": kind, **facts}, sort_keys=True)
    seal = json.dumps({"content": text, "sha256": _digest(text, arrays)})
    eq.write_atomically(path, save(arrays, {KEY: seal}))


def read_sealed(
    path: Path,
    kind: str | tuple[str, ...],
    failure: type[SiqmlError],
    cure: str,
    needed: Mapping[str, type] = NOTHING,
    arrays: Sequence[str] = (),
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Read a file written by `write_sealed`.

    Args:
        path: the file, which exists.
        kind: what it must be; one of several, if several are named.
        failure: the exception to raise.
        cure: what the user can do, for its message.
        needed: facts that the file must hold, and their types.
        arrays: names of the arrays of 64-bit floats that it must hold, all finite.

    Returns:
        facts and arrays.

    Raises:
        SiqmlError: the file is truncated, damaged, foreign, of another kind or version, or lacks something that is
            needed. The class of the error is ``failure``.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            seal = (file.metadata() or {}).get(KEY)
            found = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (no mapping)
        if seal is None:
            raise failure(f"{path}: a safetensors file, but not one of siqml; {cure}")
        sealed = json.loads(seal)
        text, digest = sealed["content"], sealed["sha256"]
        sound = digest == _digest(text, found)
        facts = json.loads(text) if sound else {}
    except SafetensorError as broken:
        raise failure(f"{path}: damaged or not a safetensors file ({broken}); {cure}") from broken
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as broken:
        raise failure(f"{path}: damaged, its metadata cannot be read; {cure}") from broken
    if not sound:
        raise failure(f"{path}: damaged, its content does not match its sha256; {cure}")
    kinds = (kind,) if isinstance(kind, str) else kind
    if not isinstance(facts, dict) or facts.get("kind") not in kinds:
        other = facts.get("kind") if isinstance(facts, dict) else None
        wanted = " or ".join(f'"{name}"' for name in kinds)
        raise failure(f'{path}: it is "{other}", needed is {wanted}; {cure}')
    require_facts(path, facts, failure, cure, needed)
    for name in arrays:
        if not _is_sound(found.get(name)):
            raise failure(f'{path}: the array "{name}" is missing in it, or holds no finite numbers; {cure}')
    return facts, found


def require_facts(
    path: Path, facts: Mapping[str, Any], failure: type[SiqmlError], cure: str, needed: Mapping[str, type]
) -> None:
    """Refuse facts of a file that lack something; arguments and errors as those of `read_sealed`."""
    for name, form in needed.items():
        if type(facts.get(name)) is not form:
            raise failure(f'{path}: "{name}" is missing in it, or of another type; {cure}')


def _is_sound(array: Any) -> bool:
    return array is not None and array.dtype == np.float64 and bool(np.isfinite(array).all())


def _digest(text: str, arrays: Mapping[str, Any]) -> str:
    digest = hashlib.sha256(text.encode())
    for name in sorted(arrays):
        digest.update(f"{name} {arrays[name].dtype} {arrays[name].shape} ".encode())
        digest.update(arrays[name].tobytes())
    return digest.hexdigest()
