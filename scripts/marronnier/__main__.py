"""`python -m marronnier`."""

import sys

if not sys.flags.safe_path:
    # Python looks first in the folder where one stands, here that of a brand: a file there must never stand in for a module of ours.
    del sys.path[0]

# Only now is it imported from where it is installed.
from marronnier.cli import main

main()
