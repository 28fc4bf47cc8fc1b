"""The shipped specs and configs of other molecules are what ``siqml init`` writes; this writes them anew.

python -m tests.siqml.design.test_shipped_molecules
"""

from importlib import resources
from pathlib import Path

import pytest

from siqml.data.reading.read import read_data
from siqml.data.reading.shipped import shipped_file
from siqml.design.choosing import designed
from siqml.design.texts import config_text, spec_text
from siqml.reproduce.tables.molecules import MOLECULES

NAMES = [row.config for row in MOLECULES.rows]


def texts(name: str) -> dict[Path, str]:
    """Spec and config of a molecule, with the paths that they are shipped at."""
    root = Path(str(resources.files("siqml")))
    design = designed(read_data(Path(shipped_file(f"{name}_train.extxyz"))))
    files = (f"{name}_train.extxyz", f"{name}_test.extxyz")
    return {
        root / "models" / f"{name}.yaml": spec_text(design),
        root / "configs" / f"{name}.yaml": config_text(design, name, *files, 0),
    }


@pytest.mark.parametrize("name", NAMES)
def test_what_is_shipped_is_what_init_writes(name: str) -> None:
    for path, text in texts(name).items():
        assert path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    for name in NAMES:
        for path, text in texts(name).items():
            path.write_text(text, encoding="utf-8")
            print(path)
