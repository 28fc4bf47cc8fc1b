"""From the command line to a page, in few steps."""

import json
from pathlib import Path

import pytest

from siqml.commands.main import main


def test_quick_end_to_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["reproduce", "fig4", "--quick", "-o", str(tmp_path)]
    assert main(command) == 0
    shown = capsys.readouterr()
    assert shown.out == f"{tmp_path / 'table1-quick.md'}\n"
    assert "training: 40/40" in shown.err
    assert "training: 20/20" in shown.err
    text = (tmp_path / "table1-quick.md").read_text()
    assert "QUICK" in text
    assert "NOT met" in text
    assert (tmp_path / "table1-quick-together.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "table1-quick-lih.png").read_bytes().startswith(b"\x89PNG")
    numbers = json.loads((tmp_path / "table1-quick.json").read_text())
    assert numbers["quick"] is True
    assert numbers["command"] == "siqml reproduce table1 --seeds 0 --quick"
    found = {(row["config"], row["part"]): row["seeds"][0] for row in numbers["rows"]}
    assert found["lih", None]["steps"] == 40
    assert found["lih_paper", None]["steps"] == 20  # a phase without steps stays out
    assert [found["lih_generic", part]["structures"] for part in (None, "molecule", "relevant")] == [
        187,
        81,
        80,
    ]
    assert found["lih", "relevant"]["structures"] == 80

    assert main(command) == 0
    assert "training:" not in capsys.readouterr().err
    assert (tmp_path / "table1-quick.md").read_text() == text

    (tmp_path / "table1-quick.md").unlink()
    assert main([*command, "--finished", "--seeds", "0,1"]) == 0
    assert (
        "| 67 | Adam 20, L-BFGS 20; labels in 5 to 25 % of the range; weights around 0, spread 0.05 | 40 | 1 |"
        in (tmp_path / "table1-quick.md").read_text()
    )


def test_quick_shortens_every_phase(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["reproduce", "table2", "--rows", "water_forces", "--quick", "-o", str(tmp_path)]
    assert main(command) == 0
    assert "training: 60/60" in capsys.readouterr().err  # Adam, L-BFGS on energies, L-BFGS on both


def test_nothing_is_finished(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["reproduce", "table1", "--finished", "-o", str(tmp_path)]) == 2
    message = f"table1: no finished run in {tmp_path}; leave --finished out to train\n"
    assert capsys.readouterr().err == message
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["table7"], 'cannot reproduce "table7"; did you mean "table'),
        (
            ["table1", "--seeds", "0;1"],
            '--seeds: found "0;1"; needed: whole numbers with commas, such as 0,1,2',
        ),
        (["table1", "--seeds", "2,2"], '--seeds: found "2,2"; the same seed twice gives the same run twice'),
        (["recipe", "--seeds", "0"], "--seeds: recipe has seeds of its own; leave it out"),
        (
            ["recipe", "--rows", "lih"],
            "--rows chooses rows of tables, and recipe has none; leave one of the two out",
        ),
        (
            ["table1", "--rows", "water"],
            '--rows: no row "water" here; known: lih_paper, lih_generic_paper, lih, lih_generic',
        ),
    ],
)
def test_mistakes(
    arguments: list[str], expected: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["reproduce", *arguments, "-o", str(tmp_path / "out")]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith(expected)
    assert shown.err.count("\n") == 1
    assert not (tmp_path / "out").exists()
