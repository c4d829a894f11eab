"""What a page says and where it leads, read by the parser of the standard library."""

import json
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
ADDRESSES = frozenset({"href", "src", "action", "poster", "cite", "data"})
SAID = frozenset({"alt", "aria-label", "title", "placeholder"})
SILENT = frozenset({"script", "style", "template"})


@dataclass
class Read:
    """One page. ids: its anchors; links: addresses as written; words: (language, text)."""

    ids: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    words: list[tuple[str, str]] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.read = Read()
        self.open: list[tuple[str, str]] = []  # the elements around, each with its language

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        language = values.get("lang") or (self.open[-1][1] if self.open else "")
        if tag not in VOID:
            self.open.append((tag, language))
        if "id" in values:
            self.read.ids.add(values["id"])
        self.read.links += [values[name] for name in ADDRESSES & values.keys()]
        self.read.links += [part.split()[0] for part in values.get("srcset", "").split(",") if part]
        self.read.words += [(language, values[name]) for name in SAID & values.keys()]
        if tag == "meta":
            self._meta(values, language)

    def _meta(self, values: dict[str, str], language: str) -> None:
        name = values.get("name") or values.get("property", "")
        if name in ("og:url", "og:image"):
            self.read.links.append(values["content"])
        elif name in ("description", "og:description", "og:title"):
            self.read.words.append((language, values["content"]))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        around = self.open[-1] if self.open else ("", "")
        if around[0] == "script" and data.lstrip()[:1] in ("[", "{"):
            self.read.links += _addresses_of(json.loads(data))
        elif around[0] not in SILENT and data.strip():
            self.read.words.append((around[1], " ".join(data.split())))


def _addresses_of(data: Any) -> list[str]:
    """The web addresses in a block of JSON-LD, without those of its vocabulary."""
    if isinstance(data, dict):
        return [
            each
            for key, value in data.items()
            if key != "@context"
            for each in _addresses_of(value)
        ]
    if isinstance(data, list):
        return [each for value in data for each in _addresses_of(value)]
    return [data] if isinstance(data, str) and data.startswith("http") else []


def read_html(text: str) -> Read:
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader.read
