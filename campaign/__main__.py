"""``python -m campaign``: run all trials on all cores, and resume where an earlier run stopped."""

import os

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS"):
    os.environ.setdefault(_name, "1")  # before numpy is loaded: every core has a process of its own
os.environ.setdefault("QISKIT_PARALLEL", "FALSE")

if __name__ == "__main__":
    import sys

    from campaign.resumable import answered
    from campaign.run import main

    sys.exit(answered(main, sys.argv[1:]))
