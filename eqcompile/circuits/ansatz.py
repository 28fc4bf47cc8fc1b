"""The re-uploading ansatz: encodings between trainable layers."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from eqcompile.circuits.operations import Evolve, VectorRotation
from eqcompile.exact.operators.pauli import PauliSum

ParameterKind = Literal["weight", "breaking", "scale"]
"""What a trainable parameter is: the angle of a symmetric gate, that of a symmetry-breaking gate, or a factor alpha."""


@dataclass(frozen=True)
class ReuploadingAnsatz:
    r"""The circuit :math:`M = \left[\prod_{d=D}^{1} \Phi(x)\, U_d\right] \Phi(x)` of paper Eq. 2.

    One trainable layer :math:`U_d` applies the generators of ``layer`` in the order listed, ``blocks`` times. Each gate
    has a weight of its own. The symmetry-breaking gate comes last, if there is one.

    Attributes:
        num_qubits: size of the register.
        site_names: names of the data vectors, in input order.
        encoding: the gates of one encoding; they commute.
        layer: generators of one block.
        depth: number D of trainable layers; there are D + 1 encodings.
        blocks: number B of blocks in a layer.
        breaking: generator of the symmetry-breaking gate, or ``None``.
        scale_names: names of the factors alpha.
    """

    num_qubits: int
    site_names: tuple[str, ...]
    encoding: tuple[VectorRotation, ...]
    layer: tuple[PauliSum, ...]
    depth: int
    blocks: int
    breaking: PauliSum | None
    scale_names: tuple[str, ...]

    @property
    def weight_shape(self) -> tuple[int, int, int]:
        """Weights per layer, block and generator: ``(depth, blocks, len(layer))``."""
        return self.depth, self.blocks, len(self.layer)

    @property
    def num_breaking(self) -> int:
        """Number of symmetry-breaking angles: one per layer, or none."""
        return 0 if self.breaking is None else self.depth

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """All trainable parameters, in the order of the flat vector: weights, breaking angles, scales."""
        depth, blocks, generators = self.weight_shape
        weights = tuple(
            weight_name(d, b, k) for d in range(depth) for b in range(blocks) for k in range(generators)
        )
        return weights + tuple(breaking_name(d) for d in range(self.num_breaking)) + self.scale_names

    @property
    def parameter_kinds(self) -> tuple[ParameterKind, ...]:
        """What each of ``parameter_names`` is."""
        depth, blocks, generators = self.weight_shape
        counts: dict[ParameterKind, int] = {
            "weight": depth * blocks * generators,
            "breaking": self.num_breaking,
            "scale": len(self.scale_names),
        }
        return tuple(kind for kind, count in counts.items() for _ in range(count))

    def gates(self) -> Iterator[VectorRotation | Evolve]:
        """All gates in the order in which they act."""
        yield from self.encoding
        for d in range(self.depth):
            yield from self.layer_gates(d)
            yield from self.encoding

    def encoding_gates(self) -> Iterator[tuple[VectorRotation, tuple[str, str, str]]]:
        """Every encoding gate, with the names of its own angles."""
        for encoding in range(self.depth + 1):
            for gate in self.encoding:
                site = self.site_names[gate.site]
                yield gate, angle_names(occurrence_name(site, encoding, gate.qubit))

    def layer_gates(self, d: int) -> Iterator[Evolve]:
        """The gates of trainable layer ``d``, counted from 0."""
        for b in range(self.blocks):
            for k, generator in enumerate(self.layer):
                yield Evolve.by(generator, weight_name(d, b, k))
        if self.breaking is not None:
            yield Evolve.by(self.breaking, breaking_name(d))


def weight_name(layer: int, block: int, generator: int) -> str:
    """Name of a weight, such as ``w_0_1_2``; all three count from 0."""
    return f"w_{layer}_{block}_{generator}"


def breaking_name(layer: int) -> str:
    """Name of a symmetry-breaking angle, such as ``eps_3``."""
    return f"eps_{layer}"


def coordinate_names(site_names: tuple[str, ...]) -> tuple[tuple[str, str, str], ...]:
    """Names of the data parameters of every site: ``H1_x``, ``H1_y``, ``H1_z``."""
    return tuple((f"{site}_x", f"{site}_y", f"{site}_z") for site in site_names)


def angle_names(site_name: str) -> tuple[str, str, str]:
    """Names of the gate angles of one site: azimuth and elevation of its vector, and the turn 2 alpha |x|."""
    return f"{site_name}_azimuth", f"{site_name}_elevation", f"{site_name}_turn"


def occurrence_name(site_name: str, encoding: int, qubit: int) -> str:
    """Name of a site in one encoding gate, for circuits in which every gate has angles of its own: ``H1_3_q0``."""
    return f"{site_name}_{encoding}_q{qubit}"
