"""Settings for all tests."""

import atexit
import os
import shutil
import tempfile

# At the sizes of the tests, compiling takes far longer than running; results agree within the tests' bounds.
os.environ.setdefault(
    "XLA_FLAGS",
    "--xla_backend_optimization_level=0 --xla_cpu_opt_preset=FAST_COMPILE --xla_cpu_use_fusion_emitters=false"
    " --xla_cpu_parallel_codegen_split_count=1",
)

# Tests share what has been compiled: one folder for all processes of a run, removed when the first of them ends.
if "JAX_COMPILATION_CACHE_DIR" not in os.environ:
    _compiled = tempfile.mkdtemp(prefix="eqcompile-tests-")
    os.environ["JAX_COMPILATION_CACHE_DIR"] = _compiled
    os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0.2")
    atexit.register(shutil.rmtree, _compiled, ignore_errors=True)
