"""One page in each file: the tables of the paper, and other molecules."""
