"""One valid spec, and what happens to it when a part is replaced."""

from collections.abc import Callable

import pytest

from eqcompile.declaration import Spec, loads
from eqcompile.errors import SpecError

WATER = """\
name: water
qubits: 5
data:
  sites: [H1, H2]
  encode: {H1: [0, 2], H2: [1, 3]}
  scales: {alpha: [H1, H2]}
symmetry:
  - rotation: SU(2)
  - permutation: ["(H1 H2)"]
  - inversion: {parity: 4}
state: singlets [[0, 1], [2, 3]]
observable: H(0,1)
ansatz:
  depth: 11
  blocks: 2
  layer: [H(0,1), H(2,3), H(1,2) + H(0,3)]
  symmetry_breaking: {generator: Z, start: 0.1}
"""


@pytest.fixture(scope="session")
def water() -> str:
    """A valid spec that uses every key."""
    return WATER


@pytest.fixture(scope="session")
def changed() -> Callable[[str, str], str]:
    """``changed(old, new)``: the valid spec with one part replaced; the part must be there."""

    def change(old: str, new: str) -> str:
        assert WATER.count(old) >= 1
        return WATER.replace(old, new, 1)

    return change


@pytest.fixture(scope="session")
def accepted(changed: Callable[[str, str], str]) -> Callable[[str, str], Spec]:
    """The changed spec, which must load."""
    return lambda old, new: loads(changed(old, new), "water.yaml")


@pytest.fixture(scope="session")
def refused(changed: Callable[[str, str], str]) -> Callable[[str, str], str]:
    """The message that refuses the changed spec."""

    def refuse(old: str, new: str) -> str:
        with pytest.raises(SpecError) as caught:
            loads(changed(old, new), "water.yaml")
        return str(caught.value)

    return refuse
