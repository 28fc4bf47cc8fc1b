"""Random sums of small circuits: what is proven holds at random points, and the recheck agrees with every verdict."""

from random import Random

import numpy as np
import pytest

import eqcompile as eq
from eqcompile.recheck.decide import summary
from eqcompile.recheck.sums.decide import recheck_sum

HOLDS = 1e-9

CHIRAL = "X0 Y1 Z2 + Y0 Z1 X2 + Z0 X1 Y2 - X0 Z1 Y2 - Y0 X1 Z2 - Z0 Y1 X2"

CIRCUITS = {
    "swapped": """
      name: swapped
      qubits: 2
      data: {sites: [A, B], encode: {A: [0], B: [1]}}
      symmetry: [{rotation: SU(2)}, {permutation: (A B)}]
      state: singlets [[0, 1]]
      observable: H(0,1)
      ansatz: {depth: 2, layer: ["H(0,1)"]}
""",
    "ordered": """
      name: ordered
      qubits: 4
      data: {sites: [A, B], encode: {A: [0, 1], B: [2]}}
      symmetry: [{rotation: {group: SU(2), qubits: [0, 1, 2, 3]}}]
      state: singlets [[0, 1], [2, 3]]
      observable: H(0,2)
      ansatz: {depth: 2, layer: ["H(0,2)", "H(1,3)", "H(2,3)"]}
""",
    "handed": f"""
      name: handed
      qubits: 4
      data: {{sites: [A, B, C], encode: {{A: [0], B: [1], C: [2]}}}}
      symmetry: [{{rotation: {{group: SU(2), qubits: [0, 1, 2, 3]}}}}]
      state: singlets [[0, 1], [2, 3]]
      observable: {CHIRAL}
      ansatz: {{depth: 2, layer: ["H(0,1)", "H(1,2)", "H(2,3)"]}}
""",
    "even": """
      name: even
      qubits: 5
      data: {sites: [A, B, C], encode: {A: [0], B: [1], C: [2]}}
      symmetry:
        - rotation: {group: SU(2), qubits: [0, 1, 2, 3]}
        - inversion: {parity: 4}
        - permutation: (A B)
      state: singlets [[0, 1], [2, 3]]
      observable: H(0,1)
      ansatz: {depth: 2, layer: ["H(0,1)", "H(0,2) + H(1,2)", "H(2,3)", Z4]}
""",
}
"""With an exchange; without one; one that sees reflections; one with a parity qubit."""

SITES = "PQRS"


def combination(source: Random) -> str:
    one, other, third = source.sample(SITES, 3)
    return source.choice(
        [f"{one} - {other}", one, f"({one} + {other})/2 - {third}", f"2*{one} - {other} - {third}"]
    )


def moved(text: str, images: dict[str, str], sign: str) -> str:
    """The combination after a permutation of the sites, perhaps with the opposite sign."""
    found = "".join(images.get(letter, letter) for letter in text)
    return found if sign == "+" else f"-({found})"


def random_sum(source: Random) -> str:
    """A sum in which about half of the declared elements take the terms to terms."""
    generators = source.sample(["(P Q)", "(P Q)(R S)", "(R S)", "(P Q R)", "(P R)(Q S)"], 2)
    rows: dict[str, list[list[str]]] = {}
    for name in source.sample(sorted(CIRCUITS), source.choice([1, 2])):
        size = 3 if name in ("even", "handed") else 2
        row: list[str] = []
        while len(row) < size:
            if (text := combination(source)) not in row:
                row.append(text)
        rows[name] = orbit(source, row, generators)
    terms = "".join(
        f"  - weights: {name}\n    coefficient: {source.choice(['1', '-1/2'])}\n    spec:{CIRCUITS[name]}    on:\n"
        + "".join(f"      - [{', '.join(row)}]\n" for row in listed)
        for name, listed in rows.items()
    )
    symmetry = source.sample(["{rotation: SU(2)}", "inversion", "translation"], 2)
    listed = ", ".join([*symmetry, f"{{permutation: {generators}}}".replace("'", '"')])
    return f"name: random\ndata: {{sites: [P, Q, R, S]}}\nsymmetry: [{listed}]\nterms:\n{terms}"


def orbit(source: Random, row: list[str], generators: list[str]) -> list[list[str]]:
    """The row and its images under some of the generators, up to four, in some order and with some signs."""
    found = [row]
    for generator in generators:
        images: dict[str, str] = {}
        for cycle in generator.strip("()").split(")("):
            names = cycle.split()
            images |= dict(zip(names, [*names[1:], names[0]], strict=True))
        if source.random() < 0.8:
            sign = source.choice("++-")
            found += [[moved(text, images, sign) for text in entry] for entry in found]
    for entry in found:
        if source.random() < 0.4:
            source.shuffle(entry)
    return found


def model_of(seed: int) -> "eq.ProgramSum":
    """The first random sum that is one: the same combination may have come twice into one copy."""
    source = Random(seed)
    while True:
        try:
            return eq.compile(eq.loads(random_sum(source)))  # type: ignore[return-value]
        except eq.SpecError as error:
            if "is at two sites of one copy" not in str(error):
                raise


def turned(x: np.ndarray) -> np.ndarray:
    return (
        x
        @ (np.array([[3, -4, 0], [4, 3, 0], [0, 0, 5]]) / 5)
        @ (np.array([[5, 0, 0], [0, 3, -4], [0, 4, 3]]) / 5)
    )


@pytest.mark.parametrize("seed", range(30))
def test_what_is_proven_holds_and_the_recheck_agrees(seed: int) -> None:
    model = model_of(seed)
    certificate = model.certificate
    assert certificate is not None
    source = np.random.default_rng(seed)
    kernels = [program.to_kernel() for program in model.programs]
    params, x = source.normal(0, 0.8, model.num_parameters), source.normal(size=(3, 4, 3))

    def value(positions: np.ndarray) -> np.ndarray:
        parts = [
            kernels[number].values(model.parameters_of(term, params), model.sites_of(term, positions))[:, 0]
            for term, number in zip(model.terms, model.program_numbers, strict=True)
        ]
        return np.asarray(model.total(parts))

    moves = {"rotations": turned(x), "x -> -x": -x, "translations": x + 0.7}
    findings = [finding for finding in certificate.findings if finding.generator is not None]
    assert model.symmetry is not None
    for finding, generator in zip(findings, model.symmetry.generators, strict=True):
        image = moves[generator.name] if not generator.images else x[:, np.argsort(generator.images)]
        change = float(np.abs(value(image) - value(x)).max())
        assert finding.proven == (change < HOLDS), (seed, finding.subject, change, finding.counterexample)
    result = recheck_sum(certificate.to_json(), seed)
    assert result.confirmed, summary(result)
    assert bool(result) == model.is_proven
