"""The certificate of a circuit that a compiler changed: equivariant, and the same model as before."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Self

from qiskit import QuantumCircuit

from eqcompile.circuits.angle import ExactAngle
from eqcompile.circuits.ansatz import coordinate_names
from eqcompile.circuits.circuit import GeneralCircuit
from eqcompile.claims.certificate import Certificate, Counterexample, Finding
from eqcompile.claims.evidence import circuit_target
from eqcompile.claims.of_circuit.circuit import CLAIMS, What, check_circuit
from eqcompile.claims.of_circuit.unchanged import Equivalence, same_model
from eqcompile.claims.of_model.model import certificate_of
from eqcompile.claims.table import UNCHANGED_MODEL
from eqcompile.emit.binding import IN_POSITIONS, DataForm
from eqcompile.emit.compiled import Compiled
from eqcompile.emit.qiskit.circuit import circuit_of
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.numeric.defect import ROUNDING_OF_LITERALS, is_measurable, model_difference
from eqcompile.numeric.measured import NUM_SAMPLES, measured, spared
from eqcompile.readers.circuit import general_circuit
from eqcompile.symmetry.maps import DataIndex
from eqcompile.symmetry.symmetry import Symmetry

ANGLES = ("azimuth", "elevation", "turn")
"""Last parts of the names of a site's angles, see :func:`eqcompile.circuits.ansatz.angle_names`."""


@dataclass(frozen=True)
class Claim:
    """What a circuit must be proven to be.

    Attributes:
        name: of the model.
        symmetry: the group under which the model is invariant.
        observable: what is measured.
        spec_sha256: hash of the spec's text.
        data: form of the circuit's data parameters.
        prefix: of all parameters of the circuit.
        certified: whether the circuit before is known to be invariant, so that equality with it is enough. One with
            product formulas is not, nor is one whose certificate is a refusal.
    """

    name: str
    symmetry: Symmetry
    observable: PauliSum
    spec_sha256: str
    data: DataForm
    prefix: str = ""
    certified: bool = True

    @classmethod
    def of(
        cls, program: Compiled, data: DataForm, prefix: str = "", trotter: tuple[int, int] | None = None
    ) -> Self:
        """What the circuit of a program must be proven to be."""
        certified = bool(program.certificate) and trotter is None
        sha256 = program.spec.source.sha256
        return cls(
            program.spec.name, program.kept_symmetry, program.observable, sha256, data, prefix, certified
        )

    @property
    def what(self) -> What:
        """What is claimed: of a model without data that is not certified before, that the state is invariant."""
        return "model" if self.symmetry.site_names or self.certified else "state"

    @property
    def coordinates(self) -> dict[str, DataIndex]:
        """Parameters that are coordinates of the data."""
        prefix = self.prefix if self.data in IN_POSITIONS else ""
        triples = enumerate(coordinate_names(self.symmetry.site_names))
        return {
            f"{prefix}{name}": (site, axis) for site, triple in triples for axis, name in enumerate(triple)
        }

    def by_site(self, circuit: GeneralCircuit) -> GeneralCircuit:
        """The circuit with the angles of sites under the names that say so, which a group moves.

        Prefixes go, and the angles that one encoding gate has of its own become those of its site.
        """
        images: dict[str, ExactAngle] = {}
        for name in circuit.parameters if self.data not in IN_POSITIONS else ():
            plain = name.removeprefix(self.prefix)
            for site in self.symmetry.site_names if self.data == "gates" else ():
                plain = re.sub(rf"^{re.escape(site)}_\d+_q\d+_({'|'.join(ANGLES)})$", rf"{site}_\1", plain)
            if plain != name:
                images[name] = ExactAngle.parameter(plain)
        return circuit.substituted(images) if images else circuit


def recertified_program(
    program: Compiled,
    circuit: QuantumCircuit,
    data: DataForm = "angles",
    prefix: str = "",
    trotter: tuple[int, int] | None = None,
) -> Certificate:
    """Certify a circuit that any transpiler made from that of a program.

    Args and Returns: as for :meth:`eqcompile.program.Program.recertify`.
    """
    reference = circuit_of(program, data, prefix=prefix, trotter=trotter)
    return recertified(circuit, reference, Claim.of(program, data, prefix, trotter))


