"""What the parameters of a compiled model are, by their names."""

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import eqcompile as eq

BREAKING: Final = "eps_"
"""How names of symmetry-breaking angles begin."""


def scale_names(program: "eq.Program") -> tuple[str, ...]:
    """Parameters that multiply positions, in 1/angstrom."""
    data = program.spec.data
    return () if data is None else tuple(name for name, _ in data.scales)
