"""`python -m inventory.sample_org`: see `server` for what it does."""

import sys

from inventory.sample_org.server import main

if __name__ == "__main__":
    sys.exit(main())
