"""Whatever the file holds, the reader returns a spec or raises a one-line SpecError."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from eqcompile.declaration import Spec, loads
from eqcompile.errors import SpecError

WORDS = (
    "", " ", "\n", "\n  ", "- ", ": ", "[", "]", "{", "}", ",", "'", '"', "#", "&a ", "*a", "!!str ", "|",
    ">", "?", "%", "@", "\t", "\\", "\x00", "\x85", "\u2028", "\ud800", "é", "0", "-1", "1e9", "99999999999",
    "true", "~", "null", "yes", "H1", "H2", "H3", "SU(2)", "S_2", "(H1 H2)", "(0 1)", "H(0,1)", "X0", "i", "Z",
    "pi", "sites", "qubits", "name", "data", "encode", "scales", "symmetry", "rotation", "permutation",
    "inversion", "parity", "group", "cycles", "on", "state", "singlets", "observable", "ansatz", "depth", "layer",
    "start", "derive", "plus", "'|00000>", " - i*|0+1-r>", "[[0, 1]]", "---", "...", "<<",
    "point_group", "mirror", "pauli", "charge", "clifford", "matrix", "axis", "normal", "rows", "copies", "C_4", "U(1)",
    "O(3)", "C3v", "Td", "H 0; CX 0 1", "[1, 1, 0]", "[[0, 1], [1, 0]]", "sqrt(2)/2", "exp(2*pi*i/3)", "Z0 - Z1",
    "!!python/object/apply:os.system ['true']",
)  # fmt: skip

KINDS = (
    "rotation",
    "point_group",
    "mirror",
    "inversion",
    "pauli",
    "charge",
    "clifford",
    "matrix",
    "graph",
    "lattice",
)
KEYS = ("group", "axis", "normal", "parity", "qubits", "rows", "name", "edges", "on", "shape")


def outcome(text: str) -> Spec | str:
    try:
        return loads(text, "fuzz.yaml")
    except SpecError as error:
        message = str(error)
        assert message.startswith("fuzz.yaml:")
        assert len(message.splitlines()) == 1
        assert message.isprintable()
        return message


@given(st.binary(max_size=200))
def test_random_bytes(content: bytes) -> None:
    assert isinstance(outcome(content.decode("utf-8", "replace")), str)


@given(st.text(max_size=100))
def test_random_text(text: str) -> None:
    assert isinstance(outcome(text), str)


@settings(max_examples=300)
@given(st.data())
def test_mutations_of_a_valid_spec(water: str, data: st.DataObject) -> None:
    """Cut out a piece and put in words, up to four times."""
    text = water
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = min(len(text), start + data.draw(st.sampled_from([0, 0, 1, 2, 5, 20])))
        text = text[:start] + "".join(data.draw(st.lists(st.sampled_from(WORDS), max_size=3))) + text[end:]
    assert outcome(text)


@settings(max_examples=300)
@given(st.data())
def test_values_replaced(water: str, data: st.DataObject) -> None:
    """Replace what stands after a key: most mutants are valid YAML and reach the checks of meaning."""
    lines = water.splitlines()
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(lines) - 1))
        key, colon, _ = lines[at].partition(":")
        lines[at] = key + colon + " " + " ".join(data.draw(st.lists(st.sampled_from(WORDS), max_size=4)))
    assert outcome("\n".join(lines))


@settings(max_examples=200)
@given(st.data())
def test_entries_of_symmetry(data: st.DataObject) -> None:
    """A kind of entry with anything after it: a word, a list, or a mapping with keys of any entry."""
    word = st.sampled_from([*(w for w in WORDS if w.isascii() and w.isprintable()), "1", "2"])
    value = st.recursive(
        word,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3),
    )
    entry = {data.draw(st.sampled_from(KINDS)): data.draw(value)}
    spec = {"name": "a", "qubits": 3, "symmetry": [entry]}
    text = json.dumps(spec)
    assert outcome(text if data.draw(st.booleans()) else text.replace('"1"', "1").replace('"2"', "2"))


def test_the_unchanged_spec_is_accepted(water: str) -> None:
    """Control: the fuzzed text is not refused because of something that is always there."""
    assert isinstance(outcome(water), Spec)
