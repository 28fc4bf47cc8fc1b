"""Ab initio labels: the methods, and the journal that keeps what has been computed."""