def recertified(circuit: QuantumCircuit, reference: QuantumCircuit, claim: Claim) -> Certificate:
    """Decide again, for a transpiled circuit, that the model is invariant.

    First it is compared with the circuit that was transpiled: equal states, or at least equal expectation values, for
    all parameters. Where this cannot be decided, or they differ, every generator of the group is tested on the circuit
    alone, and measured in floating point where that is not exact either; a circuit with other values is refused.

    Args:
        circuit: on physical qubits, with its layout.
        reference: the certified circuit, with parameters of the same names.
        claim: the group and the observable.

    Returns:
        One finding for every generator of the group; before them the claim that the model is unchanged, where the two
        circuits could be compared.
    """
    whole = general_circuit(circuit)
    seed = hashlib.sha256(repr(whole.operations).encode()).hexdigest()
    # Angles that several gates have of one site are one angle: only as such do they belong to the model.
    before = general_circuit(reference)
    found, known = claim.by_site(whole), claim.by_site(before)
    answer = same_model(found, known, claim.observable, seed)
    decided = answer.holds or answer.values is not None
    # Equality with a circuit that is not proven itself says nothing, but a difference does.
    unchanged = (decided and (claim.certified or not answer.holds)) or not claim.symmetry.generators
    findings = tuple(_findings(found, known, claim, answer, seed)) if unchanged else ()
    if not (answer.holds and claim.certified) and claim.symmetry.generators:
        findings += tuple(_by_generator(found, claim, seed))
    plain = circuit_target(
        found,
        claim.symmetry,
        claim.coordinates,
        claim.what,
        claim.observable,
        known if unchanged and decided else None,
        unchanged,
    )
    certificate = certificate_of(claim.name, claim.symmetry, findings, claim.spec_sha256, plain)
    return replace(
        certificate, target_sha256=seed, assumptions=tuple(dict.fromkeys(whole.notes + before.notes))
    )


def _findings(
    found: GeneralCircuit, known: GeneralCircuit, claim: Claim, answer: Equivalence, seed: str
) -> Iterator[Finding]:
    """The claim that the model is unchanged, and what follows from it for every generator."""
    values = f"for all values of its {len(found.parameters)} parameters"
    if not answer.holds and answer.values is not None:
        yield _other_model(found, known, claim, answer)
        return
    if not answer.holds:
        yield Finding(
            UNCHANGED_MODEL.name,
            claim.name,
            "not decided",
            answer.method,
            answer.reason,
            key=UNCHANGED_MODEL.key,
        )
        return
    detail = f"{values}, error probability below 2^-{answer.exponent}"
    proof = Finding(
        UNCHANGED_MODEL.name, claim.name, "proven", answer.method, detail, key=UNCHANGED_MODEL.key,
        error_exponent=answer.exponent,
    )  # fmt: skip
    yield proof
    for number, name in enumerate(claim.symmetry.generator_names if claim.certified else ()):
        yield replace(
            proof, claim=CLAIMS["model"].name, subject=f"{claim.name} under {name}", key=f"generator {number}",
            generator=number,
        )  # fmt: skip


def _by_generator(found: GeneralCircuit, claim: Claim, seed: str) -> Iterator[Finding]:
    """Every generator of the group tested on the circuit alone."""
    symmetry, observable, names = claim.symmetry, claim.observable, claim.coordinates
    named = replace(found, name=claim.name)
    for finding in check_circuit(named, symmetry, names, seed, "circuit, spec", claim.what, observable):
        check = measured if finding.verdict == "not decided" else spared
        yield check(finding, found, symmetry, names, claim.what, observable)


def _other_model(found: GeneralCircuit, known: GeneralCircuit, claim: Claim, answer: Equivalence) -> Finding:
    """A refusal, unless the rounding of numbers that the circuit holds may be all there is."""
    assert answer.values is not None
    finding = Finding(
        UNCHANGED_MODEL.name, claim.name, "refused", answer.method, "other values than the certified circuit",
        key=UNCHANGED_MODEL.key,
    )  # fmt: skip
    if found.literals and is_measurable(found):
        seeds = range(NUM_SAMPLES)
        largest = max(model_difference(found, known, claim.observable, seed) for seed in seeds)
        if largest <= ROUNDING_OF_LITERALS:
            detail = f"the numbers that the circuit holds are rounded; largest difference {largest:.1e}"
            return replace(finding, verdict="not decided", detail=detail)
    expected, value = (str(number) for number in answer.values)
    example = Counterexample(
        "no group element: the circuits themselves differ",
        "expectation value at the random point of the field that the circuit fixes",
        expected,
        value,
        "program.recertify(circuit).counterexample",
    )
    return replace(finding, counterexample=example)
