"""Back ends by name: what is found, and one line about what is not."""

import sys

import pytest
from qiskit.providers.fake_provider import GenericBackendV2

import eqcompile as eq
from eqcompile.devices.devices import TOKEN_VARIABLE
from eqcompile.errors import BackendError

KNOWN = "statevector, aer, generic_N for N qubits, fake_NAME such as fake_lagos, ibm_NAME"


@pytest.mark.parametrize(
    ("given", "name", "qubits"),
    [
        ("aer", "aer", 30),
        ("generic_5", "generic_5", 5),
        ("fake_lagos", "fake_lagos", 7),
        ("FakeLagosV2", "fake_lagos", 7),
        (" Fake_Lagos_V2 ", "fake_lagos", 7),
        ("fake_manila", "fake_manila", 5),
        ("fake_fractional", "fake_fractional", 5),
    ],
)
def test_names(given: str, name: str, qubits: int) -> None:
    device = eq.find_backend(given)
    assert (device.name, device.kind) == (name, "simulated")
    # Aer's simulator has as many qubits as fit in the memory of the machine.
    assert given == "aer" or device.target.num_qubits == qubits


def test_the_state_vector_is_no_device() -> None:
    device = eq.find_backend("statevector")
    assert (device.name, device.kind, device.target) == ("statevector", "statevector", None)


def test_objects_are_taken_as_they_are() -> None:
    backend = GenericBackendV2(3, seed=1)
    device = eq.find_backend(backend)
    assert device.backend is backend
    assert eq.find_backend(device) is device


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("fake_lagoss", f'unknown back end "fake_lagoss"; did you mean "fake_lagos"? known: {KNOWN}'),
        ("statvector", f'unknown back end "statvector"; did you mean "statevector"? known: {KNOWN}'),
        ("warp", f'unknown back end "warp"; known: {KNOWN}'),
        ("fake_\n", 'unknown back end "fake_\\n"; '),
        ("generic_x", 'unknown back end "generic_x"; write generic_N for N qubits, such as generic_5'),
        ("generic_1", '"generic_1": a generic back end has 2 to 1000 qubits'),
        ("generic_99999", '"generic_99999": a generic back end has 2 to 1000 qubits'),
        ("generic_" + "9" * 5000, '"generic_9'),
        (3.5, f"a back end is a name or a BackendV2, not float; known: {KNOWN}"),
    ],
)
def test_what_is_not_found(given: str, message: str) -> None:
    with pytest.raises(BackendError) as caught:
        eq.find_backend(given)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_a_device_needs_a_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(TOKEN_VARIABLE, raising=False)
    with pytest.raises(BackendError) as caught:
        eq.find_backend("ibm_torino")
    assert str(caught.value) == (
        "ibm_torino is reached through a service that needs a token; "
        "set the environment variable QISKIT_IBM_TOKEN"
    )


def test_a_refused_token_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    import qiskit_ibm_runtime

    def refuse(channel: str, token: str) -> None:
        raise qiskit_ibm_runtime.IBMRuntimeError(f"the token {token}\nis not known")

    monkeypatch.setenv(TOKEN_VARIABLE, "very-secret")
    monkeypatch.setattr(qiskit_ibm_runtime, "QiskitRuntimeService", refuse)
    with pytest.raises(BackendError) as caught:
        eq.find_backend("ibm_torino")
    assert "very-secret" not in str(caught.value)
    assert str(caught.value).startswith("ibm_torino: the service refuses: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "module", "package"),
    [
        ("aer", "qiskit_aer", "qiskit-aer"),
        ("fake_lagos", "qiskit_ibm_runtime.fake_provider", "qiskit-ibm-runtime"),
    ],
)
def test_a_missing_package(monkeypatch: pytest.MonkeyPatch, name: str, module: str, package: str) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(BackendError) as caught:
        eq.find_backend(name)
    assert str(caught.value) == (
        f'this back end needs the package {package}; install it with: pip install -e ".[hardware]"'
    )
