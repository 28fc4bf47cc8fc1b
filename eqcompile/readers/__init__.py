"""Circuits and operators from elsewhere, read as exact objects; floats are recognised or left undecided."""
