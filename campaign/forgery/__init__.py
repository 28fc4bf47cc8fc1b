"""Forged certificates: fields dropped, altered, swapped, emptied or doubled, and what recheck says about the result."""
