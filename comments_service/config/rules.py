"""The rules of participation: every version of each, ``_site/rules/`` among the comments.

A version is in force from its ``since`` until that of the next one, and never changes:
decisions cite it. ``rulefile`` reads and writes one file.

They are read in the folder that a build reads the comments from (``TERTULIA_COMMENTS``, else
``content/comments``), in every mode of publishing. Where the comments have a branch of their own
the rules are in that branch too, with whatever else staff set for readers' pages.

``[[rules]]`` of ``site.toml``, where they stood at first, is still read, so that the blog of an
earlier release loses none; a file of the same rule and version takes its place.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from ..errors import N_, Fault, InvalidRuleFile
from .rulefile import NAME, NO_NAME, Wording, loads, name_of
from .site_toml import SiteConfig

FOLDER = "content/comments/_site/rules"
"""How it is named to people, wherever the comments are."""
MAX_FILE_BYTES = 16_000

_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK  # a named pipe must not hold the build
_A_LINK = N_("is a symbolic link; it is not followed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One version of a rule.

    number, version: from 1. since: the first day on which it holds; of a version that
    ``ends`` its rule, the first day without it.
    title, text: by language, in those that it was written in; text is Markdown.
    """

    number: int
    version: int
    since: date
    title: Mapping[str, str]
    text: Mapping[str, str]
    ends: bool = False


@dataclass(frozen=True, slots=True)
class Rules:
    """Every version of every rule, by number and version, and what could not be read."""

    versions: tuple[Rule, ...] = ()
    faults: tuple[InvalidRuleFile, ...] = ()


AnyRule = TypeVar("AnyRule", bound=Rule)


def in_force(versions: Iterable[AnyRule], day: date) -> list[AnyRule]:
    """Of each rule the version that holds on this day, by number."""
    begun = sorted((rule for rule in versions if rule.since <= day), key=lambda rule: rule.version)
    newest = {rule.number: rule for rule in begun}
    return [newest[number] for number in sorted(newest) if not newest[number].ends]


def read_rules(comments: Path, site: SiteConfig) -> Rules:
    """The rules among the files of this folder; a missing folder holds none.

    What cannot be used is told and left out: one slip must not silence the others.
    """
    faults: list[InvalidRuleFile] = []
    wordings = list(_read_folder(comments / "_site" / "rules", faults))
    written = {(each.number, each.version) for each in wordings}
    wordings += [each for each in _in_site(site) if (each.number, each.version) not in written]
    versions: list[Rule] = []
    for each in _versions(wordings, faults):
        before = versions[-1] if versions and versions[-1].number == each.number else None
        if before and each.since < before.since:
            message = N_("must not be before %(date)s, the day of version %(version)s")
            fault = Fault("since", message, date=before.since, version=before.version)
            faults += [InvalidRuleFile(_shown(each, lang), [fault]) for lang in each.title]
        else:
            versions.append(each)
    return Rules(tuple(versions), tuple(faults))


def _in_site(site: SiteConfig) -> Iterator[Wording]:
    """Those of ``[[rules]]``, in the languages that say something."""
    for rule in site.rules:
        for lang in site.languages:
            title, text = (said.get(lang) or said.get("") for said in (rule.title, rule.text))
            if title and text:
                yield Wording(
                    number=rule.number,
                    version=rule.version,
                    lang=lang,
                    since=rule.since,
                    title=title,
                    text=text,
                )


def _versions(wordings: Iterable[Wording], faults: list[InvalidRuleFile]) -> list[Rule]:
    """What each version says in all its languages, by number and version."""
    grouped: dict[tuple[int, int], list[Wording]] = {}
    for wording in sorted(wordings, key=name_of):
        same = grouped.setdefault((wording.number, wording.version), [])
        if same and same[0].ends != wording.ends:
            fault = Fault("ends", N_("must be as in %(file)s"), file=name_of(same[0]))
            faults.append(InvalidRuleFile(f"{FOLDER}/{name_of(wording)}", [fault]))
        elif same and same[0].since != wording.since:
            message = N_("must be the same day as in %(file)s: %(date)s")
            fault = Fault("since", message, file=name_of(same[0]), date=same[0].since)
            faults.append(InvalidRuleFile(f"{FOLDER}/{name_of(wording)}", [fault]))
        else:
            same.append(wording)
    return [
        Rule(
            number=number,
            version=version,
            since=same[0].since,
            title={each.lang: each.title for each in same},
            text={each.lang: each.text for each in same},
            ends=same[0].ends,
        )
        for (number, version), same in sorted(grouped.items())
    ]


def _shown(rule: Rule, lang: str) -> str:
    return f"{FOLDER}/{rule.number:02}-v{rule.version}.{lang}.md"


def _read_folder(folder: Path, faults: list[InvalidRuleFile]) -> Iterator[Wording]:
    """Every file that says something whole; symbolic links are never followed."""
    for above in (folder.parent, folder):
        if above.is_symlink():
            where = FOLDER if above == folder else FOLDER.rpartition("/")[0]
            faults.append(InvalidRuleFile(where, [Fault("", _A_LINK)]))
            return
    try:
        # Hidden files are other tools' and half-written ones.
        names = sorted(name for name in os.listdir(folder) if not name.startswith("."))  # noqa: PTH208
    except (FileNotFoundError, NotADirectoryError):
        return
    for name in names:
        file = f"{FOLDER}/{name}"
        try:
            yield loads(_bytes_of(folder / name), file)
        except Fault as fault:
            faults.append(InvalidRuleFile(file, [fault]))
        except InvalidRuleFile as error:
            faults.append(error)


def _bytes_of(path: Path) -> bytes:
    """Raises Fault."""
    if path.is_symlink():
        raise Fault("", _A_LINK)
    if not NAME.fullmatch(path.name):
        raise Fault("", NO_NAME)
    try:
        with os.fdopen(os.open(path, _OPEN), "rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise Fault("", N_("cannot be read: %(why)s"), why=error.strerror) from error
    if len(data) > MAX_FILE_BYTES:
        raise Fault("", N_("is too large to be a rule"))
    return data
