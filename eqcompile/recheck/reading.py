"""What an independent reader found in the files that a certificate should be about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Reading:
    """Sections in the form of the certificate, read from files; those given replace the certificate's own.

    Attributes:
        group: the group section. Names and order of its generators are free, and ``factors`` may be missing. If the
            generators of the certificate generate the group of the file, they are used here.
        target: target section of a spec or a circuit file, so far as the file says; missing keys are taken from the
            certificate.
        parts: evidence, keyed by claim. Parts that a spec leaves to the compiler are missing.
        notes: what the reader could not read, or had to take for granted; one line each.
    """

    group: Mapping[str, Any] | None = None
    target: Mapping[str, Any] | None = None
    parts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
