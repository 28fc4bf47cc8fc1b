"""YAML: what is read and what is refused; nothing is executed, and nothing explodes."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from eqcompile.declaration.yaml.source import parse_yaml
from eqcompile.errors import SpecError


def plain(text: str) -> Any:
    return parse_yaml(text, "spec.yaml").root.plain()


def refusal(text: str) -> str:
    with pytest.raises(SpecError) as caught:
        parse_yaml(text, "spec.yaml")
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7", 7), ("-7", -7), ("010", 10), ("0.1", Decimal("0.1")), (".5", Decimal("0.5")),
        ("1e3", Decimal(1000)), ("true", True), ("False", False), ("yes", "yes"), ("no", "no"), ("N", "N"),
        ("~", None), ("", None), ("null", None), ("'7'", "7"), ('"true"', "true"), ("0x10", "0x10"),
        (".inf", ".inf"), ("1e9999999", "1e9999999"), ("9" * 51, "9" * 51), ("2*pi/3", "2*pi/3"),
        ("singlets [[0, 1]]", "singlets [[0, 1]]"), ("'it''s'", "it's"), ("[1, [2]]", [1, [2]]),
    ],
)  # fmt: skip
def test_values(text: str, value: Any) -> None:
    assert plain(f"key: {text}") == {"key": value}
    assert type(plain(f"key: {text}")["key"]) is type(value)


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("[H(0,1), H(2,3), H(1,2) + H(0,3)]", ["H(0,1)", "H(2,3)", "H(1,2) + H(0,3)"]),
        ("[H(0, 1)\n    Z2, X0]", ["H(0, 1) Z2", "X0"]),
        ("[(A, B)(C, D)]", ["(A, B)(C, D)"]),
        ("['H(0', 1)]", ["H(0", "1)"]),
        ("[H(0, '1)']", ["H(0", "1)"]),
        ("[(, a]", ["(, a"]),
        ("[), a]", [")", "a"]),
        ("[(a, [b]]", ["(a", ["b"]]),
    ],
)
def test_a_comma_in_parentheses_does_not_split(text: str, items: list[Any]) -> None:
    assert plain(f"key: {text}") == {"key": items}


def test_the_same_in_mappings() -> None:
    assert plain("{a: H(0,1), b: H(1,2) + H(0, 3), c: 1}") == {"a": "H(0,1)", "b": "H(1,2) + H(0, 3)", "c": 1}
    assert plain("{a: H(0, 1): 5}") == {"a": "H(0", "1)": 5}


def test_an_alias_is_not_joined() -> None:
    assert plain("{a: &h H(0, b: [*h , 1)]}")["b"] == ["H(0", "1)"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\na: 2\n", '2:1: key "a" appears twice; the first one is on line 1'),
        ("a: {b: 1, c: 2, b: 3}", '1:17: key "b" appears twice; the first one is on line 1'),
        ("a: 1\n---\nb: 2\n", "2:1: a second document begins here; a spec is one document"),
        ("just text", '1:1: a spec is a mapping such as name: water; found "just text"'),
        ("- a\n- b\n", "1:1: a spec is a mapping such as name: water; found a list"),
        ("? [a]\n: b", "1:3: a key must be a word, not a list or a mapping"),
        ("a: *b", '1:4: alias "*b" has no anchor before it'),
        ("a: &a [*a]", '1:8: alias "*a" has no anchor before it'),
        ("a: b: c", "1:5: not valid YAML: mapping values are not allowed here"),
        ("a: [1, 2", "1:9: not valid YAML: expected ',' or ']', but got '<stream end>'"),
        (
            "a:\n\t- b",
            "2:1: not valid YAML: found character '\\t' that cannot start any token; indent with spaces",
        ),
        ("a: 'b\n", "2:1: not valid YAML: found unexpected end of stream"),
        ("a: \x00", "1:4: character U+0000 is not allowed in YAML; remove it"),
        ("a: 1\nb: \x1b[31m", "2:4: character U+001B is not allowed in YAML; remove it"),
        (
            "%YAML " + "9" * 5000 + ".1\n---\na: 1",
            " not valid YAML: an escape or a version number is out of range",
        ),
        ('a: "\\UFFFFFFFF"', " not valid YAML: an escape or a version number is out of range"),
    ],
)
def test_refusals(text: str, message: str) -> None:
    assert refusal(text) == f"spec.yaml:{message}"


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("a: !!python/object/apply:os.system ['touch {marker}']", "!!python/object/apply:os.system"),
        ("a: !!python/object/new:os.system ['touch {marker}']", "!!python/object/new:os.system"),
        ("a: !!python/name:os.system", "!!python/name:os.system"),
        ("!!map {a: 1}", "!!map"),
        ("a: !!str 1", "!!str"),
        ("a: !mine 1", "!mine"),
        ("a: ! 1", "!"),
    ],
)
def test_no_tag_is_accepted_and_none_runs(tmp_path: Path, text: str, tag: str) -> None:
    marker = tmp_path / "ran"
    message = refusal(text.replace("{marker}", str(marker)))
    column = 1 + text.index("!")
    assert message == f'spec.yaml:1:{column}: tags are not allowed in a spec; found "{tag}"; remove it'
    assert not marker.exists()


def alias_chain(levels: int, width: int, nesting: int = 1) -> str:
    """Every level repeats the one before ``width`` times, inside ``nesting`` lists."""
    lines = ["k0: &a0 [x]"]
    for level in range(1, levels):
        body = "[" * nesting + ", ".join([f"*a{level - 1}"] * width) + "]" * nesting
        lines.append(f"k{level}: &a{level} {body}")
    return "\n".join(lines)


def test_alias_bomb_is_refused_before_it_goes_off() -> None:
    """Written out, it would have 9^9 values; it is refused at the level that passes the limit."""
    expected = "spec.yaml:6:5: more than 20000 values or 20 levels once aliases are expanded"
    assert refusal(alias_chain(levels=10, width=9)) == expected


def test_alias_bomb_in_depth() -> None:
    """Aliases within aliases must not get around the limit on depth."""
    expected = "spec.yaml:3:5: more than 20000 values or 20 levels once aliases are expanded"
    assert refusal(alias_chain(levels=40, width=1, nesting=10)) == expected


def test_number_of_aliases() -> None:
    assert plain("a: &a 1\nb: [" + ", ".join(["*a"] * 50) + "]")["b"] == [1] * 50
    assert refusal("a: &a 1\nb: [" + ", ".join(["*a"] * 51) + "]") == (
        "spec.yaml:2:205: more than 50 aliases; write the values out"
    )


@pytest.mark.parametrize(
    ("opening", "column"), [("[", 23), ("{b: ", 80), ("- ", 40)], ids=["lists", "mappings", "blocks"]
)
def test_depth(opening: str, column: int) -> None:
    """The recursion limit of Python is never reached."""
    start = "a:\n " if opening == "- " else "a: "
    line = 2 if opening == "- " else 1
    assert refusal(start + opening * 100_000) == f"spec.yaml:{line}:{column}: nested deeper than 20 levels"


def test_depth_limit_is_inclusive() -> None:
    """The root is one level, and what is in the innermost list is not a level."""
    assert plain("a: " + "[" * 19 + "1" + "]" * 19)
    assert refusal("a: " + "[" * 20 + "]" * 20) == "spec.yaml:1:23: nested deeper than 20 levels"


def test_number_of_values() -> None:
    assert len(plain("a: [" + "1, " * 19_990 + "]")["a"]) == 19_990
    assert refusal("a: [" + "1, " * 20_000 + "]") == (
        "spec.yaml:1:59996: more than 20000 values; a spec is smaller than that"
    )


def test_messages_stay_on_one_line() -> None:
    message = refusal('"a\\nb": 1\n"a\\nb": 2')
    assert message == 'spec.yaml:2:1: key "a\\nb" appears twice; the first one is on line 1'
    assert len(message.splitlines()) == 1
