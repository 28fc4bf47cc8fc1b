"""What a spec leaves to the compiler about encodings: which operators upload a vector equivariantly."""
