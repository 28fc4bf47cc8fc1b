"""From a file to a :class:`Spec`: read, parse, check the shape, build. Each step refuses before the next begins."""

import os
import stat
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path as FilePath
from types import MappingProxyType

from eqcompile.arguments import accepts, path_name, require_text
from eqcompile.budgets import stage
from eqcompile.declaration.entries.table import build_symmetry, declared_parity
from eqcompile.declaration.members.graph_file import graph_file_hash
from eqcompile.declaration.parts.ansatz import build_ansatz, build_observable
from eqcompile.declaration.parts.data import build_data
from eqcompile.declaration.parts.derive import build_derived
from eqcompile.declaration.parts.state import build_state
from eqcompile.declaration.schema import SpecSchema
from eqcompile.declaration.spec import Source, Spec
from eqcompile.declaration.validate import validate
from eqcompile.declaration.yaml.scope import Scope
from eqcompile.declaration.yaml.source import parse_yaml
from eqcompile.declaration.yaml.tree import YamlDocument
from eqcompile.declaration.yaml.wording import MAX_FILE_BYTES
from eqcompile.errors import SpecError


@accepts(path=path_name)
@stage("reading the spec")
def load(path: str | os.PathLike[str]) -> Spec:
    """Read a spec from a YAML file.

    Args:
        path: the file; UTF-8, at most 1 MB.

    Returns:
        The spec; ``spec.source`` keeps the text and the place of every part.

    Raises:
        SpecError: the file cannot be read or has a mistake; the error's text is one line that begins
            with file, line and column.
    """
    name = os.fspath(path)
    return loads(_read(name), name)


@accepts(text=require_text, path=require_text)
def loads(text: str, path: str = "<string>") -> Spec:
    """Read a spec from text.

    Args:
        text: YAML, at most 1 MB in UTF-8.
        path: name of the text in messages.

    Returns:
        The spec.

    Raises:
        SpecError: as for :func:`load`.

    >>> spec = loads("{name: pair, qubits: 2, symmetry: [{rotation: SU(2)}], observable: H(0,1)}")
    >>> spec.observable
    X0 X1 + Y0 Y1 + Z0 Z1
    >>> spec.symmetry[0].group, spec.symmetry[0].qubits
    ('SU(2)', (0, 1))
    """
    _check_size(len(text.encode("utf-8", "surrogatepass")), path)
    document = parse_yaml(text, path)
    return _build(validate(document), document)


def _build(schema: SpecSchema, document: YamlDocument) -> Spec:
    parity = declared_parity(schema.symmetry)
    register = Scope(schema.qubits, document, parity=parity)
    data = None if schema.data is None else build_data(schema.data, register)
    scope = Scope(schema.qubits, document, data, parity)
    return Spec(
        name=schema.name,
        qubits=schema.qubits,
        data=data,
        symmetry=build_symmetry(schema.symmetry, scope),
        state=None if schema.state is None else build_state(schema.state, scope),
        observable=None if schema.observable is None else build_observable(schema.observable, scope),
        ansatz=None if schema.ansatz is None else build_ansatz(schema.ansatz, scope),
        source=Source(
            document.path, document.text, MappingProxyType(document.positions()), _files(schema, document)
        ),
        derived=build_derived(schema, scope),
    )


def _files(schema: SpecSchema, document: YamlDocument) -> tuple[tuple[str, str], ...]:
    """The files of graphs, which have been read by now, with the hashes of what they hold."""
    names = [entry.graph.file for entry in schema.symmetry if entry.graph is not None]
    folder = os.path.dirname(document.path)
    return tuple((name, graph_file_hash(name, folder)) for name in names if name is not None)


def _read(name: str) -> str:
    try:
        status = os.stat(name)
        if not stat.S_ISREG(status.st_mode):
            raise SpecError("not a regular file; name a YAML file", name)
        _check_size(status.st_size, name)
        with open(name, "rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError:
        raise SpecError(f"no such file{_similar(name)}", name) from None
    except (OSError, ValueError) as error:
        # ValueError: a path with a null byte.
        raise SpecError(f"cannot be read: {getattr(error, 'strerror', None) or error}", name) from None
    _check_size(len(content), name)
    return _decoded(content, name)


def _check_size(num_bytes: int, path: str) -> None:
    if num_bytes > MAX_FILE_BYTES:
        raise SpecError(f"{num_bytes} bytes; the limit for a spec is {MAX_FILE_BYTES}", path)


def _decoded(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line, column = before.count(b"\n") + 1, len(before) - before.rfind(b"\n")
        message = f"byte 0x{content[error.start]:02X} is not UTF-8; save the file as UTF-8"
        raise SpecError(message, name, line, column) from None


def _similar(name: str) -> str:
    folder, base = os.path.split(name)
    matches = get_close_matches(base, _yaml_files(folder or os.curdir), n=1)
    return f'; did you mean "{os.path.join(folder, matches[0])}"?' if matches else ""


def _yaml_files(folder: str) -> Sequence[str]:
    """Names of the specs next to a file that does not exist; none if the folder does not exist either."""
    return sorted(entry.name for entry in FilePath(folder).glob("*.y*ml")) if os.path.isdir(folder) else []
