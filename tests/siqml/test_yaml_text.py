import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from siqml.errors import ConfigError
from siqml.yaml_text import parse_yaml

BOMB = "a: &a [x, x]\n" + "".join(
    f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)


def test_scalars() -> None:
    document = parse_yaml("a: 1e-3\nb: [1, -2.5, x, 'y']\nc: {d: true, e: ~, f: null}\n")
    assert document.tree == {"a": 0.001, "b": [1, -2.5, "x", "y"], "c": {"d": True, "e": None, "f": None}}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "c.yaml: empty file; a config is needed, see siqml/configs/lih.yaml"),
        ("# nothing\n", "c.yaml: empty file; a config is needed, see siqml/configs/lih.yaml"),
        ("- 1", "c.yaml:1:1: a config is a mapping such as 'model: lih'"),
        ("a: 1\na: 2", 'c.yaml:2:1: key "a" appears twice; remove one'),
        ("a: &x 1\nb: *x", "c.yaml:1:4: an alias repeats this value; write it out, a config has no aliases"),
        (
            "a: !!python/object:os.system 1",
            'c.yaml:1:4: the tag "python/object:os.system" is not allowed; remove it',
        ),
        ("a: !x 1", 'c.yaml:1:4: the tag "!x" is not allowed; remove it'),
        ("a: 0x10", 'c.yaml:1:4: "0x10" is no plain number; write it in decimal'),
        ("{[1]: 2}", "c.yaml:1:2: a key must be a word"),
        ("a: 1\n---\nb: 1", "c.yaml:2:1: not valid YAML: but found another document"),
        ("a: [1", "c.yaml:1:6: not valid YAML: expected ',' or ']', but got '<stream end>'"),
        ("a: " + "[" * 50 + "]" * 50, "c.yaml:1:12: nested deeper than 8 levels"),
        (BOMB, "c.yaml:1:4: an alias repeats this value; write it out, a config has no aliases"),
    ],
)
def test_every_message(text: str, expected: str) -> None:
    with pytest.raises(ConfigError) as error:
        parse_yaml(text, "c.yaml")
    assert str(error.value) == expected


def test_very_deep_nesting_is_an_error() -> None:
    with pytest.raises(ConfigError, match="more than 500 brackets; a config is a page of YAML"):
        parse_yaml("a: " + "[" * 90_000)
    with pytest.raises(ConfigError, match="not valid YAML"):
        parse_yaml("a: " + "[" * 499)


@settings(max_examples=300)
@given(st.text(max_size=40), st.integers(0, 30))
def test_nothing_but_config_errors(noise: str, at: int) -> None:
    text = "adam: {steps: 10}\nseed: 3\nloss: &x\n"
    try:
        parse_yaml(text[:at] + noise + text[at:])
    except ConfigError as error:
        if "\n" in str(error):
            pytest.fail("the message has several lines")
