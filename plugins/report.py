"""``build-report.json``: faults of files that did not stop the build, for staff.

Never the text of a comment, and no time: building again gives the same bytes.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

FORMAT = 1
FILE = "build-report.json"


@dataclass(frozen=True, slots=True, order=True)
class FileFault:
    """file: from the blog's folder; key: header key, or ""; reason: for a person."""

    file: str
    key: str
    reason: str


def write_json(path: Path, value: object) -> None:
    """The same value gives the same bytes."""
    text = json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text + "\n", "utf-8", newline="\n")


def write_report(output: Path, faults: Iterable[FileFault]) -> None:
    """Write the report into the built site."""
    listed = [asdict(fault) for fault in sorted(faults)]
    write_json(output / FILE, {"format": FORMAT, "faults": listed})
