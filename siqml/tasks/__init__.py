"""Independent tasks: in this process, in others of this machine, or on the machines of a Dask cluster."""
