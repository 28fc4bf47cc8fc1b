"""Errors carry their place, and all of them can be caught as one kind."""

import pytest

from eqcompile import errors
from eqcompile.errors import EqcompileError, ExpressionError, SpecError


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ({}, "wrong"),
        ({"path": "a.yaml"}, "a.yaml: wrong"),
        ({"path": "a.yaml", "line": 3}, "a.yaml:3: wrong"),
        ({"path": "a.yaml", "line": 3, "column": 7}, "a.yaml:3:7: wrong"),
    ],
)
def test_spec_errors_begin_with_their_place(place: dict[str, object], text: str) -> None:
    error = SpecError("wrong", **place)  # type: ignore[arg-type]
    assert str(error) == text
    assert (error.message, error.path) == ("wrong", place.get("path"))


def test_every_error_is_one_kind() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    assert len(kinds) > 5
    assert all(issubclass(kind, EqcompileError) for kind in kinds)
    assert ExpressionError("wrong", 4).offset == 4


def test_no_message_is_longer_than_a_screen() -> None:
    """Whatever text of a file or an argument it contains: beginning and end, place and cure, stay."""
    text = str(SpecError(f"unknown {'a' * 100_000}; write b", path="a.yaml", line=3))
    assert len(text) == errors.MAX_MESSAGE
    assert text.startswith("a.yaml:3: unknown aaa")
    assert text.endswith("aaa; write b")
