"""Circuits on a device: where their qubits are is read from a comment, and a wrong comment is another circuit."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from qiskit import QuantumCircuit, qasm2, transpile
from qiskit.circuit import Parameter
from qiskit.transpiler import CouplingMap

import eqcompile as eq
from eqcompile.face.artifacts import save_transpiled
from eqcompile.face.comparison import recheck_files
from eqcompile.readers.circuit_file import layout_comment
from eqcompile.recheck.decide import Recheck, recheck, summary
from eqcompile.recheck.document import digest_of
from eqcompile.recheck.files.circuit.circuit_text import read_circuit
from eqcompile.recheck.files.circuit.placement import FORM, Placement, placement_of
from eqcompile.recheck.files.read import read_files
from eqcompile.recheck.files.unread import UnreadError

WATER = """\
name: water
qubits: 4
data: {sites: [H1, H2], encode: {H1: [0, 2], H2: [1, 3]}}
symmetry: [{rotation: SU(2)}, {permutation: ["(H1 H2)"]}]
state: singlets [[0, 1], [2, 3]]
observable: H(0,1)
ansatz: {depth: 1, layer: [H(1,2) + H(0,3)]}
"""
PAIR = """\
name: pair
qubits: 2
data: {sites: [A], encode: {A: [0]}}
symmetry: [{rotation: {group: U(1), axis: z}}]
state: "|00>"
observable: Z0 + Z1
ansatz: {depth: 1, layer: [Z0 Z1, "X0 X1 + Y0 Y1"]}
"""
SINGLET = """\
name: own
qubits: 2
data: {sites: [A], encode: {A: [0, 1]}}
symmetry: [rotation: SU(2)]
state: singlets [[0, 1]]
observable: H(0,1)
ansatz: {depth: 1, layer: [H(0,1)]}
"""
CHAIN = "name: chain\nqubits: 3\nsymmetry: [{charge: Z0 + Z1 + Z2}]\n"
EXCHANGE = "name: exchange\nqubits: 2\nsymmetry: [{permutation: ['(0 1)']}]\n"


def written(folder: Path, name: str, content: str) -> Path:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return path


def on_device(folder: Path, text: str) -> tuple[Path, Path]:
    """A spec, and the OpenQASM 3 file that ``compile --backend fake_manila`` writes for it."""
    spec = written(folder, "s.yaml", text)
    circuit = eq.compile(eq.load(spec)).to_qiskit("angles", backend="fake_manila")
    return spec, save_transpiled("c", circuit, "fake_manila", folder)[0]


def hopping(folder: Path) -> tuple[Path, Path]:
    """A bound circuit that was routed, as OpenQASM 2: its layout is only in the comment."""
    circuit = QuantumCircuit(3)
    for a, b in ((0, 1), (1, 2), (0, 2)):
        circuit.rxx(0.3, a, b)
        circuit.ryy(0.3, a, b)
    line = CouplingMap.from_line(5)
    placed = transpile(
        circuit, coupling_map=line, initial_layout=[1, 2, 3], seed_transpiler=1, optimization_level=0
    )
    comment = layout_comment(
        placed.layout.initial_index_layout(filter_ancillas=True), placed.layout.final_index_layout()
    )
    head, rest = qasm2.dumps(placed).split("\n", 1)
    return written(folder, "s.yaml", CHAIN), written(folder, "c.qasm", f"{head}\n{comment}\n{rest}")


def last(result: Recheck) -> str:
    return summary(result)[-1]


def held(text: str, spec: Path, path: Path) -> Recheck | None:
    """The recheck of a certificate that says it is about the file as it is now; ``None`` where a file is refused."""
    body = json.loads(text)
    body["target_sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    body["digest"] = digest_of(body)
    try:
        return recheck_files(json.dumps(body), 1, spec, path)
    except eq.EqcompileError:
        return None


def by_its_own_reading(text: str, spec: Path, path: Path) -> bool:
    """Whether the gates in the file alone, without the product's assumptions about it, are those of the certificate."""
    try:
        return recheck(text, 1, reading=read_files(text, spec, path)).confirmed
    except eq.EqcompileError:
        return False


CASES: dict[str, tuple[Callable[[Path], tuple[Path, Path]], str]] = {
    "water": (lambda folder: on_device(folder, WATER), "model"),
    "pair": (lambda folder: on_device(folder, PAIR), "model"),
    "singlet as a state": (lambda folder: on_device(folder, SINGLET), "state"),
    "hopping in OpenQASM 2": (hopping, "circuit"),
}


