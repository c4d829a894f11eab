"""What staff must know at once: the site behind, comments that cannot be read."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from flask_babel import gettext, ngettext

from ..usecases.moderate import Tray
from .edge import edge
from .languages import sentence

REPORT = "build-report.json"
FORMAT = 1
COMMENTS = "content/comments/"


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence, with the single things that it is about."""

    words: str
    details: tuple[str, ...] = ()


def notices(tray: Tray) -> list[Notice]:
    """Everything that a person has to look after, most urgent first."""
    here = edge()
    faults = read_report(here.blog.settings.output_folder / REPORT)
    comments = [fault for fault in faults if fault.startswith(COMMENTS)]
    posts = [fault for fault in faults if not fault.startswith(COMMENTS)]
    found = []
    if problem := here.blog.manifest.problem:
        found.append(Notice(sentence(problem)))
    if tray.problem:
        words = ngettext(
            "%(num)s decision is not on the site yet. We keep trying.",
            "%(num)s decisions are not on the site yet. We keep trying.",
            tray.unfinished,
        )
        found.append(Notice(words, (gettext(tray.problem),)))
    if comments:
        words = ngettext(
            "%(num)s comment cannot be read, so it is not on the site.",
            "%(num)s comments cannot be read, so they are not on the site.",
            len(comments),
        )
        found.append(Notice(words, tuple(comments)))
    if posts:
        words = ngettext(
            "%(num)s file of the blog has a fault.",
            "%(num)s files of the blog have faults.",
            len(posts),
        )
        found.append(Notice(words, tuple(posts)))
    return found


def read_report(path: Path) -> list[str]:
    """The faults that the last build noted, one line each; none when there is no report."""
    try:
        report = json.loads(path.read_text("utf-8"))
        if report["format"] != FORMAT:
            return []
        return list(_lines(report["faults"]))
    except (OSError, ValueError, LookupError, TypeError):
        return []


def _lines(faults: Iterable[dict[str, str]]) -> Iterable[str]:
    for fault in faults:
        file, key, reason = str(fault["file"]), str(fault["key"]), str(fault["reason"])
        yield f"{file} ({key}): {gettext(reason)}" if key else f"{file}: {gettext(reason)}"
