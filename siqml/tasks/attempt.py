"""A task as another process runs it: the function is applied, and a mistake of the user comes back as a value.

As a value, it is neither tried again nor written to the log of a worker. The process that asked raises it, and the user
reads the same line as without other processes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from typing import Any

import eqcompile as eq
from siqml.errors import SiqmlError, TaskError
from siqml.provenance import PACKAGES


@dataclass(frozen=True)
class Refused:
    """A mistake that the user can cure; the classes of ``eqcompile`` come back as their base.

    Attributes:
        kind: class of the exception to raise.
        line: its message.
    """

    kind: type[Exception]
    line: str


def attempted(function: Callable[[Any], Any], item: Any, versions: dict[str, str]) -> Any:
    """What ``function`` gives for ``item``, or a `Refused`.

    Args:
        function: a function at the top level of a module, so that another process finds it.
        item: plain data.
        versions: versions of the packages where the task was asked for; here they have to be the same.
    """
    try:
        _require(versions)
        return function(item)
    except SiqmlError as error:
        return Refused(type(error), str(error))
    except eq.EqcompileError as error:
        return Refused(eq.EqcompileError, str(error))
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        return Refused(TaskError, f"{place}{error.strerror or error}")


def answered(found: Any) -> Any:
    """What `attempted` gave, in the process that asked.

    Raises:
        SiqmlError: the task raised it.
        EqcompileError: the task raised it.
    """
    if isinstance(found, Refused):
        raise found.kind(found.line)
    return found


@cache
def versions_here() -> dict[str, str]:
    """Versions of the packages that decide the numbers."""
    return {name: metadata.version(name) for name in PACKAGES}


def _require(versions: dict[str, str]) -> None:
    """Refuse to compute with other packages: the last bits of a result would depend on where it was computed."""
    here = versions_here()
    for name, version in versions.items():
        if here[name] != version:
            raise TaskError(
                f"a worker has {name} {here[name]}, and this process has {version}; install the same on all machines"
            )
