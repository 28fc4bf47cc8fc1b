"""OpenQASM 2 and 3: programs that are edited as text, statement by statement, or as bytes."""

import re
from pathlib import Path
from random import Random

import eqcompile as eq
from campaign.fuzz.case import Case, Command, Reader, chosen_way
from campaign.fuzz.inputs.mutate import ENCODINGS, NUMBERS, edited_bytes, edited_text
from campaign.fuzz.inputs.seeds import EXCHANGE

MAIN, SPEC, INCLUDE = "circuit.qasm", "spec.yaml", "own.inc"

WAYS = {"verify": 70, "verify as state": 15, "read": 15}

COMPUTES = frozenset({"verify", "verify as state"})

OWN = "gate twice a { s a; s a; }\n"

_HEAD2 = 'OPENQASM 2.0;\ninclude "qelib1.inc";\n'
_HEAD3 = 'OPENQASM 3.0;\ninclude "stdgates.inc";\n'

PROGRAMS2 = (
    _HEAD2 + "qreg q[2];\nh q[0];\nh q[1];\ncz q[0], q[1];\nrz(pi/3) q[0];\nrz(pi/3) q[1];\n",
    _HEAD2 + 'include "own.inc";\nqreg q[2];\nrxx(pi/3) q[0], q[1];\ntwice q[1];\ntwice q[0];\n'
    "gate mine(t) a, b { cx a, b; rz(-t/2) b; }\nmine(pi/5) q[1], q[0];\nbarrier q;\n",
    _HEAD2 + "gate d0 a { h a; }\ngate d1 a { d0 a; d0 a; }\ngate d2 a { d1 a; d1 a; }\nqreg q[2];\nd2 q;\n"
    "u3(0.1, -pi/2, 2*pi) q[0];\nu2(0, pi) q[1];\nu1(-(pi+1)/4) q[1];\n",
    _HEAD2
    + "qreg a[1];\nqreg b[1];\ncreg c[1];\nx a[0];\nswap a[0], b[0];\nCX a[0], b[0];\nU(0, 0, pi) b[0];\n"
    "opaque magic a;\nmeasure a[0] -> c[0];\nif (c == 1) x b[0];\n",
    _HEAD2
    + "// comment\nqreg q[2];\nrx(sin(pi/4)+ln(2)^2) q[0];\nswap q[0], q[1];\nid q[0];\nsx q[0];\nsxdg q[1];\n",
    _HEAD2
    + "qreg q[2];\nrzz(pi/7) q[0], q[1];\nrx(0.3) q;\nry(1e-3) q[0];\ncrz(pi/2) q[0], q[1];\ncu1(pi/8) q[1], q[0];\n",
)

PROGRAMS3 = (
    _HEAD3 + "input float[64] theta;\nqubit[2] q;\nrx(theta) q[0];\nrx(theta) q[1];\ncx q[0], q[1];\n",
    _HEAD3
    + "input float a;\ninput angle[32] b;\nqubit[2] q;\nrx(a/2 + b) q;\nrz(-3*a) q[1];\ncp(pi/4) q[0], q[1];\n",
    _HEAD3
    + "qubit[2] q;\nh q;\nctrl @ rz(pi/7) q[0], q[1];\ninv @ s q[1];\nnegctrl(1) @ x q[1], q[0];\npow(2) @ t q[0];\n",
    _HEAD3
    + "gate d0 a { h a; }\ngate d1(t) a { d0 a; p(t) a; }\nqubit[2] q;\nlet r = q[0:1];\nd1(2*pi/3) r[0];\n"
    "barrier q;\nU(0, 0, pi) q[1];\ngphase(pi/4);\n",
    _HEAD3
    + "qubit a;\nqubit b;\n/* a\ncomment */\nswap a, b;\ncz a, b; // another\nsx a;\nid b;\ncx b, a;\n",
    _HEAD3 + "h $0;\nh $1;\ncx $0, $1;\n",
    _HEAD3 + "qubit[2] q;\nbit[2] c;\npow(1/2) @ x q[0];\nc[0] = measure q[0];\n"
    "if (c[0]) { x q[1]; } else { z q[1]; }\nreset q;\n",
    _HEAD3
    + "qubit[2] q;\nfor int i in [0:1] { h q[0]; }\nwhile (true) { rz(pi) q[0]; }\nconst float w = 0.5;\n"
    "switch (1) { case 0 { x q[0]; } default { y q[1]; } }\nbox { x q[0]; }\ndelay[100ns] q[0];\n",
    _HEAD3
    + "def f(qubit a) -> bit { return measure a; }\nqubit q;\nbit b = f(q);\nint[32] n = 3;\narray[int, 2] m;\n",
)

