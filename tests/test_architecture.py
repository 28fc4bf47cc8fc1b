"""The shape of the house: imports run downwards, rounded numbers stay in the back ends, every file says what it is."""

import ast
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import networkx as nx
import pytest

ROOT = Path(__file__).parents[1]

ROOMS = (
    "names", "errors", "arguments", "budgets", "supervisor", "recheck", "files", "exact", "groups", "symmetry",
    "declaration", "derivation", "circuits", "claims", "passes", "numeric", "emit", "kernel", "readers", "devices",
    "program", "terms", "parameter_roles", "targets", "compile_spec", "verification", "face",
    "__main__",
)  # fmt: skip
"""Ground floor first; a room imports only from itself and from rooms before it."""

MAX_MODULES = 16

EXACT_ROOMS = ROOMS[: ROOMS.index("passes")]

HEAVY = (
    "jax",
    "numba",
    "llvmlite",
    "qiskit",
    "sympy",
    "flint",
    "numpy",
    "scipy",
    "matplotlib",
    "networkx",
    "pydantic",
    "ase",
    "pyscf",
)


def modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


ALL = [*modules("eqcompile"), *modules("siqml")]
ROUNDED = {"circuit_file", "circuit_text", "exact_entries", "expressions", "float_angles"}
"""Files of the recheck that read a circuit: it comes through Qiskit, and with rounded numbers."""

EXACT = [
    p
    for p in modules("eqcompile")
    if p.relative_to(ROOT / "eqcompile").parts[0].removesuffix(".py") in EXACT_ROOMS
    and not (p.parent == ROOT / "eqcompile" / "recheck" / "files" / "circuit" and p.stem in ROUNDED)
]


