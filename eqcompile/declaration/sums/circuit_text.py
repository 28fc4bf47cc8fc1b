"""The spec of a term's circuit: from a file beside the sum, or from text inside it, with another depth if wanted."""

import os

from eqcompile.declaration.build import build_spec
from eqcompile.declaration.file_text import read_text
from eqcompile.declaration.spec import Path, Spec
from eqcompile.declaration.sum_schema import TermSchema
from eqcompile.declaration.write import to_yaml
from eqcompile.declaration.yaml.source import parse_yaml
from eqcompile.declaration.yaml.tree import Mapping, Scalar, YamlDocument
from eqcompile.declaration.yaml.wording import label, shown
from eqcompile.errors import MethodError, SpecError

NOT_A_SUM = "a term is one circuit, and this spec has terms itself; list its circuits as terms here"


def circuit_text(term: TermSchema, path: Path, document: YamlDocument) -> tuple[str, str]:
    """The text of the circuit's spec, and the name of its file in messages.

    Raises:
        SpecError: both or none of ``model`` and ``spec``; or a file that cannot be read.
    """
    if (term.model is None) == (term.spec is None):
        found = "neither" if term.model is None else "both"
        raise document.error(f"{label(path)} has a model, which is a file, or a spec; found {found}", path)
    if term.model is not None:
        name = os.path.join(os.path.dirname(document.path), term.model)
        try:
            return read_text(name), name
        except SpecError as error:
            if error.line is not None:
                raise
            raise document.error(f"model {shown(term.model)}: {error.message}", (*path, "model")) from None
    if isinstance(term.spec, str):
        return term.spec, f"{document.path} ({label((*path, 'spec'))})"
    return _from_mapping(path, document), document.path


def _from_mapping(path: Path, document: YamlDocument) -> str:
    """A spec that is a part of the sum's own text, as a text of its own."""
    root = document.node((*path, "spec"))
    assert isinstance(root, Mapping)  # checked by its shape
    if any(key.text == "terms" for key, _ in root.entries):
        raise document.error(NOT_A_SUM, (*path, "spec", "terms"), at_key=True)
    try:
        # Errors name the place in the file: the nodes of the part know it.
        spec = build_spec(YamlDocument(document.path, document.text, root))
        if spec.source.files:
            raise document.error(NO_FILES.format(shown(spec.source.files[0][0])), (*path, "spec"))
        return to_yaml(spec)
    except MethodError as error:
        raise document.error(str(error), (*path, "spec")) from None


NO_FILES = "a circuit of a sum names no further file, and this one names {}; write its cycles out"
"""A sum is known by its text and those of its circuits, and model files hold nothing else."""


def circuit_spec(text: str, name: str, depth: int | None, path: Path, document: YamlDocument) -> Spec:
    """The spec of a circuit.

    Args:
        text: its text.
        name: name of its file.
        depth: number of layers in place of the text's own.
        path: place of the term.
        document: file of the sum.

    Raises:
        SpecError: the text has a mistake, has no data or no ``ansatz.depth``, or is a sum.
    """
    if depth is not None:
        text = _with_depth(text, name, depth, path, document)
    tree = parse_yaml(text, name)
    if any(key.text == "terms" for key, _ in tree.root.entries):
        raise tree.error(NOT_A_SUM, ("terms",), at_key=True)
    spec = build_spec(tree)
    if depth is not None and (spec.ansatz is None or spec.ansatz.depth != depth):
        raise document.error(f"the depth of {name} is an alias; write it out there", (*path, "depth"))
    if spec.source.files:
        raise document.error(NO_FILES.format(shown(spec.source.files[0][0])), path)
    if spec.data is None:
        raise document.error(f"{spec.name} takes no sites, so it cannot be a term; give it data", path)
    return spec


def _with_depth(text: str, name: str, depth: int, path: Path, document: YamlDocument) -> str:
    """The same text with another number at ``ansatz.depth``: comments and everything else stay."""
    tree = parse_yaml(text, name)
    node = tree.node(("ansatz", "depth"))
    if not isinstance(node, Scalar):
        raise document.error(f"{name} has no ansatz.depth to replace", (*path, "depth"), at_key=True)
    return f"{text[: node.start]}{depth}{text[node.end :]}"
