"""Pictures, files and texts that a post names and that are not there.

Readers still get the page; staff are told which file names what.

    check_files     what a text takes from ``content/``
    LinksGenerator  where its other links and pictures lead inside the blog
"""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from pelican import Pelican, signals
from pelican.generators import Generator

from comments_service.errors import N_

from .publication import on_its_day
from .report import note
from .sections.reserved import made_without_texts
from .texts import Text, texts

PICTURE = "/images/plan.png"

_SOURCE = re.compile(r"<(?:img|video|audio|source)\b[^<>]*?\s(?:src|poster)=[\"']([^\"']+)[\"']")
_ADDRESS = re.compile(
    r"<(a|area|img|video|audio|source)\b[^<>]*?\s(?:href|src|poster)=(?:\"([^\"<>]*)\"|'([^'<>]*)')"
)
_OURS_TO_REPLACE = "{"
"""How Pelican's own links begin; those that are left were told when they were not found."""


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
    for found in _SOURCE.finditer(text._content or ""):
        address = found[1].removeprefix(text.settings["SITEURL"])
        if address.startswith(_copied(text.settings)):
            yield unquote(urlsplit(address).path).lstrip("/")


def _copied(settings: dict[str, Any]) -> tuple[str, ...]:
    return tuple(f"/{folder}/" for folder in settings["STATIC_PATHS"])


def _is_readable(file: Path) -> bool:
    try:
        file.open("rb").close()
    except OSError:
        return False
    return True


class LinksGenerator(Generator):
    """Notes what leads nowhere. It comes after whoever writes pages, and before the report."""

    def generate_output(self, writer: object) -> None:
        """Called by Pelican after the pages were written."""
        # First of all texts: what one attaches gets its place when its links are read.
        named = [(text, self._named_by(text)) for text in self.context["texts"]]
        static = self.context["static_content"].values()
        self._files = {each.save_as for each in static} | set(self._later())
        self._without_texts = made_without_texts(self.settings)
        self._there: dict[tuple[str, str], bool] = {}
        for text, addresses in named:
            for tag, address in addresses:
                if not self._leads_somewhere(text, tag, address):
                    self._tell(text, tag, address)

    def _named_by(self, text: Any) -> list[tuple[str, str]]:
        """Whole addresses, also where those of the pages depend on the page (RELATIVE_URLS)."""
        return list(dict.fromkeys(_addresses(text.get_content(self.settings["SITEURL"]))))

    def _later(self) -> Iterator[str]:
        """Pages of drafts: in a preview they stand elsewhere than on their day."""
        if self.settings["DRAFT_SAVE_AS"]:
            for text in self.context["texts"]:
                if text.status == "draft":
                    yield on_its_day(text).save_as

    def _leads_somewhere(self, text: Text, tag: str, address: str) -> bool:
        if address.startswith(_OURS_TO_REPLACE) or not address.strip("#"):
            return True
        if address.startswith("#"):
            return self._has_part(text, unquote(address[1:]))
        if tag != "a" and address.startswith(_copied(self.settings)):
            return True  # `check_files` looks for these
        # Most links are whole, or from the root: they lead to the same place from every text.
        key = ("" if address.startswith(("/", "http")) else text.url, address)
        if key not in self._there:
            path = self._path(text, address)
            self._there[key] = path is None or self._is_there(path)
        return self._there[key]

    def _path(self, text: Text, address: str) -> str | None:
        """Below the site's root; None for what is elsewhere. The site's own address, whichever
        this build is for, decides what is inside."""
        own, here = self.settings["SITE"].address, self.settings["SITEURL"]
        if address.startswith(f"{here}/"):
            address = f"{own}/{address.removeprefix(f'{here}/')}"
        try:
            found = urlsplit(urljoin(f"{own}/{text.url}", address))
        except ValueError:
            return None
        root = urlsplit(f"{own}/")
        if found[:2] != root[:2] or not f"{found.path}/".startswith(root.path):
            return None
        return unquote(found.path[len(root.path) :])

    def _is_there(self, path: str) -> bool:
        if self._without_texts.fullmatch(path) or path in self._files:
            return True
        file = Path(self.output_path) / path
        inside = f"{path.rstrip('/')}/index.html".lstrip("/")
        try:
            return file.is_file() or (file / "index.html").is_file() or inside in self._files
        except (OSError, ValueError):
            return False

    def _has_part(self, text: Text, name: str) -> bool:
        """Whether the page of the text has this id: in the text, else in what is around it."""
        marks = (f'id="{name}"', f"id='{name}'", f"id={name}", f'name="{name}"')
        if any(mark in text.content for mark in marks):
            return True
        page = Path(self.output_path) / text.save_as
        return page.is_file() and any(mark in page.read_text("utf-8") for mark in marks)

    def _tell(self, text: Text, tag: str, address: str) -> None:
        if tag == "a" or tag == "area":
            note(text, "", N_("the link to %(address)s leads nowhere"), address=address)
        else:
            nothing = N_("there is nothing at %(address)s: write it like %(example)s")
            note(text, "", nothing, address=address, example=PICTURE)


def _addresses(html: str) -> Iterator[tuple[str, str]]:
    """What the links and pictures of a text name, with the name of the tag."""
    for found in _ADDRESS.finditer(html):
        yield found[1], unescape(found[2] or found[3] or "").strip()


def note_texts(generators: list[Generator]) -> None:
    """Keep all texts, drafts too, for the generator."""
    generators[0].context["texts"] = texts(generators)


def add_generator(pelican: Pelican) -> type[Generator]:
    return LinksGenerator


def register() -> None:
    signals.all_generators_finalized.connect(check_files)
    signals.all_generators_finalized.connect(note_texts)
    signals.get_generators.connect(add_generator)
