"""A new master key: everything sealed is sealed again, in one transaction.

What was given out (private links, short codes, staff's kept codes) stays good under the key
that it was made with, unless it is to be revoked too. See ``key_files`` for what happens to a
rotation that is killed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from .. import signing
from ..config.settings import Settings
from ..domain.cases import SERVICE
from ..domain.journal import JournalKind
from ..errors import Unsealable
from ..store import facts, locks, migrations, sealed
from ..store.engine import Connection, open_store
from . import addresses, journal, key_files, second_factor
from .blog import of_addresses, of_lookups, of_staff


@dataclass(frozen=True, slots=True)
class Rotated:
    """How many were sealed again. unopened: sealed under a key that is lost; left as they are."""

    addresses: int
    people: int
    unopened: int


def rotate(
    settings: Settings,
    now: datetime,
    *,
    revoke: bool = False,
    step: Callable[[str], None] = lambda name: None,
) -> Rotated:
    """Seal everything under a new key. Nobody else may serve the blog meanwhile.

    revoke: nothing that was given out is good afterwards. Steps: ``rotate.propose``,
    ``rotate.seal``, ``rotate.commit``, ``rotate.kept``, ``rotate.master``, ``rotate.done``.
    Raises CannotStart while somebody serves the blog, WrongDatabase, Unavailable.
    """
    store = open_store(settings.database)
    try:
        with locks.alone(store) as refuse_when_lost:
            migrations.upgrade(store)
            old = key_files.settled(settings, store).master
            step("rotate.propose")
            new = key_files.propose(settings, revoking=revoke)
            step("rotate.seal")
            with store.write() as connection:
                locks.of_keys(connection)
                key_files.refuse_when_undone(settings, new, revoking=revoke)
                done = _seal_again(connection, old, new, revoke=revoke)
                facts.note(connection, facts.KEY, key_files.name_of(new), now)
                _note(connection, done, now, revoke=revoke)
                refuse_when_lost()
                step("rotate.commit")
            key_files.finish(settings, revoking=revoke, step=step)
            step("rotate.done")
    finally:
        store.close()
    return done


def _seal_again(connection: Connection, old: bytes, new: bytes, *, revoke: bool) -> Rotated:
    mails = people = unopened = 0
    for row in sealed.addresses(connection):
        try:
            text = signing.unseal(of_addresses(old), addresses.PURPOSE, row.sealed)
        except Unsealable:
            unopened += 1
            continue
        lookup = addresses.lookup_of(of_lookups(new), text) if revoke else None
        again = signing.seal(of_addresses(new), addresses.PURPOSE, text)
        sealed.put_address(connection, row.id, again, lookup)
        mails += 1
    for row in sealed.secrets(connection):
        try:
            text = signing.unseal(of_staff(old), second_factor.PURPOSE, row.sealed)
        except Unsealable:
            unopened += 1
            continue
        again = signing.seal(of_staff(new), second_factor.PURPOSE, text)
        sealed.put_secret(connection, row.id, again)
        people += 1
    if revoke:
        sealed.forget_given_out(connection)
    return Rotated(mails, people, unopened)


def _note(connection: Connection, done: Rotated, now: datetime, *, revoke: bool) -> None:
    told = {
        "addresses": done.addresses,
        "people": done.people,
        "unopened": done.unopened,
        "revoked": int(revoke),
    }
    journal.note(connection, JournalKind.KEYS_ROTATED, actor=SERVICE, now=now, data=told)