@pytest.mark.parametrize(("made", "what"), CASES.values(), ids=CASES)
def test_what_a_back_end_writes_is_confirmed_and_altered_it_is_not(
    made: Callable[[Path], tuple[Path, Path]], what: str, tmp_path: Path
) -> None:
    spec, path = made(tmp_path)
    certificate = eq.verify(str(path), eq.load(spec), what=what)
    assert certificate.verdict == "proven"
    text, program = certificate.to_json(), path.read_text()
    found = held(text, spec, path)
    assert found, found and summary(found)
    assert ", as the given files have it (seed 1)" in last(found)
    assert any("where the qubits are on the device, by a comment: start " in note for note in found.notes)
    (comment,) = [line for line in program.splitlines() if line.startswith("// eqcompile")]
    for altered in altered_comments(comment):
        path.write_text(program.replace(comment, altered))
        result = held(text, spec, path)
        assert result is None or not result.confirmed, (altered, summary(result))
        assert not by_its_own_reading(text, spec, path), altered
    lines = program.splitlines()
    gates = [k for k, line in enumerate(lines) if line.startswith(("cx ", "sx ", "rz(", "rxx("))]
    for k in Random(what).sample(gates, 3):
        for other in ([], [lines[k], "x q[1];" if "q[" in lines[k] else "x $1;"]):
            path.write_text("\n".join([*lines[:k], *other, *lines[k + 1 :]]))
            result = held(text, spec, path)
            assert result is not None
            if not other and same(path, program, tmp_path):
                continue
            assert not result.confirmed, (lines[k], other)
    path.write_text(program)
    assert by_its_own_reading(text, spec, path)


def same(path: Path, program: str, folder: Path) -> bool:
    """Whether leaving out a gate, such as a rotation by 0 or by 2 pi, leaves the circuit as it was."""
    before = read_circuit(written(folder, "before.qasm", program), ()).operations
    after = read_circuit(path, ()).operations
    lost = [o for o in before if before.count(o) > after.count(o)]
    return bool(lost) and all(
        o[0] == "rotation" and o[2][0] == [] and o[2][1] in ("0", "2", "4", "-2") for o in lost
    )


def altered_comments(comment: str) -> list[str]:
    """Comments with another permutation or length, given twice, beyond the device, missing, or written wrongly."""
    start, end = (part.split() for part in comment.partition("start ")[2].split(", end "))
    form = "// eqcompile layout: start {}, end {}".format
    turned = [*end[1:], end[0]]
    return [
        form(" ".join(start), " ".join(turned)),
        form(" ".join([*start[1:], start[0]]), " ".join(end)),
        form(" ".join(start[:-1]), " ".join(end[:-1])),
        form(" ".join(start), " ".join(end[:-1])),
        form(" ".join(start), " ".join([end[0], *end[:-1]])),
        form(" ".join([*start[:-1], "99"]), " ".join(end)),
        form(" ".join(start), " ".join([*end[:-1], "10000"])),
        form(" ".join(start), " ".join([*end[:-1], "-1"])),
        f"{comment}\n{comment}",
        f"{comment}\n{form(' '.join(start), ' '.join(turned))}",
        "// nothing",
        comment.replace("layout", "Layout"),
        comment.replace("eqcompile", "Eqcompile"),
        comment.replace("layout:", "layout"),
        comment.replace("// ", "/* ") + " */",
    ]


@pytest.mark.parametrize(
    "head", ["OPENQASM 3.0;\n", 'OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[5];\nbarrier q;\n']
)
def test_idle_qubits_behind_the_register(head: str, tmp_path: Path) -> None:
    if head.startswith("OPENQASM 3"):
        head += 'include "stdgates.inc";\nqubit[5] q;\nbarrier q;\n'
    spec = written(tmp_path, "s.yaml", EXCHANGE)
    gates = "h q[0];\nh q[1];\ncz q[0], q[1];\nbarrier q[3], q[4];\n"
    path = written(tmp_path, "c.qasm", head + gates)
    text = eq.verify(str(path), eq.load(spec)).to_json()
    found = held(text, spec, path)
    assert found
    assert "read by the recheck: 3 idle qubits behind the first 2 are left out" in found.notes
    for used in ("x q[2];", "cx q[1], q[4];", "id q[3];\nx q[0];", "h q[0];"):
        path.write_text(head + gates + used)
        result = held(text, spec, path)
        assert result is not None
        assert not result.confirmed, used
    one = written(tmp_path, "t.yaml", EXCHANGE.replace("qubits: 2", "qubits: 6").replace("(0 1)", "(4 5)"))
    path.write_text(head + gates)
    assert not recheck_files(text, 1, one, path).confirmed


