"""Tables that people open in a spreadsheet.

Source: RFC 4180; OWASP, "CSV Injection": a cell that begins like a formula gets an apostrophe.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator

BYTE_ORDER_MARK = "\ufeff"
"""Without it the most used spreadsheet takes UTF-8 for something else."""

_FORMULA = re.compile(r"(^|[;,\t\r\n])(?=[=+\-@\t\r\uff1d\uff0b\uff0d\uff20])")
"""Also behind what a spreadsheet may take for the end of a cell: in Spain that is ``;``."""


def safe(cell: str) -> str:
    """The cell as text and never as a formula."""
    return _FORMULA.sub(r"\1'", cell)


def csv_lines(rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """The rows as CSV, a line at a time, the first with the mark."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    buffer.write(BYTE_ORDER_MARK)
    for row in rows:
        writer.writerow([safe(cell) for cell in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
