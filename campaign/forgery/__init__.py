"""Forged certificates: every field dropped, altered, swapped, emptied and doubled, and what recheck says of the result."""
