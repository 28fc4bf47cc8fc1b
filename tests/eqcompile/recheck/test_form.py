"""Every value of a certificate is replaced by one of another kind: one line in our words, never a confirmation."""

import contextlib
import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from campaign.forgery.edits import digested
from campaign.forgery.meaning import meaning
from campaign.forgery.originals import names, original
from eqcompile.claims.certificate import Certificate
from eqcompile.errors import EqcompileError
from eqcompile.face.cli.main import main
from eqcompile.files import write_atomically
from eqcompile.recheck.form import json_schema, require_form
from eqcompile.recheck.sums.form import sum_schema

ROOT = Path(__file__).parents[3]
SCHEMA_FILE = ROOT / "docs" / "certificate.schema.json"
SUM_SCHEMA_FILE = ROOT / "docs" / "sum_certificate.schema.json"

VALUES = (None, True, 1.5, -1, "x", [], {}, 10**40)
SAMPLE = 5
"""Replacements of one certificate that are taken to the command line, of those refused and of those that are not."""

PYTHON = re.compile(
    r"NoneType|unhashable|object is not|expected str|Traceback|Error\b|argument|subscript|unpack|iterable|zip\(|"
    r"\b(?:dict|list|tuple|int|float|bool) (?:object|ind)|out of range|not supported|\bNone\b|\bTrue\b|\bstr\b|"
    r"invertible|Fraction\("
)
"""Words of Python's own messages."""

Place = tuple[str | int, ...]


