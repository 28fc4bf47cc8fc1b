import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from siqml.errors import ConfigError
from siqml.yaml_text import parse_yaml

BOMB = "a: &a [x, x]\n" + "".join(
    f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefghijklmno", "bcdefghijklmnop", strict=True)
)


def test_scalars() -> None:
    document = parse_yaml("a: 1e-3\nb: [1, -2.5, x, 'y']\nc: {d: true, e: ~, f: null}\n")
    assert document.tree == {"a": 0.001, "b": [1, -2.5, "x", "y"], "c": {"d": True, "e": None, "f": None}}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "c.yaml: the file is empty; a config begins with a line such as model: lih"),
        ("# nothing\n", "c.yaml: the file is empty; a config begins with a line such as model: lih"),
        ("- 1", "c.yaml:1:1: a config is a mapping such as model: lih; found a list"),
        ("a: 1\na: 2", 'c.yaml:2:1: key "a" appears twice; the first one is on line 1'),
        (
            "a: !!python/object:os.system 1",
            'c.yaml:1:4: tags are not allowed in a config; found "!!python/object:os.system"; remove it',
        ),
        ("a: !x 1", 'c.yaml:1:4: tags are not allowed in a config; found "!x"; remove it'),
        ("{[1]: 2}", "c.yaml:1:2: a key must be a word, not a list or a mapping"),
        ("a: 1\n---\nb: 1", "c.yaml:2:1: a second document begins here; a config is one document"),
        ("a: [1", "c.yaml:1:6: not valid YAML: expected ',' or ']', but got '<stream end>'"),
        ("a: " + "[" * 50 + "]" * 50, "c.yaml:1:23: nested deeper than 20 levels"),
        ("a: " + "[" * 90_000, "c.yaml:1:23: nested deeper than 20 levels"),
        (BOMB, "c.yaml:14:4: more than 20000 values or 20 levels once aliases are expanded"),
    ],
)
def test_every_message(text: str, expected: str) -> None:
    with pytest.raises(ConfigError) as error:
        parse_yaml(text, "c.yaml")
    assert str(error.value) == expected


def test_an_alias_is_the_value_it_names() -> None:
    assert parse_yaml("a: &x [1]\nb: *x").tree == {"a": [1], "b": [1]}


@settings(max_examples=300)
@given(st.text(max_size=40), st.integers(0, 30))
def test_nothing_but_config_errors(noise: str, at: int) -> None:
    text = "adam: {steps: 10}\nseed: 3\nloss: &x\n"
    try:
        parse_yaml(text[:at] + noise + text[at:])
    except ConfigError as error:
        if "\n" in str(error):
            pytest.fail("the message has several lines")