_STATEMENT = re.compile(r"[^;{}]*[;{}]\n?")

STATEMENTS = (
    "qreg r[9999];\n", "qubit[9999] r;\n", "creg d[9999];\n", "bit[9999] d;\n", "qreg q[1];\n", "qubit[0] z;\n",
    "qubit[3] q;\n",
    "x q;\n", "h q[2];\n", "h q[-1];\n", "cx q[0], q[0];\n", "rz(1e308*10) q[0];\n", "rz(0/0) q[0];\n",
    "rz(nan) q[0];\n",
    "rz(10^10^10) q[0];\n", "rz(2**2**2**2**2) q[0];\n", "rx(tan(pi/2)) q[0];\n", "rx(arcsin(2)) q[0];\n",
    "rx(ln(-1)) q[0];\n",
    "rx(log(0)) q[0];\n", "rx(1 % 0) q[0];\n", "rz(sqrt(-1)) q[0];\n", "gate g a { g a; }\n", "gate g a { h b; }\n",
    "gate h a { }\n",
    "gate rz(t) a { rx(t) a; }\n", "opaque o a;\n", 'include "own.inc";\n', 'include "/etc/passwd";\n',
    'include "circuit.qasm";\n',
    'include "";\n', 'include "none.inc";\n', "ctrl(1000000) @ x q[0], q[1];\n", "pow(1e9) @ x q[0];\n",
    "pow(-0.5) @ h q[0];\n",
    "pow(1000000000) @ rx(0.1) q[0];\n", "inv @ inv @ inv @ t q[0];\n", "ctrl @ ctrl @ ctrl @ x q[0], q[1];\n",
    "gphase(pi);\n",
    "for int i in [0:1000000000] { x q[0]; }\n", "for int i in [0:0:5] { x q[0]; }\n", "while (true) { x q[0]; }\n",
    "if (true) { x q[0]; }\n", "const int n = 1 << 100000;\n", "input angle a;\n", "input bit b;\n",
    "output bit o;\n", "array[int, 3] a;\n",
    "let s = q[0:9999999];\n", "let s = q ++ q;\n", "U(pi) q[0];\n", "measure q[0];\n", "bit c2 = measure q[0];\n",
    "reset q;\n",
    "barrier;\n", "return;\n", "break;\n", "end;\n", "pragma x\n", "@annotation\n", "#pragma y\n", "cal { }\n",
    "defcal x $0 { }\n",
    'defcalgrammar "openpulse";\n', "OPENQASM 2.0;\n", "OPENQASM 3;\n", "extern f(int) -> int;\n",
    "duration d = 1ns;\n", "stretch s;\n",
    "complex[float] z = 1 im;\n", "uint[4096] u = 1;\n", "float[64] f = 1e400;\n", "bool b = !true;\n",
    "h $99999999;\n", "nop q;\n",
    "gate many " + ", ".join(f"a{k}" for k in range(300)) + " { h a0; }\n", "h q[0:1];\n", "h q[{0, 1}];\n",
    "rz(\u03c0) q[0];\n",
    "rz(theta) q[0];\n", "rz(q) q[0];\n", "x(1) q[0];\n", "rz q[0];\n", "U(theta, 0, 0) q[0];\n",
    "switch (1) { case 1, 2 { x q[0]; } }\n",
)  # fmt: skip
"""Statements that are out of place, too large, or not for us."""


