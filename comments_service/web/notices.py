"""What staff must know at once: nothing is published, comments that cannot be read, and so on."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from flask_babel import gettext, ngettext

from ..usecases.public_site import site_folder
from ..usecases.remote_manifest import REPORT, site_problem
from ..usecases.status import WORDS, Alarms, InFiles, alarms
from .edge import edge
from .languages import moment, sentence
from .progress import Technical, technical

FORMAT = 1
COMMENTS = "content/comments/"
SETTINGS = f"{COMMENTS}_site/"
_KEYS = ("file", "key", "reason")


@dataclass(frozen=True, slots=True)
class FileFault:
    """A fault in a file of the blog. key: of its header, or ""."""

    file: str
    key: str
    reason: str

    def in_words(self) -> str:
        place = f"{self.file} ({self.key})" if self.key else self.file
        return f"{place}: {gettext(self.reason)}"


@dataclass(frozen=True, slots=True)
class Item:
    """One of the things that a notice is about. reference: of the case, to link to."""

    words: str
    reference: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A sentence, what to do about it, and the single things that it is about.

    button: what a person may do here. lost: conversations that a person says are meant to
    be gone.
    """

    words: str
    advice: str = ""
    items: tuple[Item, ...] = ()
    technical: Technical | None = None
    button: Literal["", "retry", "believe"] = ""
    lost: int = 0
    is_urgent: bool = True


def notices() -> list[Notice]:
    """Everything that a person has to look after, most urgent first."""
    here = edge()
    found = alarms(here.blog, here.clock())
    return [
        *_stopped(found),
        *_silent(found),
        *_waiting(found),
        *_articles(),
        *_files(found),
        *_calendar(found),
        *_by_hand(found.in_files),
    ]


def _stopped(found: Alarms) -> Iterator[Notice]:
    if found.stopped:
        yield Notice(
            words=gettext("Nothing is being published at the moment. What was decided is safe."),
            advice=gettext(
                "We keep trying. If it does not go on soon, show the technical details to whoever"
                " looks after the server: they say what to do."
            ),
            technical=technical(found.stopped),
            button="retry",
        )


def _silent(found: Alarms) -> Iterator[Notice]:
    if found.is_silent:
        yield Notice(
            words=gettext(
                "The part of the service that publishes has come to a standstill."
                " What was decided is safe."
            ),
            advice=gettext("Ask whoever looks after the server to start the service again."),
        )


def _waiting(found: Alarms) -> Iterator[Notice]:
    """One notice, however many decisions it is about."""
    queue, problem = found.queue, found.queue.problem
    if found.is_late and queue.oldest:
        words = ngettext(
            "%(num)s decision is not on the site yet. It has waited since %(when)s.",
            "%(num)s decisions are not on the site yet. The oldest has waited since %(when)s.",
            queue.count,
            when=moment(queue.oldest),
        )
    elif problem and not found.stopped:
        words = ngettext(
            "%(num)s decision is not on the site yet. We keep trying.",
            "%(num)s decisions are not on the site yet. We keep trying.",
            queue.count,
        )
    else:
        return
    if found.stopped or not problem:
        yield Notice(words=words)
    else:
        yield Notice(words=words, technical=technical(problem), button="retry")


def _articles() -> Iterator[Notice]:
    """The list of articles: what a person may confirm, and what only mending helps."""
    blog = edge().blog
    problem = blog.manifest.problem
    if lost := lost_conversations():
        yield Notice(
            words=sentence(problem) if problem else "",
            advice=gettext("If it was not meant, tell whoever looks after the articles."),
            button="believe",
            lost=lost,
        )
    elif fault := problem or site_problem(blog.settings):
        yield Notice(
            words=gettext(
                "The list of articles cannot be used as it is now, so we go by the last good one."
            ),
            technical=Technical(sentence(fault), ""),
        )


def lost_conversations() -> int:
    """How many conversations disappeared at once, while a person must confirm that; else 0."""
    problem = edge().blog.manifest.problem
    lost = problem.values.get("lost", 0) if problem else 0
    return lost if isinstance(lost, int) else 0


def _files(found: Alarms) -> Iterator[Notice]:
    reported = read_report(site_folder(edge().blog.settings) / REPORT)
    comments = [each for each in reported if each.file.startswith(COMMENTS)]
    comments = [each for each in comments if not each.file.startswith(SETTINGS)]
    posts = [each for each in reported if each not in comments]
    told = {each.file for each in posts}
    also = (FileFault(COMMENTS + file, "", why) for file, why in found.settings)
    posts += [each for each in also if each.file not in told]
    named = {each.file for each in comments}
    also = (FileFault(COMMENTS + file, "", why) for file, why in found.unreadable)
    comments += [each for each in also if each.file not in named]
    if comments:
        words = ngettext(
            "%(num)s comment cannot be read, so it is not on the site.",
            "%(num)s comments cannot be read, so they are not on the site.",
            len(comments),
        )
        advice = gettext("Somebody changed the file: correct it, or put it back as it was.")
        yield Notice(words=words, advice=advice, items=_items(comments))
    if posts:
        words = ngettext(
            "%(num)s file of the blog has a fault.",
            "%(num)s files of the blog have faults.",
            len(posts),
        )
        yield Notice(words=words, items=_items(posts))


def _calendar(found: Alarms) -> Iterator[Notice]:
    """The holidays, without which readers are promised wrong dates."""
    for year in found.missing_years:
        yield Notice(
            words=gettext(
                "The holidays of %(year)s are not in our calendar, so the dates that readers"
                " are given are only approximate.",
                year=year,
            ),
            advice=gettext("Write them in Settings, Holidays: a day on each line."),
            is_urgent=False,
        )
    if found.calendar:
        faults = (f"{each.where}: {each.explain(gettext)}" for each in found.calendar)
        yield Notice(
            words=gettext("Something in our calendar of holidays cannot be read."),
            advice=gettext(
                "Until it is mended, the dates that readers were given stay as they are."
            ),
            items=tuple(map(Item, faults)),
        )


def _items(faults: Iterable[FileFault]) -> tuple[Item, ...]:
    return tuple(Item(each.in_words()) for each in faults)


def _by_hand(done: Iterable[InFiles]) -> Iterator[Notice]:
    items = tuple(Item(gettext(WORDS[each.kind]), each.reference, each.at) for each in done)
    if items:
        words = gettext("In the last seven days somebody changed comment files by hand.")
        yield Notice(words=words, items=items, is_urgent=False)


def read_report(path: Path) -> list[FileFault]:
    """The faults that the last build noted; none when there is no report."""
    try:
        report = json.loads(path.read_text("utf-8"))
        if report["format"] != FORMAT:
            return []
        return [FileFault(**{key: str(fault[key]) for key in _KEYS}) for fault in report["faults"]]
    except (OSError, ValueError, LookupError, TypeError):
        return []
