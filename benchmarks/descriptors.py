"""Networks on invariant descriptors beside the circuits themselves, for water and two water molecules.

``python benchmarks/descriptors.py -o FOLDER`` trains the circuits that are not trained yet in ``FOLDER/runs``, chooses
scales and decay by structures held out of the training set, fits a network for each of five seeds, and writes
``FOLDER/descriptors.md`` and ``.json``. It takes about ten minutes on one core. Rows of plain models come from the
tables in ``docs/results``; ``--tables`` reads them anew and repeats nothing else.
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

import eqcompile as eq
from siqml.descriptors.describe import Circuit, DescribeOrder, circuit_of
from siqml.descriptors.fit import FitOrder, fit_at
from siqml.descriptors.invariance import largest_change
from siqml.evaluation.evaluate import evaluate
from siqml.evaluation.floor import force_floor
from siqml.evaluation.spread import Spread
from siqml.field.catalogue import find
from siqml.field.descriptors.descriptors import Descriptors, invariant_operators
from siqml.molecule.structures import Array
from siqml.provenance import Origin
from siqml.training.config import load_config
from siqml.training.run_folder import RunFolder
from siqml.training.session import train_or_continue

SEEDS = (0, 1, 2, 3, 4)
SCALES = (0.1, 0.2, 0.3, 0.5, 0.7)
DECAYS = (1e-7, 1e-6, 1e-5, 1e-4)
HELD_OUT = 0.2
LOCALITY = 4
RESULTS = Path(__file__).parents[1] / "docs" / "results"


@dataclass(frozen=True)
class Molecule:
    """One set of data: the config of its circuits, a short training of them, and its rows in a table of results.

    The last row has a loss of energies and forces; its networks minimise the same.
    """

    title: str
    config: str
    training: tuple[str, ...]
    table: str
    rows: tuple[str, ...]
    beyond: str | None = None

    def order(self, seed: int, decay: float) -> FitOrder:
        loss = load_config(find(self.rows[-1], "configs")).loss
        return FitOrder(energy=loss.energy, forces=loss.forces, decay=decay, seed=seed)


MOLECULES = (
    Molecule(
        "Water",
        "water",
        ("adam.steps=200", "lbfgs.steps=300"),
        "table2",
        ("water", "water_forces"),
        "water_wide_test.extxyz",
    ),
    Molecule(
        "Two water molecules, cool trajectory",
        "dimer_cool_linked_forces",
        ("adam.steps=600", "lbfgs.steps=60"),
        "table3",
        ("dimer_cool_linked", "dimer_cool_linked_forces"),
    ),
    Molecule(
        "Two water molecules, 300 K",
        "dimer_300K_linked_forces",
        ("adam.steps=600", "lbfgs.steps=60"),
        "table3",
        ("dimer_300K_linked", "dimer_300K_linked_forces"),
    ),
)


@dataclass(frozen=True, eq=False)
class Prepared:
    """A circuit with its descriptors of the training set."""

    circuit: Circuit
    descriptors: Descriptors
    values: Array
    slopes: Array

    @classmethod
    def of(cls, circuit: Circuit) -> "Prepared":
        descriptors = Descriptors(circuit.field, invariant_operators(circuit.field.program, LOCALITY))
        return cls(circuit, descriptors, *descriptors.at(circuit.train.positions))

    def held_out_error(self, order: FitOrder) -> float:
        """The loss, without decay, over structures that were held out."""
        count = len(self.circuit.train)
        shuffled = np.random.default_rng(order.seed).permutation(count)
        out, kept = np.split(shuffled, [round(HELD_OUT * count)])
        train, test = self.circuit.train.chosen(kept), self.circuit.train.chosen(out)
        field = fit_at(self.descriptors, self.values[kept], self.slopes[kept], train, order)
        energies, forces = field.of_descriptors(self.values[out], self.slopes[out])
        wrong = np.mean((forces - test.forces) ** 2)
        return float(order.energy * np.mean((energies - test.energies) ** 2) + order.forces * wrong)


def begun(molecule: Molecule, seed: int, scale: float) -> Circuit:
    settings = (f"start.scales={scale}",)
    return circuit_of(DescribeOrder(molecule.config, LOCALITY, FitOrder(seed=seed), settings))


def trained(molecule: Molecule, seed: int, folder: Path) -> Circuit:
    run = RunFolder(folder / "runs" / molecule.config / f"seed-{seed}")
    settings = [*molecule.training, f"seed={seed}"]
    train_or_continue(find(molecule.config, "configs"), run, sys.stderr, settings)
    return circuit_of(DescribeOrder(str(run.root), LOCALITY))


def trials(molecule: Molecule, folder: Path) -> dict[str, dict[str, float]]:
    """Held-out loss of seed 0 by scale and decay, and of the trained circuit by decay."""
    found: dict[str, dict[str, float]] = {}
    for scale in SCALES:
        prepared = Prepared.of(begun(molecule, 0, scale))
        found[f"{scale}"] = by_decay(molecule, prepared)
    found["trained"] = by_decay(molecule, Prepared.of(trained(molecule, 0, folder)))
    return found


def by_decay(molecule: Molecule, prepared: Prepared) -> dict[str, float]:
    return {f"{decay:g}": prepared.held_out_error(molecule.order(0, decay)) for decay in DECAYS}


def result(prepared: Prepared, order: FitOrder, beyond: str | None) -> dict[str, Any]:
    """What one network reached, and what rotations and exchanges change."""
    circuit = prepared.circuit
    started = time.perf_counter()
    field = fit_at(prepared.descriptors, prepared.values, prepared.slopes, circuit.train, order)
    seconds = time.perf_counter() - started
    test = circuit.test
    assert test is not None
    errors = [evaluate(field, structures) for structures in (circuit.train, test)]
    descriptors, few = prepared.descriptors, test.positions[:50]
    program = descriptors.program
    control = program.to_kernel([eq.PauliSum.parse("Z0", num_qubits=program.num_qubits)])
    changes = {
        "descriptors": largest_change(lambda r: descriptors.at(r)[0], field, few),
        "energies": largest_change(field.energies, field, few),
        "Z0": largest_change(
            lambda r: control.values(circuit.field.params, field.frame.sites_of(r)), field, few
        ),
    }
    return {
        "seed": order.seed,
        "descriptors": len(descriptors.operators),
        "weights": field.network.weights.size,
        "seconds": round(seconds, 2),
        "train": squares(errors[0]),
        "test": squares(errors[1]),
        "beyond": None if beyond is None else squares(evaluate(field, named(beyond, field.species))),
        "circuit": squares(evaluate(circuit.field, test)) if circuit.trained else None,
        "floor": force_floor(field, test).mse,
        "changes": {name: asdict(change) for name, change in changes.items()},
    }


def named(name: str, species: Sequence[str]) -> Any:
    from siqml.data.reading.named import read_named

    return read_named(name, species)


def squares(found: Any) -> tuple[float, float]:
    return found.energy.mse, found.force.mse


def best(table: dict[str, float]) -> str:
    return min(table, key=table.__getitem__)


def study(molecule: Molecule, folder: Path) -> dict[str, Any]:
    """All numbers of one molecule."""
    tried = trials(molecule, folder)
    scale = min((name for name in tried if name != "trained"), key=lambda name: min(tried[name].values()))
    decays = {"start": float(best(tried[scale])), "trained": float(best(tried["trained"]))}
    rows: dict[str, list[dict[str, Any]]] = {"start": [], "trained": []}
    for seed in SEEDS:
        for name, circuit in (
            ("start", begun(molecule, seed, float(scale))),
            ("trained", trained(molecule, seed, folder)),
        ):
            print(f"{molecule.title}: {name}, seed {seed}", file=sys.stderr)
            order = molecule.order(seed, decays[name])
            rows[name].append(result(Prepared.of(circuit), order, molecule.beyond))
    return {
        "title": molecule.title,
        "config": molecule.config,
        "training": molecule.training,
        "scale": float(scale),
        "decays": decays,
        "trials": tried,
        "plain": plain(molecule),
        "rows": rows,
        "file": f"{molecule.table}.md",
    }


def plain(molecule: Molecule) -> list[dict[str, Any]]:
    """The rows of the circuits alone."""
    table = json.loads((RESULTS / f"{molecule.table}.json").read_text(encoding="utf-8"))
    return [
        {key: row[key] for key in ("config", "title", "test_energy_mse", "test_force_mse", "beyond")}
        | {
            "parameters": row["seeds"][0]["parameters"],
            "seeds": len(row["seeds"]),
            "commit": table["commit"],
        }
        for row in table["rows"]
        if row["config"] in molecule.rows
    ]


def shown(values: list[float]) -> str:
    spread = Spread.of(values)
    return f"**{spread.median:.2e}** ({spread.best:.2e} to {spread.worst:.2e})"


def lines_of(found: dict[str, Any]) -> list[str]:
    """The part of the page about one molecule."""
    start, trained_rows = found["rows"]["start"], found["rows"]["trained"]
    settings = " ".join(f"--set {setting}" for setting in found["training"])
    lines = [
        f"## {found['title']}",
        "",
        "| | parameters | seeds | MSE(E) eV^2 | MSE(F) eV^2/A^2 |",
        "|---|---|---|---|---|",
        *(
            f"| circuit alone, [{row['title']}]({found['file']}) | {row['parameters']} | {row['seeds']} | "
            f"{row['test_energy_mse']['median']:.2e} | {row['test_force_mse']['median']:.2e} |"
            for row in found["plain"]
        ),
        "| circuit alone, trained briefly | "
        f"{found['plain'][0]['parameters']} | {len(trained_rows)} | {pair(trained_rows, 'circuit')} |",
    ]
    for name, rows in (("as it starts", start), ("trained briefly", trained_rows)):
        first = rows[0]
        lines.append(
            f"| **network on {first['descriptors']} descriptors, circuit {name}** | {first['weights']} | "
            f"{len(rows)} | {pair(rows, 'test')} |"
        )
    lines += ["", *(f"- {text}" for text in remarks(found)), ""]
    lines += [
        f"The circuit was trained by `siqml train {found['config']} {settings}`. Loss over a fifth of the training set "
        "that was held out, seed 0, by the start of the scales and by the decay:",
        "",
        f"| | {' | '.join(found['trials']['trained'])} |",
        "|---|" + "---|" * len(found["trials"]["trained"]),
        *(
            f"| {name if name == 'trained' else f'{name}/angstrom'} | "
            + " | ".join(f"{value:.1e}" for value in row.values())
            + " |"
            for name, row in found["trials"].items()
        ),
        "",
        "| circuit | seed | seconds of the fit | train MSE(E) | train MSE(F) | test MSE(E) | test MSE(F) |",
        "|---|---|---|---|---|---|---|",
        *(
            f"| {name} | {row['seed']} | {row['seconds']:.1f} | "
            + " | ".join(f"{value:.2e}" for value in (*row["train"], *row["test"]))
            + " |"
            for name, rows in (("as it starts", start), ("trained", trained_rows))
            for row in rows
        ),
        "",
    ]
    return lines


def pair(rows: list[dict[str, Any]], part: str) -> str:
    return " | ".join(shown([row[part][k] for row in rows]) for k in (0, 1))


def remarks(found: dict[str, Any]) -> list[str]:
    """Plain sentences about what the numbers say."""
    # A sentence for each question that a reader has; molecules without harder structures have one less.
    rows = found["rows"]["start"] + found["rows"]["trained"]
    last = found["plain"][-1]
    lines = []
    for name, part in (("as it starts", "start"), ("trained briefly", "trained")):
        ratios = [
            Spread.of([row["test"][k] for row in found["rows"][part]]).median / last[key]["median"]
            for k, key in enumerate(("test_energy_mse", "test_force_mse"))
        ]
        lines.append(
            f"Circuit {name}: against the circuit alone, {last['title']}, the median of MSE(E) is "
            f"{against(ratios[0])}, of MSE(F) {against(ratios[1])}."
        )
    for name in ("descriptors", "energies", "Z0"):
        changes = [row["changes"][name] for row in rows]
        unit = " eV" if name == "energies" else ""
        what = "the control Z0, which is not invariant," if name == "Z0" else name
        rotation, exchange = (max(change[key] for change in changes) for key in ("rotation", "exchange"))
        lines.append(
            f"Largest change of {what} under random rotations: {rotation:.1e}{unit}; under exchanges: "
            f"{exchange:.1e}{unit}."
        )
    floor = max(row["floor"] for row in rows)
    lines.append(f"Forces that no network on these descriptors can express: at most {floor:.1e} of MSE(F).")
    if last["beyond"] is not None:
        beyond = {
            part: [Spread.of([row["beyond"][k] for row in found["rows"][part]]).median for k in (0, 1)]
            for part in ("start", "trained")
        }
        lines.append(
            "On `water_wide_test.extxyz`, beyond anything in training, medians of MSE(E) and MSE(F) are "
            f"{beyond['start'][0]:.2e} and {beyond['start'][1]:.2e} from the circuit as it starts, "
            f"{beyond['trained'][0]:.2e} and {beyond['trained'][1]:.2e} from the trained one; the circuit alone, "
            f"{last['title']}, has {last['beyond'][0]:.2e} and {last['beyond'][1]:.2e} (its middle seed)."
        )
    return lines


def tables(found: Sequence[dict[str, Any]]) -> set[tuple[str, str]]:
    """Names and commits of the tables that rows of circuits alone come from."""
    return {(part["file"].removesuffix(".md"), row["commit"]) for part in found for row in part["plain"]}


def against(ratio: float) -> str:
    return f"{1 / ratio:.1f} times smaller" if ratio <= 1 else f"{ratio:.1f} times LARGER"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-o", "--output", type=Path, default=Path("results"))
    parser.add_argument(
        "--tables", action="store_true", help="only the rows of the circuits alone, from the tables"
    )
    given = parser.parse_args()
    folder = given.output
    if given.tables:
        before = json.loads((folder / "descriptors.json").read_text(encoding="utf-8"))
        origin = Origin(**{key: before[key] for key in ("command", "commit", "versions", "date")})
        pairs = zip(before["molecules"], MOLECULES, strict=True)
        found = [part | {"plain": plain(molecule)} for part, molecule in pairs]
    else:
        origin = Origin.here("python benchmarks/descriptors.py")
        found = [study(molecule, folder) for molecule in MOLECULES]
    order = FitOrder()
    page = [
        "# Networks on invariant descriptors",
        "",
        "Errors on the test set, as median over five seeds, best and worst in brackets. "
        "[What a descriptor is](../descriptors.md). All networks have hidden layers of "
        f"{' and '.join(map(str, order.hidden))} units, take {order.steps} steps of L-BFGS on the loss of the "
        f"row with energy + force loss, and see every invariant observable on up to {LOCALITY} qubits. Their "
        "parameters are the weights of the network; the circuit stays as it is. The seed draws both.",
        "",
        *(line for part in found for line in lines_of(part)),
        "## Where it comes from",
        "",
        *origin.lines(),
        *(f"- circuits alone: {name}.json of commit {commit}" for name, commit in sorted(tables(found))),
    ]
    content = {"molecules": found, **origin.to_dict()}
    eq.write_atomically(folder / "descriptors.json", json.dumps(content, indent=2) + "\n")
    eq.write_atomically(folder / "descriptors.md", "\n".join(page) + "\n")


if __name__ == "__main__":
    main()
