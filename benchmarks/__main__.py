"""``python -m benchmarks [TABLE ...]``: what is not measured yet, and the pages."""

import sys

from benchmarks.run import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
