"""The command line: exit codes, one line for every mistake, and no file that should not be there."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import eqcompile as eq
from eqcompile.derivation import compare as methods
from eqcompile.face.cli.main import main

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Exit code, standard output and standard error of one command, in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def command(*arguments: object) -> tuple[int, str, str]:
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as exit_:
            code = int(str(exit_.code))
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return command


def one_line(error: str) -> str:
    assert error.endswith("\n")
    assert error.count("\n") == 1
    assert "Traceback" not in error
    return error.rstrip("\n")


def test_derive_shows_the_generators_of_water(run: Run, models: Path) -> None:
    code, out, err = run("derive", models / "water.yaml", "--locality", 2)
    assert (code, err) == (0, "")
    for text in ("H(0,1)", "H(0,2) + H(1,3)", "H(0,3) + H(1,2)", "H(2,3)", "the spans agree exactly"):
        assert text in out


def test_derive_compares_all_methods(run: Run, models: Path) -> None:
    code, out, _ = run("derive", models / "water.yaml", "--method", "all", "--json")
    body = json.loads(out)
    assert (code, body["agree"]) == (0, True)
    assert list(body["methods"]) == ["nullspace", "twirl", "choi", "characters"]
    for outcome in body["methods"].values():
        assert outcome["agrees"] is True
        assert outcome["by_weight"] == body["by_weight"] == {"0": 1, "1": 0, "2": 4}
        assert outcome["dimension"] == 5
        assert outcome["seconds"] > 0


def test_derive_counts_all_weights_together_where_they_mix(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("{name: a, qubits: 3, symmetry: [{charge: Z0 Z1 + Z1 Z2}]}")
    code, out, _ = run("derive", "a.yaml", "--locality", 3, "--json")
    found = json.loads(out)["methods"]["characters"]
    assert (code, found["agrees"], found["dimension"], found["by_weight"]) == (0, True, 24, None)
    code, out, _ = run("derive", "a.yaml", "--locality", 2, "--json")
    assert code == 0
    assert "entangles them" in json.loads(out)["methods"]["characters"]["not_applicable"]


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_derive_refuses_when_a_count_differs(
    run: Run, models: Path, monkeypatch: pytest.MonkeyPatch, form: tuple[str, ...]
) -> None:
    monkeypatch.setattr(methods, "count_by_weight", lambda symmetry, locality: {0: 1, 1: 0, 2: 5})
    code, out, _ = run("derive", models / "water.yaml", *form)
    assert code == 1
    if form:
        body = json.loads(out)
        assert body["agree"] is False
        assert [name for name, outcome in body["methods"].items() if not outcome["agrees"]] == ["characters"]
    else:
        assert "THE METHODS DIFFER, please report this: characters" in out


@pytest.mark.parametrize("method", ["nullspace", "twirl", "choi"])
def test_derive_by_one_method_as_json(run: Run, models: Path, method: str) -> None:
    code, out, _ = run("derive", models / "water.yaml", "--method", method, "--json")
    body = json.loads(out)
    assert code == 0
    assert list(body["methods"]) == [method]
    assert body["agree"] is True
    assert body["by_weight"] == {"0": 1, "1": 0, "2": 4}
    assert eq.PauliSum.parse(body["generators"][1], 4) == eq.PauliSum.parse("H(0,2) + H(1,3)", 4)


def test_derive_leaves_out_a_method_that_does_not_apply(run: Run, tmp_path: Path) -> None:
    text = '{name: a, qubits: 3, symmetry: [{rotation: {group: SU(2), qubits: [0, 1]}}, {permutation: ["(1 2)"]}]}'
    (tmp_path / "a.yaml").write_text(text)
    code, out, err = run("derive", "a.yaml", "--json")
    found = json.loads(out)["methods"]
    reason = found["twirl"].pop("not_applicable")
    assert (code, err) == (0, "")
    assert "SU(2) and (1 2) do not; use the null space method" in reason
    assert found["twirl"] == {}
    assert found["characters"] == {"not_applicable": reason}
    assert found["nullspace"]["agrees"] is found["choi"]["agrees"] is True
    code, out, err = run("derive", "a.yaml")
    assert (code, err) == (0, "")
    assert out.count("not applicable: ") == 2
    code, out, err = run("derive", "a.yaml", "--method", "twirl")
    assert (code, out, one_line(err)) == (2, "", reason)


def test_derive_leaves_out_a_method_that_is_beyond_its_limit(run: Run, tmp_path: Path) -> None:
    text = "{name: a, qubits: 7, symmetry: [{permutation: {group: S_7, on: [0, 1, 2, 3, 4, 5, 6]}}]}"
    (tmp_path / "a.yaml").write_text(text)
    code, out, err = run("derive", "a.yaml", "--locality", 7, "--json")
    assert (code, err) == (0, "")
    found = json.loads(out)["methods"]
    assert found["choi"]["not_applicable"].startswith("the Choi method solves for all 4^k entries")
    assert [name for name, outcome in found.items() if "agrees" in outcome] == [
        "nullspace",
        "twirl",
        "characters",
    ]
    code, out, err = run("derive", "a.yaml", "--locality", 7, "--method", "choi")
    assert (code, out) == (2, "")
    assert "k = 7 is beyond its limit of 6, so use the null space method" in one_line(err)


def test_derive_on_one_qubit(run: Run, tmp_path: Path) -> None:
    """The default locality, two, means both qubits or the only one."""
    (tmp_path / "one.yaml").write_text("{name: one, qubits: 1, symmetry: [{rotation: SU(2)}]}")
    code, out, err = run("derive", "one.yaml")
    assert (code, err) == (0, "")
    assert "SU(2): 0 generators on up to 1 of 1 qubits" in out


def test_verify(run: Run, models: Path, tmp_path: Path) -> None:
    code, out, err = run("verify", models / "water.yaml", "-o", "saved.json")
    assert (code, err) == (0, "")
    assert "PROVEN for SU(2) x (H1 H2)" in out
    assert eq.Certificate.from_json((tmp_path / "saved.json").read_text())
    code, out, _ = run("verify", models / "water.yaml", "--json")
    assert out == (tmp_path / "saved.json").read_text()


def test_verify_an_operator(run: Run, models: Path) -> None:
    assert run("verify", models / "water.yaml", "--operator", "H(0,3) + H(1,2)")[0] == 0
    code, out, err = run("verify", models / "water.yaml", "--operator", "H(1,2)")
    assert code == 1
    assert "REFUSED: 1 of 1 claims fail" in out
    assert "operator: H(1,2) is not an equivariant gate: changed by (H1 H2); under (H1 H2)" in one_line(err)
    code, out, err = run("verify", models / "water.yaml", "--operator", "H(1,4)")
    assert (code, out) == (2, "")
    assert one_line(err) == "operator:1:5: qubit 4 is outside the register; qubits are 0 to 3"


def test_compile_writes_one_folder(run: Run, models: Path, tmp_path: Path) -> None:
    code, out, err = run("compile", models / "water.yaml", models / "lih.yaml", "-o", "out")
    assert (code, err) == (0, "")
    assert len(list((tmp_path / "out").iterdir())) == 12
    assert str(Path("out", "lih.qasm")) in out


def test_explain(run: Run, models: Path) -> None:
    code, out, err = run("explain", models / "water.yaml")
    assert (code, err) == (0, "")
    assert "H(0,2) + H(1,3)" in out
    assert "67 = 11 layers x 2 blocks x 3 generators + 1 scales" in out


def test_explain_a_symmetry_alone(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "group.yaml"
    path.write_text(
        "name: five\nqubits: 5\nsymmetry:\n  - rotation: SU(2)\n"
        "  - permutation: {group: S_5, on: [0, 1, 2, 3, 4]}\n"
    )
    code, out, err = run("explain", path)
    assert (code, err) == (0, "")
    assert "S_5 on (0, 1, 2, 3, 4): order 120" in out
    assert "1 on up to 2 qubits: H(0,1) + H(0,2)" in out
    assert "verdict" not in out


def test_schema(run: Run) -> None:
    code, out, err = run("schema")
    assert (code, err) == (0, "")
    schema = json.loads(out)
    assert "qubits" in schema["else"]["properties"]
    assert "terms" in schema["then"]["properties"]


BOMB = "name: &a [x, x]\nqubits: 4\nsymmetry: " + "[" * 2 + ", ".join(["*a"] * 2000) + "]" * 2 + "\n"

WRONG = {
    "unknown group": (
        ("rotation: SU(2)", "rotation: SU(3)"),
        'spec.yaml:17:15: unknown rotation group "SU(3)"; did you mean "SU(2)"? Known: SU(2)',
    ),
    "unknown named group": (
        ('permutation: ["(H1 H2)"]', "permutation: {group: dihedrall, on: [H1, H2]}"),
        'spec.yaml:19:26: unknown permutation group "dihedrall"',
    ),
    "site twice": (
        ("sites: [H1, H2]", "sites: [H1, H1]"),
        'spec.yaml:9:15: site "H1" is declared twice; every site has a name of its own',
    ),
    "qubit out of range": (
        ("H2: [1, 3]", "H2: [1, 9]"),
        "spec.yaml:11:32: qubit 9 is outside the register; qubits are 0 to 3",
    ),
    "cycle over unknown sites": (
        ('"(H1 H2)"', '"(H1 H9)"'),
        'spec.yaml:19:24: unknown site "H9"; did you mean "H2"? Known: H1, H2.',
    ),
    "missing parity qubit": (
        ("  - rotation: SU(2)", "  - inversion: yes"),
        "spec.yaml:17:5: inversion needs a parity qubit: x is a polar vector and sigma an axial one",
    ),
    "function call": (
        ("observable: H(0,1)", "observable: log(X0)"),
        "spec.yaml:25:13: function 'log' is not allowed; allowed: H(i,j), cos, exp, sin, sqrt",
    ),
    "import": (
        ("observable: H(0,1)", "observable: __import__('os').mkdir('owned')"),
        "spec.yaml:25:13: function '__import__' is not allowed; allowed: H(i,j), cos, exp, sin, sqrt",
    ),
}

HOSTILE = {
    "empty": ("", "spec.yaml: the file is empty; a spec begins with a line such as name: water"),
    "10 MB": ("a" * 10_485_760, "spec.yaml: 10485760 bytes; the limit for a spec is 1000000"),
    "python object": (
        '!!python/object/apply:os.mkdir ["owned"]',
        'spec.yaml:1:1: tags are not allowed in a spec; found "!!python/object/apply:os.mkdir"; remove it',
    ),
    "alias bomb": (BOMB, "spec.yaml:"),
    "no YAML": ("name: [", "spec.yaml:"),
    "binary": ("\x00\x01", "spec.yaml:"),
}

REFUSED = {
    "non-equivariant layer": (
        ("    - H(1,2) + H(0,3)", "    - H(1,2)"),
        "spec.yaml:37:7: layer[2]: H(1,2) is not an equivariant gate: changed by (H1 H2); under (H1 H2), "
        "R G R^dagger for G = H(1,2): expected H(1,2), found H(0,3)",
    ),
    "observable that is not invariant": (
        ("observable: H(0,1)", "observable: Z0"),
        "spec.yaml:25:13: observable: Z0 is not an invariant observable: changed by T_x; under the rotation by "
        "pi/2 about x, R G R^dagger for G = Z0: expected Z0, found -Y0",
    ),
}

COMMANDS = [
    ("verify", "spec.yaml"),
    ("derive", "spec.yaml"),
    ("explain", "spec.yaml"),
    ("compile", "spec.yaml", "-o", "out"),
]


def changed(models: Path, change: tuple[str, str]) -> str:
    text = (models / "water.yaml").read_text()
    assert change[0] in text
    return text.replace(*change)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
@pytest.mark.parametrize(("change", "message"), WRONG.values(), ids=WRONG)
def test_wrong_specs(
    run: Run, models: Path, tmp_path: Path, command: tuple[str, ...], change: tuple[str, str], message: str
) -> None:
    bad_input(run, tmp_path, changed(models, change), message, command)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
@pytest.mark.parametrize(("text", "message"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_files(run: Run, tmp_path: Path, command: tuple[str, ...], text: str, message: str) -> None:
    bad_input(run, tmp_path, text, message, command)


def bad_input(run: Run, folder: Path, text: str, message: str, command: tuple[str, ...]) -> None:
    (folder / "spec.yaml").write_text(text)
    code, out, err = run(*command)
    assert (code, out) == (2, "")
    assert one_line(err).startswith(message)
    assert os.listdir(folder) == ["spec.yaml"]


@pytest.mark.parametrize(("change", "message"), REFUSED.values(), ids=REFUSED)
def test_refused_specs_write_nothing(
    run: Run, models: Path, tmp_path: Path, change: tuple[str, str], message: str
) -> None:
    (tmp_path / "spec.yaml").write_text(changed(models, change))
    for command in (("verify", "spec.yaml"), ("compile", "spec.yaml", "-o", "out")):
        code, out, err = run(*command)
        assert code == 1
        assert one_line(err) == message
        assert "REFUSED" in out
        assert os.listdir(tmp_path) == ["spec.yaml"]
    code, out, _ = run("verify", "spec.yaml", "--json")
    assert code == 1
    assert not eq.Certificate.from_json(out)


def test_one_refused_spec_keeps_all_from_being_written(run: Run, models: Path, tmp_path: Path) -> None:
    (tmp_path / "spec.yaml").write_text(changed(models, REFUSED["non-equivariant layer"][0]))
    assert run("compile", models / "lih.yaml", "spec.yaml", "-o", "out")[0] == 1
    assert os.listdir(tmp_path) == ["spec.yaml"]


def test_two_specs_of_one_name(run: Run, models: Path, tmp_path: Path) -> None:
    code, out, err = run("compile", models / "lih.yaml", models / "lih.yaml", "-o", "out")
    assert (code, out) == (2, "")
    assert one_line(err) == "two specs have the name 'lih', which names their files; rename one"
    assert os.listdir(tmp_path) == []


def test_files_in_the_way(run: Run, models: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("mine")
    code, _, err = run("compile", models / "water.yaml", "-o", "taken")
    assert (code, one_line(err)) == (2, "taken is not a folder; give a folder with -o")
    assert (tmp_path / "taken").read_text() == "mine"
    code, _, err = run("verify", models / "water.yaml", "-o", ".")
    assert (code, one_line(err)) == (2, ".: Is a directory")
    assert os.listdir(tmp_path) == ["taken"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "eqcompile: the following arguments are required: COMMAND; see `eqcompile --help`"),
        (("frob",), "eqcompile: argument COMMAND: invalid choice: 'frob'"),
        (
            ("verify",),
            "eqcompile verify: the following arguments are required: SPEC; see `eqcompile verify --help`",
        ),
        (
            ("derive", "a.yaml", "--locality", "x"),
            'eqcompile derive: argument --locality: found "x"; needed: a whole number up to 1000',
        ),
        (
            ("derive", "a.yaml", "--method", "magic"),
            "eqcompile derive: argument --method: invalid choice: 'magic'",
        ),
        (
            ("compile", "a.yaml", "-o", "out", "--emit", "cirq"),
            "eqcompile compile: argument --emit: invalid choice: 'cirq'",
        ),
        (("compile", "a.yaml"), "eqcompile compile: the following arguments are required: -o/--output"),
        (("verify", "missing.yaml"), "missing.yaml: no such file"),
        (("verify", "."), ".: not a regular file; name a YAML file"),
    ],
)
def test_wrong_command_lines(run: Run, arguments: tuple[str, ...], message: str) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert one_line(err).startswith(message)


def test_locality_must_be_positive(run: Run, models: Path) -> None:
    code, out, err = run("derive", models / "water.yaml", "--locality", 0)
    assert (code, out) == (2, "")
    assert one_line(err) == "locality 0 is not between 1 and the 4 qubits of the register"


def test_in_a_process_of_its_own(models: Path, tmp_path: Path) -> None:
    """Codes and streams as a shell sees them; also when the output cannot show every character."""

    def process(*arguments: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-W", "error", "-m", "eqcompile", *map(str, arguments)]
        environment = os.environ | {"PYTHONIOENCODING": "ascii"}
        return subprocess.run(
            command, capture_output=True, text=True, cwd=tmp_path, env=environment, check=False
        )

    proven = process("verify", models / "lih.yaml")
    assert (proven.returncode, proven.stderr) == (0, "")
    assert "PROVEN for SU(2)" in proven.stdout
    assert process("verify", models / "water.yaml", "--operator", "Z0").returncode == 1
    wrong = process("verify", "missing.yaml")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert one_line(wrong.stderr).startswith("missing.yaml: no such file")


@pytest.mark.parametrize("command", ["derive", "verify", "explain", "passes", "recheck", "compile"])
def test_a_bad_budget_is_one_line(run: Run, models: Path, command: str) -> None:
    more = ["-o", "out"] if command == "compile" else []
    code, out, err = run(command, models / "water.yaml", *more, "--budget", "soon")
    assert (code, out) == (2, "")
    assert one_line(err).startswith(
        '--budget "soon": write a time, an amount of memory, or both, such as 10min,8GB'
    )


def test_a_budget_that_is_used_up_is_one_line_and_no_file(
    run: Run, models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from eqcompile import budgets

    looks = [0]

    def growing() -> int:
        looks[0] += 1
        return 0 if looks[0] == 1 else 3 << 30

    monkeypatch.setattr(budgets, "memory_in_use", growing)
    code, out, err = run("verify", models / "water.yaml", "-o", "w.json")
    assert (code, out, os.listdir(tmp_path)) == (2, "", [])
    assert one_line(err).startswith("the budget of 2 GB is used up by ")
    looks[0] = 0
    assert run("verify", models / "water.yaml", "--budget", "4GB")[0] == 0
    assert run("verify", models / "water.yaml", "--budget", "none")[0] == 0


def test_a_recheck_that_is_given_up_says_so_instead_of_not_confirmed(
    run: Run, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The recheck takes one claim after the other, and a claim that fails for any reason does not stop the others."""
    from eqcompile import budgets
    from eqcompile.recheck import decide

    assert run("verify", models / "lih.yaml", "-o", "lih.json")[0] == 0
    assert run("recheck", "lih.json")[0] == 0

    def slow(*_: object) -> str:
        monkeypatch.setattr(budgets, "memory_in_use", lambda: 1 << 50)
        budgets.check()
        return ""

    monkeypatch.setattr(decide._Case, "_case", slow)
    code, out, err = run("recheck", "lih.json")
    assert (code, out) == (2, "")
    assert one_line(err).startswith("the budget of 2 GB is used up by the recheck; ")


