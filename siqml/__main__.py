"""``python -m siqml``, the command without its script."""

import sys

from siqml.commands.main import main

if __name__ == "__main__":
    sys.exit(main())