def label(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imported(tree: ast.AST) -> Iterator[str]:
    """Every imported name, with its module in front, wherever the import stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide what is imported"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def upward_imports(room: str, source: str) -> list[str]:
    """Imports of ``eqcompile`` that do not go down from a room; the package root is not a room."""
    wrong = []
    for name in imported(ast.parse(source)):
        head, *rest = name.split(".")
        if head == "eqcompile" and (
            not rest or rest[0] not in ROOMS or ROOMS.index(rest[0]) > ROOMS.index(room)
        ):
            wrong.append(name)
    return wrong


def room_of(path: Path) -> str:
    return path.relative_to(ROOT / "eqcompile").parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", modules("eqcompile"), ids=label)
def test_imports_run_downwards(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    if path == ROOT / "eqcompile" / "__init__.py":
        assert "eqcompile" not in imported(ast.parse(source))
        return
    assert upward_imports(room_of(path), source) == []


@pytest.mark.parametrize(
    "source",
    [
        "import eqcompile",
        "import eqcompile as eq",
        "from eqcompile import PauliSum",
        "from eqcompile.compile_spec import derive",
        "import eqcompile.face.cli.main",
        "def f():\n    from eqcompile.emit.jax.model import jax_model",
        "if TYPE_CHECKING:\n    from eqcompile.program import Program",
        "from eqcompile.unknown import thing",
    ],
)
def test_negative_control_upward_imports_are_seen(source: str) -> None:
    assert upward_imports("claims", source)
    assert upward_imports("claims", "from eqcompile.exact.operators.pauli import PauliSum\nimport json") == []


def test_every_room_exists() -> None:
    found = {room_of(path) for path in modules("eqcompile")} - {"__init__"}
    assert found == set(ROOMS)


def rows(package: str) -> list[str]:
    """Rooms that CONTRIBUTING.md names for a package, in its order."""
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    table = page.partition(f"| room of `{package}/` |")[2].partition("\n\n")[0]
    return [
        name for row in table.splitlines()[2:] for name in re.findall(r"`([\w./]+)`", row.split(" | ")[0])
    ]


def test_contributing_names_every_room() -> None:
    assert [name.rstrip("/").removesuffix(".py") for name in rows("eqcompile")] == [*ROOMS]
    assert {*rows("siqml")} == {
        f"{path.name}/" if path.is_dir() else path.name
        for path in (ROOT / "siqml").iterdir()
        if path.name not in ("__init__.py", "__init__.pyi", "__pycache__", "py.typed", "former_names.json")
    }


def import_graph(sources: dict[str, str]) -> nx.DiGraph:
    """Modules with what they import, wherever the import stands; a package root does not count as a module."""
    graph = nx.DiGraph()
    for module, source in sources.items():
        for name in imported(ast.parse(source)):
            while name and name not in sources:
                name = name.rpartition(".")[0]
            if "." in name and name != module:
                graph.add_edge(module, name)
    return graph


def circles(graph: nx.DiGraph) -> list[list[str]]:
    """Modules, and neighbouring rooms, that import one another in a cycle."""
    found = [sorted(part) for part in nx.strongly_connected_components(graph) if len(part) > 1]
    for folder in sorted({name[:k] for name in graph for k, sign in enumerate(name) if sign == "."}):
        depth = folder.count(".") + 2
        inside = [pair for pair in graph.edges if all(name.startswith(f"{folder}.") for name in pair)]
        rooms = nx.DiGraph(
            (".".join(a.split(".")[:depth]), ".".join(b.split(".")[:depth])) for a, b in inside
        )
        found += [sorted(part) for part in nx.strongly_connected_components(rooms) if len(part) > 1]
    return found


def test_no_modules_and_no_rooms_import_one_another_in_a_circle() -> None:
    sources = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path.read_text(
            encoding="utf-8"
        )
        for path in ALL
    }
    assert circles(import_graph(sources)) == []


def test_negative_control_circles_are_seen() -> None:
    lazy = {"p": "", "p.a": "def f():\n    from p.b import x", "p.b": "import p.a"}
    assert circles(import_graph(lazy)) == [["p.a", "p.b"], ["p.a", "p.b"]]
    rooms = {"p.a": "", "p.a.x": "import p.b.x", "p.a.y": "", "p.b.x": "", "p.b.y": "from p.a import y"}
    assert circles(import_graph(rooms)) == [["p.a", "p.b"]]
    assert circles(import_graph({"p": "import p.a", "p.a": "from p import b", "p.b": ""})) == []


def test_a_folder_has_at_most_sixteen_modules() -> None:
    beside = [path for name in ("campaign", "benchmarks") for path in modules(name)]
    folders = Counter(path.parent for path in [*ALL, *beside] if path.name != "__init__.py")
    assert {label(folder): count for folder, count in folders.items() if count > MAX_MODULES} == {}


def test_rooms_below_do_not_know_the_package_above() -> None:
    for path in modules("eqcompile"):
        assert not [name for name in imported(parse(path)) if name.split(".")[0] == "siqml"], path


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def private_imports(source: str) -> list[str]:
    """Imports of ``eqcompile`` beyond the public names of its root, its exceptions, and what explains former names."""
    names = [name for name in imported(ast.parse(source)) if name.split(".")[0] == "eqcompile"]
    return [
        n for n in names if n != "eqcompile" and not n.startswith(("eqcompile.errors.", "eqcompile.names."))
    ]


@pytest.mark.parametrize("path", modules("siqml"), ids=label)
def test_siqml_uses_public_names_only(path: Path) -> None:
    import eqcompile as eq

    tree = parse(path)
    assert private_imports(path.read_text(encoding="utf-8")) == []
    aliases = {
        a.asname or a.name
        for n in ast.walk(tree)
        if isinstance(n, ast.Import)
        for a in n.names
        if a.name == "eqcompile"
    }
    used = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in aliases
    }
    assert used <= set(eq.__all__)


def test_negative_control_private_imports_are_seen() -> None:
    assert private_imports("from eqcompile.declaration.loader import load")
    assert private_imports("import eqcompile.compile_spec")
    assert private_imports("import eqcompile as eq\nfrom eqcompile.errors import SpecError") == []


def rounded(source: str) -> list[str]:
    """What does not belong in exact code: numeric packages, float literals, conversions, tolerances."""
    tree = ast.parse(source)
    found = [
        name for name in imported(tree) if name.split(".")[0] in ("numpy", "scipy", "cmath", "jax", "qiskit")
    ]
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, float | complex):
            found.append(f"line {node.lineno}: {node.value}")
        if isinstance(node, ast.Call) and called(node) in (
            "float",
            "complex",
            "isclose",
            "allclose",
            "round",
            "sqrt",
        ):
            found.append(f"line {node.lineno}: {called(node)}()")
    return found


def called(node: ast.Call) -> str:
    function = node.func
    return (
        function.id
        if isinstance(function, ast.Name)
        else function.attr
        if isinstance(function, ast.Attribute)
        else ""
    )


EXCEPTIONS = {
    "eqcompile/exact/arithmetic/scalars.py": 3,  # to_complex, for back ends only
    "eqcompile/declaration/schema.py": 2,  # 0.1 as an example in the JSON Schema
    "eqcompile/declaration/yaml/wording.py": 1,  # how near a near-miss hint must be
}


@pytest.mark.parametrize("path", EXACT, ids=label)
def test_no_rounded_number_from_exact_to_claims(path: Path) -> None:
    assert len(rounded(path.read_text(encoding="utf-8"))) == EXCEPTIONS.get(label(path), 0)


def test_negative_control_rounded_numbers_are_seen() -> None:
    for source in (
        "import numpy as np",
        "x = 0.5",
        "y = 2j",
        "float(x)",
        "math.isclose(a, b)",
        "from scipy import linalg",
    ):
        assert rounded(source), source
    assert rounded("from fractions import Fraction\nx = Fraction(1, 2) / 3") == []


def dangers(source: str) -> list[str]:
    """Code that executes text, loads pickles, or swallows every exception."""
    tree = ast.parse(source)
    found = [
        name
        for name in imported(tree)
        if name.split(".")[0] in ("pickle", "dill", "joblib", "shelve", "marshal")
    ]
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and called(node) in (
            "eval",
            "exec",
            "parse_expr",
            "__import__",
        ):
            found.append(f"line {node.lineno}: {called(node)}()")
        if isinstance(node, ast.Call) and called(node) == "sympify" and node.args:
            # Without an argument, it is the method of Qiskit's expressions, which parses nothing.
            found.append(f"line {node.lineno}: sympify()")
        if isinstance(node, ast.ExceptHandler) and is_broad(node):
            found.append(f"line {node.lineno}: broad except")
        if isinstance(node, ast.keyword) and node.arg == "allow_pickle" and not is_false(node.value):
            found.append("allow_pickle")
    return found


def is_false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


def is_broad(node: ast.ExceptHandler) -> bool:
    """A handler for everything, unless it raises again or says what another library's reader stumbled over."""
    names = [node.type] if not isinstance(node.type, ast.Tuple) else node.type.elts
    broad = node.type is None or any(
        isinstance(n, ast.Name) and n.id in ("Exception", "BaseException") for n in names
    )
    last = node.body[-1]
    again = isinstance(last, ast.Raise) and (last.exc is None or isinstance(last.cause, ast.Name))
    return broad and not again


@pytest.mark.parametrize("path", ALL, ids=label)
def test_nothing_executes_text_or_swallows_errors(path: Path) -> None:
    assert dangers(path.read_text(encoding="utf-8")) == []


def test_negative_control_dangers_are_seen() -> None:
    attempt = "try:\n    f()\nexcept {}:\n    {}"
    for source in (
        "import pickle",
        "eval(x)",
        "sympy.sympify(x)",
        "np.load(f, allow_pickle=True)",
        attempt.format("Exception", "pass"),
        attempt.format("(ValueError, Exception)", "pass"),
        attempt.format("Exception as e", "raise ValueError from None"),
        "try:\n    f()\nexcept:\n    pass",
    ):
        assert dangers(source), source
    assert dangers(attempt.format("BaseException", "raise")) == []
    assert dangers(attempt.format("Exception as e", "raise ValueError from e")) == []
    assert dangers(attempt.format("ValueError", "pass")) == []


@pytest.mark.parametrize("path", ALL, ids=label)
def test_every_file_says_what_it_is(path: Path) -> None:
    tree = parse(path)
    assert path.name not in ("utils.py", "helpers.py")
    assert ast.get_docstring(tree) or not tree.body


@pytest.mark.parametrize(
    "code",
    [
        "import eqcompile",
        "import siqml",
        "from eqcompile.face.cli.main import main\ntry: main(['--help'])\nexcept SystemExit: pass",
        "from siqml.commands.main import main\ntry: main(['--help'])\nexcept SystemExit: pass",
    ],
)
def test_what_answers_at_once_loads_nothing_heavy(code: str) -> None:
    assert loaded_by(code) == []


OPTIONAL = ("jax", "ase", "optax", "matplotlib", "safetensors")
"""Packages of back ends, chemistry and pictures."""

CORE = """
import sys
for name in {missing}:
    sys.modules[name] = None  # an import of it fails
import eqcompile as eq
from eqcompile.face.cli.main import main
spec = "{{name: a, qubits: 2, symmetry: [{{rotation: SU(2)}}], observable: 'H(0,1)'}}"
open("s.yaml", "w").write(spec)
open("c.qasm", "w").write('OPENQASM 2.0; include "qelib1.inc"; qreg q[2]; swap q[0],q[1];')
assert eq.derive(eq.loads(spec), 2).dim == 1
assert eq.verify(eq.PauliSum.parse("H(0,1)", 2), eq.loads(spec))
assert main(["verify", "s.yaml", "--circuit", "c.qasm", "-o", "c.json", "--html", "c.html"]) == 0
assert main(["recheck", "c.json", "--spec", "s.yaml", "--circuit", "c.qasm"]) == 0
{more}
"""


def core(more: str, folder: Path) -> subprocess.CompletedProcess[str]:
    code = CORE.format(missing=OPTIONAL, more=more)
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=folder, env=environment
    )


