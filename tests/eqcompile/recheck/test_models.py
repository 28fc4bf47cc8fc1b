"""Rechecks of certificates of specs: what is true is confirmed, and every change is noticed."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import eqcompile as eq
from eqcompile.recheck.decide import Recheck, recheck, summary

Body = dict[str, Any]
Forged = Callable[..., Recheck]
Specs = Callable[..., eq.Spec]

SEED = 7
EXAMPLES = Path(__file__).parents[3] / "examples"
PAPER = ("lih", "water", "water_breaking", "water_dimer")


@pytest.mark.parametrize("name", PAPER)
def test_the_models_of_the_paper_are_confirmed(name: str, program: Callable[[str], eq.Program]) -> None:
    certificate = program(name).certificate
    result = recheck(certificate.to_json(), SEED)
    assert result
    assert [check.key for check in result.checks] == list(certificate.demanded)
    assert {check.outcome for check in result.checks} == {"confirmed"}
    assert result.checks[-1].reason == "holds over 2 random prime fields of 160 bits"


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_examples_are_confirmed(path: Path) -> None:
    assert recheck(eq.compile(eq.load(path)).certificate.to_json(), SEED)


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ([("- H(1,2) + H(0,3)", "- H(1,2)")], "layer[2]"),
        ([("- H(1,2) + H(0,3)", "- H(1,2) + H(1,3)")], "layer[2]"),
        ([("- H(1,2) + H(0,3)", "- X1 X2 + Y1 Y2 + X0 X3 + Y0 Y3")], "layer[2]"),
        ([("observable: H(0,1)", "observable: Z0 Z1")], "observable"),
        ([("state: singlets [[0, 1], [2, 3]]", "state: zeros")], "state"),
    ],
)
def test_refusals_are_reproduced(spec: Specs, changes: list[tuple[str, str]], key: str) -> None:
    certificate = eq.compile(spec("water", ("depth: 11", "depth: 2"), *changes)).certificate
    result = recheck(certificate.to_json(), SEED)
    assert not certificate
    assert not result, "a refused certificate proves nothing"
    assert result.confirmed, summary(result)
    assert {check.key for check in result.checks if check.verdict == "refused"} == {key, "model"}


def water(spec: Specs) -> str:
    return eq.compile(spec("water", ("depth: 11", "depth: 2"))).certificate.to_json()


def finding(body: Body, key: str) -> Body:
    (found,) = [f for f in body["findings"] if f["key"] == key]
    assert isinstance(found, dict)
    return found


def exchange(body: Body, first: str, second: str) -> None:
    one, two = finding(body, first), finding(body, second)
    one["evidence"], two["evidence"] = two["evidence"], one["evidence"]


def exchange_contents(body: Body, first: str, second: str) -> None:
    exchange(body, first, second)
    for key in (first, second):
        finding(body, key)["evidence"]["about"] = key


def rename(body: Body) -> None:
    """A wrong gate, with a subject that fits it."""
    wrong = finding(body, "layer[2]")
    wrong["evidence"]["operator"] = "X1 X2 + Y1 Y2 + Z1 Z2"
    wrong["subject"] = "layer[2]: H(1,2)"


def drop_layer(body: Body) -> None:
    body["findings"] = [f for f in body["findings"] if f["key"] != "layer[2]"]
    body["demanded"].remove("layer[2]")


NOTICED: dict[str, tuple[Callable[[Body], object], str]] = {
    "verdict flipped": (
        lambda b: (finding(b, "state").update(verdict="refused"), b.update(verdict="refused")),
        "'state' could not be found again",
    ),
    "finding deleted": (
        lambda b: b.update(findings=[f for f in b["findings"] if f["key"] != "observable"]),
        "'observable' is demanded and decided 0 times",
    ),
    "finding and demand deleted": (drop_layer, "not what its group and target demand"),
    "finding doubled": (lambda b: b["findings"].append(b["findings"][0]), "decided 2 times"),
    "coefficient": (
        lambda b: finding(b, "layer[2]")["evidence"].update(operator="X0 X3 + Y0 Y3 + 999999/1000000*Z0 Z3"),
        "'layer[2]' could not be found again",
    ),
    "wrong gate, well described": (rename, "'layer[2]' could not be found again"),
    "evidence exchanged": (lambda b: exchange(b, "layer[0]", "layer[1]"), "could not be found again"),
    "contents exchanged": (lambda b: exchange_contents(b, "layer[0]", "layer[1]"), "could not be found again"),
    "kinds exchanged": (lambda b: exchange_contents(b, "layer[2]", "observable"), "could not be found again"),
    "claim renamed": (lambda b: finding(b, "state").update(claim="invariant observable"), "could not be found"),
    "encoding": (
        lambda b: finding(b, "encoding alpha")["evidence"]["gates"][0].__setitem__(1, ["X0", "Y0", "-Z0"]),
        "'encoding alpha' could not be found again",
    ),
    "state": (
        lambda b: finding(b, "state")["evidence"].update(state="|0101> - |0110> - |1001> + 2*|1010>"),
        "'state' could not be found again",
    ),
    "depth": (lambda b: finding(b, "model")["evidence"].update(depth=1), "'model' could not be found again"),
    "permutation": (
        lambda b: b["group_data"]["generators"][3]["steps"][0].update(permutation=[0, 1, 2, 3]),
        "could not be found again",
    ),
    "no permutation": (
        lambda b: b["group_data"]["generators"][3]["steps"][0].update(permutation=[0, 0, 2, 3]),
        "does not permute the qubits",
    ),
    "no rotation": (
        lambda b: b["group_data"]["generators"][0]["matrices"].__setitem__(0, [["1", "0", "0"]] * 3),
        "does not rotate the data",
    ),
    "not Hermitian": (
        lambda b: b["group_data"]["generators"][0].update(operator="i*X0"), "is no symmetry operation: not Hermitian",
    ),
    "generator deleted": (lambda b: b["group_data"]["generators"].pop(), "other generators than the list"),
    "smaller group": (lambda b: b.update(symmetry_left="U(1)"), "what is left of the group is"),
    "whole verdict": (lambda b: b.update(verdict="refused"), "its findings say"),
}  # fmt: skip


@pytest.mark.parametrize("name", NOTICED)
def test_changes_are_noticed_though_the_digest_fits(name: str, spec: Specs, forged: Forged) -> None:
    change, message = NOTICED[name]
    result = forged(water(spec), change)
    assert not result
    assert not result.confirmed
    assert any(message in problem for problem in result.problems), summary(result)


def test_negative_control_no_change_is_no_problem(spec: Specs, forged: Forged) -> None:
    result = forged(water(spec), lambda body: None)
    assert result
    assert result.problems == ()
    assert summary(result)[-1] == (
        "CONFIRMED: water is proven under T_x, T_y, T_z, (H1 H2), as far as the content of the certificate goes; "
        "give --spec to hold it against the file (seed 7)"
    )


@pytest.mark.parametrize("field", ["spec_sha256", "target_sha256", "group", "target"])
def test_the_digest_notices_what_cannot_be_rechecked(field: str, spec: Specs) -> None:
    body = json.loads(water(spec))
    body[field] = "0" * 64
    result = recheck(json.dumps(body), SEED)
    assert any("the digest does not fit" in problem for problem in result.problems)
    with pytest.raises(eq.EqcompileError, match="altered"):
        eq.Certificate.from_json(json.dumps(body))


def test_a_forged_proof_is_contradicted(spec: Specs, forged: Forged) -> None:
    """All refusals of a wrong model turned into proofs, counterexamples removed."""

    def forge(body: Body) -> None:
        body["verdict"] = "proven"
        for entry in body["findings"]:
            entry.update(verdict="proven", counterexample=None)

    wrong = eq.compile(
        spec("water", ("- H(1,2) + H(0,3)", "- H(1,2)"), ("depth: 11", "depth: 2"))
    ).certificate
    result = forged(wrong.to_json(), forge)
    assert {c.key for c in result.checks if c.outcome == "CONTRADICTED"} == {"layer[2]", "model"}
    assert summary(result)[-1].startswith("NOT CONFIRMED: ")


def test_breaking_is_rechecked_for_what_it_leaves(spec: Specs, forged: Forged) -> None:
    everywhere = "generator: X0 + X1 + X2 + X3 + Z0 + Z1 + Z2 + Z3"
    tilted = spec("water_breaking", ("depth: 11", "depth: 2"), ("generator: Z", everywhere))
    text = eq.compile(tilted).certificate.to_json()
    assert json.loads(text)["kept"] == [{"combination": [[0, "1"], [2, "1"]]}, {"generator": 3}]
    assert recheck(text, SEED)

    def other_axis(body: Body) -> None:
        body["kept"][0]["combination"][0][1] = "2"

    def more_left(body: Body) -> None:
        body["symmetry_left"] = body["group"]

    def nothing_tested(body: Body) -> None:
        del body["kept"][0]

    for change in (other_axis, more_left, nothing_tested):
        assert not forged(text, change)
    assert not forged(text, lambda body: finding(body, "breaking")["evidence"].update(broken=[]))


def test_the_seed_repeats_a_recheck_and_none_is_foreseeable(spec: Specs) -> None:
    text = water(spec)
    assert recheck(text, 3) == recheck(text, 3)
    assert recheck(text).seed != recheck(text).seed


def test_other_documents_are_refused() -> None:
    for text, message in (
        ("{", "not a certificate: "),
        ("[]", "not a certificate of schema 'eqcompile.certificate/3'"),
        ('{"schema": "eqcompile.certificate/1"}', "holds no evidence that could be rechecked; verify again"),
        (
            '{"schema": "eqcompile.certificate/2"}',
            "says in sentences what is compared as fields now; verify again",
        ),
        ('{"schema": "eqcompile.certificate/3"}', 'schema 3: the field "verdict" is missing'),
    ):
        with pytest.raises(eq.EqcompileError, match=message):
            recheck(text)
