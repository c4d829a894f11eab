"""Comparing the database with the comment files and with the pages. Nothing is changed here.

Files and pages are read once each, the database in batches: a hundred thousand comments are
looked at in one go.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from .. import commentfile, ledger
from ..domain.comments import Comment, Tombstone
from ..errors import SiteUnreachable
from ..site.build import MANIFEST
from ..site.manifest import ThreadInfo, parse
from ..store import cases, checks, outbox, publication
from ..store.publication import Kept
from .backup import Progress, no_progress
from .blog import Blog
from .differences import Difference, What
from .found_files import File, the_one, why_not
from .public_site import PublicSite, open_public_site, site_folder

Files = Mapping[str, list[File]]
BATCH = 500


@dataclass(frozen=True, slots=True)
class Known:
    """What the database has. kept: by id, all that have, had or could have a file.

    waiting: by id, what is under way.
    """

    kept: Mapping[str, Kept]
    waiting: Mapping[str, outbox.Asked]


def known(blog: Blog, files: Files) -> Known:
    """Everything in the database that files or pages are compared with."""
    with blog.store.read() as connection:
        kept = {each.id: each for each in publication.public(connection)}
        kept |= publication.kept_of(connection, [each for each in files if each not in kept])
        return Known(kept, outbox.waiting(connection))


def with_files(
    blog: Blog, has: Known, files: Files, progress: Progress = no_progress
) -> Iterator[Difference]:
    """What differs between database and comment files."""
    ids = sorted({*has.kept, *files})
    for start in range(0, len(ids), BATCH):
        some = ids[start : start + BATCH]
        with blog.store.read() as connection:
            wordings = publication.public_wordings(connection, some)
        for each in some:
            yield from _in_files(has, each, files.get(each, []), wordings.get(each))
        progress(start + len(some), len(ids))


def _in_files(
    has: Known, comment_id: str, files: Sequence[File], wording: Comment | None
) -> Iterator[Difference]:
    kept = has.kept.get(comment_id)
    file = the_one(kept.thread if kept else None, files)
    for each in files:
        if each.problem or each is not file:
            what = What.FILE_UNREADABLE if each.problem else What.FILE_TWICE
            yield Difference(what, each.path, comment_id, why_not(each, file)[1])
    if comment_id in has.waiting:
        problem = has.waiting[comment_id].problem
        why = problem.message % problem.values if problem else ""
        yield Difference(What.WAITING, _place(kept, comment_id), comment_id, why)
    elif what_ := _what(kept, file, wording):
        yield Difference(what_, file.path if file else _place(kept, comment_id), comment_id)


def _what(kept: Kept | None, file: File | None, wording: Comment | None) -> What | None:
    if kept is None:
        return What.FILE_UNKNOWN if file and file.entry else None
    if file is None:
        return _without_file(kept)
    if file.entry is None:
        return None  # said already
    if kept.is_withdrawn:
        return What.FILE_WITHDRAWN if isinstance(file.entry, Comment) else None
    if kept.wanted_revision is None:
        return What.FILE_BACK
    if file.thread != kept.thread:
        return What.FILE_MOVED
    if isinstance(file.entry, Tombstone) or file.digest != kept.digest_head or not kept.is_current:
        return What.FILE_DIFFERS
    return None if _same(file.entry, wording) else What.TEXT_DIFFERS


def _without_file(kept: Kept) -> What | None:
    if kept.wanted_revision is None or kept.is_withdrawn:
        return None
    return What.FILE_GONE if kept.digest_head else What.LOST


def _same(file: Comment, wording: Comment | None) -> bool:
    """Whether they say the same; what staff wrote counts as a revision of ours."""
    return wording is not None and file == replace(
        wording, revision=file.revision, edited=file.edited
    )


def _place(kept: Kept | None, comment_id: str) -> str:
    return str(commentfile.path_of(kept.thread, comment_id)) if kept else comment_id


def with_site(
    blog: Blog, has: Known, files: Files, progress: Progress = no_progress
) -> Iterator[Difference]:
    """What differs between database and pages."""
    site = open_public_site(blog.settings, blog.site_url)
    threads = _threads(blog)
    by_thread: dict[str, list[Kept]] = {}
    for each in has.kept.values():
        info = threads.get(each.thread)
        by_thread.setdefault(info.key if info else each.thread, []).append(each)
    infos = {info.key: info for info in threads.values()}
    for thread in sorted(by_thread.keys() - infos.keys()):
        if any(each.wanted_revision for each in by_thread[thread]):
            yield Difference(What.PAGE_MISSING, thread)
    try:
        for done, key in enumerate(sorted(infos), 1):
            for url in infos[key].urls.values():
                yield from _on_page(site, url, by_thread.get(key, []), has, files)
            progress(done, len(infos))
    except SiteUnreachable as error:
        yield Difference(What.SITE_SILENT, blog.site_url, why=str(error))


def _threads(blog: Blog) -> Mapping[str, ThreadInfo]:
    """By key and alias; none where the site was not built yet."""
    try:
        manifest = parse((site_folder(blog.settings) / MANIFEST).read_bytes())
    except OSError:
        return {}
    return manifest.threads if manifest else {}


def _on_page(
    site: PublicSite, url: str, expected: Sequence[Kept], has: Known, files: Files
) -> Iterator[Difference]:
    shown = site.comments(url) or {}
    for kept in expected:
        if kept.id not in has.waiting and (what := _what_on_page(kept, shown.get(kept.id))):
            yield Difference(what, f"{url}#comment-{kept.id}", kept.id)
    ids = {kept.id for kept in expected}
    for each in sorted(shown.keys() - ids):
        # A file that is about to be learned, or that a waiting decision moves, is no riddle.
        if each not in has.waiting and (each in has.kept or each not in files):
            yield Difference(What.PAGE_UNKNOWN, f"{url}#comment-{each}", each)


def _what_on_page(kept: Kept, shown: Sequence[str] | None) -> What | None:
    stands = kept.digest_head if kept.wanted_revision is not None else None
    if stands is None:
        return What.PAGE_STILL if shown else None
    if not kept.is_current or (shown and stands in shown):
        return None  # about its file something is to be done first
    if not shown:
        return What.PAGE_LACKS
    return What.PAGE_STILL if kept.is_withdrawn else What.PAGE_DIFFERS


def within_database(blog: Blog) -> Iterator[Difference]:
    """What the database itself shows to be wrong, and what the ledger of erasures asks for."""
    listed = ledger.ids(blog.settings.erasures_file)
    with blog.store.read() as connection:
        for each in publication.kept_of(connection, listed).values():
            if not each.erased:
                yield Difference(What.NOT_ERASED, each.id, each.id)
        for thread, series, most in checks.low_counters(connection):
            yield Difference(What.COUNTER, f"{thread} ({series})", why=str(most))
        for number in checks.unsound_cases(connection):
            yield Difference(What.RECORD, cases.reference_of(connection, number))
        for number in checks.wrong_attentions(connection):
            yield Difference(What.ATTENTION, cases.reference_of(connection, number))
