"""The whole site made by Pelican, in a child process, beside the one that readers see.

Only a build that ended well and holds what it must changes places with the live site;
after anything else, even a SIGKILL, the live site is as it was and the next build starts
afresh.
"""

import fcntl
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO

from ..errors import N_, BuildFailed, CannotStart
from .child import Ended, Pelican, told, variables
from .last_good import LastGood
from .swap import recover, remove, swap

__all__ = ["MANIFEST", "build", "told"]

MAX_SECONDS = 3600.0
MAX_DETAIL_LINES = 12
MAX_WHY_CHARS = 300
MANIFEST = "threads.json"
REPORT = "build-report.json"
EXPECTED = ("index.html", MANIFEST)
ARTICLES = ("*.md", "*.markdown", "*.mkd", "*.mdown", "*.rst", "*.html", "*.htm")


def build(
    blog: Path,
    output: Path,
    *,
    site_url: str,
    production: bool,
    strict: bool,
    lock: Path,
    log: Path,
    every_fault: bool = False,
    last_good: Path | None = None,
    comments: Path | None = None,
    now: datetime | None = None,
    report: Callable[[str], None] | None = None,
    max_seconds: float = MAX_SECONDS,
) -> None:
    """Build the blog in the folder ``blog`` and put the result in the place of ``output``.

    site_url: address of the site, without a closing slash.
    production: by ``publishconf.py`` instead of ``pelicanconf.py``.
    strict: Pelican's warnings are faults too.
    every_fault: let no fault of a file stop it, so that the report names all of them; nothing
    stands in for a faulty file.
    last_good: folder of copies that stand in for faulty articles and pages, kept up to date
    here; given, no fault of such a file stops the build. It need not exist.
    comments: folder of the comment files, when it is not ``content/comments``.
    lock: file that only one builder holds at a time; a second one waits.
    log: file that gets everything Pelican prints in this build.
    now: the instant of the build, aware; else the clock's.
    report: gets each line that Pelican printed in a build that ended well.

    Raises CannotStart for a blog that cannot be built and an output folder that would not
    survive it, BuildFailed for everything that goes wrong while building.
    """
    blog, output = blog.resolve(), output.resolve()
    conf = blog / ("publishconf.py" if production else "pelicanconf.py")
    _check_blog(blog, conf)
    comments = comments.resolve() if comments else None
    read = comments or blog / "content/comments"
    copies = LastGood(last_good, blog / "content", read) if last_good else None
    kept = [path.resolve() for path in (lock, log, last_good, comments) if path]
    try:
        with _held(lock) as held:
            _check_output(output, blog, *kept)
            log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            log.write_bytes(b"")
            pelican = Pelican(
                blog=blog,
                conf=conf,
                fatal="" if every_fault else "warnings" if strict else "errors",
                environment=variables(site_url, now, comments)
                | (copies.environment() if copies else {})
                | ({"TERTULIA_EVERY_FAULT": "1"} if every_fault else {}),
                log=log,
                held=held,
                max_seconds=max_seconds,
            )
            lines = _replace(pelican, output, copies)
            if copies:
                copies.keep()
    except OSError as error:
        raise _failed(str(error), log) from error
    if report is not None:
        for line in lines:
            report(line)


def _replace(pelican: Pelican, output: Path, copies: LastGood | None) -> tuple[str, ...]:
    """A new site in the place of the old one; what Pelican printed."""
    with _beside(output) as new:
        lines = _make(pelican, new, copies)
        swap(new, output)
    return lines


def _make(pelican: Pelican, new: Path, copies: LastGood | None) -> tuple[str, ...]:
    """A whole site in ``new``; what Pelican printed. Raises BuildFailed.

    Where a changed file breaks more than itself (a page's address, a template that cannot
    show it), a second try goes without any of the changes. When that fails too, it was not
    they: the settings, a plugin or a template is at fault, as the first try told.
    """
    if copies:
        copies.begin()
    ended = pelican.run(new)
    refused = (ended.code or 0) > 0 and not ended.was_interrupted
    if refused and copies and copies.can_stand_in():
        remove(new)
        why = ended.lines[-1][:MAX_WHY_CHARS] if ended.lines else ended.how
        again = pelican.run(new, TERTULIA_HELD_BACK=why)
        ended = again if again.code == 0 else ended
    _check_result(ended, new, pelican)
    return ended.lines


def _check_blog(blog: Path, conf: Path) -> None:
    content = blog / "content"
    if not content.is_dir():
        raise CannotStart(
            N_("There is no folder %(folder)s: is this a blog? `tertulia init` makes one."),
            folder=content,
        )
    if not conf.is_file():
        raise CannotStart(N_("There is no file %(file)s; `tertulia init` makes one."), file=conf)
    articles = content / "articles"
    if not any(path.is_file() for form in ARTICLES for path in articles.rglob(form)):
        raise CannotStart(
            N_("There is no article in %(folder)s yet: write the first one, then build again."),
            folder=articles,
        )


def _check_output(output: Path, blog: Path, *kept: Path) -> None:
    """The folder is replaced whole: it must hold a built site and nothing of value."""
    lost = [path for path in (blog / "content", *kept) if path.is_relative_to(output)]
    if lost:
        raise CannotStart(
            N_("The site cannot be built in %(folder)s: that would remove %(file)s."),
            folder=output,
            file=lost[0],
        )
    if not output.exists() or (output / MANIFEST).is_file():
        return
    if not output.is_dir() or any(output.iterdir()):
        raise CannotStart(
            N_(
                "%(folder)s holds something else than a built site, and a build would remove it. "
                "Empty it or choose another folder."
            ),
            folder=output,
        )


@contextmanager
def _held(lock: Path) -> Iterator[IO[bytes]]:
    """Hold the builder's lock; waits for whoever has it."""
    lock.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with lock.open("ab") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield held


@contextmanager
def _beside(output: Path) -> Iterator[Path]:
    """Where the new site is made: in the same folder, so that it can change places.

    Clears away what a killed build left, and at the end what this one leaves.
    """
    new = output.with_name(f".{output.name}.next")
    recover(output)
    remove(new)
    try:
        yield new
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _check_result(ended: Ended, beside: Path, pelican: Pelican) -> None:
    """Raises BuildFailed unless Pelican ended well with a whole site in ``beside``."""
    detail = "\n".join(ended.lines[-MAX_DETAIL_LINES:])
    if ended.code is None:
        raise BuildFailed(
            detail,
            N_("The site was not built within %(seconds)g s; the one that readers see stays."),
            seconds=pelican.max_seconds,
        )
    if ended.code or ended.was_interrupted:
        raise _failed(detail or f"Pelican: {ended.how}", pelican.log)
    missing = [name for name in EXPECTED if not (beside / name).is_file()]
    if missing:
        raise BuildFailed(
            detail,
            N_(
                "The new site has no %(file)s, so the one that readers see stays: "
                "does pelicanconf.py import Tertulia's settings?"
            ),
            file=missing[0],
        )


def _failed(detail: str, log: Path) -> BuildFailed:
    return BuildFailed(
        detail,
        N_(
            "The site could not be built; the one that readers see stays. "
            "All that was printed is in %(log)s."
        ),
        log=log,
    )
