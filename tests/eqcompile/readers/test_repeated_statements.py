"""What is wrong with a long program is found without its repetitions, and nothing else is."""

import pytest

from eqcompile.errors import BackendError
from eqcompile.readers.circuit_file import circuit_from_bytes
from eqcompile.readers.files.repeated_statements import without_repetitions

HEAD = (
    'OPENQASM 3.0;\ninclude "stdgates.inc";\ninput float a;\n'
    "gate own(t) p { rx(t/2) p; h p; }\nqubit[2] q; bit[2] c;\n"
)
GATES = "".join(
    f"rz({k}.25*a) q[0]; cx q[0], q[1]; // note; {{ {k}\nown(0.{k}) q[1]; /* ; */ h q; ctrl @ x q[0], q[1];\n"
    for k in range(1, 60)
)
ENDS = {
    "": None,
    "h q[0": "line 124, column 6: ",
    "frob q[0];": "line 124, column 1: gate 'frob' is not defined.",
    "rx(1/0) q[0];": "line 124, column 4: division by zero",
    "rx(2.5/0.0) q[0];": "line 124, column 4: division by zero",
    "h q[7];": "line 124, column 3: an index is out of range",
    "if (c[0]) x q[0]; else y q[0];": None,
    "if (c[0]) x q[0]; else y q[0]; if (c[0]) x q[0]; else y q[0];": None,
    "if (c[0]) { x q[0]; x q[0]; } else { x q[0]; } if (c[0]) { x q[0]; x q[0]; } else { x q[0]; }": None,
    "pragma keep ; this {\nh q[0];": "line 124, column 1: node of type Pragma is not supported",
    "for int k in [0:1] { h q[0]; h q[0]; }": None,
    "x q[{0, 1}]; x q[{0, 1}]; ctrl @ x q[{0}], q[{1}]; ctrl @ x q[{0}], q[{1}];": None,
    "h q[{0, 1}; h q[0]; h q[0];": "the text is incomplete or malformed",
    "gphase(0.5); c = measure q; c = measure q; barrier q; barrier q;": None,
}


def outcome(text: str) -> str | None:
    try:
        circuit_from_bytes(text.encode())
    except BackendError as error:
        return str(error)
    return None


@pytest.mark.parametrize("end", ENDS)
def test_the_answer_is_that_of_the_whole_program(end: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = HEAD + GATES + end
    shorter = without_repetitions(whole)
    assert len(shorter) <= len(whole)
    assert shorter.count("\n") == whole.count("\n")
    assert len(shorter.split()) < len(whole.split()) / 5
    assert outcome(shorter) == outcome(whole)
    monkeypatch.setattr("eqcompile.readers.files.openqasm3.without_repetitions", lambda text: text)
    alone = outcome(whole)  # the program in one piece, as if there were nothing to leave out
    assert outcome(shorter) == alone
    expected = ENDS[end]
    assert (alone is None) == (expected is None)
    assert expected is None or expected in str(alone)


@pytest.mark.parametrize("line", ["@note a;b", "x q[0]; @note {", "/* that */ @note } ;"])
def test_annotations_end_with_their_line(line: str) -> None:
    text = HEAD + GATES + f"{line}\nx q[0];\n" * 3
    assert outcome(text) is None
    assert without_repetitions(text) == text
    assert without_repetitions(text.replace(line, "")) != text.replace(line, "")


def test_a_mistake_that_only_the_whole_has_is_found_there() -> None:
    text = HEAD + GATES + "rx(1/2.0) q[0]; rx(1/0.0) q[0];"
    assert outcome(without_repetitions(text)) is None
    assert "division by zero" in str(outcome(text))


def test_long_programs_are_parsed_to_the_end_only_if_they_are_right(monkeypatch: pytest.MonkeyPatch) -> None:
    import openqasm3.parser

    parsed: list[str] = []
    own = openqasm3.parser.parse

    def parse(text: str) -> object:
        parsed.append(text)
        return own(text)

    monkeypatch.setattr("openqasm3.parser.parse", parse)
    for end, times in (("frob q[0];", 1), ("", 2)):
        parsed.clear()
        outcome(HEAD + GATES + end)
        assert len(parsed) == times
        assert len(parsed[0].split()) < len((HEAD + GATES).split()) / 5