def test_the_core_works_without_packages_of_back_ends(tmp_path: Path) -> None:
    ended = core("", tmp_path)
    assert ended.returncode == 0, ended.stderr


def test_negative_control_a_missing_package_would_be_noticed(tmp_path: Path) -> None:
    ended = core("import siqml.field.calculator", tmp_path)
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1].startswith("ModuleNotFoundError: No module named 'ase")


def test_negative_control_heavy_modules_are_seen() -> None:
    assert "numpy" in loaded_by("import numpy")
    assert "flint" in loaded_by("import eqcompile as eq; eq.PauliSum")


def test_exact_work_waits_for_no_heavy_package() -> None:
    """Computer algebra and graphs are loaded where irrational roots or graphs are."""
    code = "import eqcompile as eq; assert eq.compile(eq.load('siqml/models/water.yaml')).certificate"
    assert loaded_by(code) == ["flint", "pydantic"]


def loaded_by(code: str) -> list[str]:
    """Heavy modules that a fresh process has loaded after the code has run."""
    report = f"{code}\nimport sys\nprint('LOADED', *[m for m in {HEAVY!r} if m in sys.modules])"
    result = subprocess.run(
        [sys.executable, "-c", report], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return result.stdout.rpartition("LOADED")[2].split()


def test_no_room_has_the_name_of_a_public_function() -> None:
    """Once imported, the module ``eqcompile.verify`` would take the place of the function ``eq.verify``."""
    import eqcompile as eq

    assert {room_of(path) for path in modules("eqcompile")} & set(eq.__all__) == set()
