"""What staff set for readers' pages: the files below ``_site/``, as they want them.

State is derived, as a comment's is: what is wanted, what stood where it counts when it was
last looked at, what the built site was made with. A row whose wanted digest the site does
not show waits; it is tried again later and later, as the outbox does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Row, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from ..commentfile import digest
from ..config.thread_file import NAME as THREAD
from .outbox import FIRST_PAUSE, LONGEST_PAUSE
from .problems import Problem, dumps, loads
from .schema import site_file
from .times import seconds, when

_WANTING = 0x7E33  # PostgreSQL's lock of whoever changes them: any number, the same in every node


@dataclass(frozen=True, slots=True)
class SiteFile:
    """name: below the comments' folder. data: the wanted bytes; None: no file.

    digest: of ``data``. head: last seen where it counts. written: last put there by us. seen:
    the one that the built site was made with. problem: of the last try.
    """

    name: str
    data: bytes | None
    digest: str | None
    head: str | None
    written: str | None
    seen: str | None
    changed_at: datetime
    tries: int
    problem: Problem | None


_WAITS: ColumnElement[bool] = site_file.c.digest.is_not(None) & or_(
    site_file.c.digest_seen.is_(None), site_file.c.digest_seen != site_file.c.digest
)


def every(connection: Connection) -> dict[str, SiteFile]:
    """All that there are or were, by name: a few dozen."""
    query = select(site_file).order_by(site_file.c.name)
    return {row.name: _file(row) for row in connection.execute(query)}


def one(connection: Connection, name: str) -> SiteFile | None:
    """The file of this name, or None."""
    row = connection.execute(select(site_file).where(site_file.c.name == name)).one_or_none()
    return None if row is None else _file(row)


def texts(connection: Connection, *names: str) -> dict[str, bytes]:
    """What is wanted of these files, by name; without those that nobody set."""
    query = select(site_file.c.name, site_file.c.text).where(site_file.c.name.in_(names))
    rows = connection.execute(query.where(site_file.c.text.is_not(None)))
    return {row.name: row.text.encode() for row in rows}


def decided(connection: Connection) -> dict[str, bytes]:
    """What is wanted of each conversation's file, by its name."""
    query = select(site_file.c.name, site_file.c.text).where(site_file.c.name.like("%/" + THREAD))
    rows = connection.execute(query.where(site_file.c.text.is_not(None)))
    return {row.name: row.text.encode() for row in rows}


def one_by_one(connection: Connection) -> None:
    """To the end of the transaction nobody else says what staff want, though there be no row
    yet that could be locked."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_WANTING)))


def want(
    connection: Connection, name: str, data: bytes, now: datetime, *, by: int | None = None
) -> None:
    """This is what the file is to hold from now on. by: the person who says so."""
    at = seconds(now)
    change = {"text": data.decode(), "digest": digest(data), "changed_at": at, "changed_by": by}
    _put(connection, name, change | {"available_at": at, "tries": 0, "problem": None})


def take_over(
    connection: Connection, name: str, data: bytes, now: datetime, *, shown: bool
) -> None:
    """What stands where it counts is what is wanted. shown: as it stood there before us, the
    site is taken to have been made with it."""
    want(connection, name, data, now)
    noted: dict[str, object] = {"digest_head": digest(data)}
    _put(connection, name, noted | ({"digest_seen": digest(data)} if shown else {}))


def let_go(connection: Connection, name: str, now: datetime) -> None:
    """Staff took the file away: none is wanted."""
    gone = dict.fromkeys(("text", "digest", "digest_head", "digest_written", "digest_seen"))
    _put(connection, name, {**gone, "changed_at": seconds(now), "changed_by": None})


def note_written(connection: Connection, name: str, of: str) -> None:
    """This is being put there by us, whatever becomes of it."""
    _put(connection, name, {"digest_written": of})


def note_head(connection: Connection, name: str, of: str | None) -> None:
    """What stands where it counts now."""
    _put(connection, name, {"digest_head": of})


def note_seen(connection: Connection, name: str, of: str) -> None:
    """The built site was made with it."""
    _put(connection, name, {"digest_seen": of, "tries": 0, "problem": None})


def put_off(connection: Connection, of: SiteFile, problem: Problem | None, now: datetime) -> None:
    """Try again later; ``problem`` is shown to staff, None is no fault."""
    pause = min(FIRST_PAUSE * 2 ** min(of.tries, 20), LONGEST_PAUSE)
    told = None if problem is None else dumps(problem)
    later = {"available_at": seconds(now + pause), "tries": of.tries + 1, "problem": told}
    _put(connection, of.name, later)


def due(connection: Connection, now: datetime) -> list[SiteFile]:
    """What is not on the site yet and may be tried now."""
    at = site_file.c.available_at
    is_due = or_(at <= seconds(now), at > seconds(now + LONGEST_PAUSE))
    query = select(site_file).where(_WAITS, is_due).order_by(site_file.c.name)
    return [_file(row) for row in connection.execute(query)]


def next_due(connection: Connection) -> datetime | None:
    """When the first that waits may be tried; None when nothing waits."""
    at = connection.execute(select(func.min(site_file.c.available_at)).where(_WAITS)).scalar_one()
    return None if at is None else when(at)


def hurry(connection: Connection, now: datetime) -> None:
    """Make everything due that was put off."""
    change = update(site_file).where(_WAITS).values(available_at=seconds(now), tries=0)
    connection.execute(change)


def forget_files(connection: Connection) -> None:
    """What was known of files was about another place: from now on nothing is known."""
    connection.execute(update(site_file).values(digest_head=None, digest_written=None))


def _put(connection: Connection, name: str, values: Mapping[str, object]) -> None:
    changed = update(site_file).where(site_file.c.name == name).values(**values)
    if connection.execute(changed).rowcount:
        return
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    fresh = {"changed_at": 0, "available_at": 0} | dict(values)
    new = dialect.insert(site_file).values(name=name, **fresh)
    connection.execute(new.on_conflict_do_update(index_elements=["name"], set_=dict(values)))


def _file(row: Row[tuple[object, ...]]) -> SiteFile:
    return SiteFile(
        name=row.name,
        data=None if row.text is None else row.text.encode(),
        digest=row.digest,
        head=row.digest_head,
        written=row.digest_written,
        seen=row.digest_seen,
        changed_at=when(row.changed_at),
        tries=row.tries,
        problem=loads(row.problem),
    )
