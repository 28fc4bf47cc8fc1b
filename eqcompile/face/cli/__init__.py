"""The command `eqcompile`."""
