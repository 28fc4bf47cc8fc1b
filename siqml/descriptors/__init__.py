"""Networks on descriptors that a certified circuit computes: how they are fitted, and the command."""
