"""A model as plain data for files: texts of specs, and how their programs are added up. Reading compiles again."""

from collections.abc import Mapping
from typing import Any

import eqcompile as eq
from siqml.errors import ModelError
from siqml.field.catalogue import compile_certified
from siqml.field.declared import circuit_spec


def written(model: "eq.ProgramSum") -> dict[str, Any]:
    """A sum as texts and plain data.

    Where a spec declares the sum, that spec as one text. Else the layout of the sum, with the text of each spec by its
    hash; a spec of several terms is there once.
    """
    if model.spec is not None:
        return {"spec": model.spec.standalone, "model_sha256": model.sha256}
    sources = (term.program.spec.source for term in model.terms)
    return model.layout | {"specs": {source.sha256: source.text for source in sources}}


def read_written(content: Mapping[str, Any], path: str, spec_path: str) -> "eq.ProgramSum":
    """Compile and certify what `written` gave.

    Args:
        content: what `written` gave.
        path: name of the model in messages.
        spec_path: name of its specs in messages.

    Returns:
        The sum.

    Raises:
        ModelError: a spec that does not match its hash, is refused, or is of no term; or terms that make no sum.
        EqcompileError: a spec cannot be read.
    """
    if "model_sha256" in content and "spec" in content:
        return _declared(content["spec"], content["model_sha256"], path, spec_path)
    try:
        layout, texts = content["terms"], content["specs"]
        used = {term["spec_sha256"] for term in layout}
        parts = [
            (term["spec_sha256"], term["coefficient"], term["sites"], term["weights"]) for term in layout
        ]
    except (LookupError, TypeError) as wrong:
        raise ModelError(f"{path}: its terms are not of a siqml model; train the model again") from wrong
    if used != set(texts) or not all(isinstance(text, str) for text in texts.values()):
        raise ModelError(f"{path}: its specs are not those of its terms; train the model again")
    programs = {digest: _compiled(text, digest, path, spec_path) for digest, text in texts.items()}
    try:
        terms = tuple(eq.Term(programs[digest], *part) for digest, *part in parts)
        return eq.ProgramSum(terms, content["num_sites"])
    except eq.EqcompileError as wrong:
        raise ModelError(f"{path}: {wrong}") from wrong


def _declared(text: str, digest: str, path: str, spec_path: str) -> "eq.ProgramSum":
    """The sum that a spec declares."""
    spec = eq.loads(text, path=spec_path)
    if not isinstance(spec, eq.SumSpec) or eq.ProgramSum.sha256_of(spec) != digest:
        raise ModelError(f"{path}: damaged, the spec inside does not match its sha256")
    return eq.ProgramSum.of(compile_certified(spec))


def _compiled(text: str, digest: str, path: str, spec_path: str) -> "eq.Program":
    spec = circuit_spec(text, spec_path)
    if spec.source.sha256 != digest:
        raise ModelError(f"{path}: damaged, the spec inside does not match its sha256")
    return compile_certified(spec)
