"""Where circuits run: simulators, fake devices with recorded noise, and real devices, found by name.

Packages other than Qiskit are imported only when a name needs them. If one is missing, the error says how to get it.
"""

import os
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from inspect import isclass
from types import ModuleType
from typing import Any, Literal, TypeAlias

from qiskit import QuantumCircuit
from qiskit.exceptions import QiskitError
from qiskit.providers import BackendV2
from qiskit.providers.fake_provider import GenericBackendV2

from eqcompile.errors import BackendError, one_line, quoted

Kind: TypeAlias = Literal["statevector", "simulated", "remote"]

INSTALL = 'pip install -e ".[hardware]"'
"""Brings the simulator and the fake devices."""

TOKEN_VARIABLE = "QISKIT_IBM_TOKEN"
"""Environment variable with the token of the service; it is read from nowhere else and never shown."""

MIN_GENERIC_QUBITS = 2
"""Qubits of a generic back end, which has CX. Below it, refused: take two or more."""

MAX_GENERIC_QUBITS = 1000
"""Qubits of a generic back end. Beyond it, refused: pass a `BackendV2` of your own."""

KNOWN = "statevector, aer, generic_N for N qubits, fake_NAME such as fake_lagos, ibm_NAME"


@dataclass(frozen=True)
class Device:
    """Something that runs circuits.

    Attributes:
        name: what it is called.
        kind: ``"statevector"`` for Qiskit's exact one, ``"simulated"`` for what Aer simulates with the noise of the
            back end, ``"remote"`` for a device that is reached through a service.
        backend: Qiskit's object; ``None`` for the state vector, which takes circuits as they are.
    """

    name: str
    kind: Kind
    backend: Any = None

    @property
    def target(self) -> Any:
        """Qubits, couplings and gates, as Qiskit's transpiler wants them; ``None`` where anything goes."""
        return None if self.backend is None else self.backend.target


def find_backend(backend: "str | BackendV2 | Device") -> Device:
    """The device with a name, or one around an object of Qiskit.

    Args:
        backend: ``"statevector"``; ``"aer"``, a simulator without noise; ``"generic_5"``, five qubits on which all
            pairs are coupled, with typical noise; ``"fake_lagos"`` and so on, any fake device of qiskit-ibm-runtime, in
            capital or small letters, with or without ``V2``; ``"ibm_NAME"``, a real device, with the token from the
            environment; or a ``BackendV2``.

    Raises:
        BackendError: no such back end, a package or the token is missing, or the service refuses.

    >>> find_backend("generic_5").target.num_qubits
    5
    """
    if isinstance(backend, Device):
        return backend
    if isinstance(backend, BackendV2):
        remote = hasattr(backend, "service")
        return Device(backend.name or type(backend).__name__, "remote" if remote else "simulated", backend)
    if not isinstance(backend, str):
        raise BackendError(
            f"a back end is a name or a BackendV2, not {type(backend).__name__}; known: {KNOWN}"
        )
    name = backend.strip().lower()
    if name == "statevector":
        return Device(name, "statevector")
    if name == "aer":
        return Device(name, "simulated", package("qiskit_aer").AerSimulator())
    if name.startswith("generic"):
        return Device(name, "simulated", _generic(backend, name))
    if name.startswith("fake"):
        return _fake(backend, name)
    if name.startswith("ibm_"):
        return Device(name, "remote", _remote(name))
    raise _unknown(backend, ["statevector", "aer"])


def require_executable(circuit: QuantumCircuit, device: Device) -> None:
    """Check that a circuit has only gates of a device, between neighbours.

    Raises:
        BackendError: it has others.
    """
    if device.target is None:
        return
    for item in circuit.data:
        if item.operation.name == "barrier":
            continue
        qubits = tuple(circuit.find_bit(qubit).index for qubit in item.qubits)
        if not device.target.instruction_supported(item.operation.name, qubits):
            raise BackendError(
                f"{device.name} has no gate {item.operation.name!r} on qubits {', '.join(map(str, qubits))}; "
                f"its gates are {gates_of(device)}; transpile the circuit for it"
            )


def gates_of(device: Device) -> str:
    """Names of the gates of a device, for messages."""
    return ", ".join(sorted(device.target.operation_names))


def _unknown(found: str, names: list[str]) -> BackendError:
    close = get_close_matches(found.lower(), names, 1)
    hint = f'did you mean "{close[0]}"? ' if close else ""
    return BackendError(f"unknown back end {quoted(found)}; {hint}known: {KNOWN}")


def _generic(given: str, name: str) -> BackendV2:
    digits = name.removeprefix("generic").removeprefix("_")
    if not (digits.isascii() and digits.isdigit()):
        raise BackendError(
            f"unknown back end {quoted(given)}; write generic_N for N qubits, such as generic_5"
        )
    too_long = len(digits) > len(str(MAX_GENERIC_QUBITS))
    if too_long or not MIN_GENERIC_QUBITS <= int(digits) <= MAX_GENERIC_QUBITS:
        sizes = f"{MIN_GENERIC_QUBITS} to {MAX_GENERIC_QUBITS}"
        raise BackendError(f"{quoted(given)}: a generic back end has {sizes} qubits")
    return GenericBackendV2(int(digits), seed=0)


def _fake(given: str, name: str) -> Device:
    fakes = _fakes()
    if (key := _plain(name)) not in fakes:
        raise _unknown(given, [f"fake_{known}" for known in fakes])
    found = fakes[key]()
    return Device(found.name, "simulated", found)


def _fakes() -> dict[str, Any]:
    """Classes of fake devices by plain name; none is built."""
    module = package("qiskit_ibm_runtime.fake_provider")
    base = import_module("qiskit_ibm_runtime.fake_provider.fake_backend").FakeBackendV2
    classes = (getattr(module, name) for name in dir(module))
    return {_plain(k.__name__): k for k in classes if isclass(k) and issubclass(k, base)}


def _plain(name: str) -> str:
    """``FakeLagosV2``, ``fake_lagos_v2`` and ``fake_lagos`` are one name, ``lagos``."""
    plain = name.lower().removeprefix("fake").replace("_", "")
    return plain.removesuffix("v2").removesuffix("backend")


def package(name: str) -> ModuleType:
    """A module of a package that is not always installed.

    Raises:
        BackendError: it is not installed; the message says how to install it.
    """
    try:
        return import_module(name)
    except ImportError:
        package = name.split(".")[0].replace("_", "-")
        raise BackendError(f"this back end needs the package {package}; install it with: {INSTALL}") from None


def _remote(name: str) -> Any:
    """A device of the service; the token never stands in a message."""
    runtime = package("qiskit_ibm_runtime")
    if not (token := os.environ.get(TOKEN_VARIABLE)):
        raise BackendError(
            f"{name} is reached through a service that needs a token; set the environment variable "
            f"{TOKEN_VARIABLE}"
        )
    try:
        return runtime.QiskitRuntimeService(channel="ibm_quantum_platform", token=token).backend(name)
    except (QiskitError, OSError, ValueError) as error:
        reason = one_line(str(error)).replace(token, "...")
        raise BackendError(f"{name}: the service refuses: {reason}") from None
