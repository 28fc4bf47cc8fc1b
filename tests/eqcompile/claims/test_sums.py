"""The joint certificate of a sum: what holds for all inputs is proven, and every change of it is refused."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import eqcompile as eq
from eqcompile.claims.certificate import Certificate
from eqcompile.errors import ArgumentError, EqcompileError, MethodError

MODELS = Path(__file__).parents[3] / "siqml" / "models"

DIMER = """\
name: two_waters
data: {sites: [O1, H1a, H1b, O2, H2a, H2b]}
symmetry:
  - rotation: SU(2)
  - inversion
  - translation
  - permutation: ["(H1a H1b)", "(H2a H2b)", "(O1 O2)(H1a H2a)(H1b H2b)"]
terms:
  - weights: molecule
    model: water.yaml
    depth: 2
    on:
      - [H1a - O1, H1b - O1]
      - [H2a - O2, H2b - O2]
  - weights: pair
    model: water_dimer_linked.yaml
    depth: 1
    coefficient: 1/3
    on:
      - [(O1 - O2)/2, H1a - O1, H1b - O1, (O2 - O1)/2, H2a - O2, H2b - O2]
"""

EXCHANGE = "(O1 O2)(H1a H2a)(H1b H2b)"


def spec_of(*changes: tuple[str, str]) -> "eq.SumSpec":
    text = DIMER
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    spec = eq.loads(text, path=str(MODELS / "two_waters.yaml"))
    assert isinstance(spec, eq.SumSpec)
    return spec


def refused(certificate: Certificate) -> dict[str, str]:
    """What is refused, by generator, with the reason."""
    assert certificate.verdict == "refused"
    return {f.subject.removeprefix("the sum under "): str(f.counterexample) for f in certificate.refused}


def spread(model: "eq.ProgramSum", moved: Any) -> float:
    """How far a move of the input changes the values of a sum, at random parameters and inputs."""
    source = np.random.default_rng(3)
    params = source.normal(0, 0.7, model.num_parameters)
    x = source.normal(size=(4, model.num_sites, 3))
    function = compiled(model.sha256, model)
    return float(np.abs(function(params, x) - function(params, moved(x))).max())


COMPILED: dict[str, Any] = {}


def compiled(key: str, model: "eq.ProgramSum") -> Any:
    """The function of a model; JAX compiles it once for all moves."""
    if key not in COMPILED:
        COMPILED[key] = model.to_jax()
    return COMPILED[key]


def turned(x: Any) -> Any:
    return x @ (np.array([[3, -4, 0], [4, 3, 0], [0, 0, 5]]) / 5)


MOVES = {
    "rotations": turned,
    "x -> -x": lambda x: -x,
    "translations": lambda x: x + 1,
    "(H1a H1b)": lambda x: x[:, [0, 2, 1, 3, 4, 5]],
    "(H2a H2b)": lambda x: x[:, [0, 1, 2, 3, 5, 4]],
    EXCHANGE: lambda x: x[:, [3, 4, 5, 0, 1, 2]],
}


def test_the_whole_is_proven_and_holds() -> None:
    model = eq.compile(spec_of())
    certificate = model.certificate
    assert certificate is not None
    assert certificate.verdict == "proven", certificate.refused
    assert model.is_proven
    assert [f.key for f in certificate.findings] == [
        *(f"program {k}" for k in range(2)),
        *(f"generator {k}" for k in range(6)),
    ]
    assert certificate.generators == tuple(MOVES)
    for name, move in MOVES.items():
        assert spread(model, move) < 1e-9, name
    assert spread(model, lambda x: x[:, [1, 0, 2, 3, 4, 5]]) > 1e-3
    evidence = certificate.findings[-1].evidence["images"]
    assert evidence == [[1, 1, [0, 1]], [0, 1, [0, 1]], [2, 1, [3, 4, 5, 0, 1, 2]]]


def test_water_needs_no_parity_qubit_and_three_vectors_do() -> None:
    """Two vectors lie in a plane; the values of a circuit on three of rank three may see a reflection."""
    flat = "[A - B, B - C, A - C]"
    text = """\
