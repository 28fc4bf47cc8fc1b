"""Reading files: every way in which a file can be unreadable gives one line that names it."""

import os
from pathlib import Path

import pytest

from eqcompile.declaration import load, loads
from eqcompile.declaration.yaml.wording import MAX_FILE_BYTES
from eqcompile.errors import SpecError


def refusal(path: Path | str) -> str:
    with pytest.raises(SpecError) as caught:
        load(path)
    return str(caught.value)


def test_a_file_and_its_text_are_one_spec(water: str, tmp_path: Path) -> None:
    path = tmp_path / "water.yaml"
    path.write_text(water)
    assert load(path) == load(str(path)) == loads(water)
    assert load(path).source.path == str(path)


def test_windows_line_ends_and_byte_order_mark(water: str, tmp_path: Path) -> None:
    path = tmp_path / "water.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + water.replace("\n", "\r\n").encode())
    assert load(path) == loads(water)


def test_missing_file(tmp_path: Path) -> None:
    path = tmp_path / "watr.yaml"
    assert refusal(path) == f"{path}: no such file"
    (tmp_path / "water.yaml").write_text("")
    assert refusal(path) == f'{path}: no such file; did you mean "{tmp_path / "water.yaml"}"?'
    nowhere = tmp_path / "nowhere" / "water.yaml"
    assert refusal(nowhere) == f"{nowhere}: no such file"


def test_directory(tmp_path: Path) -> None:
    assert refusal(tmp_path) == f"{tmp_path}: not a regular file; name a YAML file"


def test_pipe_is_refused_without_waiting(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    assert refusal(path) == f"{path}: not a regular file; name a YAML file"


def test_path_that_no_system_accepts() -> None:
    assert refusal("a\0b") == "a\0b: cannot be read: embedded null byte"


def test_path_through_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    path = tmp_path / "file" / "water.yaml"
    assert refusal(path) == f"{path}: cannot be read: Not a directory"


@pytest.mark.parametrize("content", ["", "\n\n", "# only a comment\n", "---\n", "~\n"])
def test_empty_file(tmp_path: Path, content: str) -> None:
    path = tmp_path / "empty.yaml"
    path.write_text(content)
    assert refusal(path) == f"{path}: the file is empty; a spec begins with a line such as name: water"


def test_ten_megabytes_are_refused_by_size_alone(tmp_path: Path) -> None:
    """The file is sparse and holds only null bytes: were it read, the message would be about those."""
    path = tmp_path / "large.yaml"
    with path.open("wb") as file:
        file.truncate(10_000_000)
    assert refusal(path) == f"{path}: 10000000 bytes; the limit for a spec is 1000000"


def test_size_limit_is_inclusive(water: str, tmp_path: Path) -> None:
    path = tmp_path / "water.yaml"
    path.write_text(water + "#" * (MAX_FILE_BYTES - len(water)))
    assert load(path) == loads(water)
    path.write_text(water + "#" * (MAX_FILE_BYTES - len(water) + 1))
    assert refusal(path) == f"{path}: 1000001 bytes; the limit for a spec is 1000000"


def test_text_has_the_same_limit(water: str) -> None:
    with pytest.raises(SpecError, match=r"^<string>: 1000002 bytes; the limit for a spec is 1000000$"):
        loads("é" * 500_001)


def test_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "latin.yaml"
    path.write_bytes("name: water\nqubits: é\n".encode("latin-1"))
    assert refusal(path) == f"{path}:2:9: byte 0xE9 is not UTF-8; save the file as UTF-8"


def test_reading_leaves_nothing_behind(water: str, tmp_path: Path) -> None:
    path = tmp_path / "water.yaml"
    path.write_text(water)
    load(path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["water.yaml"]
