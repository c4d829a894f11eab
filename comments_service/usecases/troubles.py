"""Comment files that cannot be used, kept for staff until they are mended."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime

from ..store import facts, outbox, publication
from ..store.engine import Connection
from ..store.outbox import Job
from ..store.publication import Kept

Trouble = tuple[str, str]
"""The file, and why it cannot be used."""


def unreadable(connection: Connection) -> dict[str, Trouble]:
    """By id, the file that cannot be used and why."""
    found = json.loads(facts.get(connection, facts.UNREADABLE) or "{}")
    return {each: (file, why) for each, (file, why) in found.items()}


def note(
    connection: Connection, looked_at: Collection[str], found: Mapping[str, Trouble], now: datetime
) -> None:
    """Keep what is wrong with the files that were looked at; what is mended is shown again."""
    known = unreadable(connection)
    healed = known.keys() & set(looked_at) - found.keys()
    for kept in publication.kept_of(connection, sorted(healed)).values():
        # It was in no build meanwhile, even if it is as it was before.
        if kept.wanted_revision is not None:
            ask(connection, kept, now)
    left = {each: why for each, why in known.items() if each not in looked_at} | dict(found)
    if left != known:
        facts.note(connection, facts.UNREADABLE, json.dumps(left), now)


def clear(connection: Connection, gone: Collection[str], now: datetime) -> None:
    """Files that are in no folder any more cannot be read wrongly either."""
    known = unreadable(connection)
    left = {each: why for each, why in known.items() if each not in gone}
    if left != known:
        facts.note(connection, facts.UNREADABLE, json.dumps(left), now)


def ask(connection: Connection, kept: Kept, now: datetime) -> None:
    """Ask for the file or the page of what is wanted."""
    job = Job.WITHDRAW if kept.is_withdrawn else Job.PUBLISH
    revision = kept.head_revision if kept.is_withdrawn else kept.public_revision
    outbox.ask_again(connection, job, kept.id, revision or 1, now)