def places(value: Any, path: Place = ()) -> Iterator[Place]:
    """Paths of all values in plain data."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield (*path, key)
        yield from places(part, (*path, key))


@contextlib.contextmanager
def replaced(body: Any, place: Place, value: Any) -> Iterator[Any]:
    """The body with another value at one place; afterwards it is as before."""
    holder = body
    for key in place[:-1]:
        holder = holder[key]
    old, holder[place[-1]] = holder[place[-1]], value
    try:
        yield old
    finally:
        holder[place[-1]] = old


def refusal(body: Any) -> str:
    try:
        require_form(body)
    except EqcompileError as error:
        return str(error)
    return ""


def sorted_out(body: Any) -> tuple[list[tuple[Place, Any]], list[tuple[Place, Any]]]:
    """Replacements that the form refuses, and those that it has to let pass."""
    out: tuple[list[tuple[Place, Any]], list[tuple[Place, Any]]] = [], []
    for place in list(places(body)):
        for value in VALUES:
            with replaced(body, place, value) as old:
                if json.dumps(old) == json.dumps(value):
                    continue
                if line := refusal(body):
                    assert line.startswith("not a certificate of schema 3: "), (place, value, line)
                    assert line.isprintable(), (place, value, line)
                    assert not PYTHON.search(line), (place, value, line)
                out[not line].append((place, value))
    return out


def on_the_command_line(path: Path, text: str, files: list[str]) -> tuple[int, str]:
    path.write_text(text, encoding="utf-8")
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(["recheck", str(path), *files, "--seed", "1"])
    return int(code), out.getvalue() + err.getvalue()


@pytest.mark.parametrize("name", names())
def test_no_replaced_value_slips_through(name: str, tmp_path: Path) -> None:
    honest, source = original(name), Random(name)
    body = json.loads(honest.text)
    refused, passed = sorted_out(body)
    assert len(refused) > 5 * len(list(places(body)))
    files = ["--spec", str(honest.spec), *(["--circuit", str(honest.circuit)] if honest.circuit else [])]
    for place, value in source.sample(refused, 2):
        with replaced(body, place, value):
            text = digested(body) if place != ("digest",) else json.dumps(body)
            code, words = on_the_command_line(tmp_path / "c.json", text, files)
        assert (code, words.count("\n")) == (2, 1), (place, value, words)
        with pytest.raises(EqcompileError, match=r"^not a certificate of schema"):
            Certificate.from_json(text)
    known = meaning(body)
    for place, value in source.sample(passed, min(SAMPLE, len(passed))):
        with replaced(body, place, value):
            text = digested(body) if place != ("digest",) else json.dumps(body)
            code, words = on_the_command_line(tmp_path / "c.json", text, files)
            assert code in (0, 1, 2)
            assert code != 2 or words.count("\n") == 1, (place, value, words)
            assert not PYTHON.search(words), (place, value, words)
            if words.splitlines()[-1].startswith("CONFIRMED"):
                assert meaning(body) == known or free(place), (place, value, words)


def free(place: Place) -> bool:
    """What else may differ: an error exponent, which a proof by parts lacks."""
    return place[-1] == "error_exponent"


def test_negative_control_what_is_replaced_by_its_like_passes() -> None:
    body = json.loads(original("model").text)
    assert refusal(body) == ""
    with replaced(body, ("findings", 0, "method"), "x"):
        assert refusal(body) == ""
    assert PYTHON.search("'NoneType' object is not iterable")


LOOSE = {
    "site of a matrix": (
        lambda b: b["group_data"]["generators"][0]["matrices"].pop(),
        "group_data.generators[0].matrices: 1 entries, where one for every site belongs, that is 2",
    ),
    "qubit of a permutation": (
        lambda b: b["group_data"]["generators"][3]["steps"][0]["permutation"].__setitem__(0, 4),
        "group_data.generators[3].steps[0].permutation: there is no qubit 4; the certificate has 4, counted from 0",
    ),
    "site of an encoding": (
        lambda b: b["findings"][1]["evidence"]["gates"][0].__setitem__(0, 2),
        "findings[1].evidence.gates: there is no site 2; the certificate has 2, counted from 0",
    ),
    "gate of an encoding": (
        lambda b: b["findings"][-1]["evidence"]["encoding"].pop(),
        "findings[6].evidence.encoding: not every gate of the encodings once",
    ),
    "both kinds of generator": (
        lambda b: b["group_data"]["generators"][3].update(operator="X0"),
        'group_data.generators[3]: the field "steps" is not known here; known: name, operator, matrices',
    ),
    "layers": (
        lambda b: b["target_data"].update(layers=1_000_000),
        "target_data.layers: 1000000 gates of a layer, and 7 findings",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("change", "message"), LOOSE.values(), ids=LOOSE)
def test_numbers_point_at_something(change: Callable[[Any], object], message: str) -> None:
    body = json.loads(original("model").text)
    change(body)
    assert refusal(body) == f"not a certificate of schema 3: {message}"


@pytest.mark.parametrize("other", ["A_x", "B_azimuth", "A_turn"])
def test_a_parameter_has_one_meaning(other: str) -> None:
    body = json.loads(original("sites").text)
    assert refusal(body) == ""
    body["target_data"]["angles"][0][0] = other
    assert refusal(body) == (
        "not a certificate of schema 3: target_data: a name that stands for two things, "
        "angles or coordinates of sites"
    )
    body["target_data"]["angles"][0][0] = "another"
    assert refusal(body) == ""


@pytest.mark.parametrize("name", ["heisenberg", "any", "sites"])
def test_listed_gates_that_cannot_be_read_are_not_passed_over(name: str, tmp_path: Path) -> None:
    """They were once a note beside a confirmation: now the gates of the file are decided."""
    honest = original(name)
    body = json.loads(honest.text)
    body["target_data"]["operations"][0][1] = "x"
    files = ["--spec", str(honest.spec), "--circuit", str(honest.circuit)]
    code, words = on_the_command_line(tmp_path / "c.json", digested(body), files)
    assert code == 1
    assert 'PROBLEM: the gates that the certificate lists cannot be read: "x" cannot be read' in words


def test_a_comparison_with_a_circuit_of_no_file_is_not_confirmed_of_files(tmp_path: Path) -> None:
    """Anybody may have written the circuit that is compared with."""
    honest = original("another")
    files = ["--spec", str(honest.spec), "--circuit", str(honest.circuit)]
    code, words = on_the_command_line(tmp_path / "c.json", honest.text, files)
    assert code == 1
    assert "PROBLEM: the model is compared with that of a circuit which no file holds" in words
    assert words.splitlines()[-1].startswith("NOT CONFIRMED")
    code, words = on_the_command_line(tmp_path / "c.json", honest.text, [])
    assert words.splitlines()[-1].startswith("CONFIRMED")


def schema_text() -> str:
    return json.dumps(json_schema(), indent=1) + "\n"


def sum_schema_text() -> str:
    """The form of the certificate of a sum, whose programs are certificates of the other form."""
    whole = sum_schema()
    whole["properties"]["target_data"]["properties"]["programs"]["items"] = {"$ref": SCHEMA_FILE.name}
    return json.dumps(whole, indent=1) + "\n"


def test_the_json_schema_is_up_to_date() -> None:
    """``python -m tests.eqcompile.recheck.test_form`` writes it anew."""
    assert SCHEMA_FILE.read_text(encoding="utf-8") == schema_text()
    assert SUM_SCHEMA_FILE.read_text(encoding="utf-8") == sum_schema_text()


if __name__ == "__main__":
    write_atomically(SCHEMA_FILE, schema_text())
    write_atomically(SUM_SCHEMA_FILE, sum_schema_text())