def doubling(depth: int, version: str) -> str:
    """Gates that each apply the one before twice: a short text with two to the power of ``depth`` gates."""
    gates = "".join(f"gate e{k} a {{ e{k - 1} a; e{k - 1} a; }}\n" for k in range(1, depth + 1))
    register = "qreg q[2];" if version == "2" else "qubit[2] q;"
    return (
        _HEAD2 if version == "2" else _HEAD3
    ) + f"gate e0 a {{ h a; }}\n{gates}{register}\ne{depth} q[0];\n"


def edited_program(
    text: str, source: Random, others: tuple[str, ...], version: str
) -> tuple[str, tuple[str, ...]]:
    """Lose, double, move or borrow one to four statements, or put in some that do not belong."""
    how = []
    # An edit that needs a statement, where earlier ones left none, changes nothing.
    statements = _STATEMENT.findall(text)
    for _ in range(source.choice((1, 1, 2, 3, 4))):
        at = source.randrange(len(statements)) if statements else 0
        name = source.choice(
            ("lost", "doubled", "moved", "borrowed", "put in", "put in", "number", "many", "in a block")
        )
        if name == "lost" and statements:
            statements.pop(at)
        elif name == "doubled" and statements:
            statements.insert(at, statements[at])
        elif name == "moved" and statements:
            statements.insert(source.randrange(len(statements)), statements.pop(at))
        elif name == "borrowed":
            statements.insert(at, source.choice(_STATEMENT.findall(source.choice(others))))
        elif name == "put in":
            statements.insert(at, source.choice(STATEMENTS))
        elif name == "number" and statements:
            statements[at] = re.sub(r"\d+", lambda _: source.choice(NUMBERS), statements[at], count=1)
        elif name == "many" and statements:
            statements[at] *= source.choice((3, 100, 3000))
        elif statements:
            depth = source.choice((1, 5, 200))
            statements[at] = "if (true) { " * depth + statements[at] + "}" * depth
        how.append(f"statement {name}")
    if source.random() < 0.02:
        return doubling(source.choice((5, 12, 24, 40)), version), ("gates that double",)
    return "".join(statements), tuple(how)


def maker(version: str, programs: tuple[str, ...]):
    """The function that makes programs of a version."""

    def make(source: Random) -> Case:
        text = source.choice(programs)
        way = chosen_way(source, WAYS)
        choice, same_as = source.random(), None
        if choice < 0.5:
            text, how = edited_program(text, source, programs, version)
            content = text.encode("utf-8", "surrogatepass")
        elif choice < 0.85:
            content, how = edited_text(text, source, PROGRAMS2 + PROGRAMS3)
        elif choice < 0.96:
            content, how = edited_bytes(
                text.encode(), source, [other.encode() for other in PROGRAMS2 + PROGRAMS3]
            )
        else:
            name = source.choice(("CRLF", "UTF-8 mark"))
            content, how, same_as = ENCODINGS[name](text), (name,), text.encode()
        return Case({MAIN: content, SPEC: EXCHANGE.encode(), INCLUDE: OWN.encode()}, MAIN, way, how, same_as)

    return make


def read(folder: Path, case: Case) -> str:
    """Read the circuit in the file, and verify it."""
    return read_circuit(folder, case)


def read_circuit(folder: Path, case: Case) -> str:
    """What can be said about a circuit in a file."""
    from eqcompile.targets import exact_target

    path = folder / case.main
    if case.way == "read":
        exact = exact_target(path)
        return f"{exact.num_qubits} qubits, {len(exact.operations)} operations"
    spec = eq.load(folder / SPEC)
    what = "state" if case.way.endswith("state") else "circuit"
    certificate = eq.verify(path, spec, what=what)
    return certificate.verdict


def command(case: Case, source: Random) -> Command:
    """The command that does the same."""
    words = ("verify", SPEC, "--circuit", case.main)
    if source.random() < 0.5:
        return Command("eqcompile", words)
    return Command("eqcompile", (*words, "-o", "out.json"), ("out.json",), {"out.json": b"old"})


READER2 = Reader("openqasm2", maker("2", PROGRAMS2), read, command, 24, COMPUTES)
READER3 = Reader("openqasm3", maker("3", PROGRAMS3), read, command, 18, COMPUTES)
