"""What evaluates circuits and their derivatives: the kernel, or JAX. One switch for all of siqml.

The kernel is taken where Numba is installed and every program of the model fits in it. ``SIQML_BACKEND=jax`` or
``SIQML_BACKEND=kernel`` decides otherwise; a training also has ``backend`` in its config, and records what it took.
Values and derivatives of the two agree up to rounding.
"""

import os
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final, Literal, cast, get_args

from siqml.errors import ModelError
from siqml.field.jax_cache import cache_is_wanted

if TYPE_CHECKING:
    import eqcompile as eq

Backend = Literal["jax", "kernel"]

VARIABLE: Final = "SIQML_BACKEND"
THREADS: Final = "NUMBA_NUM_THREADS"


def chosen_backend(model: "eq.ProgramSum", wanted: Backend | None = None) -> Backend:
    """The back end of a model.

    Args:
        model: the model.
        wanted: what a config asks for; ``None`` leaves the choice to the environment, and then to what is installed.

    Raises:
        ModelError: the environment names another one, a number of threads that is none, or a cache that is not known.
        BackendError: the kernel is asked for, and Numba is not installed.
        LimitError: the kernel is asked for, and a program is too large for it.
    """
    import eqcompile as eq

    in_general = wanted_backend()
    cache_is_wanted()  # a mistake there is said before anything is written
    wanted = wanted or in_general
    if wanted == "jax" or (wanted is None and find_spec("numba") is None):
        return "jax"
    _require_threads()
    try:
        for program in model.programs:
            program.to_kernel()
    except eq.EqcompileError:  # too large for it, or Numba is installed and does not load
        if wanted == "kernel":
            raise
        return "jax"
    return "kernel"


def _require_threads() -> None:
    """Refuse a number of threads that Numba stumbles over."""
    found = os.environ.get(THREADS)
    if found is not None and not (found.isdecimal() and int(found) > 0):
        raise ModelError(f"{THREADS} is {found!r}; a whole number of threads is needed, at least 1")


def wanted_backend() -> Backend | None:
    """The back end that the environment names, if it does.

    Raises:
        ModelError: there is no such back end.
    """
    found = os.environ.get(VARIABLE) or None
    if found not in (None, *get_args(Backend)):
        raise ModelError(f"{VARIABLE} is {found!r}; known: {', '.join(get_args(Backend))}")
    return cast(Backend | None, found)
