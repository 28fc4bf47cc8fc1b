"""Files appear whole or not at all."""

import os
from pathlib import Path

import pytest

from eqcompile.files import write_atomically


def test_text_and_bytes_in_new_folders(tmp_path: Path) -> None:
    target = tmp_path / "a" / "b" / "file"
    write_atomically(target, "Å")
    assert target.read_bytes() == "Å".encode()
    write_atomically(target, b"\x00")
    assert target.read_bytes() == b"\x00"
    assert target.stat().st_mode & 0o777 == 0o644
    assert [path.name for path in target.parent.iterdir()] == ["file"]


def test_an_interruption_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "file"
    write_atomically(target, "old")

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(target, "new")
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_folder_is_not_replaced(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError) as caught:
        write_atomically(tmp_path, "new")
    assert caught.value.filename == str(tmp_path)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").write_text("old")
    with pytest.raises((FileExistsError, NotADirectoryError)):
        write_atomically(tmp_path / "file" / "below", "new")
    assert (tmp_path / "file").read_text() == "old"
