"""Where to find the data sets that come with siqml."""

import json
from importlib import resources
from pathlib import Path
from typing import Any

from siqml.errors import DataError

_TAIL = ".provenance.json"


def shipped_sets() -> tuple[str, ...]:
    """Sorted names of all shipped data sets: the folders that have a provenance file.

    >>> "lih" in shipped_sets()
    True
    """
    root = Path(str(resources.files("siqml.data").joinpath("shipped_sets")))
    return tuple(sorted(path.name.removesuffix(_TAIL) for path in root.glob(f"*/*{_TAIL}")))


def shipped_files() -> tuple[str, ...]:
    """Names of all shipped files of structures, training before test.

    >>> "lih_train.extxyz" in shipped_files()
    True
    """
    return tuple(name for data_set in shipped_sets() for name in provenance(data_set)["sha256"])


def is_shipped(name: str) -> bool:
    """Whether siqml comes with structures of this name."""
    return name in shipped_files()


def shipped_file(name: str) -> Path:
    """The shipped file of this name.

    Args:
        name: name of a file, for instance ``lih_train.extxyz``.

    Returns:
        Its path inside the installed package.

    Raises:
        DataError: siqml has no such file.

    >>> shipped_file("lih_train.extxyz").name
    'lih_train.extxyz'
    """
    if not is_shipped(name):
        raise DataError(f"{name}: no such shipped file; shipped: {', '.join(shipped_files())}")
    return _folder(name.rpartition("_")[0]) / name


def provenance(data_set: str) -> dict[str, Any]:
    """How a shipped data set was made: method, basis, versions, seed, command, date, units, sha256."""
    content: dict[str, Any] = json.loads((_folder(data_set) / f"{data_set}{_TAIL}").read_text())
    return content


def _folder(data_set: str) -> Path:
    return Path(str(resources.files("siqml.data").joinpath("shipped_sets", data_set)))
