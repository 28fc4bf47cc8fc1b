"""The other sections of a spec: data, state, ansatz, and what is left for the compiler to derive."""
