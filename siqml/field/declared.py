"""What siqml needs of a spec before it is compiled: the same questions for one circuit and for a sum of several."""

import eqcompile as eq
from siqml.errors import DataError, ModelError


def sites_of(spec: "eq.AnySpec") -> tuple[str, ...]:
    """Names of the sites that the model takes.

    Raises:
        DataError: it takes none.
    """
    if isinstance(spec, eq.SumSpec):
        return spec.sites
    if spec.data is None:
        raise DataError(f"{spec.source.path}: a force field needs sites; the spec has no `data`")
    return spec.data.sites


def text_of(spec: "eq.AnySpec") -> str:
    """The spec as a text that needs no other file of a circuit, for run folders and model files."""
    return spec.standalone if isinstance(spec, eq.SumSpec) else spec.source.text


def hash_of(spec: "eq.AnySpec") -> str:
    """What the model is known by that is compiled from the spec."""
    return eq.ProgramSum.sha256_of(spec) if isinstance(spec, eq.SumSpec) else spec.source.sha256


def circuit_spec(text: str, path: str) -> "eq.Spec":
    """The spec of one circuit.

    Raises:
        ModelError: the text is the spec of a sum.
        EqcompileError: it cannot be read.
    """
    spec = eq.loads(text, path=path)
    if isinstance(spec, eq.SumSpec):
        raise ModelError(f"{path}: the spec of one circuit is needed; this one is a sum of circuits")
    return spec
