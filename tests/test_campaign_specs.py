"""A slice of the comparison of specs with an oracle that reads their text; the oracle notices what is wrong."""

import ast
import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter

import eqcompile as eq
from campaign.resumable import Done
from campaign.specs import run as runner
from campaign.specs.dense import Refused, read
from campaign.specs.questions import vector
from campaign.specs.run import main
from campaign.specs.spaces import Unclear, commutes, dimensions, encodings, keeps, uploads
from campaign.specs.text import number, operator
from campaign.specs.trial import Result, judged, run_trial
from campaign.specs.write import KINDS, Case, case
from eqcompile.declaration.yaml.scope import Scope

ROOT = Path(__file__).parents[1]
SEED = 0
OWN = ("dense", "moves", "space", "spaces", "text")
"""The files of the oracle."""


@pytest.mark.parametrize("first", range(0, 40, 10))
def test_the_compiler_and_the_oracle_agree(first: int) -> None:
    results = [run_trial(number, SEED) for number in range(first, first + 10)]
    assert not [
        (r.outcome, r.differences) for r in results if r.outcome in ("differs", "unclear", "too slow")
    ]


def test_the_specs_are_of_every_kind() -> None:
    cases = [case(number, SEED) for number in range(300)]
    kinds = Counter(kind for found in cases for kind in found.kinds)
    assert set(kinds) == set(KINDS)
    assert min(kinds.values()) >= 10
    assert {len(found.kinds) for found in cases if not found.spoilt} == {1, 2, 3, 4}
    assert {len(found.texts) for found in cases} == {1, 2}
    assert {bool(found.spoilt) for found in cases} == {True, False}
    assert any(found.files for found in cases)
    assert case(7, SEED) == cases[7]
    assert case(7, SEED + 1) != cases[7]


