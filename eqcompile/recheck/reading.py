"""What an independent reader found in the files that a certificate should be about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Reading:
    """Sections in the form of the certificate, read from files; what is given replaces the certificate's own.

    Attributes:
        group: the group section. Names and order of its generators are free, and ``factors`` may be missing. Where the
            generators of the certificate generate the group of the file, they stand here.
        target: of a spec or a circuit file, as far as it says: keys that are missing are taken from the certificate.
        parts: evidence by key of the claim. Parts that a spec leaves to the compiler are missing.
        notes: what the reader could not read, or had to take for granted; a line each.
    """

    group: Mapping[str, Any] | None = None
    target: Mapping[str, Any] | None = None
    parts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
