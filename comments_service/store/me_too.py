"""Those who want the same answered, once for each network and day: only how many is told."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from ..domain.personal_data import NETWORK_DAYS
from .schema import case, me_too
from .times import seconds


def add(connection: Connection, case_id: int, networks: Sequence[str], now: datetime) -> bool:
    """Count one more; False when this network was counted today.

    networks: the hashes of one network under today's key and, round midnight, yesterday's.
    """
    counted = select(me_too.c.at).where(
        me_too.c.case_id == case_id, me_too.c.network.in_(list(networks))
    )
    if connection.execute(counted.limit(1)).first() is not None:
        return False
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    row = {"case_id": case_id, "network": networks[0], "at": seconds(now)}
    new = dialect.insert(me_too).values(row).on_conflict_do_nothing()
    if connection.execute(new).rowcount != 1:  # of two at once, the second waits here
        return False
    more = update(case).where(case.c.id == case_id).values(me_too=case.c.me_too + 1)
    connection.execute(more)
    return True


def forget(connection: Connection, now: datetime) -> None:
    """Delete the hashes whose keys are gone; the counts stay."""
    before = seconds(now - timedelta(days=NETWORK_DAYS))
    connection.execute(delete(me_too).where(me_too.c.at < before))
