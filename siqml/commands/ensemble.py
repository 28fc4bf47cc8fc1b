"""``siqml train --seeds`` and ``siqml evaluate`` of several models."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import eqcompile as eq
from siqml.commands.options import refuse_settings, seed_numbers, workers_of
from siqml.data.reading.declared_units import DeclaredUnits
from siqml.data.reading.label_keys import LabelKeys
from siqml.errors import TrainError


def train_over_seeds(args: argparse.Namespace, folder: Path) -> None:
    """Run ``siqml train CONFIG --seeds N,N``.

    Raises:
        TrainError: another option gives the seed, or there is only one seed.
    """
    from siqml.commands.report import seeds_lines
    from siqml.field.catalogue import find
    from siqml.training.seeds import evaluate_seeds, train_seeds

    if args.seed is not None:
        raise TrainError("--seed and --seeds are both given; leave one out")
    seeds = seed_numbers(args.seeds)
    refuse_settings(args.set, {"seed": "--seeds gives the seeds"})
    if len(seeds) < 2:
        raise TrainError(
            f"--seeds {args.seeds}: an ensemble needs at least two seeds; for a single one: --seed {seeds[0]}"
        )
    config, workers = find(args.config, "configs"), workers_of(args)
    runs = train_seeds(config, folder, seeds, sys.stderr, args.set, args.overwrite, workers)
    print("\n".join(seeds_lines(evaluate_seeds(runs))))
    print(f"see {folder}")


def evaluate_many(
    models: Sequence[Path], data: Sequence[str], units: DeclaredUnits, keys: LabelKeys, as_json: bool
) -> None:
    """Run ``siqml evaluate MODEL MODEL ... DATA``.

    Args:
        models: model files or run folders, two or more.
        data: files, as on the command line.
        units: units of the user's files among them.
        keys: names of the labels in these files.
        as_json: whether to print JSON instead of tables.
    """
    from siqml.commands.report import ensemble_lines
    from siqml.data.reading.bonds import declared_permutations, refuse_other_order
    from siqml.data.reading.doubts import doubts, warn
    from siqml.evaluation.ensemble import evaluate_ensemble
    from siqml.evaluation.evaluate import doubtful
    from siqml.evaluation.verdict import verdict
    from siqml.field.ensemble import Ensemble
    from siqml.training.session import sets_of

    with eq.stage("compiling the models"):
        ensemble = Ensemble.load(models)
    sets = sets_of(models, data, ensemble.species, units, keys)
    for member in ensemble.members:
        refuse_other_order(sets, member.frame, declared_permutations(member.model))
    with eq.stage("the predictions"):
        found = [evaluate_ensemble(ensemble, structures) for structures in sets]
    lines = [line for structures in sets for line in doubts(structures)]
    warn(lines + [line for evaluation in found for line in doubtful(evaluation.mean)], sys.stderr)
    if as_json:
        both = [one.to_dict() | {"verdict": verdict(one.mean).to_dict()} for one in found]
        print(json.dumps(both, indent=2))
    else:
        print("\n".join(ensemble_lines(found)))
