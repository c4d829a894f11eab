"""The conditions of ``transitions`` that the record of a case tells: judged here alone."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from .cases import READER, Event, EventKind
from .standing import Standing, after, fold
from .states import Attention
from .transitions import Guard
from .undone import standing as standing_of

APPEAL_WITHIN = timedelta(days=20)
"""After a refusal. Source: as long as Mastodon gives."""

RECENT = timedelta(days=30)
MAX_REOPENINGS = 2

_AGAINST_ITS_READER = (EventKind.REJECTED, EventKind.CUT)
_ON_THE_WORDING = (*_AGAINST_ITS_READER, EventKind.APPROVED, EventKind.RESTORED)
_BY_HAND = (EventKind.REVISED, EventKind.CHANGED_IN_FILES, EventKind.RESTORED_IN_FILES)
_DONE = (Attention.ANSWERED, Attention.CLOSED)


def told(record: Sequence[Event], now: datetime) -> frozenset[Guard]:
    """Those that hold, whoever asks."""
    held = {Guard.ANSWERED} if fold(record).answers else set[Guard]()
    if appeal_until(record, now):
        held.add(Guard.FIRST_APPEAL)
    if cut(record):
        held.add(Guard.IS_CUT)
    if not any(event.kind is EventKind.EXTENDED for event in record):
        held.add(Guard.FIRST_EXTENSION)
    done_at, _ = _done(standing_of(record))
    if done_at and now <= done_at + RECENT and may_come_back(record):
        held.add(Guard.RECENT)
    return frozenset(held)


def may_come_back(record: Sequence[Event]) -> bool:
    """Whether its reader may have it opened again once it is done, or did so often enough."""
    _, reopened = _done(standing_of(record))
    return reopened < MAX_REOPENINGS


def appeal_until(record: Sequence[Event], now: datetime) -> datetime | None:
    """Until when a second look may be asked for; None: it was, or it is too late."""
    of_wording = _since_the_wording(standing_of(record))
    refused = [event.at for event in of_wording if event.kind in _AGAINST_ITS_READER]
    if not refused or any(event.kind is EventKind.APPEALED for event in of_wording):
        return None
    until = refused[-1] + APPEAL_WITHIN
    return until if now <= until else None


def refusal(record: Sequence[Event]) -> Event | None:
    """Or what was cut: at which a second look was asked for and is not decided on yet, or None."""
    refused, appealed = None, None
    for event in _since_the_wording(standing_of(record)):
        if event.kind in _ON_THE_WORDING or _ends_look_at_cut(event, appealed):
            refused, appealed = event, None
        elif event.kind is EventKind.APPEALED:
            appealed = refused
    return appealed


def cut(record: Sequence[Event]) -> Event | None:
    """With which something was cut out of the wording that is public, or None, also where its
    reader wrote another since."""
    of_wording = _since_the_wording(standing_of(record))
    told_of = [each for each in of_wording if each.kind in (*_ON_THE_WORDING, *_BY_HAND)]
    return told_of[-1] if told_of and told_of[-1].kind is EventKind.CUT else None


def _ends_look_at_cut(event: Event, appealed: Event | None) -> bool:
    """What is public stays, and a person told its reader so."""
    ends = event.kind in (EventKind.ANSWERED, EventKind.CLOSED)
    return ends and appealed is not None and appealed.kind is EventKind.CUT


def _since_the_wording(record: Sequence[Event]) -> Sequence[Event]:
    """What happened since its reader wrote what it says now."""
    edits = [n for n, event in enumerate(record) if event.kind is EventKind.EDITED]
    return record[edits[-1] :] if edits else record


def _done(record: Sequence[Event]) -> tuple[datetime | None, int]:
    """When it was answered or closed last, and how often its reader opened it again."""
    standing, done_at, reopened = Standing(), None, 0
    for event in record:
        then = after(standing, event)
        is_news = then.attention is not standing.attention or event.kind is EventKind.ANSWERED
        if then.attention in _DONE and is_news:
            done_at = event.at
        elif standing.attention in _DONE and then.attention is Attention.UNDER_REVIEW:
            reopened += event.actor == READER
        standing = then
    return done_at, reopened
