"""Numbers that bound the command line and the files of siqml alike."""

from typing import Final

MAX_SEED: Final = 2**32 - 1
"""Seeds, which Qiskit and JAX hold in 32 bits. Beyond it, refused: take a smaller one."""

MAX_COUNT: Final = 10**9
"""Steps, structures, shots and processes on the command line. Beyond it, refused: take fewer."""

MAX_JOBS: Final = 1024
"""Processes on this machine that `--jobs` asks for. Beyond it, refused: start a cluster, and give its `--scheduler`."""
