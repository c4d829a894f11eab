"""``rules.json`` of the built site: every version of every rule, with its page's addresses.

Read again when the file changes. A file that cannot be used (missing, cut short, of another
format) leaves the last good copy in force, so that nobody's reasons go missing meanwhile.
"""

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from threading import Lock

from pydantic import TypeAdapter

from ..config.rules import Rule, in_force
from .manifest import SitePath

FORMAT = 1
FILE = "rules.json"

Cited = tuple[int, int]
"""Number and version: what a decision names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicRule(Rule):
    """A version of a rule as the site shows it.

    urls: path of its page from the site's root, by language; a site of an earlier release
    has none.
    """

    urls: Mapping[str, SitePath] = field(default_factory=dict)


class RulesReader:
    """Answers for one ``rules.json``; many request threads may ask at once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self._stamp: tuple[int, int, int] | None = None
        self._rules: Mapping[Cited, PublicRule] = {}

    def in_force(self, day: date) -> list[PublicRule]:
        """The rules that hold on this day, by number."""
        return in_force(self._read().values(), day)

    def version(self, cited: Cited) -> PublicRule | None:
        """A version of a rule, in force or not any more; None for an unknown one."""
        return self._read().get(cited)

    def _read(self) -> Mapping[Cited, PublicRule]:
        with self._lock:
            try:
                if _stamp(self._path.stat()) != self._stamp:
                    self._look()
            except OSError:
                self._stamp = None
            return self._rules

    def _look(self) -> None:
        with self._path.open("rb") as source:
            # Of the opened file: the whole site may change places between stat and open.
            self._stamp = _stamp(os.fstat(source.fileno()))
            found = parse(source.read())
        if found is not None:
            self._rules = {(rule.number, rule.version): rule for rule in found}


def parse(data: bytes) -> list[PublicRule] | None:
    """None for anything but whole rules of our format."""
    try:
        found = json.loads(data)
        if not isinstance(found, dict) or found.get("format") != FORMAT:
            return None
        return _checks().validate_python(found["rules"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def read(path: Path) -> list[PublicRule]:
    """The rules of one file; none when it cannot be used."""
    try:
        return parse(path.read_bytes()) or []
    except OSError:
        return []


def changed(before: Iterable[PublicRule], after: Iterable[PublicRule], day: date) -> list[str]:
    """Names of the files whose words are others than in an earlier site, or gone.

    Only of versions that were in force by ``day``: decisions may cite those.
    """
    now = {
        (rule.number, rule.version, lang): (rule.since, rule.title[lang], text)
        for rule in after
        for lang, text in rule.text.items()
    }
    return [
        f"{rule.number:02}-v{rule.version}.{lang}.md"
        for rule in before
        for lang, text in rule.text.items()
        if rule.urls and rule.since <= day
        if now.get((rule.number, rule.version, lang)) != (rule.since, rule.title.get(lang), text)
    ]


def _stamp(stat: os.stat_result) -> tuple[int, int, int]:
    return stat.st_mtime_ns, stat.st_ino, stat.st_size


@cache
def _checks() -> TypeAdapter[list[PublicRule]]:
    return TypeAdapter(list[PublicRule])
