"""What database, files, Git and site can disagree on, in words for the people who run a blog."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from ..errors import N_


class What(StrEnum):
    """The kinds of difference; ``WORDS`` says each of them."""

    # The comment file
    LOST = "lost"
    WAITING = "waiting"
    FILE_GONE = "file_gone"
    FILE_DIFFERS = "file_differs"
    FILE_BACK = "file_back"
    FILE_MOVED = "file_moved"
    FILE_UNKNOWN = "file_unknown"
    FILE_WITHDRAWN = "file_withdrawn"
    FILE_UNREADABLE = "file_unreadable"
    FILE_TWICE = "file_twice"
    TEXT_DIFFERS = "text_differs"
    TEMPORARY = "temporary"
    # Git
    STOPPED = "stopped"
    REWRITTEN = "rewritten"
    NOT_COMMITTED = "not_committed"
    NOT_LOOKED_AT = "not_looked_at"
    CLONE_CHANGED = "clone_changed"
    # The site
    SITE_SILENT = "site_silent"
    PAGE_MISSING = "page_missing"
    PAGE_LACKS = "page_lacks"
    PAGE_DIFFERS = "page_differs"
    PAGE_STILL = "page_still"
    PAGE_UNKNOWN = "page_unknown"
    # The database
    COUNTER = "counter"
    NOT_ERASED = "not_erased"
    RECORD = "record"
    ATTENTION = "attention"


@dataclass(frozen=True, slots=True)
class Words:
    """what: the difference. fix: what ``--fix`` does about it; None: a person must, ``advice``."""

    what: str
    fix: str | None
    advice: str = ""


WORDS: Mapping[What, Words] = {
    What.LOST: Words(
        N_("was decided, but nothing is under way to publish it"), N_("publish it now")
    ),
    What.WAITING: Words(N_("waits to be published"), N_("publish it now")),
    What.FILE_GONE: Words(
        N_("somebody removed this file; its comment still counts as public"),
        N_("withdraw the comment"),
    ),
    What.FILE_DIFFERS: Words(
        N_("somebody changed this file"), N_("take its wording over, and publish it")
    ),
    What.FILE_BACK: Words(
        N_("somebody put this file there; its comment does not count as public"),
        N_("take it over, and publish it"),
    ),
    What.FILE_MOVED: Words(
        N_("somebody moved this file to another conversation"), N_("move the comment there too")
    ),
    What.FILE_UNKNOWN: Words(
        N_("the database does not know this comment"), N_("learn it from its file")
    ),
    What.FILE_WITHDRAWN: Words(
        N_("this file still shows a comment that was withdrawn"), N_("take its text away")
    ),
    What.FILE_UNREADABLE: Words(
        N_("this file cannot be read: %(why)s"), None, N_("Correct it, or remove it.")
    ),
    What.FILE_TWICE: Words(
        N_("one comment in two places: %(why)s"), None, N_("Remove the one that is wrong.")
    ),
    What.TEXT_DIFFERS: Words(
        N_("the database has another text than the file"), N_("take the file's text over")
    ),
    What.TEMPORARY: Words(N_("a left-over of a write that was cut short"), N_("delete it")),
    What.STOPPED: Words("%(why)s", None, N_("Publishing goes on when this is over.")),
    What.REWRITTEN: Words("%(why)s", None, N_("If that was meant: tertulia reconcile --believe")),
    What.NOT_COMMITTED: Words(
        N_("this file is not in Git as it lies in the folder"), None, N_("Commit it, or undo it.")
    ),
    What.NOT_LOOKED_AT: Words(
        N_("the repository of the comments has something new"), N_("take it over")
    ),
    What.CLONE_CHANGED: Words(
        N_("somebody worked in the service's private clone; that work does not count"),
        N_("make the clone as the repository is"),
    ),
    What.SITE_SILENT: Words(
        N_("the site cannot be looked at: %(why)s"), None, N_("Try again when it answers.")
    ),
    What.PAGE_MISSING: Words(
        N_("has comments, but no article or page of the site is its own"),
        None,
        N_("Bring the article back, or withdraw them."),
    ),
    What.PAGE_LACKS: Words(N_("the page does not show it"), N_("publish it again")),
    What.PAGE_DIFFERS: Words(N_("the page shows another wording"), N_("publish it again")),
    What.PAGE_STILL: Words(N_("the page still shows what was taken back"), N_("publish it again")),
    What.PAGE_UNKNOWN: Words(
        N_("the page shows a comment that has no place there"), N_("build the site again")
    ),
    What.COUNTER: Words(
        N_("its counter is below the highest number given, %(why)s"), N_("set the counter")
    ),
    What.NOT_ERASED: Words(
        N_("stands in the list of erased comments, but is not erased"), N_("erase it again")
    ),
    What.RECORD: Words(
        N_("its record is not whole, or was changed"),
        None,
        N_("Compare it with a backup; nothing is changed here."),
    ),
    What.ATTENTION: Words(
        N_("its state is not what its record tells"),
        None,
        N_("Compare it with a backup; nothing is changed here."),
    ),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One of them. where: file, address, reference or conversation, as a person finds it.

    comment_id: of the comment that it is about. why: more about it, already in words.
    """

    what: What
    where: str
    comment_id: str | None = None
    why: str = ""

    @property
    def can_be_mended(self) -> bool:
        """By ``--fix``."""
        return WORDS[self.what].fix is not None
