"""The recheck's own reading of a spec: the group it declares and its model."""
