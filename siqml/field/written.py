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
        content = {"spec": model.spec.standalone, "model_sha256": model.sha256}
        if not model.factors:
            return content
        declared = eq.ProgramSum.sha256_of(model.spec)
        return content | {"factors": dict(model.factors), "declared_sha256": declared}
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
        factors = content.get("factors", {})
        return _declared(content["spec"], content["model_sha256"], factors, path, spec_path)
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


def _declared(text: str, digest: str, factors: Any, path: str, spec_path: str) -> "eq.ProgramSum":
    """The sum that a spec declares, with the factors that a training found."""
    spec = eq.loads(text, path=spec_path)
    numbers = factors if isinstance(factors, dict) else {}
    if not all(isinstance(value, float) for value in numbers.values()):
        raise ModelError(f"{path}: damaged, a factor inside is not a number; train the model again")
    if not isinstance(spec, eq.SumSpec) or eq.ProgramSum.sha256_of(spec, numbers) != digest:
        raise ModelError(f"{path}: damaged, the spec inside does not match its sha256")
    try:
        return eq.ProgramSum.of(compile_certified(spec)).weighted(numbers)
    except eq.EqcompileError as wrong:
        raise ModelError(f"{path}: {wrong}") from wrong


def _compiled(text: str, digest: str, path: str, spec_path: str) -> "eq.Program":
    spec = circuit_spec(text, spec_path)
    if spec.source.sha256 != digest:
        raise ModelError(f"{path}: damaged, the spec inside does not match its sha256")
    return compile_certified(spec)
