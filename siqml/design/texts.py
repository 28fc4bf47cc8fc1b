"""The spec and the config that ``siqml init`` writes, with the reason for each choice beside it."""

from collections.abc import Iterator

import numpy as np

from siqml.design.design import Design
from siqml.molecule.structures import Structures


def spec_text(design: Design) -> str:
    """The spec in YAML."""
    return "\n".join(_spec_lines(design)) + "\n"


def _spec_lines(design: Design) -> Iterator[str]:
    name = design.name
    spins, choice = design.num_spins, design.choice
    yield f"# {name}: written by siqml init; every choice may be changed. eqcompile verify proves what it promises."
    yield f"name: {name}"
    yield f"qubits: {design.num_qubits}"
    yield ""
    yield "data:"
    yield "  # Atoms, each as its position relative to its origin in the config: a bonded atom is seen from the other,"
    yield "  # so bonds are coordinates. An atom that is an origin for all needs no site."
    yield f"  sites: [{', '.join(design.site_names)}]"
    uploads = ", ".join(f"{site}: {qubits}" for site, qubits in design.qubits.items())
    yield f"  encode: {{{uploads}}}"
    yield "  # One trainable scale for each kind of atom; atoms that can be exchanged must share theirs."
    scales = ", ".join(f"{scale}: [{', '.join(sites)}]" for scale, sites in design.kinds.items())
    yield f"  scales: {{{scales}}}"
    yield ""
    yield "symmetry:"
    if choice.spectators:
        beside = list(range(spins - choice.spectators, spins))
        yield f"  # Qubits {beside} carry no atom and turn like all others: spins at the origin. The total number of"
        yield "  # spins must be even, or no state is invariant; and where atoms lie on a line, a common rotation about"
        yield "  # it does nothing to a total spin of zero, so without a spin beside them one of the bonds is not seen."
    yield f"  - rotation: {{group: SU(2), qubits: {list(range(spins))}}}"
    if design.exchanges:
        yield "  # Every exchange of equal atoms that keeps the bonds."
        exchanges = ", ".join(f'"{text}"' for text in design.exchanges)
        yield f"  - permutation: [{exchanges}]"
    if design.has_parity:
        yield "  # Mirror images have one energy. Rotations and exchanges do not see to that from four atoms on."
        yield f"  - inversion: {{parity: {spins}}}"
    yield ""
    yield "# The engine finds the invariant state, an observable and all gates on up to two qubits; eqcompile derive"
    yield "# shows them."
    yield "state: derive"
    yield "observable: derive"
    yield ""
    yield "ansatz:"
    yield "  # Trainable layers between uploads. More of them fit more, and want more structures."
    yield f"  depth: {design.depth}"
    yield "  blocks: 1"
    yield "  layer: {derive: {locality: 2}}"


def config_text(design: Design, model: str, train: str, test: str | None, seed: int) -> str:
    """The config in YAML.

    Args:
        design: the model.
        model: file of the spec.
        train, test: files of the data.
        seed: seed of the start values.
    """
    return "\n".join(_config_lines(design, model, train, test, seed)) + "\n"


def _config_lines(design: Design, model: str, train: str, test: str | None, seed: int) -> Iterator[str]:
    structures = design.structures
    yield f"# {design.name}: written by siqml init from {len(structures)} structures."
    yield f"model: {model}"
    yield ""
    yield "frame:"
    yield f"  atoms: [{', '.join(design.graph.species)}]"
    sites = ", ".join(
        f"{name}: {seen.atom}" for name, seen in zip(design.site_names, design.graph.seen, strict=True)
    )
    yield f"  sites: {{{sites}}}"
    yield f"  origin: {list(design.origin)}"
    if design.origins:
        origins = ", ".join(f"{name}: {list(origin)}" for name, origin in design.origins.items())
        yield f"  origins: {{{origins}}}"
    yield ""
    yield "data:"
    yield f"  train: {train}"
    if test is not None:
        yield f"  test: {test}"
    yield ""
    yield "labels:"
    yield "  map: least_squares             # offset and factor between circuit and energy are the best at every step"
    yield ""
    yield "start:"
    yield "  weights: 0.5                   # normal around 0"
    scales = ", ".join(f"{name}: {value:g}" for name, value in design.scales.items())
    yield f"  scales: {{{scales}}}  # in 1/angstrom: 0.75 radian at the mean distance"
    yield ""
    yield from _loss_lines(structures)
    yield "# Gauss-Newton begins at once; the other two optimisers are not needed."
    yield "adam: {steps: 0}"
    yield "lbfgs: {steps: 0}"
    yield "gauss_newton: {steps: 300}"
    yield ""
    yield "# A tenth of the training set decides when to stop, and which parameters are kept."
    yield "stop: {validation: 0.1, patience: 60}"
    yield "checkpoint: {every: 20}"
    yield f"seed: {seed}"


def _loss_lines(structures: Structures) -> Iterator[str]:
    """Weights that make a model which knows nothing have a loss of one for each kind of label."""
    energy, forces = loss_weights(structures)
    yield "# One over the variance of the energies and, of the forces, one over the mean square: a model that knows"
    yield "# nothing has a loss of 1 for each."
    if forces is None:
        yield f"loss: {{energy: {energy:.3g}}}"
    else:
        yield f"loss: {{energy: {energy:.3g}, forces: {forces:.3g}}}"
    yield ""


def loss_weights(structures: Structures) -> tuple[float, float | None]:
    """One over the variance of the energies and over the mean square of the forces, if there are any."""
    variance = float(np.var(structures.energies))
    square = None if structures.forces is None else float(np.mean(structures.forces**2))
    return 1 / variance if variance else 1.0, None if square is None else (1 / square if square else 1.0)
