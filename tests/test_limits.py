"""``docs/limits.md`` lists every limit of the code; it is made from the constants and their docstrings.

A limit is a constant called ``MAX_...`` or ``MIN_...``. The string below it says what it counts, then one of

- ``Beyond it, refused:`` and what the user can do,
- ``Beyond it, weaker:`` and what is answered instead,
- ``Beyond it, shortened:`` and what is shown instead,

or the same with ``Below it``. ``python -m tests.test_limits`` writes the page anew.
"""

import ast
import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from eqcompile.budgets import DEFAULT_BYTES, DEFAULT_SECONDS
from eqcompile.files import write_atomically

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "limits.md"
NAME = re.compile(r"_?(MAX|MIN)_[A-Z_]+")
WORDS = re.compile(
    r"(?P<counts>.{4,}[^.])\. (?:Beyond|Below) it, (?P<kind>\w+): (?P<beyond>[a-zA-Z0-9`].{5,}\.)"
)
PLACE = re.compile(r"\{([\w.]+)\}")

KINDS = {
    "refused": ("Refused, in one line that names the limit", "what to do"),
    "weaker": ("Answered in another, slower or weaker way", "beyond it"),
    "shortened": ("Shown shorter; nothing else changes", "beyond it"),
}
"""Heading and last column for each kind of limit."""

TASKS = {
    "Write a spec": "declaration arguments exact.arithmetic.parse exact.operators exact.states groups"
    " exact.linear.combination symmetry",
    "Derive": "derivation exact.arithmetic.cyclotomic_field exact.spectra face.explain face.explain_sum"
    " groups.character_table groups.finite groups.order groups.permutation.MAX_CHAIN_ORDER symmetry.charge.MAX_ELEMENTS"
    " symmetry.charge.MAX_TERMS symmetry.projective",
    "Compile": "passes devices.devices devices.routed numeric.formula_defect emit.qiskit.circuit.MAX_DENSE_TERMS"
    " face.cli.compile",
    "Check in SymPy": "exact.arithmetic.symbolic exact.operators.matrices",
    "Simulate and run": "emit.jax kernel devices.expectation",
    "Read a circuit": "readers targets",
    "Verify": "claims numeric.defect parameter_roles",
    "Recheck a certificate": "recheck face.cli.recheck",
    "Recheck with `--spec`": "recheck.files",
    "Recheck with `--circuit`": "recheck.files.circuit",
    "Train, and read or make data": "siqml",
    "Any command": "budgets errors files claims.page face.report siqml.errors",
}
"""What a user does, with the modules and constants that bound it; the longest match counts."""

NOTES = {
    "Recheck with `--spec`": "Beyond one of these limits nothing is confirmed against the spec. Without `--spec` the\n"
    "certificate alone can still be rechecked.",
    "Recheck with `--circuit`": "Beyond one of these limits nothing is confirmed against the circuit. Without\n"
    "`--circuit` the certificate alone can still be rechecked.",
}

