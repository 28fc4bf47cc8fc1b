"""From a file to a spec: read, parse, check the shape, build. Each step refuses before the next begins."""

import os
from typing import TypeAlias

from eqcompile.arguments import accepts, path_name, require_text
from eqcompile.budgets import stage
from eqcompile.declaration.build import build_spec
from eqcompile.declaration.file_text import read_text, require_size
from eqcompile.declaration.spec import Spec
from eqcompile.declaration.sums.build import build_sum, is_sum
from eqcompile.declaration.sums.sum_spec import SumSpec
from eqcompile.declaration.yaml.source import parse_yaml

AnySpec: TypeAlias = Spec | SumSpec
"""The spec of one circuit, or of a sum of several."""


@accepts(path=path_name)
@stage("reading the spec")
def load(path: str | os.PathLike[str]) -> AnySpec:
    """Read a spec from a YAML file.

    Args:
        path: the file; UTF-8, at most 1 MB.

    Returns:
        The spec; ``spec.source`` keeps the text and the place of every part. A file with ``terms`` is the spec of a
        sum of circuits.

    Raises:
        SpecError: the file cannot be read or has a mistake; the error's text is one line that begins
            with file, line and column.
    """
    name = os.fspath(path)
    return loads(read_text(name), name)


@accepts(text=require_text, path=require_text)
def loads(text: str, path: str = "<string>") -> AnySpec:
    """Read a spec from text.

    Args:
        text: YAML, at most 1 MB in UTF-8.
        path: name of the text in messages; files that the text names are looked for in the folder of this path.

    Returns:
        The spec, as for :func:`load`.

    Raises:
        SpecError: as for :func:`load`.

    >>> spec = loads("{name: pair, qubits: 2, symmetry: [{rotation: SU(2)}], observable: H(0,1)}")
    >>> spec.observable
    X0 X1 + Y0 Y1 + Z0 Z1
    >>> spec.symmetry[0].group, spec.symmetry[0].qubits
    ('SU(2)', (0, 1))
    """
    require_size(len(text.encode("utf-8", "surrogatepass")), path)
    document = parse_yaml(text, path)
    return build_sum(document) if is_sum(document) else build_spec(document)
