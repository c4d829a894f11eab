"""Who follows which conversation by e-mail. It counts only once it was confirmed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from .cases import first_generation
from .schema import subscription
from .times import maybe_when, seconds


@dataclass(frozen=True, slots=True)
class Subscription:
    """generation: of its links. confirmed_at: None until its owner said yes."""

    id: int
    thread: str
    address_id: int
    lang: str
    generation: int
    confirmed_at: datetime | None
    ended_at: datetime | None

    @property
    def is_active(self) -> bool:
        return self.confirmed_at is not None and self.ended_at is None


_BY_ID = select(subscription).where(subscription.c.id == bindparam("id"))
_ACTIVE = select(subscription).where(
    subscription.c.thread == bindparam("thread"),
    subscription.c.confirmed_at.is_not(None),
    subscription.c.ended_at.is_(None),
)


def keep(
    connection: Connection, thread: str, address_id: int, lang: str, now: datetime
) -> Subscription:
    """The subscription of an address to a conversation; one that is there stays as it is."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    new = dialect.insert(subscription).values(
        thread=thread,
        address_id=address_id,
        lang=lang,
        generation=first_generation(),
        created_at=seconds(now),
    )
    connection.execute(new.on_conflict_do_nothing(index_elements=["thread", "address_id"]))
    mine = (subscription.c.thread == thread) & (subscription.c.address_id == address_id)
    return _subscription(connection.execute(select(subscription).where(mine)).one())


def by_id(connection: Connection, subscription_id: int) -> Subscription | None:
    """The subscription, or None."""
    row = connection.execute(_BY_ID, {"id": subscription_id}).one_or_none()
    return None if row is None else _subscription(row)


def active(connection: Connection, thread: str) -> list[Subscription]:
    """Those of everybody who follows a conversation."""
    return [_subscription(row) for row in connection.execute(_ACTIVE, {"thread": thread})]


def confirm(connection: Connection, subscription_id: int, now: datetime) -> None:
    """The address' owner wants to follow."""
    change = update(subscription).where(subscription.c.id == subscription_id)
    connection.execute(change.values(confirmed_at=seconds(now), ended_at=None))


def end(connection: Connection, subscription_id: int, now: datetime) -> None:
    """The address' owner does not want to follow any more; said twice, the first time counts."""
    mine = (subscription.c.id == subscription_id) & subscription.c.ended_at.is_(None)
    connection.execute(update(subscription).where(mine).values(ended_at=seconds(now)))


def _subscription(row: Row[Any]) -> Subscription:
    return Subscription(
        id=row.id,
        thread=row.thread,
        address_id=row.address_id,
        lang=row.lang,
        generation=row.generation,
        confirmed_at=maybe_when(row.confirmed_at),
        ended_at=maybe_when(row.ended_at),
    )
