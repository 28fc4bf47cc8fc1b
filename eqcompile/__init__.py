"""eqcompile: compile a declared symmetry into a quantum model that provably has it.

>>> import eqcompile as eq
>>> eq.PauliSum.parse("H(0,1)", 2)
X0 X1 + Y0 Y1 + Z0 Z1
"""

from typing import Any

from eqcompile.renamed import explain_former_names

explain_former_names("eqcompile")


def __getattr__(name: str) -> Any:
    """Load public names when they are first used, so that importing the package costs nothing.

    What is public, and where it comes from, stands in ``__init__.pyi`` and nowhere else.
    """
    if name == "__version__":
        from importlib.metadata import version

        return version("eqcompile")
    if name == "__all__":
        return list(_public())
    if name not in _public():
        raise AttributeError(f"module 'eqcompile' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_public()[name]), name)


def __dir__() -> list[str]:
    return sorted(_public())


def _public() -> dict[str, str]:
    """The module of every public name."""
    if not _PUBLIC:
        import ast
        from pathlib import Path

        stub = ast.parse(Path(__file__).with_suffix(".pyi").read_text(encoding="utf-8"))
        for node in stub.body:
            if isinstance(node, ast.ImportFrom):
                _PUBLIC.update({alias.name: str(node.module) for alias in node.names})
    return _PUBLIC


_PUBLIC: dict[str, str] = {}