def test_a_method_that_does_not_finish_is_said_so(
    run: Run, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from eqcompile.errors import BudgetError

    def slow(*_: object) -> eq.GeneratorBasis:
        raise BudgetError("the budget of 14 s is used up", "14 s")

    monkeypatch.setitem(methods.METHODS, "twirl", slow)
    code, out, _ = run("derive", models / "water.yaml")
    assert code == 0
    assert "not finished: takes more than 14 s" in out
    code, out, _ = run("derive", models / "water.yaml", "--json")
    assert (code, json.loads(out)["methods"]["twirl"]) == (0, {"not_finished": "takes more than 14 s"})
    code, out, err = run("derive", models / "water.yaml", "--method", "twirl")
    assert (code, out, one_line(err)) == (2, "", "the budget of 14 s is used up")
    for name in methods.METHODS:
        monkeypatch.setitem(methods.METHODS, name, slow)
    code, out, err = run("derive", models / "water.yaml")
    assert (code, out) == (2, "")
    assert one_line(err).startswith(
        "no method gave an answer within the budget (nullspace: takes more than 14 s; twirl: "
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--seed", 3), "--seed is about a back end; name one, such as: --backend fake_lagos"),
        (("--level", 1), "--level is about a back end; name one, such as: --backend fake_lagos"),
        (
            ("--backend", "generic_4", "--seed", -1),
            'eqcompile compile: argument --seed: found "-1"; needed: a whole number from 0 to 4294967295; see '
            "`eqcompile compile --help`",
        ),
    ],
)
def test_options_of_the_transpiler_need_a_back_end(
    run: Run, models: Path, arguments: tuple[object, ...], message: str
) -> None:
    code, out, err = run("compile", models / "lih.yaml", "-o", "out", *arguments)
    assert (code, out, one_line(err)) == (2, "", message)
    assert not Path("out").exists()


def test_formulas_that_change_nothing_are_said_to(run: Run, models: Path) -> None:
    code, out, _ = run("compile", models / "lih.yaml", "-o", "out", "--trotter", "2,4")
    assert code == 0
    assert "lih: every gate has an exact circuit; --trotter 2,4 changes nothing\n" in out
