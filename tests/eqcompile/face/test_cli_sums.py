"""The command line about sums of circuits: exit codes, files, one line for every mistake."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from eqcompile.claims.certificate import Certificate
from eqcompile.face.cli.main import main

Run = Callable[..., tuple[int, str, str]]

PAIR = """\
name: pair
qubits: 2
data: {sites: [A, B], encode: {A: [0], B: [1]}}
symmetry: [{rotation: SU(2)}, {permutation: (A B)}]
state: singlets [[0, 1]]
observable: H(0,1)
ansatz: {depth: 1, layer: [H(0,1)]}
"""

CHAIN = """\
name: chain
data: {sites: [P, Q, R]}
symmetry: [{rotation: SU(2)}, inversion, translation, {permutation: (P R)}]
terms:
  - weights: bond
    model: pair.yaml
    on:
      - [P - Q, Q - P]
      - [R - Q, Q - R]
"""


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Exit code, standard output and standard error of one command, in a folder with a sum and its circuit."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")
    Path("pair.yaml").write_text(PAIR)
    Path("chain.yaml").write_text(CHAIN)
    Path("half.yaml").write_text(CHAIN.replace("      - [R - Q, Q - R]\n", ""))

    def command(*arguments: object) -> tuple[int, str, str]:
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as exit_:
            code = int(str(exit_.code))
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return command


def test_verify_proves_and_recheck_confirms(run: Run) -> None:
    code, out, err = run("verify", "chain.yaml", "-o", "c.json", "--html", "c.html")
    assert (code, err) == (0, "")
    assert "PROVEN for SU(2) x inversion x translation x (P R)" in out
    assert "0 of 2 terms keep their places, 2 change them" in out
    assert "chain" in Path("c.html").read_text()
    assert Certificate.from_json(Path("c.json").read_text())
    code, out, err = run("recheck", "c.json", "--spec", "chain.yaml")
    assert (code, err) == (0, "")
    assert out.splitlines()[-1].startswith(
        "CONFIRMED: chain is proven under rotations, x -> -x, translations, (P R), as"
    )
    code, out, _ = run("recheck", "c.json", "--spec", "half.yaml", "--json")
    assert code == 1
    assert "the certificate has other terms than the spec" in json.loads(out)["problems"]
    code, _, err = run("recheck", "c.json", "--circuit", "pair.yaml")
    assert code == 2
    assert err == "c.json: a circuit beside the certificate of a sum: give --spec alone\n"


def test_a_refusal_names_the_element_and_the_term(run: Run) -> None:
    code, out, err = run("verify", "half.yaml")
    assert code == 1
    assert "reproduce: import numpy as np; s = eq.compile(spec)" in out
    assert err == (
        "half.yaml:3:55: the sum under (P R) is not an invariant sum: nothing proves it for terms[0]; "
        "under (P R), terms[0], pair on [P - Q, Q - P]: expected the term 1 * pair on [R - Q, Q - R] with weights "
        '"bond", found no term there\n'
    )
    code, _, err = run("compile", "half.yaml", "-o", "out")
    assert code == 1
    assert not Path("out").exists()
    assert "is not an invariant sum" in err


def test_compile_writes_the_whole_and_each_circuit(run: Run) -> None:
    code, out, err = run("compile", "chain.yaml", "-o", "out")
    assert (code, err) == (0, "")
    files = sorted(str(path.relative_to("out")) for path in Path("out").rglob("*") if path.is_file())
    assert files == ["bond/pair.certificate.json", "bond/pair.png", "bond/pair.qasm", "bond/pair.qpy", "bond/pair.tex",
                     "bond/pair.txt", "chain.certificate.json", "chain.terms.json"]  # fmt: skip
    assert all(f"out/{name}" in out for name in files)
    layout = json.loads(Path("out/chain.terms.json").read_text())
    assert layout["terms"][1]["sites"] == [[[1, "-1"], [2, "1"]], [[1, "1"], [2, "-1"]]]


def test_explain_says_what_is_declared_and_what_is_not(run: Run) -> None:
    code, out, err = run("explain", "chain.yaml")
    assert (code, err) == (0, "")
    for text in ("1 * pair on [P - Q, Q - P], weights bond", "pair: 2 qubits, 2 parameters, proven for SU(2) x (A B)",
                 "from -6 to 2", "PROVEN for"):  # fmt: skip
        assert text in out
    Path("some.yaml").write_text(CHAIN.replace(" translation,", ""))
    assert (
        "not claimed, though every combination adds up to zero: write - translation"
        in run("explain", "some.yaml")[1]
    )
    Path("more.yaml").write_text(CHAIN.replace(" translation,", "").replace("[P - Q, Q - P]", "[P, Q]"))
    out = run("explain", "more.yaml")[1]
    assert "not claimed: the combinations of 1 terms do not add up to zero" in out


ONE_CIRCUIT = (
    "chain is a sum of circuits, which has no qubits of its own; give the spec of one of its circuits"
)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("derive", "chain.yaml"), ONE_CIRCUIT),
        (("passes", "chain.yaml"), ONE_CIRCUIT),
        (("verify", "chain.yaml", "--operator", "Z0"), ONE_CIRCUIT),
        (("verify", "chain.yaml", "--circuit", "pair.yaml"), ONE_CIRCUIT),
        (
            ("verify", "chain.yaml", "--strict"),
            "strict is about a circuit or a state; a sum of circuits has values only",
        ),
        (("verify", "chain.yaml", "--sectors"), "sectors is about a circuit or a state; a sum of circuits"),
        (
            ("compile", "chain.yaml", "-o", "out", "--backend", "aer"),
            "--backend is about single circuits; compile the",
        ),
    ],
)
def test_what_needs_qubits_refuses_a_sum_in_one_line(run: Run, arguments: tuple[str, ...], line: str) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert line in err
    assert err.count("\n") == 1
