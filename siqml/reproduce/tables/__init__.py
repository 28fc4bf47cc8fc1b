"""The tables of the paper, one study in each file."""
