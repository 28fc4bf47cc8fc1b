"""The dimension of a commutant counted by characters, without deriving any generator."""
