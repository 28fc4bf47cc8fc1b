"""Settings for all tests."""

import os

# Compiling takes far longer than running at the sizes of the tests; results are the same.
os.environ.setdefault("XLA_FLAGS", "--xla_backend_optimization_level=0")
