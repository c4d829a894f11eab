"""Looking at what counts now: fetched, and what staff did to it taken over."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from .. import content_repo
from ..config.settings import Settings
from ..content_repo import Place
from ..errors import N_, GitFailed, PushRejected, RepositoryBusy
from ..store import facts, outbox, publication
from ..store import site_files as stored_site_files
from ..store.outbox import Job
from . import site_files
from .blog import Blog
from .take_in import take_in
from .withdraw import erase_again


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of the publisher works with. wait: between two tries of a push."""

    blog: Blog
    place: Place
    clock: Callable[[], datetime]
    step: Callable[[str], None]
    wait: Callable[[], None]


def look(run: Run, *, believe: bool = False) -> str | None:
    """Fetch what is newest and take in what staff did; the commit that counts now, if any.

    believe: whatever history and files say now is meant, however much of it is gone.
    Raises GitFailed and its kind.
    """
    erase_again(run.blog)
    know_the_place(run.blog, run.clock())
    run.step("refresh")
    with run.blog.store.read() as connection:
        believed = None if believe else facts.get(connection, facts.HEAD)
        branch = None if believe else facts.get(connection, facts.BRANCH)
    head = run.place.refresh(believed)
    _refuse_another_branch(branch, run.place.branch)
    run.step("take_in")
    if head is None or head != believed:
        _take_in(run, believed, believe=believe)
        site_files.take_in(run)
        _ask_to_forget(run, believed)
    with run.blog.store.write() as connection:
        facts.note(connection, facts.HEAD, head, run.clock())
        facts.note(connection, facts.BRANCH, run.place.branch, run.clock())
        facts.note(connection, facts.LOOKED, "", run.clock())
    return head


def _refuse_another_branch(then: str | None, now: str | None) -> None:
    """What is not on the branch that staff look into for a while is not removed."""
    if then is not None and now is not None and then != now:
        raise RepositoryBusy(
            "",
            N_(
                "The branch %(now)s is checked out, and comments are published on %(then)s."
                " They wait until that one is checked out again; to change to this one:"
                " tertulia reconcile --believe"
            ),
            now=now,
            then=then,
        )


def _ask_to_forget(run: Run, since: str | None) -> None:
    """Somebody's push may bring back what was erased from a history of our own."""
    if not run.place.own_history:
        return
    with run.blog.store.read() as connection:
        erased = publication.ids_erased(connection)
    back = run.place.recalls(erased, since) if erased else set()
    with run.blog.store.write() as connection:
        for kept in publication.kept_of(connection, sorted(back)).values():
            outbox.ask_again(connection, Job.FORGET, kept.id, kept.head_revision, run.clock())


def know_the_place(blog: Blog, now: datetime) -> None:
    """After a change of the settings that say where files count, nothing is known of them:
    what the new place lacks is written there, and not taken for removed by staff."""
    named, first = _name(blog.settings), _name(Settings(blog=blog.settings.blog))
    with blog.store.write() as connection:
        if (facts.get(connection, facts.PLACE) or first) == named:
            return
        publication.forget_files(connection)
        stored_site_files.forget_files(connection)
        for each in (facts.HEAD, facts.BRANCH):
            facts.note(connection, each, None, now)
        facts.note(connection, facts.PLACE, named, now)


def _name(settings: Settings) -> str:
    """Of the place; the same after a new password or token in the remote's address."""
    if settings.comments_git == "off":
        return "off"
    remote = (settings.comments_remote or "").split("?")[0]
    remote = re.sub(r"^([a-z+]+://)[^/]*@", r"\1", remote).rstrip("/").removesuffix(".git")
    parts = [settings.comments_git, remote, settings.comments_branch, settings.comments_path]
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _take_in(run: Run, since: str | None, *, believe: bool) -> None:
    if run.place.base(since) is None:
        content_repo.remove_leftovers(run.place.folder)
    try:
        take_in(run.blog, run.place, since, run.clock(), believe=believe)
    except (PushRejected, RepositoryBusy):
        raise
    except GitFailed as error:
        if since is None or type(error) is not GitFailed:
            raise
        # Staff rewrote their own history (an amended commit): everything is looked at.
        take_in(run.blog, run.place, None, run.clock(), believe=believe)
