"""The picture that stands for an article where its address is shared.

``Image: images/plaza.jpg`` in its header (a file below ``content/``), else the first picture of
its text, else the institution's logo. Never an SVG: nothing that reads Open Graph shows one.
"""

import re
from collections.abc import Mapping
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin

from pelican import signals
from pelican.generators import Generator

from comments_service.errors import N_

from .report import note
from .texts import Text, texts

SHOWN = (".jpg", ".jpeg", ".png", ".gif", ".webp")

_PICTURE = re.compile(r"<img\b[^<>]*?\ssrc=[\"']([^\"'<>]+)[\"']")
_BELOW_CONTENT = re.compile(r"^(\{(static|attach|filename)\})?/?")


def picture_of(text: Text) -> str:
    """Whole address of the picture; "" when there is none that can be shown."""
    site_url: str = text.settings["SITEURL"]
    if named := _named(text):
        return f"{site_url}/{quote(named)}" if _is_shown(named) else ""
    page = f"{site_url}/{text.url}"
    for found in _PICTURE.finditer(text.content):
        address = urljoin(page, unescape(found[1]))
        if address.startswith(f"{site_url}/") and _is_shown(address):
            return address
    return logo_of(text.settings)


def logo_of(settings: Mapping[str, Any]) -> str:
    """Whole address of the logo, if it is one that can be shown; else ""."""
    logo: str = settings["SITE"].logo or ""
    return f"{settings['SITEURL']}/{logo}" if _is_shown(logo) else ""


def check_pictures(generators: list[Any]) -> None:
    """Tell staff of each header that names a picture which readers cannot get."""
    for text in texts(generators):
        named = _named(text)
        copied = tuple(f"{folder}/" for folder in text.settings["STATIC_PATHS"])
        if not named:
            continue
        if not named.startswith(copied) or not (Path(text.settings["PATH"]) / named).is_file():
            note(text, "image", N_("there is no file %(file)s"), file=named)
        elif not _is_shown(named):
            note(
                text, "image", N_("%(file)s cannot be shown elsewhere: use JPEG or PNG"), file=named
            )


def _named(text: Text) -> str:
    """Path below ``content/`` that the header names, or ""."""
    return _BELOW_CONTENT.sub("", str(text.metadata.get("image", "")).strip())


def _is_shown(path: str) -> bool:
    return path.lower().partition("?")[0].endswith(SHOWN)


def install(generator: Generator) -> None:
    """In templates: ``picture_of(article)``, and ``site_picture()`` for all other pages."""
    logo = logo_of(generator.settings)
    generator.env.globals.update(picture_of=picture_of, site_picture=lambda: logo)


def register() -> None:
    signals.generator_init.connect(install)
    signals.all_generators_finalized.connect(check_pictures)
