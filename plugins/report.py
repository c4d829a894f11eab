"""``build-report.json``: faults of files that did not stop the build, for staff.

Never the text of a comment, and no time: building again gives the same bytes.

    refuse   a text that cannot be shown as it is: an error, unless the build is tolerant
    note     a text that is shown although something in it is wrong: always a warning
"""

import json
import logging
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from comments_service.errors import Fault

from .texts import Text

FORMAT = 1
FILE = "build-report.json"
REFUSALS = "refusals"
"""Key in Pelican's context: a list that takes the faults of the text being read; it is
there only in a tolerant build."""
NOTES = "notes"
"""Key in Pelican's context: pairs of a file below ``content/`` and its Fault."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, order=True)
class FileFault:
    """file: from the blog's folder; key: header key, or ""; reason: for a person."""

    file: str
    key: str
    reason: str


def refuse(text: Text, key: str, message: str, /, **values: object) -> None:
    """A fault for which an article or page must not be shown as it is written now."""
    fault = Fault(key, message, **values)
    refusals: list[Fault] | None = text._context.get(REFUSALS)
    if refusals is None:
        logger.error("%s: %s", text.get_relative_source_path(), fault)
    else:
        refusals.append(fault)


def note(text: Text, key: str, message: str, /, **values: object) -> None:
    """A fault that spoils a place of an article or page and not the rest of it."""
    note_file(text._context, text.get_relative_source_path(), Fault(key, message, **values))


def note_file(context: dict[str, Any], file: str, fault: Fault) -> None:
    """The same of a file that is no text. file: below ``content/``."""
    logger.warning("%s: %s", file, fault)
    noted(context).append((file, fault))


def noted(context: dict[str, Any]) -> list[tuple[str, Fault]]:
    """The faults of texts noted so far in a build, each with its file below ``content/``."""
    notes: list[tuple[str, Fault]] = context.setdefault(NOTES, [])
    return notes


def of_texts(context: dict[str, Any], gettext: Callable[[str], str]) -> set[FileFault]:
    """What was noted, each once, in words of the institution's language."""
    return {
        FileFault(f"content/{file}", fault.where, fault.explain(gettext))
        for file, fault in noted(context)
    }


def write_json(path: Path, value: object) -> None:
    """The same value gives the same bytes."""
    text = json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text + "\n", "utf-8", newline="\n")


def write_report(output: Path, faults: Iterable[FileFault]) -> None:
    """Write the report into the built site."""
    listed = [asdict(fault) for fault in sorted(faults)]
    write_json(output / FILE, {"format": FORMAT, "faults": listed})