def test_physical_qubits_without_a_layout(tmp_path: Path) -> None:
    spec = written(tmp_path, "s.yaml", EXCHANGE)
    head = 'OPENQASM 3.0;\ninclude "stdgates.inc";\ninput float[64] w;\n'
    gates = "rx(w) $1;\nrx(w) $0;\ncz $0, $1;\n"
    path = written(tmp_path, "c.qasm", f"{head}{gates}barrier $4;\n")
    text = eq.verify(str(path), eq.load(spec)).to_json()
    found = held(text, spec, path)
    assert found
    assert (
        "read by the recheck: qubit k is taken to be $k of the device at the start and at the end"
        in found.notes
    )
    for other in (
        "rx(w) $1;\ncz $0, $1;\n",
        gates.replace("$1", "$2"),
        gates + "x $4;\n",
        gates + "swap $0, $2;",
    ):
        path.write_text(head + other)
        result = held(text, spec, path)
        assert result is not None
        assert not result.confirmed, other
    path.write_text(f"{head}x $10000;")
    with pytest.raises(UnreadError, match="a circuit of 10001 bits"):
        read_circuit(path, ())


@pytest.mark.parametrize(
    ("start", "end"), [((3, 1), (1, 3)), ((0, 1), (1, 0)), ((4, 2), (3, 0)), ((7, 8), (7, 8))]
)
def test_places_of_all_qubits_are_permutations(start: tuple[int, ...], end: tuple[int, ...]) -> None:
    placement = Placement(start, end)
    size = max(5, placement.size)
    initial, final = placement.completed(size)
    assert sorted(initial) == sorted(final) == list(range(size))
    assert (tuple(initial[:2]), tuple(final[:2])) == (start, end)
    moving = {*start, *end}
    assert all((a == b) for a, b in zip(initial, final, strict=True) if not {a, b} & moving)


def test_a_comment_written_wrongly_is_one_line() -> None:
    assert (
        placement_of(["// anything", "// the layout is that of the device", "// made by eqcompile"], 10)
        is None
    )
    for comments, message in (
        (["// eqcompile Layout: start 0, end 0"], "is not understood; write it as in " + FORM),
        (["/* layout: start 0, end 0 */"], "speaks of a layout and is not understood"),
        (["// eqcompile layout: start 0 1, end 0"], "speaks of a layout and is not understood"),
        (["// eqcompile layout: start 0, end 10"], "speaks of a layout and is not understood"),
        (["// eqcompile layout: start 0, end 0"] * 2, "2 comments speak of a layout"),
    ):
        with pytest.raises(eq.EqcompileError) as caught:
            placement_of(comments, 10)
        assert message in str(caught.value)
    assert placement_of([FORM], 5) == Placement((3, 4), (4, 3))


def test_a_long_comment_takes_no_time() -> None:
    words = "/* eqcompile " + "start 1 " * 200_000 + "*/"
    assert placement_of([words], 10) is None


def test_parameters_keep_their_meaning_on_a_device(tmp_path: Path) -> None:
    """Two angles exchanged on the device are another circuit."""
    circuit = QuantumCircuit(2)
    circuit.rx(Parameter("a"), 0)
    circuit.rx(Parameter("b"), 1)
    head = 'OPENQASM 3.0;\n{}\ninclude "stdgates.inc";\ninput float[64] a;\ninput float[64] b;\nrx(a) $3;\nrx(b) $1;\n'
    straight = written(tmp_path, "1.qasm", head.format("// eqcompile layout: start 3 1, end 3 1"))
    crossed = written(tmp_path, "2.qasm", head.format("// eqcompile layout: start 1 3, end 1 3"))
    one, other = (read_circuit(path, (), register=2).operations for path in (straight, crossed))
    assert [o[1] for o in one] == ["X0", "X1"]
    assert [o[1] for o in other] == ["X1", "X0"]


def test_a_layout_in_an_included_file_is_not_passed_over(tmp_path: Path) -> None:
    written(tmp_path, "own.inc", "// eqcompile layout: start 1, end 1\ngate g a { U(0.1, 0, 0) a; }\n")
    path = written(tmp_path, "c.qasm", 'OPENQASM 2.0;\ninclude "own.inc";\nqreg q[2];\ng q[0];\n')
    with pytest.raises(UnreadError, match=r'a layout in the included "own\.inc"'):
        read_circuit(path, ())
    with pytest.raises(eq.EqcompileError, match="speaks of a layout; write it in the file of the circuit"):
        eq.verify(str(path), eq.loads(EXCHANGE))