ASKED = (
    ("register, in a spec and in Python", "{arguments.MAX_REGISTER} qubits", "refused"),
    (
        "derive by null space or twirl",
        "terms on {derivation.generators.strings.MAX_WEIGHT} qubits of any register",
        "refused; choose a smaller locality",
    ),
    (
        "derive by the twirl over permutations",
        "{groups.order.MAX_CHAIN_POINTS} points moved, or {groups.permutation.MAX_CHAIN_ORDER} permutations",
        "refused; use the null space",
    ),
    (
        "derive by the Choi method",
        "terms on {derivation.generators.choi.MAX_CHOI_WEIGHT} qubits",
        "refused; use the null space",
    ),
    (
        "derive with entangling elements (`clifford`, a matrix)",
        "null space: {derivation.generators.whole_register.MAX_STRINGS} strings; other methods:"
        " {derivation.generators.whole_register.MAX_WHOLE_QUBITS} qubits",
        "refused; choose a smaller locality",
    ),
    (
        "derive a channel",
        "{derivation.channels.basis.MAX_CHANNEL_QUBITS} qubits, input and output together",
        "refused",
    ),
    (
        "derive all invariant states",
        "{derivation.invariant_states.states.MAX_STATE_QUBITS} qubits",
        "refused; `derive` in a spec still finds products",
    ),
    (
        "exact spectrum of an operator",
        "{exact.spectra.spectrum.MAX_SPECTRUM_QUBITS} qubits of one connected part",
        "found only where there are few eigenvalues",
    ),
    (
        "compile a gate exactly whose strings do not commute",
        "{passes.lowering.lower.MAX_DIAGONALISED_QUBITS} qubits",
        "refused; use `--trotter`",
    ),
    ("`to_jax`, and training", "{emit.jax.model.MAX_JAX_QUBITS} qubits", "refused"),
    (
        "`to_kernel`, and training with it",
        "{kernel.tables.MAX_KERNEL_QUBITS} qubits",
        "refused; use `to_jax`",
    ),
    (
        "run with noise and without shots",
        "{devices.expectation.MAX_DENSITY_QUBITS} qubits",
        "refused; give a number of shots",
    ),
    (
        "read a circuit",
        "{readers.files.program_size.MAX_PROGRAM_BITS} qubits, {readers.files.program_size.MAX_OPERATIONS} operations",
        "refused; verify a part of it",
    ),
    (
        "verify exactly",
        "any register by blocks; {claims.of_circuit.equivariance.MAX_WHOLE_QUBITS} qubits as a whole",
        "not decided",
    ),
    (
        "verify gates without exact form",
        "{numeric.defect.MAX_MEASURED_QUBITS} qubits measured on random states, the operator norm up to"
        " {numeric.defect.MAX_NORM_QUBITS}",
        "not decided",
    ),
    ("recheck operators, states and encodings", "any register", ""),
    ("recheck a model", "{recheck.claims.model.MAX_QUBITS} qubits evaluated", "confirmed from its parts"),
    (
        "recheck a circuit",
        "{recheck.claims.circuit.MAX_QUBITS} qubits evaluated",
        "gate by gate, or not rechecked",
    ),
    (
        "recheck with `--circuit`",
        "{recheck.files.circuit.circuit_text.MAX_OPERATIONS} operations",
        "nothing is confirmed against the file",
    ),
)
"""What most people ask about: the task, the limit, and what happens beyond it."""

HEAD = f"""# Limits

Every limit of the code, by what you do. Some refuse, some make the answer weaker or slower, and some only shorten what
is shown. Time and memory of a whole command are limited by [`--budget`](budget.md) as well: {DEFAULT_SECONDS} seconds
and {DEFAULT_BYTES >> 30} GB unless you ask for more. The page is made from the constants of the code by
`python -m tests.test_limits`.

## What most people ask for

| task | up to | beyond it |
|---|---|---|
"""


@dataclass(frozen=True)
class Limit:
    """One constant."""

    module: str
    name: str
    value: Any
    text: str

    @property
    def key(self) -> str:
        return f"{self.module}.{self.name}"

    @property
    def words(self) -> re.Match[str]:
        """What the limit counts, its kind, and what to do.

        Raises:
            ValueError: the string below the constant does not say so.
        """
        found = WORDS.fullmatch(self.text)
        if found is None or found["kind"] not in KINDS or "|" in self.text:
            kinds = ", ".join(f'"Beyond it, {kind}: ..."' for kind in KINDS)
            raise ValueError(
                f"{self.key}: below it, say what it counts, then one of {kinds}; found: {self.text!r}"
            )
        return found

    @property
    def task(self) -> str:
        """What a user does when this limit is met.

        Raises:
            ValueError: the limit is under no heading of the page.
        """
        key = self.key.removeprefix("eqcompile.")
        fits = [
            (len(part), task)
            for task, parts in TASKS.items()
            for part in parts.split()
            if f"{key}.".startswith(f"{part}.")
        ]
        if not fits:
            raise ValueError(f"{self.key} is under no heading of the page; add its module to TASKS")
        return max(fits)[1]