@pytest.mark.parametrize("name", OWN)
def test_the_oracle_imports_nothing_of_the_compiler(name: str) -> None:
    tree = ast.parse((ROOT / "campaign" / "specs" / f"{name}.py").read_text())
    names = [a.name for node in ast.walk(tree) if isinstance(node, ast.Import) for a in node.names]
    names += [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    own = {f"campaign.specs.{other}" for other in OWN} | {"campaign.specs"}
    assert {n for n in names if n.startswith(("campaign", "eqcompile", "siqml"))} <= own


MIRROR = 'mirror: {"normal": "x", "parity": 2}'


def spec(*entries: str, qubits: int = 3, data: str = "") -> str:
    return f"name: a\nqubits: {qubits}\n{data}symmetry:\n" + "".join(f"  - {entry}\n" for entry in entries)


def found_by(text: str, **files: str) -> Result:
    kinds = tuple(line.split(":")[0].strip(" -") for line in text.splitlines() if line.startswith("  - "))
    return judged(Case((text,), files, kinds), 0, SEED)


def test_a_parity_qubit_that_turns_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """As it once was: the mirror leaves out only its own parity qubit, and C_2 or D_3 turns qubit 2 as well."""
    half = spec("rotation: C_2", "mirror: {normal: x, qubits: [0, 1], parity: 2}")
    third = spec("rotation: D_3", "mirror: {normal: z, qubits: [0, 1], parity: 2}")
    assert not found_by(half).failed
    assert not found_by(third).failed
    monkeypatch.setattr(Scope, "every_qubit", property(lambda self: tuple(range(self.num_qubits))))
    assert "Y0 X2 is derived and does not commute" in found_by(half).differences
    assert found_by(third).differences[0].startswith("dimensions ")


def test_wrong_reflections_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A point group whose reflections leave the parity qubit alone."""
    from eqcompile.symmetry.point import PointFactor

    right = PointFactor._on_qubits
    monkeypatch.setattr(
        PointFactor,
        "_on_qubits",
        lambda self, motion: right(self, motion if not motion.improper else motion.bar),
    )
    assert not found_by(spec("point_group: {group: C3v, parity: 2}")).failed  # a full turn is a phase
    monkeypatch.setattr(
        PointFactor, "_on_qubits",
        lambda self, motion: right(self, type(motion)(motion.turn, False)),
    )  # fmt: skip
    assert found_by(spec("point_group: {group: C3v, parity: 2}")).failed


def test_data_that_do_not_move_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    from eqcompile.symmetry.generators import FiniteGenerator, identity_map
    from eqcompile.symmetry.permutation import PermutationFactor

    data = "data: {sites: [A, B], encode: {A: [0], B: [1]}}\n"
    text = spec('permutation: "(A B)"', qubits=2, data=data)
    assert not found_by(text).failed
    right = PermutationFactor.element

    def at_rest(self: PermutationFactor, images: tuple[int, ...]) -> FiniteGenerator:
        element = right(self, images)
        return FiniteGenerator(element.name, element.on_qubits, identity_map(2))

    monkeypatch.setattr(PermutationFactor, "element", at_rest)
    assert any("encodings" in difference for difference in found_by(text).differences)


@pytest.mark.parametrize("verdict", ["proven", "refused"])
def test_a_compiler_with_one_answer_is_noticed(verdict: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Answer:
        pass

    answer = Answer()
    answer.verdict = verdict  # type: ignore[attr-defined]
    monkeypatch.setattr(eq, "verify", lambda target, group: answer)
    assert found_by(spec("rotation: SU(2)")).failed


def test_a_crash_and_a_one_sided_refusal_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    turned = spec("rotation: {group: SU(2), qubits: [2]}", MIRROR)
    assert found_by(turned).outcome == "refused by both"
    monkeypatch.setattr(eq, "load", lambda path: eq.loads(spec("rotation: SU(2)")))
    assert found_by(turned).differences == ["refused by the oracle only: the parity qubit does not turn"]
    monkeypatch.setattr(eq, "load", lambda path: {}["no such"])
    assert found_by(spec("rotation: SU(2)")).differences == ["crash: KeyError: 'no such'"]


def test_two_ways_that_are_two_groups_are_noticed() -> None:
    two = Case((spec("rotation: C_2"), spec("rotation: C_3")), {}, ("rotation",))
    assert [d for d in judged(two, 0, SEED).differences if "two groups" in d] == [
        "the two ways are two groups to the oracle",
        "the two ways are two groups to the compiler",
    ]


def test_the_oracle_counts_what_is_known() -> None:
    """SU(2) on three spins: two invariants of pairs are three, and one triple product; D3h with parity by hand: 5."""
    assert dimensions(read(spec("rotation: SU(2)")), 3) == {0: 1, 1: 0, 2: 3, 3: 1}
    assert dimensions(read(spec("point_group: {group: D3h, parity: 2}")), 3) == {0: 1, 1: 1, 2: 2, 3: 2}
    assert dimensions(read(spec("rotation: D_3", "mirror: {normal: z, parity: 2}")), 3) == {
        0: 1,
        1: 1,
        2: 2,
        3: 2,
    }
    assert dimensions(read(spec("pauli: Z0", qubits=1)), 1) == {0: 1, 1: 1}
    moving = [[[1, 0, 0], ["-1/2", "sqrt(3)/2", 0], ["-1/2", "-sqrt(3)/2", 0]]]
    triangle = spec(f"point_group: {{group: C3v, moves: [0, 1, 2], positions: {moving[0]}}}")
    assert dimensions(read(triangle), 3) == {0: 1, 1: 1, 2: 6, 3: 4}
    turned = read(spec("rotation: SU(2)", qubits=2, data="data: {sites: [A], encode: {A: [0, 1]}}\n"))
    assert (encodings(turned, 1), encodings(turned, 2)) == (2, 3)
    assert uploads(turned, ["A"])


def test_the_oracle_tells_right_from_wrong() -> None:
    declared = read(spec("rotation: C_2", MIRROR))
    assert commutes(declared, operator("Z0 Z1", 3))
    assert not commutes(declared, operator("Y0 X2", 3))
    singlet = read(spec("rotation: SU(2)", qubits=2))
    assert keeps(singlet, vector("singlets [[0, 1]]", 2))
    assert not keeps(singlet, vector("|01> + |10>", 2))
    with pytest.raises(Unclear, match="neither zero nor clear of it"):
        commutes(declared, operator("Z0 Z1 + 0.0001*Y0 X2", 3))


def test_the_oracle_reads_numbers_and_operators() -> None:
    assert number("sqrt(3)/2 - exp(2*pi*i/3)") == pytest.approx(3**0.5 / 2 + 0.5 - 1j * 3**0.5 / 2)
    assert number("-2**2") == -4
    assert np.allclose(operator("(X0 + 1)/2*-2", 1), [[-1, -1], [-1, -1]])
    assert np.allclose(
        operator("H(0,1)", 2), np.array([[1, 0, 0, 0], [0, -1, 2, 0], [0, 2, -1, 0], [0, 0, 0, 1]])
    )
    for wrong in ("X0 +", "(1", "2 ? 3", "sqrt(X0)", "1 2)"):
        with pytest.raises(ValueError, match=r"\S"):
            operator(wrong, 1)


def test_what_the_reference_does_not_allow_is_refused_by_the_oracle() -> None:
    for text, reason in {
        spec(MIRROR, 'mirror: {"normal": "y", "parity": 1}'): "two parity qubits",
        spec("permutation: {group: S_3, on: all}", MIRROR): "S_3 on 2 members",
        spec("lattice: {shape: [2, 2]}"): "4 points for 3 members",
        spec("rotation: SU(2)", 'mirror: {"normal": "y", "parity": 0}', qubits=1): "no qubit turns",
        spec("clifford: S 0; SDG 0"): "the identity up to a phase",
    }.items():
        with pytest.raises(Refused, match=reason):
            read(text)


def test_a_group_without_elements_refuses_nothing() -> None:
    """Found by trials 1236 and 2517: different colours leave no automorphism, and every circuit was refused."""
    edges = "{edges: [[0, 1]], colors: {0: red, 1: blue}}"
    group = eq.loads(spec(f"graph: {edges}", qubits=2))
    circuit = QuantumCircuit(2)
    circuit.rxx(Parameter("a"), 0, 1)
    assert str(eq.verify(circuit, group).verdict) == "proven"
    assert run_trial(1236, 1).outcome == "agrees"


def test_the_command_goes_on_from_its_log_and_writes_a_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = [
        "--specs",
        "2",
        "--seed",
        str(SEED),
        "--jobs",
        "1",
        "--log",
        str(tmp_path / "log"),
        "-o",
        str(tmp_path),
    ]
    agreed = Result(0, ("rotation",), 2, False, compared={"operators": 3})
    differing = Result(1, ("graph",), 3, True, "differs", ["dimensions"], {"operators": 4})
    records = tuple(result.as_dict() | {"failed": result.failed} for result in (agreed, differing))
    assert [runner.result_of(record) for record in records] == [agreed, differing]
    assert records[1]["failed"]
    monkeypatch.setattr(runner, "run_all", lambda *given: Done(records[:1], 1.0, interrupted=True))
    assert main(words) == 130
    assert "stopped after 1 specs; the same command goes on from there" in capsys.readouterr().out
    assert not list(tmp_path.iterdir())
    monkeypatch.setattr(runner, "run_all", lambda *given: Done(records, 1.0))
    assert main(words) == 1
    assert "differs: python -m campaign.specs --seed 0 --only 1: dimensions" in capsys.readouterr().out
    page = json.loads((tmp_path / "campaign_specs.json").read_text())
    assert (page["outcomes"]["differs"], page["compared"], len(page["not agreed"])) == (
        1,
        {"operators": 7},
        1,
    )
    assert "| `graph` | 0 | 0 | 0 | 1 | 0 | 0 |" in (tmp_path / "campaign_specs.md").read_text()


@pytest.mark.parametrize("words", [["--jobs", "0"], ["--specs", "-3"], ["--specs", "many"]])
def test_numbers_that_mean_nothing_are_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(words)
    assert f"invalid whole_number value: '{words[1]}'" in capsys.readouterr().err


def test_one_trial_can_be_repeated(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--only", "0", "--seed", str(SEED)]) == 0
    out = capsys.readouterr().out
    assert "symmetry:" in out
    assert '"outcome": "agrees"' in out


def test_the_committed_page_says_what_its_data_say(tmp_path: Path) -> None:
    page = json.loads((ROOT / "docs" / "results" / "campaign_specs.json").read_text())
    assert sum(page["outcomes"].values()) >= 3000
    assert page["not agreed"] == []
    assert "with changes" not in page["commit"]
    text = (ROOT / "docs" / "results" / "campaign_specs.md").read_text()
    assert all(f"{count} {name}" in text for name, count in page["outcomes"].items())
    assert all(f"| {name} | {count} |" in text for name, count in page["compared"].items())
