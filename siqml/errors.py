"""Every exception a user of siqml can meet; ``str(error)`` is the one line that is shown."""

import eqcompile as eq

MAX_SHOWN = 40
"""Characters of a file's text that a message repeats. Beyond it, shortened: the text is cut and ends in dots."""

MAX_REASON = 200
"""Characters that a message repeats of what a library says about a file. Beyond it, shortened: the text is cut."""


def cut(text: str) -> str:
    """What a message repeats of a text.

    >>> cut("H"), cut("H" * 50)
    ('H', 'HHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHH...')
    """
    return text if len(text) <= MAX_SHOWN else text[:MAX_SHOWN] + "..."


class SiqmlError(Exception):
    """Base of all errors a user can cause and cure.

    Args:
        message: what was found, what is needed, what to do. It stays one line that a terminal can show, whatever
            text of a file it contains.

    >>> str(SiqmlError("structure\\n3:\\x00"))
    'structure 3:\\\\x00'
    """

    def __init__(self, message: str = "") -> None:
        super().__init__(eq.shortened(eq.one_line(" ".join(message.split()))))


class DataError(SiqmlError):
    """A file of structures cannot be used; the line names the file and the structure."""


class LabelError(SiqmlError):
    """Labels cannot be made, or cannot be mapped into the range of the observable."""


PYSCF_MISSING = 'making labels needs the package pyscf; install it with: pip install -e ".[labels]"'


class ConfigError(SiqmlError):
    """A training config says something impossible; carries the place.

    Args:
        message: what was found, what is needed, what to do.
        path: the file, as the user named it.
        line: 1-based line, or ``None`` if the error has no place in the text.
        column: 1-based column, or ``None``.

    >>> str(ConfigError('unknown key "stepz"', path="lih.yaml", line=7, column=3))
    'lih.yaml:7:3: unknown key "stepz"'
    """

    def __init__(
        self, message: str, path: str | None = None, line: int | None = None, column: int | None = None
    ) -> None:
        place = ":".join(str(part) for part in (path, line, column) if part is not None)
        super().__init__(f"{place}: {message}" if place else message)


class ModelError(SiqmlError):
    """A model file or run folder is missing, damaged, or not ours."""


class MdError(SiqmlError):
    """A simulation cannot start or go on; the line says what to change."""


class TrainError(SiqmlError):
    """Training cannot start or continue; the line says how to go on."""


class DivergedError(TrainError):
    """The loss of a training is no longer a number."""


class TaskError(SiqmlError):
    """Tasks cannot be given to other processes or machines; the line says what to change."""


CLUSTER_MISSING = (
    '--scheduler needs the packages distributed and cryptography; install them: pip install -e ".[cluster]"'
)
