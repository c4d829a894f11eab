"""How far a decision has come, and what staff must know when it does not come on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import structlog

from ..domain.cases import IN_FILES, EventKind
from ..errors import N_, Fault
from ..store import events, facts, outbox
from ..store import site_files as stored_site_files
from ..store.problems import Problem
from . import promises, site_files
from .blog import Blog
from .troubles import unreadable

log = structlog.get_logger()

TOO_OLD = timedelta(minutes=30)
"""A decision that is not on the site after so long is told on the staff's first screen."""

TOO_SILENT = timedelta(minutes=15)
"""The background work is taken for dead when it began and ended nothing for so long."""

TOLD_FOR = timedelta(days=7)
"""How long staff are told what was done to comment files by hand."""


class Progress(StrEnum):
    PUBLISHING = "publishing"
    PUBLISHED = "published"
    FAILING = "failing"


@dataclass(frozen=True, slots=True)
class Publication:
    """How far the last decision on a comment is on its way to the page.

    at: when it was seen there, or when it was asked for. taken_down: it was a withdrawal.
    """

    progress: Progress
    at: datetime
    problem: Problem | None
    taken_down: bool


def publications(blog: Blog, ids: Sequence[str]) -> dict[str, Publication]:
    """By comment id; comments about which nothing was ever to be published are left out."""
    with blog.store.read() as connection:
        asked = outbox.of_comments(connection, ids)
    return {each: _publication(job) for each, job in asked.items()}


def _publication(job: outbox.Asked) -> Publication:
    taken_down = job.kind is outbox.Job.WITHDRAW
    if job.done_at is not None:
        return Publication(Progress.PUBLISHED, job.done_at, None, taken_down)
    progress = Progress.FAILING if job.problem else Progress.PUBLISHING
    return Publication(progress, job.asked_at, job.problem, taken_down)


def retry(blog: Blog, now: datetime) -> int:
    """Try everything that was put off again now; how many decisions that are.

    Files and repository are looked at again too, although nothing may be due.
    """
    with blog.store.write() as connection:
        facts.note(connection, facts.LOOKED, None, now)
        stored_site_files.hurry(connection, now)
        return outbox.hurry(connection, now)


@dataclass(frozen=True, slots=True)
class InFiles:
    """What staff did by hand to one comment's file."""

    reference: str
    kind: EventKind
    at: datetime


@dataclass(frozen=True, slots=True)
class Alarms:
    """What a person must look after. stopped: why nothing is published at all.

    queue: what is not on the site yet. is_late: its oldest waits too long.
    is_silent: the background work is dead. unreadable: (file, why). in_files: newest first.
    missing_years: whose holidays are not known. calendar: what cannot be read of them.
    settings: files of what staff set that cannot be used, and why.
    """

    stopped: Problem | None
    queue: outbox.Queue
    is_late: bool
    is_silent: bool
    unreadable: tuple[tuple[str, str], ...]
    in_files: tuple[InFiles, ...]
    missing_years: tuple[int, ...]
    calendar: tuple[Fault, ...]
    settings: tuple[tuple[str, str], ...]


def alarms(blog: Blog, now: datetime) -> Alarms:
    """For the staff's first screen and for a watching program."""
    with blog.store.read() as connection:
        queue = outbox.queue(connection)
        ticked = facts.noted_at(connection, facts.TICKED)
        since = now - TOLD_FOR
        return Alarms(
            stopped=facts.problem(connection, facts.STOPPED),
            queue=queue,
            is_late=queue.oldest is not None and now - queue.oldest > TOO_OLD,
            is_silent=ticked is not None and now - ticked > _patience(blog),
            unreadable=tuple(sorted(unreadable(connection).values())),
            in_files=tuple(
                InFiles(*each) for each in events.newest(connection, IN_FILES, since, 50)
            ),
            missing_years=tuple(promises.missing_years(blog, now)),
            calendar=promises.calendar_faults(blog, now),
            settings=tuple(sorted(site_files.unreadable(connection).items())),
        )


def _patience(blog: Blog) -> timedelta:
    """Longer where somebody set a long pause between two runs."""
    return max(TOO_SILENT, 10 * timedelta(seconds=blog.settings.tick_seconds))


def sound_alarms(blog: Blog, now: datetime) -> None:
    """Tell the log, once an hour, that decisions are late."""
    found = alarms(blog, now)
    if not found.is_late or found.queue.oldest is None:
        return
    with blog.store.write() as connection:
        told = facts.noted_at(connection, facts.ALARMED)
        if told is not None and now - told < timedelta(hours=1):
            return
        facts.note(connection, facts.ALARMED, "", now)
    log.error("publish.late", waiting=found.queue.count, since=found.queue.oldest.isoformat())


WORDS = {
    EventKind.CHANGED_IN_FILES: N_("Somebody changed its file; the page follows it."),
    EventKind.REMOVED_IN_FILES: N_("Somebody removed its file, so it was withdrawn."),
    EventKind.RESTORED_IN_FILES: N_("Somebody put its file back, so it is public again."),
    EventKind.MOVED_IN_FILES: N_("Somebody moved its file to another conversation."),
}
"""What staff are told of each kind."""
