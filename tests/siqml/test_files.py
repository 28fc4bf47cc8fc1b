from pathlib import Path

from siqml.files import sha256


def test_fingerprint_of_nothing_is_the_known_one(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    assert sha256(tmp_path / "empty").startswith("e3b0c44298fc1c149afbf4c8996fb924")
