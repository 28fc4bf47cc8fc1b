"""Back ends: exact objects become floating-point numbers here and nowhere else."""
