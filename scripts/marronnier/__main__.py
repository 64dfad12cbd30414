"""`python -m marronnier`."""

from marronnier.cli import main

main()
