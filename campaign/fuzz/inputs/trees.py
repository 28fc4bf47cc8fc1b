"""Edits of a tree as YAML and JSON hold it: the form stays sound, the content does not."""

import json
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from random import Random
from typing import Any

Path = tuple[str | int, ...]

DEEP = 2000


def nested(depth: int) -> Any:
    """Lists within lists."""
    tree: Any = 1
    for _ in range(depth):
        tree = [tree]
    return tree


VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2, 3, 7, 1000, 10**6, 10**9, 2**31, 2**63, 2**64, -(2**63) - 1, 10**400, 0.5, -0.0,
    1e308,
    -1e308, 1e-320, float("nan"), float("inf"), "", " ", "0", "-1", "1/2", "1/0", "nan", "x", "all", "derive", "qubits",
    "a" * 3000, "\0", "\n", "\u00e9", "\u202e", "\ud800", "../x", "/dev/null", "[", "{", "(0 1", "X0", "H(0,1)",
    "(0 1)", [], {}, [[]], [{}],
    {"": None}, [None], [0], [0, 0], ["x"], [1, [2, [3]]], {"a": {"b": {"c": 1}}}, list(range(300)), "X0*" * 500 + "X0",
    "(" * 500 + "1" + ")" * 500, "1+" * 2000 + "1", "sqrt(" * 60 + "2" + ")" * 60, "exp(i*pi/2520)", "9" * 5000,
)  # fmt: skip
"""Values that stand where something else is expected."""


def places(tree: Any, path: Path = ()) -> Iterator[Path]:
    """Every place in a tree, the root first."""
    yield path
    children = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, child in children:
        yield from places(child, (*path, key))


def at(tree: Any, path: Path) -> Any:
    """What stands at a place."""
    for key in path:
        tree = tree[key]
    return tree


def _parent(tree: Any, path: Path) -> Any:
    return at(tree, path[:-1])


def put_value(tree: Any, path: Path, source: Random, others: Sequence[Any]) -> None:
    """An odd value is put in."""
    value = nested(source.choice((10, 30, DEEP // 10))) if source.random() < 0.05 else source.choice(VALUES)
    _parent(tree, path)[path[-1]] = deepcopy(value)


def vary_number(tree: Any, path: Path, source: Random, others: Sequence[Any]) -> None:
    """A number becomes one nearby, or of another kind."""
    value = at(tree, path)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return
    ways = (
        value + 1,
        value - 1,
        -value,
        value * 2,
        value * 1000,
        str(value),
        [value],
        float(value),
        value + 0.5,
    )
    _parent(tree, path)[path[-1]] = source.choice(ways) if abs(value) < 1e300 else 0


def remove(tree: Any, path: Path, source: Random, others: Sequence[Any]) -> None:
    """Something is missing."""
    del _parent(tree, path)[path[-1]]


def rename(tree: Any, path: Path, source: Random, others: Sequence[Any]) -> None:
    """A key is misspelt, or becomes another one."""
    parent = _parent(tree, path)
    if isinstance(parent, dict):
        key = str(path[-1])
        new = source.choice((key[:-1], key + "s", key.upper(), key + " ", "x", "", key[1:], "__class__"))
        parent[new] = parent.pop(path[-1])


def move(tree: Any, path: Path, source: Random, others: Sequence[Any]) -> None:
    """What stands elsewhere in this tree, or in another one, is copied here."""
    origin = source.choice(others) if others and source.random() < 0.5 else tree
    _parent(tree, path)[path[-1]] = deepcopy(at(origin, source.choice(list(places(origin))[1:] or [()])))


def wrap(tree: Any, path: Path, source: Random, others: Sequence[Any]) -> None:
    """A value becomes a list or a mapping of itself."""
    value = at(tree, path)
    _parent(tree, path)[path[-1]] = source.choice(
        ([value], {"x": value}, [value, value], str(value), [value] * 200)
    )


def repeat(tree: Any, path: Path, source: Random, others: Sequence[Any]) -> None:
    """An entry of a list is repeated, and the list grows."""
    value = at(tree, path)
    if isinstance(value, list) and value:
        value.extend(deepcopy(source.choice(value)) for _ in range(source.choice((1, 1, 3, 100))))


def shuffle(tree: Any, path: Path, source: Random, others: Sequence[Any]) -> None:
    """A list gets another order."""
    value = at(tree, path)
    if isinstance(value, list):
        source.shuffle(value)


def add_key(tree: Any, path: Path, source: Random, others: Sequence[Any]) -> None:
    """A key is added that may belong somewhere else."""
    value = at(tree, path)
    if isinstance(value, dict):
        origin = source.choice(others) if others else tree
        keys = [step for place in places(origin) for step in place[-1:] if isinstance(step, str)]
        value[source.choice(keys or ["x"])] = deepcopy(source.choice(VALUES))


EDITS: dict[str, Callable[[Any, Path, Random, Sequence[Any]], None]] = {
    "value put": put_value,
    "number varied": vary_number,
    "entry removed": remove,
    "key renamed": rename,
    "entry moved": move,
    "entry wrapped": wrap,
    "entries repeated": repeat,
    "list shuffled": shuffle,
    "key added": add_key,
}


def edited_tree(tree: Any, source: Random, others: Sequence[Any]) -> tuple[Any, tuple[str, ...]]:
    """A copy of the tree after a few edits, and the names of the edits."""
    tree = deepcopy(tree)
    how = []
    for _ in range(source.choice((1, 1, 1, 1, 2, 3))):
        choices = list(places(tree))[1:]
        if not choices:
            break
        name = source.choice(list(EDITS))
        EDITS[name](tree, source.choice(choices), source, others)
        how.append(name)
    return tree, tuple(how)


def as_json(tree: Any) -> bytes:
    """The tree as JSON, which except for NaN is also YAML."""
    return json.dumps(tree, ensure_ascii=False).encode("utf-8", "surrogatepass")


def as_yaml(tree: Any) -> bytes:
    """The tree as YAML in block style, as people write it."""
    return ("\n".join(_block(tree, 0)) + "\n").encode("utf-8", "surrogatepass")


def _block(tree: Any, indent: int) -> Iterator[str]:
    pad = "  " * min(indent, 50)
    if isinstance(tree, dict) and tree:
        for key, value in tree.items():
            yield from _entry(f"{pad}{_key(key)}:", value, indent)
    elif isinstance(tree, list) and tree and any(isinstance(entry, dict) for entry in tree):
        for value in tree:
            yield f"{pad}- {json.dumps(value, ensure_ascii=False)}"
    else:
        yield pad + json.dumps(tree, ensure_ascii=False)


def _entry(head: str, value: Any, indent: int) -> Iterator[str]:
    blocks = isinstance(value, dict) or (isinstance(value, list) and any(isinstance(v, dict) for v in value))
    if value and blocks and indent < 6:
        yield head
        yield from _block(value, indent + 1)
    elif isinstance(value, str) and value and value.replace(" ", "").isalnum():
        yield f"{head} {value}"
    else:
        yield f"{head} {json.dumps(value, ensure_ascii=False)}"


def _key(key: object) -> str:
    text = str(key)
    return text if text.isidentifier() else json.dumps(text, ensure_ascii=False)
