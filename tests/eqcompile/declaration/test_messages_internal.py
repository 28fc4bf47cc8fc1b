"""Every message about internal symmetries, word for word: Pauli strings, charges, Cliffords, matrices."""

from collections.abc import Callable

import pytest

Refuse = Callable[[str, str], str]
Accept = Callable[[str, str], object]

_NO_STRING = "is not one Pauli string; write one such as X0 X1 X2, several as a list"
_EMPTY = "the expression ends where an operator such as X0, H(0,1) or a number is needed"
_GATES = "Known: H, S, SDG, SX, X, Y, Z, CX, CZ, SWAP, ISWAP."
_READ = "is not a gate; gates read like H 0; CX 0 1"
_TOO_LARGE = "no power of it up to 360 is the identity up to a phase; write an element of lower order"
_IDENTITY = "it is the identity up to a phase, which acts on nothing; remove it"


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("[]", "12: a Pauli symmetry needs at least one string, such as X0 X1 X2"),
        ("[X0, X0]", '17: "X0" is listed twice; name it once'),
        ("[X0 X1, X1 X0]", '20: "X1 X0" is listed twice; name it once'),
        ("X0 + X1", f'12: "X0 + X1" {_NO_STRING}'),
        ("[Z0, 2*X0]", f'17: "2*X0" {_NO_STRING}'),
        ("-X0", f'12: "-X0" {_NO_STRING}'),
        ("I", f'12: "I" {_NO_STRING}'),
        ("H(0,1)", f'12: "H(0,1)" {_NO_STRING}'),
        ('""', f"12: {_EMPTY}"),
        ("X0 X9", "16: qubit 9 is outside the register; qubits are 0 to 4"),
        ("XX", "12: unknown operator 'XX'; known: X0, Y0, Z0 (any qubit), H(i,j), I, i"),
        ("[3]", "13: symmetry[0].pauli[0] must be text such as X0 X1 X2 X3; found 3"),
        (
            "0",
            "12: symmetry[0].pauli must be a Pauli string such as X0 X1 X2 X3, or a list of them; found 0",
        ),
    ],
)
def test_pauli(refused: Refuse, entry: str, message: str) -> None:
    assert refused("rotation: SU(2)", f"pauli: {entry}") == f"water.yaml:8:{message}"


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ('"3"', '13: "3" is a multiple of the identity, which acts on nothing'),
        ("Z0 - Z0", '13: "Z0 - Z0" is a multiple of the identity, which acts on nothing'),
        ("i*Z0", "13: a charge has real rational coefficients; multiply it by a common factor"),
        ("sqrt(2)*Z0", "13: a charge has real rational coefficients; multiply it by a common factor"),
        ("Z0 + X0", "13: the strings of a charge commute with one another; these do not"),
        ('""', f"13: {_EMPTY}"),
        ("Z0 + Z9", "19: qubit 9 is outside the register; qubits are 0 to 4"),
        ("[Z0]", "13: symmetry[0].charge must be text such as Z0 + Z1 - 2*Z2; found a list"),
        ("3", "13: symmetry[0].charge must be text such as Z0 + Z1 - 2*Z2; found 3"),
    ],
)
def test_charge(refused: Refuse, entry: str, message: str) -> None:
    assert refused("rotation: SU(2)", f"charge: {entry}") == f"water.yaml:8:{message}"


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ('""', f'15: "" {_READ}'),
        ("H 0;", f'19: "" {_READ}'),
        ("H0", f'15: "H0" {_READ}'),
        ("S 0; H 0.5", f'20: "H 0.5" {_READ}'),
        ("H ٣", f'15: "H ٣" {_READ}'),
        ("T 0", f'15: unknown gate "T". {_GATES}'),
        ("H 0; SWOP 0 1", f'20: unknown gate "SWOP"; did you mean "SWAP"? {_GATES}'),
        ("H 9", "15: qubit 9 is outside the register; qubits are 0 to 4"),
        ("CX 0 0", "15: CX acts on two different qubits; found 1"),
        ("CX 0 1 2", "15: CX acts on two different qubits; found 3"),
        ("SWAP 0 1; SWAP 0 1", f"15: {_IDENTITY}"),
        ("X 0; Z 0; Y 0", f"15: {_IDENTITY}"),
        ("[H 0]", "15: symmetry[0].clifford must be text such as H 0; H 1; found a list"),
        ("X " + "0 " * 10_001, "15: more than 10000 gates, which is the limit"),
    ],
)
def test_clifford(refused: Refuse, entry: str, message: str) -> None:
    assert refused("rotation: SU(2)", f"clifford: {entry}") == f"water.yaml:8:{message}"


