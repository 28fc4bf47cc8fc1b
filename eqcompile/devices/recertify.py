"""The certificate of a circuit that a compiler changed: equivariant, and the same model as before."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Self

from qiskit import QuantumCircuit

from eqcompile.circuits.angle import ExactAngle
from eqcompile.circuits.ansatz import coordinate_names
from eqcompile.circuits.circuit import Circuit
from eqcompile.claims.certificate import Certificate, Finding, Verdict
from eqcompile.claims.certify import certificate_of, circuit_findings
from eqcompile.claims.evidence import circuit_target
from eqcompile.claims.of_circuit.circuit_model import InvariantCircuitModel
from eqcompile.claims.of_circuit.unchanged import UnchangedModel
from eqcompile.claims.question import Question, What
from eqcompile.emit.binding import IN_POSITIONS, DataForm
from eqcompile.emit.compiled import Compiled
from eqcompile.emit.qiskit.circuit import circuit_of
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.numeric.defect import ROUNDING_OF_LITERALS, is_measurable, model_difference
from eqcompile.numeric.measured import NUM_SAMPLES, second_opinion
from eqcompile.readers.circuit import general_circuit
from eqcompile.symmetry.maps import DataIndex
from eqcompile.symmetry.symmetry import Symmetry

ANGLES = ("azimuth", "elevation", "turn")
"""Last parts of the names of a site's angles, see :func:`eqcompile.circuits.ansatz.angle_names`."""


@dataclass(frozen=True)
class Wanted:
    """What a circuit must be proven to be.

    Attributes:
        name: name of the model.
        symmetry: the group under which the model is invariant.
        observable: what is measured.
        spec_sha256: hash of the spec's text.
        data: form of the circuit's data parameters.
        prefix: prefix of all parameters of the circuit.
        certified: whether the circuit before the change is known to be invariant, so that equality with it is enough. A
            circuit with product formulas is not, nor is one whose certificate is a refusal.
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
        """What is claimed; for a model without data that was not certified before, that the state is invariant."""
        return "model" if self.symmetry.site_names or self.certified else "state"

    @property
    def coordinates(self) -> dict[str, DataIndex]:
        """Parameters that are coordinates of the data."""
        prefix = self.prefix if self.data in IN_POSITIONS else ""
        triples = enumerate(coordinate_names(self.symmetry.site_names))
        return {
            f"{prefix}{name}": (site, axis) for site, triple in triples for axis, name in enumerate(triple)
        }

    def by_site(self, circuit: Circuit) -> Circuit:
        """The circuit with the angles of sites under the names by which a group moves them.

        Prefixes are removed, and an encoding gate's own angles become those of its site.
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
    return recertified(circuit, reference, Wanted.of(program, data, prefix, trotter))


def recertified(circuit: QuantumCircuit, reference: QuantumCircuit, wanted: Wanted) -> Certificate:
    """Decide again, for a transpiled circuit, that the model is invariant.

    First it is compared with the circuit that was transpiled: equal states, or at least equal expectation values, for
    all parameters. Where this cannot be decided, or they differ, every generator of the group is tested on the circuit
    alone. Where that is not exact either, it is measured in floating point. A circuit with other values is refused.

    Args:
        circuit: circuit on physical qubits, with its layout.
        reference: the certified circuit, with parameters of the same names.
        wanted: the group and the observable.

    Returns:
        One finding for every generator of the group; before them the claim that the model is unchanged, where the two
        circuits could be compared.
    """
    whole = general_circuit(circuit)
    seed = hashlib.sha256(repr(whole.operations).encode()).hexdigest()
    # Angles that several gates have of one site are one angle: only as such do they belong to the model.
    before = general_circuit(reference)
    found, known = wanted.by_site(whole), wanted.by_site(before)
    claim = UnchangedModel(wanted.symmetry, wanted.name, found, known, wanted.observable, seed)
    answer = claim.answer
    decided = answer.holds or answer.values is not None
    # Equality with a circuit that is not proven itself says nothing, but a difference does.
    unchanged = (decided and (wanted.certified or not answer.holds)) or not wanted.symmetry.generators
    findings = tuple(_findings(claim, wanted)) if unchanged else ()
    question = Question(wanted.symmetry, wanted.coordinates, wanted.what, wanted.observable)
    if not (answer.holds and wanted.certified) and wanted.symmetry.generators:
        named = replace(found, name=wanted.name)
        findings += tuple(second_opinion(f, found, question) for f in circuit_findings(named, question, seed))
    plain = circuit_target(found, question, known if unchanged and decided else None, unchanged)
    certificate = certificate_of(wanted.name, wanted.symmetry, findings, wanted.spec_sha256, plain)
    return replace(
        certificate, target_sha256=seed, assumptions=tuple(dict.fromkeys(whole.notes + before.notes))
    )


def _findings(claim: UnchangedModel, wanted: Wanted) -> Iterator[Finding]:
    """The claim that the model is unchanged, and what follows from it for every generator."""
    finding = claim.decide()
    if not finding.proven:
        yield _spared(finding, claim)
        return
    yield finding
    for number, name in enumerate(wanted.symmetry.generator_names if wanted.certified else ()):
        yield replace(
            finding, claim=InvariantCircuitModel.name, subject=f"{wanted.name} under {name}",
            key=f"generator {number}", generator=number,
        )  # fmt: skip


def _spared(finding: Finding, claim: UnchangedModel) -> Finding:
    """Withdraw a refusal where the rounding of numbers that the circuit holds may be its only cause."""
    found = claim.found
    if finding.verdict != Verdict.REFUSED or not found.literals or not is_measurable(found):
        return finding
    seeds = range(NUM_SAMPLES)
    largest = max(model_difference(found, claim.known, claim.observable, seed) for seed in seeds)
    if largest > ROUNDING_OF_LITERALS:
        return finding
    detail = f"the numbers that the circuit holds are rounded; largest difference {largest:.1e}"
    return replace(finding, verdict=Verdict.NOT_DECIDED, detail=detail, counterexample=None)