name: whole
data: {sites: [A, B, C, D]}
symmetry: [{rotation: SU(2)}, inversion]
terms:
  - weights: w
    on: [ROW]
    spec:
      name: three
      qubits: 4
      data: {sites: [A, B, C], encode: {A: [0], B: [1], C: [2]}}
      symmetry: [{rotation: {group: SU(2), qubits: [0, 1, 2, 3]}}]
      state: singlets [[0, 1], [2, 3]]
      observable: derive
      ansatz: {depth: 2, layer: ["H(0,1)", "H(1,2)", "H(2,3)"]}
"""
    text = text.replace("observable: derive", f"observable: {CHIRAL}")
    assert eq.compile(eq.loads(text.replace("ROW", flat))).certificate
    full = eq.compile(eq.loads(text.replace("ROW", "[A - D, B - D, C - D]")))
    assert set(refused(full.certificate)) == {"x -> -x"}
    assert spread(full, lambda x: -x) > 1e-4
    assert spread(full, turned) < 1e-9


CHIRAL = "X0 Y1 Z2 + Y0 Z1 X2 + Z0 X1 Y2 - X0 Z1 Y2 - Y0 X1 Z2 - Z0 Y1 X2"
"""sigma_0 . (sigma_1 x sigma_2)."""


def second(weights: str, depth: int, more: str = "") -> str:
    """The second molecule as an entry of its own, before that of the pair."""
    return (
        f"  - weights: {weights}\n    model: water.yaml\n    depth: {depth}\n{more}"
        "    on: [[H2a - O2, H2b - O2]]\n  - weights: pair\n"
    )


BROKEN: dict[str, tuple[tuple[tuple[str, str], ...], set[str], str]] = {
    "a fragment is missing": (
        (("      - [H2a - O2, H2b - O2]\n", ""),),
        {EXCHANGE},
        "found no term there",
    ),
    "another coefficient": (
        (
            ("      - [H2a - O2, H2b - O2]\n", ""),
            (
                "  - weights: pair\n",
                "  - weights: molecule\n    model: water.yaml\n    depth: 2\n    coefficient: 1.001\n"
                "    on: [[H2a - O2, H2b - O2]]\n  - weights: pair\n",
            ),
        ),
        {EXCHANGE},
        "found a term with the coefficient 1001/1000",
    ),
    "another name of weights": (
        (
            ("      - [H2a - O2, H2b - O2]\n", ""),
            (
                "  - weights: pair\n",
                "  - weights: other\n    model: water.yaml\n    depth: 2\n"
                "    on: [[H2a - O2, H2b - O2]]\n  - weights: pair\n",
            ),
        ),
        {EXCHANGE},
        'found a term with the weights "other"',
    ),
    "another circuit": (
        (
            ("      - [H2a - O2, H2b - O2]\n", ""),
            (
                "  - weights: pair\n",
                "  - weights: other\n    model: water.yaml\n    depth: 3\n"
                "    on: [[H2a - O2, H2b - O2]]\n  - weights: pair\n",
            ),
        ),
        {EXCHANGE},
        "found a term of another circuit, water",
    ),
    "a combination is off by a thousandth": (
        (("[H2a - O2, H2b - O2]\n  - weights: pair", "[H2a - O2, 1.001*H2b - 1.001*O2]\n  - weights: pair"),),
        {EXCHANGE, "(H2a H2b)"},
        "found no term there",
    ),
    "a sign": (
        (("(O2 - O1)/2", "(O1 - O2)/3"),),
        {EXCHANGE},
        "found no term there",
    ),
    "an exchange that the circuit does not have": (
        (("(H1a H1b)", "(H1a H2a)"),),
        {"(H1a H2a)"},
        "no term there",
    ),
    "sites of the pair in another order": (
        (("H1b - O1, (O2 - O1)/2, H2a - O2", "H2a - O2, (O2 - O1)/2, H1b - O1"),),
        {"(H1a H1b)", "(H2a H2b)", EXCHANGE},
        "which its certificate does not prove",
    ),
    "a shift": (
        (("[H1a - O1, H1b - O1]\n      - [H2a", "[H1a, H1b]\n      - [H2a"),),
        {"translations", EXCHANGE},
        "",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_every_change_is_refused_and_breaks_the_symmetry(name: str) -> None:
    changes, generators, reason = BROKEN[name]
    model = eq.compile(spec_of(*changes))
    assert model.certificate is not None
    assert not model.is_proven
    found = refused(model.certificate)
    assert set(found) == generators
    assert all("expected" in text for text in found.values())
    assert reason in " ".join(found.values())
    moves = MOVES | {"(H1a H2a)": lambda x: x[:, [0, 4, 2, 3, 1, 5]]}
    for generator in model.certificate.generators:
        change = spread(model, moves[generator])
        assert change > 1e-6 if generator in generators else change < 1e-9, generator


def test_a_negative_control_of_the_sign_itself() -> None:
    """Minus one is allowed for all sites together, where it is proven, and for no single one."""
    both = "[(O2 - O1)/2, O1 - H1a, O1 - H1b, (O1 - O2)/2, O2 - H2a, O2 - H2b]"
    row = "[(O1 - O2)/2, H1a - O1, H1b - O1, (O2 - O1)/2, H2a - O2, H2b - O2]"
    exchanged = eq.compile(spec_of((row, row + "\n      - " + both)))
    assert exchanged.is_proven
    one = both.replace("O1 - H1a", "H1a - O1")
    assert "(H1a H1b)" in refused(eq.compile(spec_of((row, one))).certificate)


def test_a_term_with_a_breaking_gate_is_named() -> None:
    spec = spec_of(("model: water_dimer_linked.yaml\n    depth: 1", "model: water_dimer.yaml\n    depth: 1"))
    certificate = eq.compile(spec).certificate
    found = refused(certificate)
    assert set(found) == {"rotations"}
    assert "water_dimer on [1/2*O1 - 1/2*O2," in found["rotations"]
    assert "U(1) about z" in found["rotations"]


def test_a_circuit_that_is_refused_proves_nothing_of_the_sum() -> None:
    text = (MODELS / "water.yaml").read_text(encoding="utf-8").replace("    - H(2,3)\n", "    - H(0,3)\n")
    spec = spec_of(
        (
            "    model: water.yaml\n",
            "    spec: |\n" + "".join(f"      {line}\n" for line in text.splitlines()),
        )
    )
    certificate = eq.compile(spec).certificate
    assert certificate.verdict == "refused"
    assert [f.verdict for f in certificate.findings] == ["refused", "proven"] + ["not decided"] * 6
    assert "water is not proven" in certificate.findings[2].detail
    assert certificate.counterexample is not None


def test_the_certificate_is_a_document() -> None:
    certificate = eq.compile(spec_of()).certificate
    text = certificate.to_json()
    assert '"schema": "eqcompile.sum/1"' in text
    again = Certificate.from_json(text)
    assert again == certificate
    assert again.to_json() == text
    assert "two_waters" in certificate.to_html()
    with pytest.raises(EqcompileError, match="the digest of the certificate does not fit"):
        Certificate.from_json(text.replace("2 change them", "3 change them"))
    body = json.loads(text)
    body["target_data"]["programs"][0]["target"] = "other"
    with pytest.raises(EqcompileError, match="the digest of the certificate does not fit"):
        Certificate.from_json(json.dumps(body))


def test_verify_decides_a_sum() -> None:
    spec = spec_of()
    model = eq.compile(spec)
    assert eq.verify(spec) == model.certificate
    assert eq.verify(model) is model.certificate
    with pytest.raises(MethodError, match="strict is about a circuit or a state"):
        eq.verify(spec, strict=True)
    with pytest.raises(MethodError, match="declares no symmetry of the whole"):
        eq.verify(eq.ProgramSum(model.terms))
    with pytest.raises(MethodError, match="is a sum of circuits, which has no qubits of its own"):
        eq.derive(spec)


def test_terms_alone_claim_nothing_of_the_whole() -> None:
    model = eq.compile(spec_of())
    without = eq.ProgramSum(model.terms, num_sites=6)
    assert without.certificate is None
    assert without.symmetry is None
    assert without.sha256 != model.sha256


def test_a_spec_cannot_be_put_to_other_terms() -> None:
    model = eq.compile(spec_of())
    first, second, third = model.terms
    scaled = eq.Term(first.program, 2.0, first.sites, first.weights)
    for terms in ((first, third), (scaled, second, third), (second, first, third)):
        with pytest.raises(ArgumentError, match="the terms are not those that two_waters declares"):
            eq.ProgramSum(terms, 6, model.spec)
