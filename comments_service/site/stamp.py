"""``build.json`` of the built site: for which address it was made, and with drafts or not.

It travels with the site and says nothing of time: the same content gives the same bytes.
"""

import json
from dataclasses import dataclass
from pathlib import Path

FILE = "build.json"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Stamp:
    """site_url: without a closing slash. drafts: shows what is not yet public."""

    site_url: str
    drafts: bool


def read_stamp(output: Path) -> Stamp | None:
    """The stamp of the site in ``output``; None when there is none that can be read."""
    try:
        stamp = json.loads((output / FILE).read_text("utf-8"))
        if stamp["format"] != FORMAT:
            return None
        return Stamp(str(stamp["site_url"]), bool(stamp["drafts"]))
    except (OSError, ValueError, LookupError, TypeError):
        return None
