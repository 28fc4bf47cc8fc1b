"""The claims that the recheck decides, by code that shares nothing with `eqcompile.claims`."""
