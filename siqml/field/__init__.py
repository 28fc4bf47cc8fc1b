"""The force field: a compiled model with its scaling, its file, and its ASE calculator."""
