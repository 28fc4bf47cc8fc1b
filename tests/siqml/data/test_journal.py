from pathlib import Path

import numpy as np
import pytest

from siqml.data.labelling.functional import Point
from siqml.data.labelling.journal import Journal

POSITIONS = np.array([[0.1, 1 / 3, -2e-9], [1.0, 0.0, 7.0]])
POINT = Point(-2075.4452780929473, np.array([[1 / 7, 0.0, -1e-300], [0.5, -0.25, 3.0]]))
TASK = {"species": ["H", "H"]}


def filled(path: Path) -> Path:
    journal = Journal(path, TASK)
    journal.add(POSITIONS, POINT)
    journal.add(POSITIONS + 1, Point(1.0, POINT.forces))
    return path


def test_numbers_come_back_to_the_last_bit(tmp_path: Path) -> None:
    found = Journal(filled(tmp_path / "a"), TASK).get(POSITIONS)
    assert found is not None
    assert found.energy == POINT.energy
    np.testing.assert_array_equal(found.forces, POINT.forces)


def test_other_positions_are_not_there(tmp_path: Path) -> None:
    journal = Journal(filled(tmp_path / "a"), TASK)
    assert len(journal) == 2
    assert journal.get(np.nextafter(POSITIONS, 1)) is None


@pytest.mark.parametrize("lost", [1, 5, 40])
def test_a_line_that_was_not_finished_is_dropped(tmp_path: Path, lost: int) -> None:
    path = filled(tmp_path / "a")
    path.write_text(path.read_text()[:-lost])
    journal = Journal(path, TASK)
    assert len(journal) == 1
    journal.add(POSITIONS + 2, POINT)
    assert len(Journal(path, TASK)) == 2


def test_points_of_another_task_are_dropped(tmp_path: Path) -> None:
    path = filled(tmp_path / "a")
    assert len(Journal(path, TASK | {"basis": "6-31g"})) == 0
    assert len(Journal(path, TASK)) == 0  # the file now belongs to the other task
    assert len(Journal(path, TASK | {"basis": "6-31g"})) == 0


def test_a_file_without_a_whole_first_line_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text('{"task": {"spec')
    assert len(Journal(path, TASK)) == 0
    assert path.read_text().endswith("\n")


def test_remove(tmp_path: Path) -> None:
    path = filled(tmp_path / "a")
    Journal(path, TASK).remove()
    assert not path.exists()
