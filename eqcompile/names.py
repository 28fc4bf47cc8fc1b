"""Names of the packages: public ones, loaded when they are first used, and former ones of modules.

An import of a former name fails, and gives the present name. What the packages offer by ``import eqcompile as eq``
keeps its name; this is for imports that went deeper.
"""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, NoReturn

TABLE = "former_names.json"
"""In each package: the former name of every module that moved, and of what left one, with the name of today."""


class FormerNames(MetaPathFinder, Loader):
    """The finder that is asked last, when no module of a name was found.

    A former package is found, and is empty, so that an import from it reaches the name of the module.

    Args:
        package: the package whose former names these are.
    """

    def __init__(self, package: str) -> None:
        self._package = package

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Raise for a former module, find a former package, and know nothing of any other name.

        Raises:
            ImportError: the module has another name now.
        """
        if not fullname.startswith(f"{self._package}."):
            return None
        modules = former_names(self._package)
        if fullname in modules:
            _refuse(fullname, modules)
        if any(name.startswith(f"{fullname}.") for name in modules):
            return ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """An ordinary module."""
        return None

    def exec_module(self, module: ModuleType) -> None:
        """Nothing is put into it; its former modules say where they are."""
        modules = former_names(self._package)

        def missing(name: str) -> NoReturn:
            former = f"{module.__name__}.{name}"
            if former in modules:
                _refuse(former, modules)
            raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")

        vars(module)["__getattr__"] = missing


def _refuse(name: str, modules: Mapping[str, str]) -> NoReturn:
    raise ImportError(f"{name} is {modules[name]} now; docs/former_names.md lists all", name=name)


@cache
def former_names(package: str) -> dict[str, str]:
    """Former names of modules, with the present ones.

    Args:
        package: ``"eqcompile"`` or ``"siqml"``.

    >>> former_names("eqcompile")["eqcompile.backends.jax"]
    'eqcompile.emit.jax.model'
    """
    return {former: today for former, today in _table(package).items() if ":" not in former}


@cache
def _table(package: str) -> dict[str, str]:
    from importlib import resources

    table: dict[str, str] = json.loads((resources.files(package) / TABLE).read_text(encoding="utf-8"))
    return table


def former_attributes(package: str) -> dict[str, str]:
    """What modules that are still there no longer hold, as ``"module:name"``, with what took its place.

    >>> former_attributes("eqcompile")["eqcompile.circuits.circuit:GeneralCircuit"]
    'eqcompile.circuits.circuit:Circuit'
    """
    return {former: today for former, today in _table(package).items() if ":" in former}


def explain_former_names(package: str) -> None:
    """From now on, let an import of a former name give the present name."""
    if not any(isinstance(finder, FormerNames) and finder._package == package for finder in sys.meta_path):
        sys.meta_path.append(FormerNames(package))


def renamed(module: str) -> Callable[[str], Any]:
    """``__getattr__`` of a module that lost names: an import of one fails and says what took its place.

    Args:
        module: ``__name__`` of the module.
    """

    def missing(name: str) -> NoReturn:
        names = _table(module.partition(".")[0])
        if (former := f"{module}:{name}") in names:
            where = f"{module}.{name} is {names[former].replace(':', '.')} now"
            raise ImportError(f"{where}; docs/former_names.md lists all", name=name)
        raise AttributeError(f"module {module!r} has no attribute {name!r}")

    return missing


def lazy_names(package: str) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """``__getattr__`` and ``__dir__`` of a package that loads a public name when it is first used.

    Importing the package therefore costs nothing. What is public, and where it comes from, is in ``__init__.pyi`` and
    nowhere else: type checkers read it there as well.

    Args:
        package: ``"eqcompile"`` or ``"siqml"``, with a stub of lines ``from package.module import name as name``.
    """

    def load(name: str) -> Any:
        if name == "__version__":
            from importlib.metadata import version

            return version("eqcompile")
        modules = public_names(package)
        if name == "__all__":
            return list(modules)
        if name not in modules:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        from importlib import import_module

        return getattr(import_module(modules[name]), name)

    return load, lambda: sorted(public_names(package))


@cache
def public_names(package: str) -> dict[str, str]:
    """Every public name of a package, with its module.

    Args:
        package: ``"eqcompile"`` or ``"siqml"``.

    >>> public_names("eqcompile")["PauliSum"]
    'eqcompile.exact.operators.pauli'
    """
    import ast
    from importlib import resources

    stub = ast.parse((resources.files(package) / "__init__.pyi").read_text(encoding="utf-8"))
    imports = [node for node in stub.body if isinstance(node, ast.ImportFrom)]
    return {alias.name: str(node.module) for node in imports for alias in node.names}
