"""Training: configuration, loss, optimisers, and runs that can be resumed."""
