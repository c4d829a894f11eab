"""``python -m comments_service.cli``: the same as ``tertulia``."""

from . import main

main(prog_name="tertulia")
