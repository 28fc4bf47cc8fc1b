"""Certificates forged on purpose, with a new digest: each contradicts itself or the files."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter

import eqcompile as eq
from eqcompile.recheck.decide import Recheck, recheck, summary
from eqcompile.recheck.document import digest_of
from eqcompile.recheck.reading import Reading

Body = dict[str, Any]
Forged = Callable[..., Recheck]
Specs = Callable[..., eq.Spec]

SEED = 7
SYMMETRY = '{name: s, qubits: 4, symmetry: [{rotation: SU(2)}, {permutation: ["(0 1)(2 3)"]}]}'
SHALLOW = ("depth: 11", "depth: 1")
WRONG_LAYER = ("- H(1,2) + H(0,3)", "- H(1,2)")


def reading_of(text: str, **changes: Any) -> Reading:
    """What a reader finds in the files that an honest certificate was made from."""
    body = json.loads(text)
    target = {key: body["target_data"][key] for key in ("kind", "layers", "scales", "breaking", "data")
              if key in body["target_data"]}  # fmt: skip
    parts = {f["key"]: f["evidence"] for f in body["findings"]}
    return Reading(**({"group": body["group_data"], "target": target, "parts": parts} | changes))


def held_against(text: str, change: Callable[[Body], object], reading: Reading) -> Recheck:
    body = json.loads(text)
    change(body)
    body["digest"] = digest_of(body)
    return recheck(json.dumps(body), SEED, reading=reading)


def finding(body: Body, key: str) -> Body:
    (found,) = [f for f in body["findings"] if f["key"] == key]
    assert isinstance(found, dict)
    return found


def prove(body: Body) -> None:
    body["verdict"] = "proven"
    for entry in body["findings"]:
        entry.update(verdict="proven", counterexample=None)


def without_the_refused_layer(body: Body) -> None:
    """Layer, claim, demand and count are removed; the subject of the model counts its parameters anew."""
    body["findings"] = [f for f in body["findings"] if f["key"] != "layer[2]"]
    body["demanded"].remove("layer[2]")
    body["target_data"]["layers"] = 2
    finding(body, "model")["subject"] = "f(V x) = f(x) for 1 layers, 5 parameters"
    prove(body)


def test_a_layer_deleted_is_seen_beside_the_spec(spec: Specs, forged: Forged) -> None:
    text = eq.compile(spec("water", SHALLOW, WRONG_LAYER)).certificate.to_json()
    assert held_against(text, lambda body: None, reading_of(text)).confirmed
    alone = forged(text, without_the_refused_layer)
    assert alone, "a certificate of another model, which it proves: no file says that it is the wrong one"
    assert summary(alone)[-1].startswith(
        "CONFIRMED: water is proven under T_x, T_y, T_z, (H1 H2), as far as the content"
    )
    found = held_against(text, without_the_refused_layer, reading_of(text))
    assert not found.confirmed
    assert "the claim 'layer[2]' is demanded and decided 0 times" in found.problems
    assert "the certificate has another 'layers' than the file" in found.problems


def bad_circuit() -> QuantumCircuit:
    circuit = QuantumCircuit(4)
    circuit.rx(Parameter("w"), 0)
    circuit.cx(0, 2)
    return circuit


def test_an_emptied_circuit_is_seen_beside_the_file(forged: Forged) -> None:
    text = eq.verify(bad_circuit(), eq.loads(SYMMETRY)).to_json()
    operations = json.loads(text)["target_data"]["operations"]
    reading = Reading(
        group=json.loads(text)["group_data"],
        target={"kind": "circuit", "num_qubits": 4, "operations": operations},
    )

    def emptied(body: Body) -> None:
        body["target_data"]["operations"] = []
        prove(body)
        for entry in body["findings"]:
            entry.update(character=["0"] if entry["generator"] < 3 else ["1"], error_exponent=140)

    assert held_against(text, lambda body: None, reading).confirmed
    assert forged(text, emptied), "alone it is a certificate of the empty circuit"
    found = held_against(text, emptied, reading)
    assert not found.confirmed
    assert {check.outcome for check in found.checks} == {"CONTRADICTED"}


def test_what_is_left_is_computed_and_not_believed(spec: Specs, forged: Forged) -> None:
    text = eq.compile(spec("water_breaking", SHALLOW)).certificate.to_json()
    body = json.loads(text)
    assert body["kept"] == [{"generator": 2}, {"generator": 3}]
    assert body["symmetry_left"] == "U(1) about z x (H1 H2)"

    def also(name: str, part: dict[str, Any]) -> Callable[[Body], object]:
        return lambda b: b.update(symmetry_left=f"{b['symmetry_left']} x {name}", kept=[*b["kept"], part])

    for change in (
        lambda b: b.update(symmetry_left=b["group"]),
        lambda b: b.update(symmetry_left=b["symmetry_left"] + " x the Monster group"),
        also("the Monster group", {"monster": 1}),
        also("U(1) about x", {"generator": 0}),
        also("(H1 H2)", {"generator": 3}),
        also("U(1) about (1, 0, 1)", {"combination": [[0, "1"], [2, "1"]]}),
        also("U(1) about (2, 0, 0)", {"combination": [[2, "1"]]}),
        also("SU(2)", {"factor": 0}),
        lambda b: b.update(symmetry_left="U(1) about z", kept=b["kept"][:1]),
        lambda b: b.update(kept=[]),
    ):
        assert not confirmed(forged, text, change)
    assert forged(text, lambda body: None)


def test_a_deleted_claim_of_sameness_is_missed(spec: Specs, forged: Forged) -> None:
    """A circuit of another model that is as invariant as the first one."""
    model = eq.compile(spec("water", SHALLOW))
    circuit = model.to_qiskit("angles")
    other = circuit.copy()
    other.global_phase = 0
    for qubit in range(4):
        other.z(qubit)
    other.observable = circuit.observable
    honest = model.recertify(circuit)
    assert honest
    assert recheck(honest.to_json(), SEED)
    weight = next(p for p in circuit.parameters if p.name == "w_0_0_2")
    refused = model.recertify(circuit.assign_parameters({weight: 0}))
    assert {f.claim for f in refused.refused} == {"unchanged model"}
    text = refused.to_json()
    answer = recheck(text, SEED)
    assert answer.confirmed, summary(answer)
    assert not answer

    def deleted(body: Body) -> None:
        body["findings"] = [f for f in body["findings"] if f["key"] != "unchanged"]
        body["verdict"] = "proven"

    found = forged(text, deleted)
    assert not found.confirmed
    assert "the claim 'unchanged' is demanded and decided 0 times" in found.problems
    assert not forged(text, lambda body: (deleted(body), body["demanded"].remove("unchanged"))).confirmed


def anticommuting() -> tuple[QuantumCircuit, eq.Symmetry]:
    circuit = QuantumCircuit(2)
    circuit.x(0)
    circuit.rzz(Parameter("t"), 0, 1)
    return circuit, eq.pauli_symmetry(2, "Z0 Z1")


def test_characters_are_found_again(forged: Forged) -> None:
    text = eq.verify(*anticommuting()).to_json()
    assert recheck(text, SEED)
    for name in ("1", "i", None, "sqrt(2)"):
        answer = forged(text, lambda b, name=name: b["findings"][0].update(character=[name]))
        assert {check.outcome for check in answer.checks} == {"CONTRADICTED"}
    assert not forged(text, lambda b: b["target_data"].update(strict=True)).confirmed
    refused = eq.verify(*anticommuting(), strict=True).to_json()
    assert recheck(refused, SEED).confirmed
    assert not forged(refused, prove).confirmed
    assert not forged(refused, lambda b: b["target_data"].update(strict=False)).confirmed


def test_a_dropped_group_is_no_trivial_one_beside_the_spec(forged: Forged) -> None:
    text = eq.verify(bad_circuit(), eq.loads(SYMMETRY)).to_json()
    trivial = json.loads(eq.verify(bad_circuit(), eq.Symmetry(4)).to_json())
    assert trivial["demanded"] == ["trivial"]

    def dropped(body: Body) -> None:
        for key in (
            "target",
            "group",
            "generators",
            "symmetry_left",
            "kept",
            "demanded",
            "group_data",
            "findings",
            "verdict",
        ):
            body[key] = trivial[key]

    alone = forged(text, dropped)
    assert alone
    assert "is proven, trivially: the group has no generators, as far as the content" in summary(alone)[-1]
    found = held_against(text, dropped, Reading(group=json.loads(text)["group_data"]))
    assert not found.confirmed
    assert not forged(json.dumps(trivial), lambda b: b["findings"][0].update(verdict="refused")).confirmed


def test_generators_of_the_spec_are_decided_whatever_they_are_called(spec: Specs) -> None:
    text = eq.compile(spec("water", SHALLOW)).certificate.to_json()
    group = json.loads(text)["group_data"]
    turned = json.loads(text)["group_data"]
    turned["generators"] = [
        {**g, "name": f"{k}: x"} for k, g in reversed(list(enumerate(group["generators"])))
    ]
    del turned["factors"]
    found = recheck(text, SEED, reading=reading_of(text, group=turned))
    assert found, summary(found)
    assert summary(found)[-1].endswith("as the given files have it (seed 7)")
    turned["generators"][0]["steps"] = [{"permutation": [2, 1, 0, 3]}]
    found = recheck(text, SEED, reading=reading_of(text, group=turned))
    reason = "the spec has 3: x as well; the spec does not have (H1 H2)"
    assert f"the group section is not the group of the spec: {reason}" in found.problems
    assert [c.outcome for c in found.checks if c.key == "generator 3: x of the spec"] == ["CONTRADICTED"]


def test_a_widened_group_is_not_the_one_of_the_spec(spec: Specs) -> None:
    """All that it claims is true, but the spec does not say it."""
    text = eq.compile(spec("water", SHALLOW)).certificate.to_json()
    smaller = json.loads(text)["group_data"]
    smaller["generators"].pop()
    found = recheck(text, SEED, reading=reading_of(text, group=smaller))
    assert found.problems == (
        "the group section is not the group of the spec: the spec does not have (H1 H2)",
    )
    assert {check.outcome for check in found.checks} == {"confirmed"}


def test_a_certificate_of_an_operator_is_held_against_the_group_alone(spec: Specs) -> None:
    text = eq.verify(eq.PauliSum.parse("H(0,1)", 4), spec("water")).to_json()
    model = eq.compile(spec("water", SHALLOW)).certificate.to_json()
    found = recheck(text, SEED, reading=reading_of(model))
    assert found, summary(found)
    assert "taken for granted: the operator stands in none of the files" in summary(found)
    assert summary(found)[-1].endswith(
        "for the group of the given file and the target in the certificate (seed 7)"
    )


SAME = {"method", "detail"}
"""Words for people, none of which a recheck reads."""


@pytest.mark.parametrize("name", ["model", "circuit", "state"])
def test_every_field_of_a_finding_dropped_exchanged_or_doubled(
    name: str, spec: Specs, forged: Forged
) -> None:
    if name == "model":
        text = eq.compile(spec("water_breaking", SHALLOW)).certificate.to_json()
    else:
        circuit, group = anticommuting()
        text = eq.verify(circuit, group * eq.U1(2) if name == "state" else group, what=name).to_json()
    body = json.loads(text)
    for place, entry in enumerate(body["findings"]):
        for field in entry:
            for other in body["findings"]:
                if field not in SAME and other[field] != entry[field]:
                    value = other[field]
                    accepted = confirmed(forged, text, lambda b, p=place, f=field, v=value: put(b, p, f, v))
                    # A model of invariant parts is proven without any probability of error, too.
                    assert accepted == ((entry["key"], field, value) == ("model", "error_exponent", None))
            assert not confirmed(forged, text, lambda b, p=place, f=field: b["findings"][p].pop(f))
        for field in entry["evidence"]:
            assert not confirmed(
                forged, text, lambda b, p=place, f=field: b["findings"][p]["evidence"].pop(f)
            )
        assert not confirmed(forged, text, lambda b, p=place: b["findings"].append(b["findings"][p]))
        assert not confirmed(forged, text, lambda b, p=place: b["findings"].pop(p))
        assert not confirmed(forged, text, lambda b, p=place: b["findings"][p].update(extra=1))


def put(body: Body, place: int, field: str, value: Any) -> None:
    body["findings"][place][field] = value


def confirmed(forged: Forged, text: str, change: Callable[[Body], object]) -> bool:
    """A document that cannot be read is not confirmed either."""
    try:
        return forged(text, change).confirmed
    except eq.EqcompileError:
        return False


@pytest.mark.parametrize("field", ["factors", "generators"])
def test_factors_that_hold_no_generator_are_named(spec: Specs, forged: Forged, field: str) -> None:
    """A generator without a factor was a traceback where the breaking leaves a part of the group."""
    text = eq.verify(spec("water_breaking")).to_json()

    def emptied(body: Body) -> None:
        section = body["group_data"]
        (section if field == "factors" else section["factors"][0])[field] = []

    assert "the factors do not share out the generators" in forged(text, emptied).problems


def test_what_the_forgery_campaign_found(spec: Specs, forged: Forged) -> None:
    """Every part occurs once, and every assumption is needed; the order of claims means nothing."""
    text = eq.compile(spec("water", SHALLOW)).certificate.to_json()
    assert forged(text, lambda body: None).confirmed
    turned = forged(text, lambda body: body["findings"].reverse())
    assert turned.confirmed
    assumed = forged(text, lambda body: body["assumptions"].append("a float is a multiple of pi"))
    assert assumed.problems == ("it names assumptions, and a spec has no numbers that were read with one",)
    text = eq.verify(eq.PauliSum.parse("H(0,1)", 4), spec("water")).to_json()
    doubled = forged(text, lambda body: body["target_data"]["parts"].append("operator"))
    assert '"parts" of its target holds an entry twice' in doubled.problems
    trivial = eq.verify(bad_circuit(), eq.Symmetry(4), what="state").to_json()
    assert (
        "is proven, as a state, trivially: the group has no generators"
        in summary(forged(trivial, lambda body: None))[-1]
    )
