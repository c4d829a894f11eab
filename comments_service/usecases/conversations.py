"""Pausing one conversation, closing it with a summary of what was said, opening it again.

What is decided goes to the conversation's own file and by it to its page, as settings do
(``site_files``). The service goes by it at once: nobody waits for the site to be built.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from .. import markup
from ..config import thread_file
from ..config.site_settings import Texts
from ..config.thread_file import State, ThreadState
from ..domain.cases import person_actor
from ..domain.chain import Data
from ..domain.journal import JournalKind
from ..domain.opening import end_of
from ..errors import N_, AlreadyDecided, Fault, InvalidComment, InvalidRuleFile
from ..site.manifest import ThreadInfo
from ..store import site_files as stored
from ..store.people import Person
from . import journal
from .blog import Blog

PAUSE = timedelta(hours=24)
LONGEST = timedelta(days=366)

_PROBLEM = N_("There is a problem")
_STALE = N_("Somebody decided on this conversation meanwhile. This is how it stands.")


@dataclass(frozen=True, slots=True)
class Standing:
    """What staff decided about a conversation. seen: names it, for a form that is sent later."""

    said: ThreadState | None
    seen: str


def standing(blog: Blog, info: ThreadInfo) -> Standing:
    """Of which a page of staff is made."""
    with blog.store.read() as connection:
        kept = stored.one(connection, thread_file.name_of(info.key))
    said = blog.set_by_staff.thread(*info.keys)
    return Standing(said, (kept.digest if kept else None) or "")


def as_decided(blog: Blog, info: ThreadInfo) -> ThreadInfo:
    """The conversation as it stands by what staff decided, whatever the site was built with."""
    said = blog.set_by_staff.thread(*info.keys)
    if said is None or said.state is State.OPEN:
        return info
    if said.state is State.CLOSED:
        return replace(info, open=False, closed_message=said.text)
    if said.until is None or (info.opens_at and info.opens_at > said.until):
        return info
    return replace(info, opens_at=said.until, paused_message=said.text)


def pause(
    blog: Blog,
    info: ThreadInfo,
    seen: str,
    message: Texts,
    last_day: date | None,
    *,
    by: Person,
    now: datetime,
) -> None:
    """Take no comment in it until that day is over; None: for 24 hours. message: why, by language.

    Raises InvalidComment, AlreadyDecided.
    """
    until = now + PAUSE if last_day is None else _end_of(blog, last_day, now)
    if until is None:
        message_of_day = N_("Choose today or a day to come, within a year.")
        raise InvalidComment(_PROBLEM, [Fault("until", message_of_day)])
    said = replace(_signed(blog, info, State.PAUSED, message, by, now), until=_local(blog, until))
    _decide(blog, said, seen, by, now)


def close(
    blog: Blog, info: ThreadInfo, seen: str, summary: Texts, *, by: Person, now: datetime
) -> None:
    """Take no more comments in it. summary: of the positions, by language.

    Raises InvalidComment, AlreadyDecided.
    """
    _decide(blog, _signed(blog, info, State.CLOSED, summary, by, now), seen, by, now)


def reopen(blog: Blog, info: ThreadInfo, seen: str, *, by: Person, now: datetime) -> None:
    """Take comments as its article says. Raises AlreadyDecided."""
    said = ThreadState(thread=info.key, state=State.OPEN, since=_local(blog, now))
    _decide(blog, said, seen, by, now)


def _signed(
    blog: Blog, info: ThreadInfo, state: State, text: Texts, by: Person, now: datetime
) -> ThreadState:
    if not text or not all(map(markup.is_visible, text.values())):
        what = N_("Write it here: readers see it on the page.")
        raise InvalidComment(_PROBLEM, [Fault("text", what)])
    return ThreadState(
        thread=info.key,
        state=state,
        since=_local(blog, now),
        text=dict(text),
        author=by.name,
        position=by.position or "",
        department=by.department or "",
    )


def _end_of(blog: Blog, day: date, now: datetime) -> datetime | None:
    today = now.astimezone(blog.site.zone).date()
    return end_of(day, blog.site.zone) if today <= day <= today + LONGEST else None


def _local(blog: Blog, moment: datetime) -> datetime:
    """As the files of comments have it: by the clocks of the institution, in whole seconds."""
    local = moment.astimezone(blog.site.zone).replace(microsecond=0)
    return datetime.fromisoformat(local.isoformat())


def _decide(blog: Blog, said: ThreadState, seen: str, by: Person, now: datetime) -> None:
    """seen: of the decision that was on the screen."""
    name = thread_file.name_of(said.thread)
    try:
        data = thread_file.dumps(said)
    except InvalidRuleFile as error:
        faults = [Fault("text", each.message, **each.values) for each in error.faults]
        raise InvalidComment(_PROBLEM, faults) from error
    until = said.until.isoformat() if said.until else None
    told: Data = {"thread": said.thread, "state": said.state.value, "until": until}
    with blog.store.write() as connection:
        stored.one_by_one(connection)
        kept = stored.one(connection, name)
        if ((kept.digest if kept else None) or "") != seen:
            raise AlreadyDecided(_STALE)
        stored.want(connection, name, data, now, by=by.id)
        journal.note(
            connection,
            JournalKind.THREAD_CHANGED,
            actor=person_actor(by.id),
            now=now,
            data=told,
            text="\n\n".join(said.text.values()) or None,
        )
    blog.set_by_staff.forget()