def test_clifford_of_a_large_order(refused: Refuse) -> None:
    """Cycles of 7, 8 and 11 qubits together have order 616."""
    cycles = [range(7), range(7, 15), range(15, 26)]
    gates = "; ".join(f"SWAP {q} {q + 1}" for cycle in cycles for q in cycle[:-1])
    data = "data:\n  sites: [H1, H2]\n  encode: {H1: [0, 2], H2: [1, 3]}\n  scales: {alpha: [H1, H2]}\nsymmetry:\n"
    message = refused(f"qubits: 5\n{data}  - rotation: SU(2)", f"qubits: 26\n{data}  - clifford: {gates}")
    assert message == f"water.yaml:8:15: {_TOO_LARGE}"


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("{qubits: [0], rows: [[0, 1], [1]]}", "33: 1 qubit needs a matrix of 2 rows of 2 entries"),
        ("{qubits: [0, 1], rows: [[0, 1], [1, 0]]}", "36: 2 qubits need a matrix of 4 rows of 4 entries"),
        ("{qubits: [0], rows: []}", "33: symmetry[0].matrix.rows is empty; it needs at least one entry"),
        ("{qubits: [], rows: [[1]]}", "22: symmetry[0].matrix.qubits is empty; it needs at least one entry"),
        ("{qubits: [0, 0], rows: [[1]]}", "26: qubit 0 is listed twice; name it once"),
        ("{qubits: [7], rows: [[1]]}", "23: qubit 7 is outside the register; qubits are 0 to 4"),
        ("{qubits: [0, 1, 2, 3], rows: [[1]]}", "22: a matrix acts on 1 to 3 qubits; found 4"),
        ("{qubits: [0], rows: [[1, 0], [0, i**2 * -1]]}", f"13: {_IDENTITY}"),
        (
            "{qubits: [0], rows: [[1, 1], [1, -1]]}",
            "33: the matrix is not unitary; its rows must be orthonormal, exactly",
        ),
        ("{qubits: [0], rows: [[3/5, 4/5], [-4/5, 3/5]]}", f"13: {_TOO_LARGE}"),
        (
            "{qubits: [0], rows: [[0, 1 + one], [1, 0]]}",
            "42: symmetry[0].matrix.rows[0][1]: name 'one' is not allowed; allowed: I, i, pi",
        ),
        (
            "{qubits: [0], rows: [[0, 1], [pi, 0]]}",
            "43: symmetry[0].matrix.rows[1][0]: pi is allowed only inside cos, sin and exp",
        ),
        (
            "{qubits: [0], rows: [[0, [1]], [1, 0]]}",
            "38: symmetry[0].matrix.rows[0][1] must be a number such as 0.1 or an expression such as 1/10; found a "
            "list",
        ),
        (
            "{qubits: [0], rows: [[0, 1], [1, 0]], name: two words}",
            '57: symmetry[0].matrix.name must begin with a letter or digit and go on with letters, digits, "_", "." '
            'or "-"; found "two words"',
        ),
        (
            "[[0, 1], [1, 0]]",
            "13: symmetry[0].matrix must be a mapping such as {qubits: [0], rows: [[0, 1], [1, 0]]}; found a list",
        ),
        ("{qubits: 0, rows: [[1]]}", "22: symmetry[0].matrix.qubits must be a list such as [0]; found 0"),
    ],
)
def test_matrix(refused: Refuse, entry: str, message: str) -> None:
    assert refused("rotation: SU(2)", f"matrix: {entry}") == f"water.yaml:8:{message}"


@pytest.mark.parametrize(
    "entry",
    [
        "pauli: [X0, Z0]",
        "charge: Z0 + 1",
        "charge: H(0,1)",
        "clifford: h 0 1; cx 0,1",
        "matrix: {qubits: [0], rows: [[1, 0], [0, exp(2*pi*i/360)]]}",
    ],
)
def test_entries_are_accepted_where_nothing_is_wrong(accepted: Accept, entry: str) -> None:
    """Control: the same places, filled well."""
    assert accepted("rotation: SU(2)", entry)
