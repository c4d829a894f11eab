"""``build.json`` of the built site: for which address it was made, with drafts or not, and with
which files that staff set.

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


def made_with(data: bytes) -> dict[str, str]:
    """Digests of the files of ``_site/`` that the site was made with, by name; none when the
    stamp says nothing of them or cannot be read."""
    try:
        found = json.loads(data)["site_files"]
        return {str(name): str(digest) for name, digest in found.items()}
    except (ValueError, LookupError, TypeError, AttributeError):
        return {}


def read_stamp(output: Path) -> Stamp | None:
    """The stamp of the site in ``output``; None when there is none that can be read."""
    try:
        stamp = json.loads((output / FILE).read_text("utf-8"))
        if stamp["format"] != FORMAT:
            return None
        return Stamp(str(stamp["site_url"]), bool(stamp["drafts"]))
    except (OSError, ValueError, LookupError, TypeError):
        return None
