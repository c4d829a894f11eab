"""The texts of a case's record, read once for each page."""

from flask import g

from ..domain.cases import Case
from ..store import events
from .edge import edge


def texts_of(case: Case) -> dict[int, str]:
    """By the number of the event; nothing of what was erased."""
    read: dict[int, dict[int, str]] = g.setdefault("case_texts", {})
    if case.id not in read:
        with edge().blog.store.read() as connection:
            read[case.id] = events.texts(connection, case.id)
    return read[case.id]
