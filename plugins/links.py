"""Pictures, files and texts that a post names and that are not there.

Readers still get the page; staff are told which file names what.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from pelican import signals

from comments_service.errors import N_

from .report import note
from .texts import Text, texts

_SOURCE = re.compile(r"<(?:img|video|audio|source)\b[^<>]*?\s(?:src|poster)=[\"']([^\"']+)[\"']")


def check_files(generators: list[Any]) -> None:
    """Note each file that a text names and that cannot be copied into the site."""
    for text in texts(generators):
        for path in sorted(set(_named(text))):
            file = Path(text.settings["PATH"]) / path
            if not file.is_file():
                note(text, "", N_("there is no file %(file)s"), file=path)
            elif not _is_readable(file):
                note(text, "", N_("the file %(file)s cannot be read"), file=path)


def _named(text: Text) -> Iterator[str]:
    """Paths below ``content/``: linked by {static} and {attach}, or shown from a folder that
    the site has under the same name."""
    yield from text.get_static_links()
    copied = tuple(f"/{folder}/" for folder in text.settings["STATIC_PATHS"])
    for found in _SOURCE.finditer(text._content or ""):
        address = found[1].removeprefix(text.settings["SITEURL"])
        if address.startswith(copied):
            yield unquote(urlsplit(address).path).lstrip("/")


def _is_readable(file: Path) -> bool:
    try:
        file.open("rb").close()
    except OSError:
        return False
    return True


def register() -> None:
    signals.all_generators_finalized.connect(check_files)
