"""Every reader under test, by name."""

from campaign.fuzz.case import Reader
from campaign.fuzz.inputs import certificates, configs, graphml, openqasm, qpy, run_folders, specs, structures

READERS: dict[str, Reader] = {
    reader.name: reader
    for reader in (
        specs.READER,
        certificates.READER,
        openqasm.READER2,
        openqasm.READER3,
        qpy.READER,
        graphml.READER,
        structures.XYZ,
        structures.NPZ,
        structures.N2P2,
        configs.READER,
        run_folders.READER,
    )
}


def warm_up() -> None:
    """Load what the readers load, so that it does not count as memory and time of an input."""
    import random

    for reader in READERS.values():
        reader.make(random.Random(0))
