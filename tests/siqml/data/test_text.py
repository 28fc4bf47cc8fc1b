from pathlib import Path

import pytest

from siqml.data.reading.text import element, is_isotope, lines_of, number
from siqml.errors import DataError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.5", 1.5), ("-.5", -0.5), ("1.", 1.0), ("+3", 3.0), ("1e-3", 1e-3), ("1.0D-3", 1e-3), ("2d+2", 200.0),
        ("", None), ("1,5", None), ("1_0", None), ("T", None), ("0x1", None), ("1e", None), ("--1", None),
        ("\u0661", None),
    ],
)  # fmt: skip
def test_numbers(text: str, expected: float | None) -> None:
    assert number(text) == expected


def test_many_digits_take_no_time_of_their_square() -> None:
    assert number("1" * 300_000 + "x") is None


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("O", "O"), ("o", "O"), ("O1", "O"), ("Cl_12", "Cl"), ("8", "O"), ("1", "H"), ("118", "Og"), ("D", "H"),
        ("T2", "H"), ("0", None), ("119", None), ("OW", None), ("X", None), ("", None), ("O-", None), ("Xyz", None),
    ],
)  # fmt: skip
def test_elements(label: str, expected: str | None) -> None:
    assert element(label) == expected
    assert is_isotope(label) == (label in ("D", "T2"))


@pytest.mark.parametrize("content", ["a\nb\n", "a\r\nb", "a\rb\r", "\ufeffa\nb\n"])
def test_lines_end_in_any_way(tmp_path: Path, content: str) -> None:
    (tmp_path / "x").write_bytes(content.encode())
    assert lines_of(tmp_path / "x") == ["a", "b"]


def test_what_is_no_text_is_said(tmp_path: Path) -> None:
    for content, expected in (
        (b"a\n\0", "x:2: a zero byte, so it is not text"),
        ("a".encode("utf-16"), "UTF-16"),
    ):
        (tmp_path / "x").write_bytes(content)
        with pytest.raises(DataError) as error:
            lines_of(tmp_path / "x")
        assert expected in str(error.value)


def test_a_damaged_compressed_file(tmp_path: Path) -> None:
    import gzip

    (tmp_path / "x.gz").write_bytes(gzip.compress(b"a\nb\n"))
    assert lines_of(tmp_path / "x.gz") == ["a", "b"]
    (tmp_path / "x.gz").write_bytes(gzip.compress(b"a\nb\n" * 99)[:-9])
    with pytest.raises(DataError, match="the compressed file is cut off or damaged"):
        lines_of(tmp_path / "x.gz")
