"""The dimension of a commutant counted by characters, without deriving a generator."""
