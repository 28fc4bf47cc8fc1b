"""The recheck's own reading of circuit files."""
