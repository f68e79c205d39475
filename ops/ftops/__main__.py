"""`python -m ftops` is `ftops`."""

from ftops.cli import main

main(prog_name="ftops")
