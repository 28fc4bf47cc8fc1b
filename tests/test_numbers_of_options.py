"""Every numeric option of both command lines takes a number in its range, and refuses any other in one line."""

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from eqcompile.face.cli import main as eqcompile_cli
from siqml.commands import main as siqml_cli

ABSURD = ("nan", "inf", "-1", "1e400", str(10**30), "9" * 5000, "")

TEXTS = {
    "--budget": (
        "compile",
        "derive",
        "explain",
        "passes",
        "recheck",
        "verify",
        "check",
        "convert",
        "split",
        "evaluate",
        "predict",
    ),
    "--trotter": ("compile",),
    "--seeds": ("train", "learn", "sweep", "active", "reproduce"),
    "--sizes": ("learn",),
}
"""Options whose numbers argparse does not read."""

POSITIONALS = {
    "make": ["lih"], "check": ["lih"], "convert": ["none.xyz", "out.extxyz"], "reproduce": ["table1"],
    "recheck": ["none.json"], "predict": ["none.safetensors", "none.xyz"],
    "optimise": ["none.safetensors", "none.xyz"], "rdf": ["none.xyz"],
}  # fmt: skip
"""What else a command needs: files that are not there, so that nothing is computed."""

REQUIRED = {
    "--output": "out.extxyz",
    "--backend": "aer",
    "--train": "1",
    "--sizes": "1",
    "--over": "adam.steps=1",
    "--labels": "water",
}
"""Options that a command needs to begin."""

Case = tuple[Callable[[list[str]], int], list[str], str]


def commands(parser: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command of a command line, with its parser."""
    below = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
    if not below:
        yield words, parser
    for action in below:
        for name, child in action.choices.items():
            yield from commands(child, (*words, name))


def cases() -> Iterator[Case]:
    for room in (eqcompile_cli, siqml_cli):
        for words, parser in commands(room.parser_of_all()):
            own = [action for action in parser._actions if action.option_strings]
            required = [
                f"{action.option_strings[-1]}={REQUIRED[action.option_strings[-1]]}"
                for action in own
                if action.required
            ]
            needed = POSITIONALS.get(words[-1], ["none.yaml"]) if words[-1] not in ("list", "schema") else []
            for action in own:
                option = action.option_strings[-1]
                numeric = action.type not in (None, Path) and action.choices is None
                if numeric or words[-1] in TEXTS.get(option, ()):
                    yield room.main, [*words, *needed, *required], option


CASES = list(cases())


def test_the_table_is_whole() -> None:
    """Counted by hand: a new option is noticed here, and so is one that loses its range."""
    found = sorted(f"{words[0]} {option}" for _, words, option in CASES)
    assert len(found) == 67, found
    assert {
        "derive --locality",
        "recheck --seed",
        "md --temperature",
        "evaluate --shots",
        "data --points",
    } <= {*found}


@pytest.mark.parametrize(
    "value", ABSURD, ids=["nan", "inf", "negative", "1e400", "10**30", "digits", "empty"]
)
@pytest.mark.parametrize("case", CASES, ids=[f"{' '.join(words[:2])} {option}" for _, words, option in CASES])
def test_absurd_numbers_are_one_line(
    case: Case,
    value: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    main, words, option = case
    try:
        code = main([*words, f"{option}={value}"])
    except SystemExit as left:
        code = left.code
    out, err = capsys.readouterr()
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert len(err) < 300
    assert option in err or "no such" in err.lower()  # what is too small is said after the files are read
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (eqcompile_cli.main, ["verify", ""]),
        (eqcompile_cli.main, ["verify", "s.yaml", "--circuit", ""]),
        (siqml_cli.main, ["data", "convert", "", "x"]),
        (siqml_cli.main, [""]),
    ],
)
def test_an_empty_argument_is_no_folder(run, words, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit:
        run(words)
    assert exit.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "is empty; give a value, or leave it out" in line
