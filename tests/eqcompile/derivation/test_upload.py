"""The upload x.sigma: proven, or refused with the generator that forbids it; and ``encode: derive`` in a spec."""

import pytest

import eqcompile as eq
from eqcompile.declaration.lift import symmetry_of
from eqcompile.derivation.resolve import resolve
from eqcompile.derivation.uploads.encodings import derive_encodings
from eqcompile.derivation.uploads.upload import require_equivariant, upload
from eqcompile.errors import MethodError, SpecError

DIMER = """\
name: dimer
qubits: 7
data:
  sites: [O1, H1a, H1b, O2, H2a, H2b]
  encode: derive
symmetry:
  - rotation: SU(2)
  - permutation: [(H1a H1b), (H2a H2b), (O1 O2)(H1a H2a)(H1b H2b)]
  - inversion: {parity: 6}
"""

PAIR = "name: pair\nqubits: {n}\ndata:\n  sites: [A, B]\n  encode: {encode}\nsymmetry:\n  - {entry}\n"


def pair(entry: str, n: int = 5, encode: str = "derive") -> eq.Spec:
    return eq.loads(PAIR.format(n=n, encode=encode, entry=entry), "pair.yaml")


def refused(entry: str, n: int = 5, encode: str = "derive") -> str:
    with pytest.raises(SpecError) as caught:
        resolve(pair(entry, n, encode))
    return str(caught.value)


def test_the_dimer_has_a_scale_for_each_kind_of_atom() -> None:
    data = resolve(eq.loads(DIMER)).data
    assert data is not None
    assert data.encode == ((0,), (1,), (2,), (3,), (4,), (5,))
    assert data.scales == (
        ("alpha_O1", ("O1", "O2")),
        ("alpha_H1a", ("H1a", "H1b", "H2a", "H2b")),
    )


def test_as_many_copies_as_fit_without_the_parity_qubit() -> None:
    text = DIMER.replace("qubits: 7", "qubits: 14").replace("parity: 6", "parity: 2")
    data = resolve(eq.loads(text)).data
    assert data is not None
    assert data.encode == ((0, 7), (1, 8), (3, 9), (4, 10), (5, 11), (6, 12))
    once = resolve(eq.loads(text.replace("encode: derive", "encode: {derive: {copies: 1}}"))).data
    assert once is not None
    assert once.encode == ((0,), (1,), (3,), (4,), (5,), (6,))


def test_ammonia_twice_uploaded() -> None:
    spec = resolve(
        eq.loads(
            "{name: nh3, qubits: 8, data: {sites: [N, H1, H2, H3], encode: derive}, state: derive, "
            "symmetry: [{rotation: SU(2)}, {permutation: {group: S_3, on: [H1, H2, H3]}}]}"
        )
    )
    assert spec.data is not None
    assert spec.data.encode == ((0, 4), (1, 5), (2, 6), (3, 7))
    assert spec.data.scales == (("alpha_N", ("N",)), ("alpha_H1", ("H1", "H2", "H3")))
    assert (
        spec.state
        == eq.loads(
            "{name: a, qubits: 8, symmetry: [{rotation: SU(2)}], state: 'singlets [[0, 4], [1, 5], [2, 6], [3, 7]]'}"
        ).state
    )
    assert spec.derived == ()


def test_declared_scales_are_kept() -> None:
    scales = "  scales: {a: [O1, O2, H1a, H1b, H2a, H2b]}\n"
    data = resolve(eq.loads(DIMER.replace("symmetry:", scales + "symmetry:"))).data
    assert data is not None
    assert data.scales == (("a", ("O1", "O2", "H1a", "H1b", "H2a", "H2b")),)


def test_one_orbit_shares_alpha() -> None:
    data = resolve(pair('permutation: ["(A B)"]')).data
    assert data is not None
    assert data.scales == (("alpha", ("A", "B")),)


def test_written_out_it_is_the_same_spec() -> None:
    encode = "{A: [0, 2], B: [1, 3]}"
    entry = "rotation: {group: U(1), axis: [1, 1, 0]}"
    explicit = PAIR.format(n=4, encode=encode, entry=entry).replace(
        "symmetry:", "  scales: {alpha_A: [A], alpha_B: [B]}\nsymmetry:"
    )
    assert resolve(pair(entry, 4)) == eq.loads(explicit)
    assert resolve(pair(entry, 4)) != pair(entry, 4, encode)


