"""Equivariant encodings: the gates commute, and their sum W intertwines the two actions."""

from itertools import combinations
from typing import Any, ClassVar

from eqcompile.recheck.algebra.group import Generator, Group, image_of, slope_of
from eqcompile.recheck.algebra.pauli import Terms, combined, commutator, mask_of
from eqcompile.recheck.algebra.text import operator
from eqcompile.recheck.claims.claim import MODEL, MODEL_WITHOUT_DATA, Case, Claim, Evidence, Plain
from eqcompile.recheck.shapes import NUMBER, QUBIT, TEXT, Listing, Maybe, Row

Weights = dict[tuple[int, int], Terms]
"""For every coordinate (site, axis), the operator that it multiplies."""


class EquivariantEncoding(Claim):
    """The encoding gates that share one scale."""

    name, form, targets = "equivariant encoding", "encoding {scale}", (MODEL, MODEL_WITHOUT_DATA)
    evidence: ClassVar[Evidence] = {
        "gates": Listing(Row((NUMBER, Row((TEXT,) * 3)))),
        "qubits": Listing(QUBIT),
        "parity": Maybe(QUBIT),
    }
    told_by = "gates"
    sentence = "encoding {scale}: {sites}"

    def keys(self, target: Plain, num_generators: int) -> list[str]:
        """One key for every scale."""
        return [self.form.format(scale=scale) for scale in target["scales"]]

    def place(self, key: str) -> list[Any]:
        """The place of the encodings."""
        return ["data", "encode"]

    def words(self, finding: Plain, body: Plain) -> dict[str, Any]:
        """Which site goes to which qubit, and the name of the scale."""
        evidence = finding["evidence"]
        sites = [body["group_data"]["sites"][site] for site, _ in evidence["gates"]]
        pairs = [f"{site} -> qubit {qubit}" for site, qubit in zip(sites, evidence["qubits"], strict=True)]
        parity = evidence["parity"]
        text = "; ".join(pairs) + ("" if parity is None else f", X on parity qubit {parity}")
        return {"sites": text, "scale": finding["key"].removeprefix("encoding ")}

    def shown_otherwise(self, evidence: Plain, group: Group) -> bool:
        """Whether the qubits differ from those on which the operators act."""
        n, field = group.num_qubits, group.field
        masks = [mask_of(combined([(1, operator(text, n, field).terms) for text in texts], field.p))
                 for _, texts in evidence["gates"]]  # fmt: skip
        parity = 0 if evidence["parity"] is None else 1 << evidence["parity"]
        return masks != [1 << qubit | parity for qubit in evidence["qubits"]]

    def fails(self, case: Case) -> str:
        """Decided at any number of qubits."""
        return encoding_fails(case.evidence, case.group)


def encoding_fails(evidence: Plain, group: Group) -> str:
    """Why an encoding is not equivariant: its gates commute, and their sum W intertwines the two actions."""
    p = group.field.p
    gates = gates_of(evidence, group)
    for (_, first), (_, second) in combinations(gates, 2):
        if any(commutator(a, b, p) for a in first for b in second):
            return "its gates do not commute"
    weights: Weights = {}
    for site, triple in gates:
        for axis, terms in enumerate(triple):
            weights[site, axis] = combined([(1, weights.get((site, axis), {})), (1, terms)], p)
    for g in group.generators:
        for index, terms in weights.items():
            image = image_of(g, terms, p) if g.lie is None else slope_of(g.lie, terms, group.field)
            if image != _demanded(g, weights, index, p):
                return f"it is not carried along by {g.name}"
    return ""


def gates_of(evidence: Plain, group: Group) -> list[tuple[int, list[Terms]]]:
    """The gates of one encoding: the site, and what multiplies its x, y and z."""
    n, field = group.num_qubits, group.field
    return [(site, [operator(text, n, field).terms for text in texts]) for site, texts in evidence["gates"]]


def _demanded(generator: Generator, weights: Weights, index: tuple[int, int], p: int) -> Terms:
    """W of the image of one coordinate vector."""
    site, axis = index
    column = [row[axis] for row in generator.matrices[site]]
    target = generator.images[site]
    return combined([(value, weights.get((target, c), {})) for c, value in enumerate(column)], p)
