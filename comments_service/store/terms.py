"""Words that screening points out, folded, with the way they were written."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from .schema import term
from .times import seconds


def everything(connection: Connection) -> dict[str, str]:
    """By folded form, as somebody wrote it."""
    rows = connection.execute(select(term.c.folded, term.c.written).order_by(term.c.folded))
    return {row.folded: row.written for row in rows}


def replace(connection: Connection, wanted: Mapping[str, str], now: datetime) -> None:
    """These and no others from now on."""
    there = everything(connection)
    changed = {each for each, written in there.items() if wanted.get(each) != written}
    if changed:
        connection.execute(delete(term).where(term.c.folded.in_(sorted(changed))))
    rows = [
        {"folded": folded, "written": written, "created_at": seconds(now)}
        for folded, written in wanted.items()
        if there.get(folded) != written
    ]
    if rows:
        connection.execute(insert(term), rows)