def modules() -> Iterator[Path]:
    for package in ("eqcompile", "siqml"):
        yield from sorted((ROOT / package).rglob("*.py"))


def assigned(node: ast.AST) -> list[str]:
    """Names of limits that a statement sets."""
    targets = [node.target] if isinstance(node, ast.AnnAssign) else getattr(node, "targets", [])
    names = [n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)]
    return [name for name in names if NAME.fullmatch(name)]


def constants(source: str) -> Iterator[tuple[str, str]]:
    """Names of the limits of a module, each with the string below it."""
    body = ast.parse(source).body
    for node, below in zip(body, [*body[1:], None], strict=True):
        text = ""
        if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant):
            text = " ".join(str(below.value.value).split())
        yield from ((name, text) for name in assigned(node))


@cache
def limits() -> tuple[Limit, ...]:
    found = []
    for path in modules():
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for name, text in constants(path.read_text(encoding="utf-8")):
            found.append(Limit(module, name, getattr(importlib.import_module(module), name), text))
    return tuple(found)


def number(value: Any) -> str:
    """Powers of two as such, large numbers with separators.

    >>> number(1 << 26), number(20_000), number(5)
    ('2^26', '20,000', '5')
    """
    if isinstance(value, int) and value > 2048 and value & (value - 1) == 0:
        return f"2^{value.bit_length() - 1}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def table(rows: list[Limit], kind: str) -> str:
    heading, last = KINDS[kind]
    lines = [f"### {heading}", "", f"| limit | what it counts | {last} | constant |", "|---|---|---|---|"]
    for row in rows:
        words = row.words
        least = "at least " if row.name.lstrip("_").startswith("MIN") else ""
        lines.append(
            f"| {least}{number(row.value)} | {words['counts']} | {words['beyond'][:-1]} | `{row.key}` |"
        )
    return "\n".join(lines)


def page(rows: tuple[Limit, ...]) -> str:
    """The text of the page: what most people ask about, then a section for everything that a user does."""
    values = {row.key.removeprefix("eqcompile."): number(row.value) for row in rows}
    asked = [
        f"| {task} | {PLACE.sub(lambda found: values[found[1]], limit)} | {beyond or '-'} |"
        for task, limit, beyond in ASKED
    ]
    parts = [HEAD + "\n".join(asked)]
    for task in TASKS:
        inside = [row for row in rows if row.task == task]
        note = [NOTES[task]] if task in NOTES else []
        kinds = [(kind, [row for row in inside if row.words["kind"] == kind]) for kind in KINDS]
        parts.append("\n\n".join([f"## {task}", *note, *(table(some, kind) for kind, some in kinds if some)]))
    return "\n\n".join(parts) + "\n"


@pytest.mark.parametrize("row", limits(), ids=lambda row: row.key)
def test_a_limit_says_what_it_counts_and_what_to_do(row: Limit) -> None:
    assert row.words
    assert row.task


def test_the_page_is_that_of_the_code() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(limits()), "python -m tests.test_limits"


@pytest.mark.parametrize("text", [
    "", "Qubits.", "Beyond it, refused: use fewer qubits.", "Qubits. Beyond it: refused; use fewer.",
    "Qubits of a gate. Beyond it, refused:", "Qubits of a gate. Beyond it, forbidden: use fewer qubits.",
    "Qubits of a gate. Beyond it, refused: use this | that one.",
])  # fmt: skip
def test_negative_control_a_limit_without_words(text: str) -> None:
    with pytest.raises(ValueError, match=r"^eqcompile\.exact\.MAX_A: below it, say what it counts"):
        _ = Limit("eqcompile.exact", "MAX_A", 3, text).words
    good = Limit(
        "eqcompile.exact", "MAX_A", 3, "Qubits of a gate. Below it, weaker: the gate is not read."
    ).words
    assert good.groups() == ("Qubits of a gate", "weaker", "the gate is not read.")


