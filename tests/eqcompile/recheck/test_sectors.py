"""Weights of sectors decided again, and forged: none of the forgeries is confirmed."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import eqcompile as eq
from eqcompile.face.cli.main import main
from eqcompile.face.comparison import recheck_files
from eqcompile.recheck.decide import Recheck, recheck, summary
from eqcompile.symmetry.symmetry import Symmetry

Body = dict[str, Any]
Forged = Callable[[str, Callable[[Body], object]], Recheck]

SPINS = eq.SU2(4) * eq.permutations(4, [(0, 1), (2, 3)])
RING = eq.permutation_group(3, eq.symmetric(3))


def certificate(symmetry: Symmetry, text: str) -> str:
    return eq.verify(eq.ExactState.parse(text), symmetry, sectors=True).to_json()


HONEST = {
    "spins": (SPINS, "|0101> + |0011>"),
    "ring": (RING, "|001>"),
    "momenta": (eq.permutation_group(5, eq.cyclic(5)), "|00110> - i*|01000>"),
    "double group": (eq.point_symmetry(2, "T"), "|00> + i*|01>"),
    "charge": (eq.charge(3, "Z0 + 1/2*Z1"), "|000> + |011>"),
    "two charges": (eq.charge(2, "Z0") * eq.charge(2, "Z1"), "|00> + |11>"),
    "paulis": (eq.pauli_symmetry(2, "X0", "Z0"), "|00>"),
    "hadamards": (
        eq.unitaries(2, hadamards=["sqrt(2)/2*X0 + sqrt(2)/2*Z0", "sqrt(2)/2*X1 + sqrt(2)/2*Z1"]), "|01>",
    ),
    "nothing": (Symmetry(2), "|01>"),
}  # fmt: skip


@pytest.mark.parametrize("name", HONEST)
def test_honest_ones_are_confirmed(name: str) -> None:
    result = recheck(certificate(*HONEST[name]), 7)
    assert result, result
    assert "as a decomposition into sectors," in summary(result)[-1] or not result.left


def test_a_state_that_is_left_to_the_compiler_is_not_called_that_of_the_spec(tmp_path: Path) -> None:
    """Every state has sectors: a forger's state would pass for the one that the compiler finds."""
    spec = tmp_path / "d.yaml"
    spec.write_text("name: t\nqubits: 4\nsymmetry: [{rotation: SU(2)}]\nstate: derive\n")
    text = eq.verify(spec, sectors=True).to_json()
    result = recheck_files(text, 7, spec)
    assert result
    assert summary(result)[-1].startswith(
        "CONFIRMED: t is proven, as a decomposition into sectors, under T_x, T_y, T_z, for the group of the given file "
        "and the target in the certificate"
    )
    assert "the state, which the spec leaves to the compiler, stands in none of the files" in result.notes
    spec.write_text("name: t\nqubits: 4\nsymmetry: [{rotation: SU(2)}]\nstate: '|0011>'\n")
    text = eq.verify(spec, sectors=True).to_json()
    assert summary(recheck_files(text, 7, spec))[-1].endswith("as the given files have it (seed 7)")
    spec.write_text("name: t\nqubits: 4\nsymmetry: [{rotation: SU(2)}]\nstate: '|0111>'\n")
    assert not recheck_files(text, 7, spec)


def evidence(body: Body) -> Body:
    found = body["findings"][0]["evidence"]
    assert isinstance(found, dict)
    return found


def weights(*texts: str) -> Callable[[Body], object]:
    def change(body: Body) -> None:
        for sector, text in zip(evidence(body)["sectors"], texts, strict=True):
            sector[2] = text

    return change


def swapped(body: Body) -> None:
    sectors = evidence(body)["sectors"]
    sectors[0][2], sectors[1][2] = sectors[1][2], sectors[0][2]


def put(key: str, value: Any) -> Callable[[Body], object]:
    return lambda body: evidence(body).update({key: value})


def refuse(body: Body) -> None:
    example = dict.fromkeys(("element", "input", "expected", "found", "python"), "x")
    body["verdict"] = "refused"
    body["findings"][0].update(verdict="refused", counterexample=example)


