"""Forged certificates: fields dropped, altered, swapped, emptied and doubled, and what recheck says of the result."""