def test_negative_control_a_limit_under_no_heading() -> None:
    with pytest.raises(ValueError, match=r"^eqcompile\.specs\.MAX_A is under no heading"):
        _ = Limit("eqcompile.specs", "MAX_A", 3, "").task
    assert Limit("eqcompile.recheck.files.circuit.gates", "MAX_A", 3, "").task == "Recheck with `--circuit`"
    assert (
        Limit("eqcompile.recheck.files.declaration.register", "MAX_A", 3, "").task == "Recheck with `--spec`"
    )


def test_constants_are_found() -> None:
    source = "MAX_A = 3\nMAX_B = 4\n'''Bs.'''\n_MIN_C: int = 2\nMAX_D, MAX_E = 1, 2\nother = 1"
    found = [("MAX_A", ""), ("MAX_B", "Bs."), ("_MIN_C", ""), ("MAX_D", ""), ("MAX_E", "")]
    assert list(constants(source)) == found
    for path in modules():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        everywhere = [name for node in ast.walk(tree) for name in assigned(node)]
        assert len(everywhere) == len(list(constants(path.read_text(encoding="utf-8")))), path


def unused(sources: dict[str, str]) -> list[str]:
    """Limits that neither the code of their module reads, nor a module that imports them."""
    trees = {module: ast.parse(source) for module, source in sources.items()}
    imported = {
        (node.module, alias.name)
        for tree in trees.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    out = []
    for module, tree in trees.items():
        read = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
        names = [name for name, _ in constants(sources[module])]
        out += [f"{module}.{n}" for n in names if n not in read and (module, n) not in imported]
    return out


def test_every_limit_limits_something() -> None:
    sources = {
        ".".join(p.relative_to(ROOT).with_suffix("").parts): p.read_text(encoding="utf-8") for p in modules()
    }
    assert unused(sources) == []
    assert unused({"a": "MAX_A = 1\nMAX_B = 2\nMAX_C = 3\nf(MAX_B)", "b": "from a import MAX_C"}) == [
        "a.MAX_A"
    ]


SHORT = 6
"""Lengths from here on are limits and need a name; a shorter length is a matter of form, such as three coordinates."""


def unnamed(source: str) -> list[str]:
    """Code that compares a length with a plain number, or cuts at one."""
    found = []
    for node in ast.walk(ast.parse(source)):
        numbers: list[ast.expr | None] = []
        if isinstance(node, ast.Compare) and any(
            isinstance(o, ast.Lt | ast.LtE | ast.Gt | ast.GtE) for o in node.ops
        ):
            sides = [node.left, *node.comparators]
            if any(isinstance(side, ast.Call) and ast.unparse(side.func) == "len" for side in sides):
                numbers = [*sides]
        elif isinstance(node, ast.Slice) and node.lower is None:
            numbers = [node.upper]
        values = [n.value for n in numbers if isinstance(n, ast.Constant)]
        found += [ast.unparse(node) for value in values if isinstance(value, int) and value >= SHORT]
    return found


@pytest.mark.parametrize(
    "path",
    [p for p in modules() if "recheck" not in p.parts],  # which cuts what it repeats at plain lengths
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_no_limit_hides_as_a_plain_number(path: Path) -> None:
    assert unnamed(path.read_text(encoding="utf-8")) == []


def test_negative_control_plain_numbers_are_seen() -> None:
    assert unnamed("a = b[:20]\nif 12 < len(c):\n    d = e[:MAX_A]") == ["12 < len(c)", ":20"]
    assert unnamed("a = b[:3]\nif len(c) > 2 or d[6:] or e > 16 or len(f) == 9:\n    pass") == []


if __name__ == "__main__":
    write_atomically(PAGE, page(limits()))
