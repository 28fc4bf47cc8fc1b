"""A classical contender of every model: a Gaussian process on the same labels."""
