"""Which names of header lines mean something; what is told of the others.

A blog's own templates may read headers of their own, so an unknown name is no fault. It is told
when it looks like a slip of a known one, and taken away when it would break the text.
"""

from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from pelican import contents

from comments_service.errors import N_

from .markdown_reader import STOOD_TWICE
from .report import note
from .texts import Text

MEANT_NOTHING = "headers that meant nothing"
"""Key in an article's or page's metadata: names that were taken away. No header has this name."""

PELICANS = (
    *("title", "date", "modified", "category", "tags", "keywords", "slug", "author", "authors"),
    *("summary", "lang", "translation", "status", "template", "save_as", "url", "timezone"),
)
IN_SPANISH = {
    "comentarios": "comments",
    "cierre_comentarios": "comments_close",
    "apertura_comentarios": "comments_open",
    "mensaje_cierre": "comments_message",
    "alias": "aliases",
}
"""Spanish names of headers that have an English one."""

OURS = (
    *("thread", "comments", "description", "image", "categories"),
    *IN_SPANISH,
    *IN_SPANISH.values(),
    *("pregunta", "serie", "parte", "evento", "lugar", "fecha_evento"),
    *("titulo_comentarios", "mensaje_comentarios"),
)
LIKENESS = 0.81
"""How much of a name must be right (difflib's ratio): ``statsu`` is, ``update`` is no ``date``."""

# Pelican makes an attribute of every header, also over its own.
_WORDS_OF_THE_PROGRAM = frozenset(
    {
        *dir(contents.Article),
        *("settings", "metadata", "translations", "source_path", "relative_source_path"),
        *("in_default_lang", "override_save_as", "override_url", "locale_date"),
        *("locale_modified", "reader", "date_format"),
    }
) - {"save_as", "status", "summary", "url"}


def written(text: Text, name: str) -> tuple[str, str]:
    """A header's line under either of its names, and the name; "" where there is none."""
    for each in (name, *(spanish for spanish, english in IN_SPANISH.items() if english == name)):
        if line := str(text.metadata.get(each, "")).strip():
            return line, each
    return "", name


def clear(generator: Any, metadata: dict[str, Any]) -> None:
    """Take away what would hide a part of the program from it."""
    for name in list(metadata):
        if name != "reader" and (name in _WORDS_OF_THE_PROGRAM or name.startswith("_")):
            drop(metadata, name)


def drop(metadata: dict[str, Any], name: str) -> None:
    """Take one away, to be told when there is a text to tell it of."""
    del metadata[name]
    metadata.setdefault(MEANT_NOTHING, []).append(name)


def tell(text: Text) -> None:
    """Note what was taken away, what stood twice and what looks like a slip."""
    for name in _taken(text, MEANT_NOTHING):
        nothing = N_("%(header)s means nothing here and is left out")
        note(text, name, nothing, header=spelt(name))
    for name in _taken(text, STOOD_TWICE):
        tell_first(text, name)
    for name in text.metadata:
        if meant := meant_by(name):
            slip = N_("nobody knows the header %(header)s: is it %(meant)s?")
            note(text, name, slip, header=spelt(name), meant=spelt(meant))


@lru_cache(maxsize=1024)  # every text has the same few
def meant_by(name: str) -> str:
    """The header of which this unknown one looks like a slip; "" for a known one and others."""
    known = (*PELICANS, *OURS)
    alike = [] if name in known else get_close_matches(name, known, n=1, cutoff=LIKENESS)
    return alike[0] if alike else ""


def tell_first(text: Text, name: str) -> None:
    """Note that only the first line of a header was taken."""
    note(text, name, N_("%(header)s takes one line: the first one is taken"), header=spelt(name))


def spelt(name: str) -> str:
    """As people write a header's name."""
    return name.capitalize()


def _taken(text: Text, key: str) -> list[str]:
    names: list[str] = text.metadata.pop(key, [])
    text.__dict__.pop(key, None)
    return names
