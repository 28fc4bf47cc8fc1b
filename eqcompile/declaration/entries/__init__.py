"""The `symmetry` section of a spec: one file for each kind of entry, from its YAML to the group it declares."""
