"""Noting in the journal what happened outside the cases."""

from datetime import datetime

from ..domain.chain import Data
from ..domain.journal import JournalKind
from ..store import journal
from ..store.engine import Connection


def note(
    connection: Connection,
    kind: JournalKind,
    *,
    actor: str,
    now: datetime,
    data: Data | None = None,
    text: str | None = None,
) -> None:
    """Note it in the caller's write transaction: both are kept or neither.

    actor: ``domain.cases.person_actor(id)``, ``service`` or ``nobody``. data: ids, codes and
    numbers only; what a person wrote, and names, go to ``text``, which is erased in time.
    To be called last: whoever notes something waits for whoever noted something before.
    """
    journal.append(connection, kind, actor=actor, now=now, data=data or {}, text=text)
