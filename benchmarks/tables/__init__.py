"""The tables, in the order in which they are measured."""

from benchmarks.case import Table
from benchmarks.tables import (
    commands,
    derivation,
    derivation_scaling,
    jax_forms,
    one_structure,
    symbolic,
    training_step,
    verification,
    verification_scaling,
)

TABLES: tuple[Table, ...] = (
    training_step.TABLE,
    commands.TABLE,
    one_structure.TABLE,
    derivation.TABLE,
    verification.TABLE,
    symbolic.TABLE,
    derivation_scaling.TABLE,
    verification_scaling.TABLE,
    jax_forms.TABLE,
)
