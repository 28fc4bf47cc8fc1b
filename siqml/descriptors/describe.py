"""``siqml describe`` from start to end: circuit, descriptors, their proofs, network, and what is written."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TextIO

import eqcompile as eq
from siqml.data.reading.doubts import doubts, warn
from siqml.descriptors.fit import FitOrder, fit_descriptors
from siqml.errors import ConfigError
from siqml.evaluation.evaluate import Evaluation, evaluate
from siqml.evaluation.plots import draw_parity
from siqml.field.catalogue import find
from siqml.field.descriptors.descriptor_field import DescriptorField
from siqml.field.descriptors.descriptor_file import save_descriptors
from siqml.field.descriptors.descriptors import Descriptors, invariant_operators
from siqml.field.ensemble import is_model, runs_in
from siqml.field.force_field import ForceField
from siqml.field.model_file import here, load_model
from siqml.molecule.structures import Structures
from siqml.progress import progress
from siqml.training.config import Config, to_yaml
from siqml.training.run_folder import RunFolder
from siqml.training.session import Inputs, Work, config_of, sets_of

PROOFS: Final = "certificates"
"""Folder with a spec and a certificate for each descriptor."""


@dataclass(frozen=True)
class DescribeOrder:
    """What was asked for.

    Attributes:
        source: a model file or run folder, or a config: a path, or the name of a shipped one.
        locality: most qubits that a term of an observable acts on.
        fit: the network and how it is fitted; its seed is also that of the circuit's start, if a config is named.
        settings: settings of the config, such as ``"start.scales=0.3"``.
    """

    source: str
    locality: int = 4
    fit: FitOrder = field(default_factory=FitOrder)
    settings: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Circuit:
    """A circuit at the parameters at which it describes, and the sets of structures.

    Attributes:
        field: the circuit.
        trained: whether it is a trained model, with a map to energies of its own.
        config: its config.
        train, test: training and test set, if there is one.
        warnings: what looks wrong with the labels.
    """

    field: ForceField
    trained: bool
    config: Config
    train: Structures
    test: Structures | None
    warnings: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Described:
    """What was made.

    Attributes:
        folder: where it is.
        circuit: the circuit.
        field: the network on its descriptors.
        train, test: its errors on both sets.
        plain: errors of the circuit itself on the test set, or on the training set without one; ``None`` for a circuit
            that was not trained.
        seconds: wall time of the descriptors and of the fit.
    """

    folder: RunFolder
    circuit: Circuit
    field: DescriptorField
    train: Evaluation
    test: Evaluation | None
    plain: Evaluation | None
    seconds: float


def describe(order: DescribeOrder, folder: RunFolder, stream: TextIO, overwrite: bool = False) -> Described:
    """Fit a network on the descriptors of a circuit, and write everything.

    Args:
        order: what was asked for.
        folder: where to write.
        stream: takes the progress report.
        overwrite: whether to replace an earlier run in this folder.

    Returns:
        What was made. Nothing is written before all of it is there.

    Raises:
        SiqmlError: the model, the config or its data cannot be read, or the fit is refused; see `fit_descriptors`.
        EqcompileError: the spec is refused, or the derivation is too large.
    """
    folder.refuse_held()
    folder.refuse(overwrite)
    circuit = circuit_of(order, folder)
    descriptors = Descriptors(circuit.field, invariant_operators(circuit.field.program, order.locality))
    started = time.perf_counter()
    field = fit_descriptors(descriptors, circuit.train, order.fit, stream)
    seconds = time.perf_counter() - started
    warn(circuit.warnings, stream)  # after all that can be refused: an error is one line
    proofs = _proofs(descriptors, stream)
    on_train = evaluate(field, circuit.train, with_floor=True)
    on_test = None if circuit.test is None else evaluate(field, circuit.test, with_floor=True)
    plain = evaluate(circuit.field, circuit.test or circuit.train) if circuit.trained else None
    found = Described(folder, circuit, field, on_train, on_test, plain, seconds)
    with folder.held(stream):
        _write(found, order, proofs, overwrite)
    return found


def circuit_of(order: DescribeOrder, folder: RunFolder | None = None) -> Circuit:
    """The circuit that an order names, with its data.

    Args:
        order: what was asked for.
        folder: where the result will be written, if anywhere.

    Raises:
        SiqmlError: see `describe`.
    """
    path = Path(order.source)
    if runs_in(path):
        raise ConfigError(f"{path}: a folder of runs; name one of them, such as {runs_in(path)[0]}")
    if not is_model(path):
        return _begun(order)
    if order.settings:
        raise ConfigError(
            f"--set {order.settings[0]}: {path} is a trained model; settings are those of a config: name one, and add "
            f"--set start.model={path}"
        )
    if folder is not None and path.resolve().is_relative_to(folder.root.resolve()):
        raise ConfigError(f"{path} lies in {folder.root}, which this would replace; choose another with -o")
    field = load_model(path)
    config = config_of(path)
    sets = sets_of([path], (), field.species)
    found = [line for structures in sets for line in doubts(structures)]
    return Circuit(field, True, config, sets[0], sets[1] if len(sets) > 1 else None, tuple(found))


def _begun(order: DescribeOrder) -> Circuit:
    """The circuit of a config at its start values, with every check that a training makes."""
    settings = (*order.settings, f"seed={order.fit.seed}")
    inputs = Inputs.read(find(order.source, "configs"), settings)
    work = Work.of(inputs.config, inputs.spec, (inputs.data, inputs.test))
    return Circuit(
        work.training.force_field, False, work.config, work.training.data, work.test, work.warnings
    )


def _proofs(descriptors: Descriptors, stream: TextIO) -> list[tuple[str, str]]:
    """For each descriptor the spec of the circuit that measures it, and the certificate of this circuit."""
    found = []
    count = len(descriptors.operators)
    with progress("certificates", count, stream) as advance:
        for k in range(count):
            program = descriptors.certified(k)
            found.append((program.spec.source.text, program.certificate.to_json()))
            advance(k + 1, "")
    return found


def _write(
    found: Described, order: DescribeOrder, proofs: Sequence[tuple[str, str]], overwrite: bool
) -> None:
    folder, field = found.folder, found.field
    folder.begin(overwrite)
    config = to_yaml(found.circuit.config)
    eq.write_atomically(folder.config, config)  # first: it makes this a run folder
    eq.write_atomically(folder.spec, field.descriptors.program.spec.source.text)
    beside = folder.root / PROOFS
    beside.mkdir(exist_ok=True)
    for old in [
        path for path in beside.iterdir() if path.suffix in (".yaml", ".json") and path.stem.isdecimal()
    ]:
        eq.remove_file(old)
    for k, (spec, certificate) in enumerate(proofs):
        eq.write_atomically(beside / f"{k:03}.yaml", spec)
        eq.write_atomically(beside / f"{k:03}.json", certificate)
    save_descriptors(folder.model, field, here(order.fit.seed, config))
    draw_parity(folder.parity, field, found.circuit.train, found.circuit.test)
    folder.write_metrics(metrics(found, order))


def metrics(found: Described, order: DescribeOrder) -> dict[str, Any]:
    """The content of ``metrics.json``."""
    field = found.field
    return {
        "model": field.model.name,
        "num_parameters": field.num_parameters,
        "seed": order.fit.seed,
        "steps": order.fit.steps,
        "backend": "kernel",
        "seconds": round(found.seconds, 2),
        "fingerprint": field.digest,
        "train": found.train.to_dict(),
        "test": None if found.test is None else found.test.to_dict(),
        "circuit": None if found.plain is None else found.plain.to_dict(),
        "locality": order.locality,
        "loss": {"energy": order.fit.energy, "forces": order.fit.forces, "decay": order.fit.decay},
        "network": list(field.network.sizes),
        "descriptors": [
            {"operator": text, "mean": float(mean), "spread": float(spread)}
            for text, mean, spread in zip(field.operator_texts, field.mean, field.spread, strict=True)
        ],
        "warnings": list(found.circuit.warnings),
    }
