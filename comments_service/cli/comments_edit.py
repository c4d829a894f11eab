"""``tertulia comments list``, ``revise``, ``withdraw`` and ``erase``: single comments, by
people on the server. Each decision is published right away."""

import difflib
from pathlib import Path
from typing import IO

import click

from ..domain.comments import WithdrawnBy
from ..domain.states import Visibility
from ..errors import N_
from ..store.listing import Listed
from ..store.publication import Kept
from ..usecases.blog import Blog
from ..usecases.faults import step_of
from ..usecases.find import find, newest, under_way
from ..usecases.publish import publish
from ..usecases.revise import public_wording, revise
from ..usecases.status import retry
from ..usecases.withdraw import erase, what_remains, withdraw
from .options import now, with_blog
from .speech import Command, complain, confirmed, say, told
from .upkeep import opened_blog

SHOWN_CHARS = 60

REASONS = {"reader": WithdrawnBy.READER, "institution": WithdrawnBy.INSTITUTION}


@click.command(
    "list",
    cls=Command,
    help=N_("List the comments of an article, or the newest of all, with reference and id."),
    example="tertulia comments list mas-alla-del-buzon",
)
@click.argument("thread", required=False)
@click.option("--most", default=50, show_default=True, help=N_("How many at most."))
@with_blog
def list_(thread: str | None, most: int, blog: Path | None) -> None:
    """Newest first."""
    with opened_blog(blog) as opened:
        rows = newest(opened, thread, most)
    for row in rows:
        text = " ".join(row.body.split())
        short = text if len(text) <= SHOWN_CHARS else f"{text[: SHOWN_CHARS - 1]}…"
        click.echo(f"{row.reference or '-':<12}  {row.id}  {_state(row)}  {row.author}: {short}")
    if not rows:
        say(N_("There are no comments."))


STATES = {
    Visibility.HELD: N_("waits for a decision"),
    Visibility.APPROVED: N_("approved"),
    Visibility.PUBLISHED: N_("on the site"),
    Visibility.REJECTED: N_("not published"),
    Visibility.SPAM: N_("not published"),
    Visibility.PRIVATE: N_("private"),
    Visibility.WITHDRAWN: N_("withdrawn"),
}


def _state(row: Listed) -> str:
    return told(N_("erased") if row.erased else STATES[row.visibility])


@click.command(
    "withdraw",
    cls=Command,
    help=N_(
        "Take a comment or an answer down. Its place and number stay, its text goes from the"
        " site; the database keeps it."
    ),
    example="tertulia comments withdraw 2026-000123 --by reader",
)
@click.argument("comment", metavar=N_("REFERENCE_OR_ID"))
@click.option(
    "--by",
    type=click.Choice(sorted(REASONS)),
    default="institution",
    show_default=True,
    help=N_("Whose wish it was; the page says so."),
)
@with_blog
def withdraw_(comment: str, by: str, blog: Path | None) -> None:
    """Where it was public, its page says that it was withdrawn."""
    with opened_blog(blog) as opened:
        kept = find(opened, comment)
        withdraw(opened, kept.id, reason=REASONS[by], by=None, now=now())
        _publish_and_tell(opened, kept)


@click.command(
    "revise",
    cls=Command,
    help=N_("Correct the text of a public comment or answer; the page says that it was edited."),
    example="tertulia comments revise 2026-000123 --file text.md",
)
@click.argument("comment", metavar=N_("REFERENCE_OR_ID"))
@click.option(
    "--file",
    "file",
    type=click.File("r", encoding="utf-8"),
    required=True,
    help=N_("File with the new text; - reads it from the keyboard or a pipe."),
)
@click.option("--yes", is_flag=True, help=N_("Do not ask."))
@with_blog
def revise_(comment: str, file: IO[str], yes: bool, blog: Path | None) -> None:
    """Shows what changes and asks first."""
    with opened_blog(blog) as opened:
        kept = find(opened, comment)
        before = public_wording(opened, kept.id).body
        text = file.read()
        _tell_changes(before, text.strip())
        if not yes and not _agreed(N_("Publish this text?")):
            say(N_("Nothing was changed."))
            return
        revise(opened, kept.id, kept.head_revision, text, by=None, now=now())
        _publish_and_tell(opened, kept)


@click.command(
    "erase",
    cls=Command,
    help=N_(
        "Erase a comment or an answer for good: from the site, the database, the comment files,"
        " and from a history of their own."
    ),
    example="tertulia comments erase 2026-000123",
)
@click.argument("comment", metavar=N_("REFERENCE_OR_ID"))
@click.option(
    "--by",
    type=click.Choice(sorted(REASONS)),
    default="reader",
    show_default=True,
    help=N_("Whose wish it was; the page says so."),
)
@click.option("--yes", is_flag=True, help=N_("Do not ask."))
@with_blog
def erase_(comment: str, by: str, yes: bool, blog: Path | None) -> None:
    """Says what will be gone and what will not, and asks first."""
    with opened_blog(blog) as opened:
        kept = find(opened, comment)
        if kept.erased:
            say(N_("It was erased already. Whatever is left of that is done now."))
        else:
            _tell_what_goes(opened, kept)
            if not yes and not _agreed(N_("Erase it? This cannot be undone.")):
                say(N_("Nothing was changed."))
                return
        erase(opened, kept.id, reason=REASONS[by], by=None, now=now())
        _publish_and_tell(opened, kept)


def _tell_what_goes(opened: Blog, kept: Kept) -> None:
    say(N_("Erased will be: the text, the name and all notes about it in the database;"))
    say(N_("the text in its file and on the site."))
    if kept.number is not None:
        say(N_("What stays: its number, its date, and that it was withdrawn."))
    for each in what_remains(opened.settings, kept.number):
        say(each)


def _tell_changes(before: str, after: str) -> None:
    for line in difflib.ndiff(before.splitlines(), after.splitlines()):
        if not line.startswith("?"):
            click.echo(line)


def _agreed(question: str) -> bool:
    return confirmed(told(question))


def _publish_and_tell(opened: Blog, kept: Kept) -> None:
    """Publish now, and say how far it came."""
    retry(opened, now())
    publish(opened, now, step_of(opened.settings.fault_step))
    left = under_way(opened, kept.id)
    if left is None:
        say(N_("Done: the site is as you decided."))
    elif left.problem is None:
        say(N_("Decided. The site follows by itself; look with: tertulia reconcile"))
    else:
        complain(N_("Decided and kept, but not everywhere yet. It is tried again by itself:"))
        complain(left.problem.message, **left.problem.values)
