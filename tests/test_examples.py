"""Every example runs: specs are certified, scripts print what they promise."""

import re
import runpy
from pathlib import Path

import pytest

import eqcompile as eq

EXAMPLES = Path(__file__).parents[1] / "examples"


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_specs_are_certified(path: Path) -> None:
    assert eq.compile(eq.load(path)).certificate


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.py")), ids=lambda path: path.stem)
def test_scripts_run(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(path), run_name="__main__")
    assert len(capsys.readouterr().out.splitlines()) > 2


def test_the_circuit_from_python_gives_one_energy_for_equivalent_structures(
    capsys: pytest.CaptureFixture[str],
) -> None:
    runpy.run_path(str(EXAMPLES / "python_circuit.py"))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "4 generators:"
    assert lines[5] == "proven: SU(2) x (H1 H2), 9 parameters"
    one, other = re.findall(r"-?\d+\.\d+", lines[6])
    assert one == other


def test_pooling_has_the_known_dimensions(capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(EXAMPLES / "pooling.py"))
    assert capsys.readouterr().out.startswith("5 independent Choi operators, 3 free parameters")
