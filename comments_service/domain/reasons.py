"""Why a comment was not published, as one text: the explanation, and what to change.

They are kept, sealed and erased together. Between them stands a character that no text of a
person has: it is removed at the door.
"""

from dataclasses import dataclass

_BETWEEN = "\x1f"


@dataclass(frozen=True, slots=True)
class Reasons:
    """change: what its author could write differently, or ""."""

    why: str
    change: str = ""

    def written(self) -> str:
        return f"{self.why}{_BETWEEN}{self.change}" if self.change else self.why


def read(text: str | None) -> Reasons:
    """Of what was kept; empty where it was erased."""
    why, _, change = (text or "").partition(_BETWEEN)
    return Reasons(why, change)
