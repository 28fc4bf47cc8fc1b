"""``eqcompile verify SPEC --circuit FILE``: formats, claims, exit codes, one line for each mistake, nothing written."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from qiskit import QuantumCircuit, qasm2, qasm3, qpy
from qiskit.circuit import Parameter

import eqcompile as eq
from eqcompile.face.artifacts import save_transpiled
from eqcompile.face.cli.main import main

Run = Callable[..., tuple[int, str, str]]

PAIR = '{name: pair, qubits: 2, symmetry: [{rotation: SU(2)}, {permutation: ["(0 1)"]}]}'
SITE = """\
name: site
qubits: 2
data: {sites: [A], encode: {A: [0]}}
symmetry: [{inversion: {parity: 1}}]
observable: Z1
"""


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Exit code, output and errors of ``eqcompile verify SPEC --circuit FILE ...``, in a folder with both specs."""
    monkeypatch.chdir(tmp_path)
    Path("pair.yaml").write_text(PAIR)
    Path("site.yaml").write_text(SITE)

    def command(spec: str, file: str, *arguments: str) -> tuple[int, str, str]:
        before = set(tmp_path.iterdir())
        try:
            code = main(["verify", spec, "--circuit", file, *arguments])
        except SystemExit as exit_:
            code = int(str(exit_.code))
        captured = capsys.readouterr()
        written = {path.name for path in set(tmp_path.iterdir()) - before}
        assert written <= {"saved.json"}
        assert "Traceback" not in captured.err
        return code, captured.out, captured.err

    return command


def exchange(*angles: Any) -> QuantumCircuit:
    """Three rotations, by one parameter or by numbers."""
    circuit = QuantumCircuit(2)
    shared = Parameter("a")
    values = angles or (shared, shared, shared)
    for gate, value in zip((circuit.rxx, circuit.ryy, circuit.rzz), values, strict=True):
        gate(value, 0, 1)
    return circuit


def saved(circuit: QuantumCircuit, name: str) -> str:
    if name.endswith(".qpy"):
        with open(name, "wb") as file:
            qpy.dump(circuit, file)
    else:
        Path(name).write_text((qasm3 if name.endswith("3") else qasm2).dumps(circuit))
    return name


@pytest.mark.parametrize("name", ["c.qasm", "c.qasm3", "c.qpy"])
def test_every_format_is_proven_and_refused(run: Run, name: str) -> None:
    right = exchange(0.3, 0.3, 0.3) if name == "c.qasm" else exchange()
    code, out, err = run("pair.yaml", saved(right, name))
    assert (code, err) == (0, "")
    assert "PROVEN for SU(2) x (0 1)" in out
    wrong = exchange(0.3, 0.3, 0.300000001)
    code, out, err = run("pair.yaml", saved(wrong, name))
    assert code == 1
    assert "REFUSED: 2 of 4 claims fail" in out
    assert f"reproduce: eq.equivariance_defect('{name}', spec, \"T_x\")" in out
    lines = err.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith(
        f"pair.yaml: {name} under T_x is not an equivariant circuit: at fault on qubits 0, 1: "
    )


def test_the_line_that_reproduces_works(run: Run, tmp_path: Path) -> None:
    name = saved(exchange(0.3, 0.3, 0.4), "c.qasm")
    _, out, _ = run("pair.yaml", name)
    line = next(row for row in out.splitlines() if row.startswith("reproduce: "))
    scope = {"eq": eq, "spec": eq.load("pair.yaml")}
    assert eval(line.removeprefix("reproduce: "), scope).norm > 0.01  # noqa: S307 - the line under test


