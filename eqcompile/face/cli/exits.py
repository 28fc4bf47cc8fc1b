"""Exit codes of the command."""

DONE, REFUSED, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130
"""Done or proven; refused; bad input, in one line; ended by Ctrl-C."""