@pytest.mark.parametrize(
    ("encode", "message"),
    [
        ("derive", "5:11: 1 copy of 2 sites take 2 qubits; 1 of the register are free; use more qubits"),
        (
            "{derive: {copies: 3}}",
            "5:11: 3 copies of 2 sites take 6 qubits; 1 of the register are free; use more qubits",
        ),
        (
            "deriv",
            '5:11: unknown encode "deriv"; did you mean "derive"? write the qubits of each site, such as {H1: [0, 2], '
            "H2: [1, 3]}, or derive",
        ),
        ("{derive: {copies: 0}}", "5:29: data.encode.derive.copies must be at least 1; found 0"),
        (
            "{derive: {copy: 1}}",
            '5:21: unknown key "copy" in data.encode.derive; did you mean "copies"? Known: copies.',
        ),
    ],
)
def test_what_cannot_be_uploaded(encode: str, message: str) -> None:
    assert refused("mirror: {normal: x, parity: 1}", 2, encode) == f"pair.yaml:{message}"


_LEAVES = (
    "which leaves the coordinate and changes the operator; let it act on qubits that carry no site, or move the site "
    "as well"
)
_POLAR = "x is a polar vector and sigma an axial one; add a qubit N that carries no site and write parity: N"


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (
            "mirror: {normal: x}",
            f"X0 + X2 for the coordinate x of A is not equivariant under the mirror with normal x: {_POLAR}",
        ),
        (
            "point_group: C3v",
            f"X0 + X2 for the coordinate x of A is not equivariant under the mirror with normal y: {_POLAR}",
        ),
        (
            "charge: Z0 + Z1",
            f"X0 + X2 for the coordinate x of A is not equivariant under Q of U(1) charge Z0 + Z1, {_LEAVES}",
        ),
        ("pauli: X0 X1", f"Y0 + Y2 for the coordinate y of A is not equivariant under X0 X1, {_LEAVES}"),
        ("clifford: H 3", f"X1 + X3 for the coordinate x of B is not equivariant under H 3, {_LEAVES}"),
        (
            "mirror: {normal: x, parity: 4, qubits: [0, 2]}",
            "X1 X4 + X3 X4 for the coordinate x of B is not equivariant under the mirror with normal x (Z4), "
            f"{_LEAVES}",
        ),
    ],
)
def test_what_is_not_equivariant(entry: str, message: str) -> None:
    assert refused(entry) == f"pair.yaml:5:11: {message}"


@pytest.mark.parametrize(
    "entry",
    [
        "rotation: SU(2)",
        "rotation: {group: U(1), axis: [0, sqrt(3), 1]}",
        "rotation: {group: D_3, axis: [1, 1, 1]}",
        "rotation: {group: SU(2), qubits: [0, 2]}",
        "mirror: {normal: x, parity: 4}",
        "point_group: {group: C3v, parity: 4}",
        "inversion: {parity: 4}",
        "charge: Z4",
        "pauli: X4",
        "clifford: H 4",
    ],
)
def test_the_proof_agrees_with_the_basis_of_all_encodings(entry: str) -> None:
    """The upload lies in the intertwiner space; with one sign turned it is in neither."""
    spec = pair(entry)
    symmetry = symmetry_of(spec)
    assert spec.data is not None
    encoding = upload(spec.data, 5, spec.parity)
    basis = derive_encodings(symmetry, 2)
    require_equivariant(encoding, symmetry)
    assert basis.contains(encoding)
    if spec.parity is None and "SU(2)" in entry:
        turned = encoding | {(0, 0): -encoding[0, 0]}
        assert not basis.contains(turned)
        with pytest.raises(MethodError, match="let it act on all qubits of a site or on none"):
            require_equivariant(turned, symmetry)


def test_many_sites() -> None:
    """Thirty water molecules: the basis of all encodings would have millions of unknowns."""
    sites = [f"{atom}{m}" for m in range(30) for atom in ("O", "Ha", "Hb")]
    swaps = ", ".join(f"(Ha{m} Hb{m})" for m in range(30))
    text = (
        f"{{name: a, qubits: 91, data: {{sites: [{', '.join(sites)}], encode: derive}}, "
        f"symmetry: [{{rotation: SU(2)}}, {{permutation: [{swaps}]}}, {{inversion: {{parity: 90}}}}]}}"
    )
    data = resolve(eq.loads(text)).data
    assert data is not None
    assert len(data.scales) == 60
