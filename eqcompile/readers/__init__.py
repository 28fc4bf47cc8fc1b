"""Circuits and operators from elsewhere, read as exact objects; a float is recognised, or left undecided."""
