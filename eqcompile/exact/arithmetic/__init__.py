"""Exact numbers: rational, cyclotomic, and the parser of their text."""
