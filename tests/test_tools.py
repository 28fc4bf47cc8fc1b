"""``docs/tools.md`` names the rooms that import each library, and every library that is imported."""

import ast
import re
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "tools.md"
OWN = ("eqcompile", "siqml")


def imports(source: str) -> set[str]:
    """Libraries that a file imports wherever the import stands, also by name; those for type checkers do not count."""
    found = set()
    waiting: list[ast.AST] = [ast.parse(source)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            waiting.extend(node.orelse)
            continue
        waiting.extend(ast.iter_child_nodes(node))
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            named = node.func.id in ("package", "import_module") and isinstance(node.args[0], ast.Constant)
            found |= {str(node.args[0].value)} if named and isinstance(node.args[0], ast.Constant) else set()
    names = {name.split(".")[0] for name in found}
    return {name for name in names if name not in sys.stdlib_module_names and name not in OWN}


def used() -> dict[str, set[str]]:
    """For every library, the rooms of both packages that import it."""
    rooms = defaultdict(set)
    for path in (path for name in OWN for path in (ROOT / name).rglob("*.py")):
        room = "/".join(path.relative_to(ROOT).parts[:2]).removesuffix(".py")
        for library in imports(path.read_text(encoding="utf-8")):
            rooms[library].add(room)
    return dict(rooms)


def said(page: str) -> dict[str, set[str]]:
    """What the tables of the page say: a row names one library or more, and its last column their rooms."""
    out = {}
    for table in page.split("| library |")[1:]:
        for row in table.partition("\n\n")[0].splitlines()[2:]:
            first, *_, last = (cell for cell in row.strip("| ").split(" | "))
            for library in re.findall(r"`(\w+)`", first):
                out[library] = set(re.findall(r"`([\w/]+)`", last))
    return out


def grouped(rooms: dict[str, set[str]], page: str) -> dict[str, set[str]]:
    """Rooms of every library, those that share a row taken together."""
    out = {}
    for row in page.splitlines():
        if row.startswith("| `"):
            libraries = re.findall(r"`(\w+)`", row.split(" | ")[0])
            together = set().union(*(rooms.get(library, set()) for library in libraries))
            out.update(dict.fromkeys(libraries, together))
    return out


def test_the_page_names_every_library_and_where_it_is_used() -> None:
    page, rooms = PAGE.read_text(encoding="utf-8"), used()
    assert said(page).keys() == rooms.keys()
    together = grouped(rooms, page)
    assert {library: together[library] for library in rooms} == said(page)


def test_negative_control_imports_are_seen_wherever_they_stand() -> None:
    assert imports("import numpy as np\nfrom eqcompile.errors import LimitError\nimport json") == {"numpy"}
    assert imports("def f():\n    from scipy.linalg import expm") == {"scipy"}
    assert imports('aer = package("qiskit_aer.primitives")') == {"qiskit_aer"}
    assert imports("if TYPE_CHECKING:\n    import sympy\nelse:\n    import flint") == {"flint"}


def test_negative_control_a_room_or_a_library_too_many_is_seen() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert said(page.replace("`eqcompile/claims` |", "`siqml/claims` |")) != said(page)
    assert "fiction" in said(page.replace("| `flint` (", "| `fiction` ("))
