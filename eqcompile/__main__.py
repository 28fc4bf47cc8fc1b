"""``python -m eqcompile``, the command without its script."""

import sys

from eqcompile.face.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
