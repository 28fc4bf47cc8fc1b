"""Sizes are added up, and refused as soon as they are too large."""

import pytest

from eqcompile.errors import BackendError
from eqcompile.readers.files.program_size import (
    MAX_DEFINITIONS,
    MAX_OPERATIONS,
    MAX_PROGRAM_BITS,
    ProgramSize,
)


def test_up_to_the_limit_and_beyond_it() -> None:
    size = ProgramSize()
    size.register("q", MAX_PROGRAM_BITS, quantum=True)
    size.register("c", MAX_PROGRAM_BITS, quantum=False)
    size.add(MAX_OPERATIONS)
    with pytest.raises(BackendError, match="registers of more than 10000 qubits together"):
        size.register("r", 1, quantum=True)
    with pytest.raises(BackendError, match="unrolls into more than 500000 operations"):
        size.add(1)
    with pytest.raises(BackendError, match="a register of 10001 bits"):
        ProgramSize().register("q", MAX_PROGRAM_BITS + 1, quantum=True)


def test_an_empty_gate_counts() -> None:
    size = ProgramSize()
    size.gate("nothing", 0, 1)
    assert size.gates == {"nothing": 1}


def test_definitions_are_counted_where_a_gate_is_called() -> None:
    size = ProgramSize()
    size.gate("deep", 5, MAX_DEFINITIONS + 1)
    assert size.call("h") == 1
    with pytest.raises(BackendError, match='the gate "deep" is made of more than 20000 gates within gates'):
        size.call("deep")