FORGERIES: dict[str, tuple[str, Callable[[Body], object], str]] = {
    "a wrong weight": ("ring", weights("1/2", "1/2"), "the weight of sector"),
    "weights swapped": ("ring", swapped, "the weight of sector"),
    "weights beyond one": ("ring", weights("1/3", "1/3"), "do not add up to one"),
    "a sector left out": ("ring", lambda b: evidence(b)["sectors"].pop(), "do not add up to one"),
    "no sector": ("ring", put("sectors", []), "do not add up to one"),
    "all in one": ("ring", put("sectors", [[[], 0, "1"]]), "the weight of sector"),
    "a sector twice": ("ring", put("sectors", [[[], 0, "1/3"], [[], 0, "2/3"]]), "named twice"),
    "a sector that does not exist": ("ring", put("sectors", [[[], 0, "1/3"], [[], 9, "2/3"]]), "does not exist"),
    "an irrep that is none": ("ring", put("characters", [["1", "1", "1"], ["1", "-1", "1"], ["2", "2", "2"]]), "norm"),
    "a sum of irreps": (
        "momenta",
        lambda b: evidence(b)["characters"].__setitem__(1, ["1", "1", "1", "1", "1"]),
        "stands there twice",
    ),
    "a negative dimension": (
        "ring", put("characters", [["1", "1", "1"], ["1", "-1", "1"], ["-2", "0", "1"]]), "no whole number",
    ),
    "a class function": ("ring", put("characters", [["1", "1", "1"], ["1", "-1", "1"], ["2", "1", "-1"]]), "norm"),
    "an orthonormal class function": (
        # It has the norm of an irreducible character, 1 + 3 (5/3) = 6, but is not one.
        "ring",
        put("characters", [["1", "sqrt(5)/sqrt(3)", "0"], ["1", "-1", "1"], ["2", "0", "-1"]]),
        "not one of the group",
    ),
    "irreps left out": ("ring", put("characters", [["1", "1", "1"]]), "not as many"),
    "a class left out": ("ring", lambda b: evidence(b)["classes"].pop(), "the classes are not"),
    "a class twice": ("ring", lambda b: evidence(b)["classes"].__setitem__(2, [0]), "the classes are not"),
    "another state": ("ring", put("state", "|011>"), "about something else"),
    "another state, shown": (
        "spins", lambda b: (evidence(b).update(state="|0011>", shown="|0011>"),
                            b["findings"][0].update(subject="sectors of state |0011>"),
                            b.update(target="sectors of state |0011>")), "weight of sector",
    ),
    "no label": ("spins", put("labels", []), "every one-parameter group once"),
    "a charge for a spin": ("spins", put("labels", [["charge", [2]]]), "every one-parameter group once"),
    "charges for a spin": (
        "spins",
        lambda b: evidence(b).update(
            labels=[["charge", [k]] for k in range(3)],
            sectors=[[[j, j, j], chi, w] for (j,), chi, w in evidence(b)["sectors"]],
        ),
        "does not leave alone",
    ),
    "spins the other way round": ("spins", put("labels", [["spin", [1, 0, 2]]]), "no spins"),
    "a spin below zero": (
        "spins", lambda b: [s[0].__setitem__(0, str(-int(s[0][0]) - 1)) for s in evidence(b)["sectors"]],
        "no half of a whole number",
    ),
    "another spin": (
        "spins", lambda b: evidence(b)["sectors"][0].__setitem__(0, ["3"]), "lies in no sector",
    ),
    "a refusal": ("ring", refuse, "it holds"),
}  # fmt: skip


@pytest.mark.parametrize("name", FORGERIES)
def test_forgeries_are_contradicted(name: str, forged: Forged) -> None:
    honest, change, reason = FORGERIES[name]
    result = forged(certificate(*HONEST[honest]), change)
    assert not result.confirmed
    (check,) = result.checks
    assert check.outcome == "CONTRADICTED", check
    assert reason in check.reason


def test_what_is_not_decided_is_not_confirmed(forged: Forged) -> None:
    text = certificate(eq.U1(2) * eq.pauli_symmetry(2, "X0 X1"), "|01>")
    (check,) = recheck(text, 7).checks
    assert (check.outcome, check.reason) == ("not rechecked", "the certificate does not decide it")

    def prove(body: Body) -> None:
        body["verdict"] = body["findings"][0]["verdict"] = "proven"

    (check,) = forged(text, prove).checks
    assert check.outcome == "CONTRADICTED"


SPEC = 'name: s\nqubits: 4\nsymmetry: [{rotation: SU(2)}, {permutation: ["(0 1)(2 3)"]}]\nstate: "|0101> + |0011>"\n'


def test_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec, other, found = tmp_path / "s.yaml", tmp_path / "other.yaml", tmp_path / "c.json"
    spec.write_text(SPEC, encoding="utf-8")
    other.write_text(SPEC.replace("|0011>", "|0110>"), encoding="utf-8")
    assert main(["verify", str(spec), "--sectors", "-o", str(found), "--html", str(tmp_path / "c.html")]) == 0
    out = capsys.readouterr().out
    assert "PROVEN: the weights in the sectors of SU(2) x (0 1)(2 3), be the state invariant or not" in out
    assert "PROVEN: the weights in the sectors" in (tmp_path / "c.html").read_text(encoding="utf-8")
    assert main(["recheck", str(found), "--spec", str(spec)]) == 0
    out = capsys.readouterr().out
    assert (
        "proven, as a decomposition into sectors, under T_x, T_y, T_z, (0 1)(2 3), as the given files" in out
    )
    assert main(["recheck", str(found), "--spec", str(other)]) == 1
    assert "PROBLEM: the certificate has another 'sectors' than the file" in capsys.readouterr().out
    assert main(["verify", str(spec), "--sectors", "--operator", "H(0,1)"]) == 2
    assert "sectors belong to a state" in capsys.readouterr().err
    assert json.loads(found.read_text(encoding="utf-8"))["demanded"] == ["sectors"]