def test_json_and_output(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("pair.yaml", saved(exchange(), "c.qpy"), "--json", "-o", "saved.json")
    assert code == 0
    assert (tmp_path / "saved.json").read_text() == out
    assert json.loads(out)["verdict"] == "proven"
    assert eq.Certificate.from_json(out)


def upload(angle: Any, gate: str = "rx") -> QuantumCircuit:
    circuit = QuantumCircuit(2)
    getattr(circuit, gate)(angle, 1)
    return circuit


def test_claims_and_data(run: Run) -> None:
    theta = saved(upload(Parameter("theta")), "theta.qpy")
    coordinate = saved(upload(Parameter("A_x")), "x.qpy")
    other = saved(upload(Parameter("A_x"), "ry"), "y.qpy")
    assert run("site.yaml", coordinate)[0] == 0
    assert run("site.yaml", theta)[0] == 1
    assert run("site.yaml", theta, "--data", "theta=A.x")[0] == 0
    assert run("site.yaml", theta, "--data", "theta=A.x", "--as", "state")[0] == 0
    assert run("site.yaml", theta, "--as", "state")[0] == 1
    assert run("site.yaml", coordinate, "--as", "model")[0] == 0
    assert run("site.yaml", other, "--as", "model")[0] == 0
    Path("site.yaml").write_text(SITE.replace("Z1", "Y1"))
    code, out, err = run("site.yaml", coordinate, "--as", "model")
    assert code == 1
    assert "is not an invariant model" in err
    assert 'what="model")' in out


def test_what_is_not_decided_is_no_proof(run: Run) -> None:
    code, out, err = run("site.yaml", saved(upload(Parameter("A_x").sin()), "sine.qpy"))
    assert code == 1
    assert "NOT DECIDED: 1 of 1 claims are open" in out
    assert "is no polynomial in its parameters; largest defect in operator norm" in err


def test_names_in_a_file_neither_break_a_line_nor_give_the_terminal_orders(run: Run) -> None:
    circuit, name = QuantumCircuit(2), Parameter("a\nPROVEN\x1b[31m")
    circuit.rz(name, 0)
    with Path("of[bold]file.qpy").open("wb") as file:
        qpy.dump(circuit, file)
    code, out, err = run("pair.yaml", "of[bold]file.qpy")
    assert code == 1
    assert "\x1b" not in out + err
    assert "\nPROVEN" not in out + err
    assert "rz(a\\nPROVEN\\x1b[31m) on 0" in err
    assert out.startswith("of[bold]file.qpy: ")
    circuit.append(circuit.to_gate(), [1, 0])
    circuit.rz(name**0.5, 0)
    with Path("open.qpy").open("wb") as file:
        qpy.dump(circuit, file)
    code, out, err = run("pair.yaml", "open.qpy")
    assert code == 1
    assert "\x1b" not in out + err


def test_reasons_are_cut(run: Run) -> None:
    long = sum((Parameter(f"A_{name}").sin() for name in "abcdefghijklmnopqrstuvw"), start=Parameter("A_x"))
    code, _, err = run("site.yaml", saved(upload(long), "long.qpy"))
    assert code == 1
    assert all(len(line) < 400 for line in err.splitlines())


def test_our_own_file_is_proven_in_both_forms_of_the_data(run: Run, models: Path) -> None:
    text = (models / "water.yaml").read_text(encoding="utf-8").replace("depth: ", "depth: 1  # ", 1)
    program = eq.compile(eq.loads(text, "water.yaml"))
    Path("water.yaml").write_text(text)
    code, out, err = run("water.yaml", saved(program.to_qiskit(), "positions.qpy"), "--as", "model")
    assert (code, err) == (0, "")
    assert "PROVEN" in out
    assert "assumed: the expressions that eqcompile writes for the positions of H1, H2 are" in out
    code, out, err = run("water.yaml", saved(program.to_qiskit(data="angles"), "angles.qpy"), "--as", "model")
    assert (code, err) == (0, "")
    assert "PROVEN" in out
    assert out.count("assumed") == 1
    assert "assumed: H1_turn, H2_turn are multiples of the lengths of their vectors, by equal factors" in out


@pytest.mark.parametrize("name", ["m.qasm", "m.qasm3", "m.qpy"])
def test_final_measurements_are_taken_off_and_the_user_is_told(run: Run, name: str) -> None:
    circuit = exchange(0.1, 0.1, 0.1)
    circuit.measure_all()
    code, out, err = run("pair.yaml", saved(circuit, name))
    assert (code, err) == (0, "")
    told = "assumed: the measurements at the end, of qubits 0, 1, are taken off: the claims are about"
    assert told in " ".join(out.split())
    wrong = exchange(0.1, 0.1, 0.2)
    wrong.measure_all()
    assert run("pair.yaml", saved(wrong, name))[0] == 1


def test_idle_qubits_at_the_end_are_left_out_and_the_user_is_told(run: Run) -> None:
    wide = QuantumCircuit(5)
    wide.compose(exchange(0.1, 0.1, 0.1), [0, 1], inplace=True)
    wide.barrier()
    code, out, err = run("pair.yaml", saved(wide, "wide.qasm"))
    assert (code, err) == (0, "")
    assert "assumed: qubits 2 to 4, on which no gate acts, are left out" in out
    wide.x(4)
    code, out, err = run("pair.yaml", saved(wide, "wide.qasm"))
    assert (code, out) == (2, "")
    assert err.startswith(
        "wide.qasm: the target has 5 qubits, the spec 2; if these are the qubits of a device, give the circuit as "
    )


OWN = """\
name: own
qubits: 2
data: {sites: [A], encode: {A: [0, 1]}}
symmetry: [rotation: SU(2)]
state: singlets [[0, 1]]
observable: H(0,1)
ansatz: {depth: 1, layer: [H(0,1)]}
"""


@pytest.mark.parametrize("claim", ["state", "model"])
def test_the_file_of_our_own_back_end_is_proven(run: Run, tmp_path: Path, claim: str) -> None:
    """In OpenQASM a comment holds the layout; without it, or with another comment, the claim is another one."""
    Path("own.yaml").write_text(OWN)
    circuit = eq.compile(eq.load("own.yaml")).to_qiskit("angles", backend="fake_manila")
    save_transpiled("own", circuit, "fake_manila", tmp_path)
    code, out, err = run("own.yaml", "own.fake_manila.qasm", "--as", claim)
    assert (code, err) == (0, "")
    assert "assumed: a comment of the file says where the qubits are on the device: start " in out
    assert run("own.yaml", "own.fake_manila.qpy", "--as", claim)[0] == 0
    file = Path("own.fake_manila.qasm")
    text = file.read_text()
    assert text.count("// eqcompile layout: ") == 1
    file.write_text("\n".join(line for line in text.splitlines() if not line.startswith("//")))
    code, out, err = run("own.yaml", "own.fake_manila.qasm", "--as", claim)
    assert (code, out) == (2, "")
    assert '"// eqcompile layout: start 3 4, end 4 3"' in err


def measured() -> QuantumCircuit:
    circuit = exchange(0.1, 0.1, 0.1)
    circuit.measure_all()
    circuit.x(0)
    return circuit


def qft(num_qubits: int) -> QuantumCircuit:
    circuit = QuantumCircuit(num_qubits)
    for target in reversed(range(num_qubits)):
        circuit.h(target)
        for control in reversed(range(target)):
            circuit.cp(math.pi / 2 ** (target - control), control, target)
    for low in range(num_qubits // 2):
        circuit.swap(low, num_qubits - 1 - low)
    return circuit


GHZ_2 = """\
// Benchmark was created by a tool
OPENQASM 2.0;
include "qelib1.inc";
qreg q[3];
creg c[3];
creg meas[3];
h q[2];
cx q[2],q[1];
cx q[1],q[0];
barrier q[0],q[1],q[2];
measure q[0] -> meas[0];
measure q[1] -> meas[1];
measure q[2] -> meas[2];
"""
GHZ_3 = """\
OPENQASM 3.0;
include "stdgates.inc";
bit[3] c;
bit[1] flag;
qubit[3] q;
h q[0];
cx q[0], q[1];
cx q[1], q[2];
barrier q;
c = measure q;
"""
QAOA = """\
OPENQASM 3.0;
include "stdgates.inc";
input float[64] beta;
input float[64] gamma;
qubit[3] node;
bit[3] c;
h node;
rzz_(gamma) node[0], node[1];
rzz_(gamma) node[1], node[2];
rzz_(gamma) node[2], node[0];
rx(2*beta) node;
c[0] = measure node[0];
c[2] = measure node[1];
c[1] = measure node[2];
""".replace("qubit[3] node", "gate rzz_(angle_) a, b { cx a, b; rz(angle_) b; cx a, b; } qubit[3] node")
CYCLE = '{name: cycle, qubits: 3, symmetry: [{permutation: ["(0 1 2)"]}]}'
SWAP = '{name: swap, qubits: 3, symmetry: [{permutation: ["(0 2)"]}]}'

QFT_2 = qasm2.dumps(qft(3)).replace("qreg q[3];", "qreg q[3]; creg c[3];") + "measure q -> c;"
QFT_3 = qasm3.dumps(qft(3)).replace("qubit[3] q;", "qubit[3] q; bit[3] c;") + "c = measure q;"


@pytest.mark.parametrize(
    ("spec", "text", "claim", "proven"),
    [
        (CYCLE, GHZ_2, "state", True),
        (CYCLE, GHZ_3, "state", True),
        (CYCLE, GHZ_2, "circuit", False),
        (CYCLE, QAOA, "circuit", True),
        (CYCLE, QAOA, "state", True),
        (SWAP, QAOA.replace("rzz_(gamma) node[2], node[0];", ""), "circuit", True),
        (CYCLE, QAOA.replace("rzz_(gamma) node[2], node[0];", ""), "circuit", False),
        (CYCLE, QFT_2, "state", True),
        (CYCLE, QFT_3, "circuit", False),
    ],
)  # fmt: skip
def test_files_as_benchmarks_write_them(run: Run, spec: str, text: str, claim: str, proven: bool) -> None:
    Path("spec.yaml").write_text(spec)
    code, out, err = run("spec.yaml", written("benchmark.qasm", text), "--as", claim)
    assert code == (0 if proven else 1)
    assert "assumed: the measurements at the end, of qubits 0, 1, 2, are taken off" in out
    assert bool(err) is not proven


MISTAKES: dict[str, tuple[Callable[[], str], tuple[str, ...], str]] = {
    "no such file": (lambda: "none.qasm", (), "none.qasm: No such file or directory"),
    "a folder": (lambda: ".", (), ".: this is a folder; name an OpenQASM or QPY file in it"),
    "neither format": (
        lambda: written("c.qasm", "hello"),
        (),
        "c.qasm: this is neither OpenQASM nor QPY; an OpenQASM file starts with",
    ),
    "malformed": (
        lambda: written("c.qasm", "OPENQASM 2.0; qreg q[2]; nonsense q[0];"),
        (),
        "c.qasm: not readable as OpenQASM 2: ",
    ),
    "truncated": (lambda: truncated("c.qpy"), (), "c.qpy: not readable as QPY: the file is cut or damaged: "),
    "junk": (lambda: written("c.qpy", "\x00\x01"), (), "c.qpy: this is neither OpenQASM nor QPY; "),
    "an empty file": (lambda: written("c.qpy", ""), (), "c.qpy: the file is empty; "),
    "a measurement": (
        lambda: saved(measured(), "m.qasm"),
        (),
        "m.qasm: instruction 4 (measure) is a measurement before the end; ",
    ),
    "a reset": (
        lambda: written("r.qasm", "OPENQASM 3.0; qubit[2] q; reset q[0];"),
        (),
        "r.qasm: instruction 0 (reset) resets a qubit, which is not unitary; ",
    ),
    "classical control": (
        lambda: written(
            "i.qasm", 'OPENQASM 3.0; include "stdgates.inc"; qubit[2] q; bit c; if (c) { x q[0]; }'
        ),
        (),
        "i.qasm: instruction 0 (if_else) is classical control; ",
    ),
    "a loop": (
        lambda: written(
            "l.qasm", 'OPENQASM 3.0; include "stdgates.inc"; qubit[2] q; for int k in [0:1] { x q[k]; }'
        ),
        (),
        "l.qasm: not readable as OpenQASM 3: line 1, column 74: a statement cannot be read, such as a loop (",
    ),
    "a gate without meaning": (
        lambda: written("o.qasm", "OPENQASM 2.0; opaque o a; qreg q[2]; o q[0];"),
        (),
        "o.qasm: instruction 0 (o) has neither a definition nor a matrix; ",
    ),
    "another register": (
        lambda: written("c.qasm", "OPENQASM 2.0; qreg q[3]; U(0,0,1) q[2];"),
        (),
        "c.qasm: the target has 3 qubits, the spec 2; if these are the qubits of a device, ",
    ),
    "physical qubits": (
        lambda: written("p.qasm", 'OPENQASM 3.0; include "stdgates.inc"; h $0; cx $0, $4;'),
        (),
        "p.qasm: the target has 5 qubits, the spec 2; if these are the qubits of a device, ",
    ),
    "no observable": (
        lambda: saved(exchange(0.1, 0.1, 0.1), "c.qasm"),
        ("--as", "model"),
        "c.qasm: a model needs an observable; declare one in the spec, or give one",
    ),
    "an unknown claim": (
        lambda: saved(exchange(0.1, 0.1, 0.1), "c.qasm"),
        ("--as", "energy"),
        "eqcompile verify: argument --as: invalid choice: 'energy'",
    ),
    "a malformed coordinate": (
        lambda: saved(exchange(0.1, 0.1, 0.1), "c.qasm"),
        ("--data", "theta"),
        "--data theta: write NAME=SITE.AXIS, such as theta=H1.x",
    ),
    "an unknown site": (
        lambda: saved(exchange(0.1, 0.1, 0.1), "c.qasm"),
        ("--data", "theta=A.x"),
        "theta: no coordinate 'x' of site 'A'; sites: none; axes: x, y, z",
    ),
    "an operator too": (
        lambda: saved(exchange(0.1, 0.1, 0.1), "c.qasm"),
        ("--operator", "H(0,1)"),
        "verify takes --circuit or --operator, not both",
    ),
}


def written(name: str, text: str) -> str:
    Path(name).write_text(text)
    return name


def truncated(name: str) -> str:
    saved(exchange(), name)
    Path(name).write_bytes(Path(name).read_bytes()[:-40])
    return name


@pytest.mark.parametrize("case", MISTAKES.values(), ids=MISTAKES)
def test_mistakes_are_one_line(run: Run, case: tuple[Callable[[], str], tuple[str, ...], str]) -> None:
    prepare, arguments, message = case
    code, out, err = run("pair.yaml", prepare(), *arguments, "-o", "saved.json")
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert err.startswith(message)
    assert not Path("saved.json").exists()


ROTATIONS = """OPENQASM 3.0;
include "stdgates.inc";
input float[64] theta;
qubit[2] q;
rx(theta) q[0];
rx(theta) q[1];
"""
EXCHANGE = """\
{name: exchange, qubits: 2, data: {sites: [A, B], encode: {A: [0], B: [1]}}, symmetry: [permutation: ["(A B)"]]}
"""


def test_a_misspelt_name_of_data_is_refused(run: Run) -> None:
    """The case of the issue: with the wrong name, the circuit was proven as one that takes no data."""
    Path("two.qasm").write_text(ROTATIONS)
    Path("exchange.yaml").write_text(EXCHANGE)
    assert run("exchange.yaml", "two.qasm", "--data", "theta=A.x")[0] == 1
    code, _, err = run("exchange.yaml", "two.qasm", "--data", "thta=A.x")
    assert (code, err) == (
        2, 'two.qasm: data: the circuit does not depend on "thta"; did you mean "theta"? parameters: theta\n'
    )  # fmt: skip
    code, _, err = run("exchange.yaml", "two.qasm", "--data", "theta=A.x", "--data", "theta=B.x")
    assert (code, err) == (2, "--data theta=B.x: theta is A.x already; give it one coordinate\n")
    code, _, err = run("exchange.yaml", "two.qasm", "--data", "theta=AA.x")
    assert (code, err) == (
        2, "theta: no coordinate 'x' of site 'AA'; did you mean \"A\"? sites: A, B; axes: x, y, z\n"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        (
            "theta",
            ("--data", "thta=A.x"),
            'data: the circuit does not depend on "thta"; did you mean "theta"?',
        ),
        ("a_x", (), "the parameter a_x is named almost like A_x, and would count as a weight: "),
        ("A_x", ("--as", "model"), "a model needs an observable; declare one in the spec, or give one"),
        ("theta", (), "the multiples of pi in the circuit need roots of unity of an order of "),
    ],
)
def test_what_is_refused_about_a_circuit_names_its_file(
    run: Run, name: str, arguments: tuple[str, ...], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if message.startswith("the multiples"):
        monkeypatch.setattr("eqcompile.claims.field.simulator.MAX_ROOT_BITS", 2)
    Path("two.qasm").write_text(ROTATIONS.replace("theta", name))
    Path("exchange.yaml").write_text(EXCHANGE)
    code, out, err = run("exchange.yaml", "two.qasm", *arguments)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(f"two.qasm: {message}")


def test_the_claim_that_holds_is_named(run: Run) -> None:
    """A refusal of the default claim says which other claim the circuit would pass."""
    flipped = QuantumCircuit(2)
    flipped.x(0)
    singlet = QuantumCircuit(2)
    singlet.x([0, 1])
    singlet.h(0)
    singlet.cx(0, 1)
    hint = "is invariant, though its unitary is not equivariant: --as"
    code, _, err = run("pair.yaml", saved(singlet, "singlet.qasm"))
    assert (code, err.splitlines()[-1]) == (
        1,
        f"the state that the circuit prepares {hint} state proves that",
    )
    assert run("pair.yaml", "singlet.qasm", "--as", "state")[0] == 0
    Path("seen.yaml").write_text("{name: p, qubits: 2, symmetry: [{rotation: SU(2)}], observable: 'H(0,1)'}")
    code, _, err = run("seen.yaml", "singlet.qasm")
    assert (code, err.splitlines()[-1]) == (1, f"what the circuit predicts {hint} model proves that")
    assert run("seen.yaml", "singlet.qasm", "--as", "model")[0] == 0
    code, _, err = run("pair.yaml", saved(flipped, "flipped.qasm"))
    assert code == 1
    assert "--as" not in err
    code, _, err = run("pair.yaml", "flipped.qasm", "--as", "circuit")
    assert "--as" not in err, "who asks for this claim gets its answer"


def test_links_in_a_circle_are_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("pair.yaml").write_text(PAIR.replace("}]}", "}], state: 'singlets [[0, 1]]'}"))
    Path("a").symlink_to("b")
    Path("b").symlink_to("a")
    assert main(["verify", "pair.yaml", "-o", "a"]) == 2
    assert capsys.readouterr().err == "a: Too many levels of symbolic links\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("--data", "theta=A.x"),
            "--data is about a circuit, and a spec is verified; name one with --circuit",
        ),
        (("--as", "circuit"), "--as is about a circuit, and a spec is verified; name one with --circuit"),
        (
            ("--operator", "H(0,1)", "--as", "model"),
            "--as is about a circuit, and an operator is verified; name one with --circuit",
        ),
        (("-o", "./pair.yaml"), "--output pair.yaml: this is the file to verify; name another one"),
        (("-o", "a", "--html", "./a"), "--output and --html name the same file, a; name two"),
    ],
)
def test_no_option_is_without_effect(
    arguments: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    Path("pair.yaml").write_text(PAIR)
    assert main(["verify", "pair.yaml", *arguments]) == 2
    assert capsys.readouterr().err == f"{message}\n"
    assert Path("pair.yaml").read_text() == PAIR
    assert [path.name for path in tmp_path.iterdir()] == ["pair.yaml"]
