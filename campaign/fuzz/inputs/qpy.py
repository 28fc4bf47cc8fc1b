"""QPY: circuits in several versions of the format, edited as bytes."""

import io
import struct
import warnings
from functools import cache
from random import Random
from typing import Any

from campaign.fuzz.case import Case, Reader, chosen_way
from campaign.fuzz.inputs.mutate import edited_bytes
from campaign.fuzz.inputs.openqasm import COMPUTES, SPEC, WAYS, command, read_circuit
from campaign.fuzz.inputs.seeds import EXCHANGE

MAIN = "circuit.qpy"

VERSIONS = (13, 14, 15, 16, 17, 18)


@cache
def contents() -> tuple[bytes, ...]:
    """Files of circuits that hold everything a circuit can hold, in every version that can be written."""
    from qiskit import qpy

    out = []
    for version in VERSIONS:
        for circuit in _circuits():
            buffer = io.BytesIO()
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    qpy.dump(circuit, buffer, version=version)
            except (ValueError, qpy.exceptions.QpyError):
                continue  # an older format has no place for it, or the installed Qiskit does not write it
            out.append(_named_again(buffer.getvalue(), circuit))
    return tuple(out)


def _named_again(content: bytes, circuit: Any) -> bytes:
    """Replace the random numbers by which Qiskit tells parameters apart, so that every run writes the same ones."""
    for number, parameter in enumerate(circuit.parameters, 1):
        content = content.replace(parameter.uuid.bytes, number.to_bytes(16, "big"))
    return content


def _circuits() -> tuple:
    import numpy as np
    from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
    from qiskit.circuit import Parameter, ParameterVector
    from qiskit.circuit.library import PauliEvolutionGate, UnitaryGate
    from qiskit.quantum_info import SparsePauliOp

    a, v = Parameter("a"), ParameterVector("v", 2)
    plain = QuantumCircuit(2, name="plain")
    plain.h([0, 1])
    plain.cz(0, 1)
    plain.rz(0.3, [0, 1])
    free = QuantumCircuit(2, metadata={"note": [1, 2.5, None]}, global_phase=a)
    free.rx(a / 2, [0, 1])
    free.rzz(v[0] * v[1] + 1, 0, 1)
    flow = QuantumCircuit(QuantumRegister(2, "q"), ClassicalRegister(2, "c"))
    flow.measure(0, 0)
    with flow.if_test((flow.clbits[0], 1)):
        flow.x(1)
    with flow.for_loop(range(3)):
        flow.h(0)
    flow.barrier()
    flow.reset(1)
    inner = QuantumCircuit(2, name="own")
    inner.cx(0, 1)
    inner.t(1)
    rich = QuantumCircuit(2)
    rich.append(inner.to_gate(), [0, 1])
    rich.append(UnitaryGate(np.array([[0, 1], [1, 0]])), [0])
    rich.append(PauliEvolutionGate(SparsePauliOp(["XX", "ZI"], [1, 0.5]), time=0.25), [0, 1])
    rich.mcp(0.5, [0], 1)
    states = QuantumCircuit(2)
    states.initialize([1, 0], 1)
    states.prepare_state([0.6, 0.8], 0)
    library = QuantumCircuit(2)
    library.rxx(0.5, 0, 1)
    library.u(0.1, 0.2, 0.3, 0)
    library.csx(1, 0)
    library.append(library_gate(), [0, 1])
    return plain, free, flow, rich, states, library


def library_gate() -> Any:
    """A controlled gate with an open control."""
    from qiskit.circuit.library import RYGate

    return RYGate(0.25).control(1, ctrl_state=0)


def edited_fields(content: bytes, source: Random) -> bytes:
    """Change numbers in the header, and lengths of what follows."""
    out = bytearray(content)
    for _ in range(source.randint(1, 3)):
        size, form = source.choice(((1, "!B"), (2, "!H"), (4, "!I"), (8, "!Q"), (8, "!d")))
        at = source.randrange(max(1, min(len(out) - size, source.choice((24, 80, 400, 10**6)))))
        (old,) = struct.unpack_from(form, out, at)
        if form == "!d":
            value: float = source.choice((0.0, float("nan"), float("inf"), 1e308, -1.0))
        else:
            value = (
                source.choice((0, 1, 2, 255, 65535, 2**31 - 1, 2**63 - 1, int(old) + 1, int(old) - 1))
                % 256**size
            )
        struct.pack_into(form, out, at, value)
    return bytes(out)


def make(source: Random) -> Case:
    """Make a file."""
    content = source.choice(contents())
    if source.random() < 0.5:
        content, how = edited_fields(content, source), ("fields",)
    else:
        content, how = edited_bytes(content, source, contents())
    return Case({MAIN: content, SPEC: EXCHANGE.encode()}, MAIN, chosen_way(source, WAYS), how)


READER = Reader("qpy", make, read_circuit, command, 9, COMPUTES)
