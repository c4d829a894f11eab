"""What stands of a record: without the decisions that were taken back at once."""

from collections.abc import Iterable

from .cases import UNDOABLE, Event, EventKind


def standing(record: Iterable[Event]) -> list[Event]:
    """In order; each ``UNDONE`` takes the last decision that still stood with it."""
    found: list[Event] = []
    for event in record:
        if event.kind is EventKind.UNDONE:
            last = [n for n, each in enumerate(found) if each.kind in UNDOABLE]
            if last:
                del found[last[-1]]
        else:
            found.append(event)
    return found
