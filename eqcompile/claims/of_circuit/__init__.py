"""Claims about a circuit of any origin: equivariant as it is, as a state, as a model, or unchanged by a compiler."""
