"""``tertulia check``: every fault of a blog at once, before readers meet it."""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from .. import commentfile
from ..config import load_site
from ..config.holidays import read_calendar
from ..config.rules import FOLDER
from ..config.settings import Settings
from ..content_repo.checking import CHANGED_RULE
from ..errors import N_, BuildFailed, InvalidCommentFile, InvalidConfig, TertuliaError
from ..site import rules
from ..site.build import MANIFEST, REPORT, build
from ..usecases.public_site import site_folder
from .building import fault_line
from .options import now, trial_settings, with_blog
from .speech import Command, catalog, complain, explained, ngettext, say

STANDS_BESIDE = "thread.md"
"""What staff decided about a thread; no comment."""

DONE = "Done: Processed "
"""Pelican's only line that names no fault."""
BELOW_CONTENT = "content/"
"""What the report's names of files begin with, and the build's own lines leave out."""


@dataclass
class Findings:
    """What was looked at so far. faults, warnings: lines for a person."""

    articles: int = 0
    comments: int = 0
    faults: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


@click.command(
    "check",
    cls=Command,
    help=N_("Name every fault in the settings, the content and the comment files."),
    example="tertulia check",
)
@with_blog
def check(blog: Path | None) -> None:
    """Builds in a temporary folder; the site that readers see stays as it is."""
    found = Findings()
    settings = _settings(blog, found)
    if settings is not None:
        _check_comments(settings, found)
        _check_site(settings, found)
    for line in found.warnings:
        complain(N_("Warning: %(line)s"), line=line)
    for line in found.faults:
        click.echo(line, err=True)
    if found.faults:
        sys.exit(1)
    say(
        N_("All is well: %(articles)s, %(comments)s"),
        articles=ngettext("%(count)s article", "%(count)s articles", found.articles),
        comments=ngettext("%(count)s comment", "%(count)s comments", found.comments),
    )


def _settings(blog: Path | None, found: Findings) -> Settings | None:
    """The settings, or None when they or ``site.toml`` cannot be used."""
    folder = blog
    settings = None
    try:
        settings = trial_settings(blog=blog)
        folder = settings.blog
    except InvalidConfig as error:
        found.faults.append(explained(error))
    try:
        site = load_site(folder or Path())
    except InvalidConfig as error:
        found.faults.append(explained(error))
        return None
    _check_holidays(folder or Path(), site.deadlines.region, found)
    return settings


def _check_holidays(folder: Path, region: str | None, found: Findings) -> None:
    year = now().year
    for fault in read_calendar(folder, region, year, year + 1).faults:
        found.faults.append(fault_line(fault.where, "", fault.explain(catalog().gettext)))


def _comments_of(settings: Settings) -> Path | None:
    """As they lie there, committed or not; None: in ``content/comments``."""
    folder = settings.comments_folder
    usual = settings.content_folder / "comments"
    return folder if folder != usual and folder.is_dir() else None


def _check_comments(settings: Settings, found: Findings) -> None:
    root = _comments_of(settings) or settings.content_folder / "comments"
    for path in sorted(root.glob("[!._]*/*.md")):
        if path.name == STANDS_BESIDE:
            continue
        name = f"content/comments/{path.relative_to(root)}"
        found.comments += 1
        try:
            commentfile.loads(path.read_bytes(), name)
        except InvalidCommentFile as error:
            found.faults.append(fault_line(name, error.key, error.explain(catalog().gettext)))
        except OSError as error:
            found.faults.append(fault_line(name, "", error.strerror or str(error)))


def _check_site(settings: Settings, found: Findings) -> None:
    """Build as strictly as can be, and go on after each fault.

    Faults of texts and comments come from the build's report; what Pelican prints beside it is
    of the settings and the templates.
    """
    printed: list[str] = []
    with TemporaryDirectory(prefix="tertulia-check-") as temporary:
        work = Path(temporary)
        try:
            build(
                settings.blog,
                work / "site",
                site_url=str(settings.site_url),
                production=False,
                strict=True,
                every_fault=True,
                lock=work / "lock",
                log=work / "log",
                comments=_comments_of(settings),
                now=now(),
                report=printed.append,
            )
        except BuildFailed as error:
            found.faults.append(_not_made(error))
            return
        except TertuliaError as error:
            found.faults.append(explained(error))
            return
        reported = list(_reported(work / "site", known=tuple(found.faults)))
        found.faults += [line for line in printed if not _is_told(line, work / "site")]
        found.faults += reported
        found.warnings += _changed_rules(settings, work / "site")
        threads = json.loads((work / "site" / MANIFEST).read_text("utf-8"))["threads"]
    found.articles = sum(thread["kind"] == "article" for thread in threads.values())


def _not_made(error: BuildFailed) -> str:
    """Without the name of a log that is gone by then. The program's own words are last: they are
    for whoever changed a template."""
    if "log" not in error.values:
        return explained(error)
    said = error.detail.strip().splitlines()
    words = N_("The pages cannot be made: look at theme/templates and pelicanconf.py.")
    more = N_("What the program that makes them said: %(said)s")
    lines = [catalog().gettext(words)]
    if said:
        lines.append(catalog().gettext(more) % {"said": said[-1]})
    return "\n".join(lines)


def _changed_rules(settings: Settings, site: Path) -> Iterator[str]:
    """Versions of rules that say something else than on the site that readers see."""
    before = rules.read(site_folder(settings) / rules.FILE)
    after = rules.read(site / rules.FILE)
    for name in rules.changed(before, after, now().date()):
        yield fault_line(f"{FOLDER}/{name}", "", catalog().gettext(CHANGED_RULE))


def _reported(site: Path, known: tuple[str, ...]) -> Iterator[str]:
    """The faults of the build's report that were not found before, in the institution's words."""
    for fault in _report(site):
        if not any(line.startswith(f"{fault['file']}:") for line in known):
            yield fault_line(fault["file"], fault["key"], fault["reason"])


def _is_told(line: str, site: Path) -> bool:
    """Whether the report says what Pelican printed, or it is no fault."""
    files = (fault["file"].removeprefix(BELOW_CONTENT) for fault in _report(site))
    return line.startswith((DONE, *(f"{file}: " for file in files)))


def _report(site: Path) -> list[dict[str, str]]:
    faults: list[dict[str, str]] = json.loads((site / REPORT).read_text("utf-8"))["faults"]
    return faults
