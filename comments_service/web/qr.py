"""A QR code as the path of an SVG picture, made here: the secret in it is told to nobody."""

from dataclasses import dataclass
from itertools import groupby

import segno

QUIET = 4
"""Empty modules on each side (ISO/IEC 18004)."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """size: of the square, in modules. path: the dark ones, row by row."""

    size: int
    path: str


def drawn(text: str) -> Drawing:
    """The code of an address, of the usual fault tolerance."""
    rows = segno.make_qr(text, error="m").matrix
    lines = "".join(_line(row, number + QUIET) for number, row in enumerate(rows))
    return Drawing(len(rows) + 2 * QUIET, lines)


def _line(row: bytearray, y: int) -> str:
    pieces, x = [], QUIET
    for dark, run in groupby(row):
        length = len(list(run))
        if dark:
            pieces.append(f"M{x} {y}h{length}v1h-{length}z")
        x += length
    return "".join(pieces)
