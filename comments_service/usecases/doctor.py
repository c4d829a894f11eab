"""Looking whether all is well: one line for each thing, what it is and what to do about it.

Nothing is changed by it, not even a table or a missing key; whatever is asked over the network
has a few seconds. It works beside the running service, and where nothing can be opened.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from ..config import SiteReader
from ..config.settings import Settings
from ..content_repo import open_place
from ..errors import N_, InvalidConfig, TertuliaError
from ..mail import smtp
from ..site.stamp import read_stamp
from ..store import builds, facts, log_seals
from ..store.engine import open_store
from . import leftovers, promises, sending, status
from .blog import Blog, assembled
from .key_files import key_file, name_of
from .machine import (
    WORDS,
    Health,
    Line,
    attention,
    database,
    disk,
    fault,
    good,
    key,
    keys_here,
    versions,
    wrong,
)
from .public_site import site_folder

__all__ = ["WORDS", "Health", "Line", "examine", "is_well"]

NETWORK_SECONDS = 8.0
OLD_BACKUP = timedelta(days=2)
UNSEALED = timedelta(hours=1)


def examine(settings: Settings, now: datetime) -> list[Line]:
    """Every line, the foundations first. Raises nothing of our own."""
    lines = [*versions(), *disk(settings), *key(settings)]
    try:
        read_site = SiteReader(settings.blog)
    except InvalidConfig as error:
        return [fault(error, N_("Mend content/site.toml; `tertulia check` names every fault."))]
    lines.append(good(N_("The settings can be read.")))
    store = open_store(settings.database)
    try:
        found = database(settings, store)
        lines.append(found)
        if found.health is Health.WRONG:
            return lines
        blog = assembled(settings, read_site, store, keys_here(settings))
        for look in _LOOKS:
            lines += _looked(look, blog, now)
    finally:
        store.close()
    return lines


def is_well(lines: list[Line]) -> bool:
    """Whether nothing is wrong; attention is no wrong."""
    return all(line.health is not Health.WRONG for line in lines)


def _looked(
    look: Callable[[Blog, datetime], Iterator[Line]], blog: Blog, now: datetime
) -> list[Line]:
    try:
        return list(look(blog, now))
    except TertuliaError as error:
        return [fault(error, "")]


def _sealed(blog: Blog, _now: datetime) -> Iterator[Line]:
    """Whether the key here is the one that the database is sealed with."""
    with blog.store.read() as connection:
        wanted = facts.get(connection, facts.KEY)
    has = name_of(keys_here(blog.settings).master)
    waits = any(key_file(blog.settings).parent.glob("next*.key"))
    if wanted is not None and wanted != has and not waits:
        advice = N_("Put back the key that belongs to this database: it is beside its backup.")
        yield wrong(N_("What is stored is sealed under another key."), advice)


def _git(blog: Blog, _now: datetime) -> Iterator[Line]:
    mode = blog.settings.comments_git
    if mode == "off":
        yield good(N_("Comments are published as files, without Git."))
        return
    try:
        open_place(blog.settings).reach(NETWORK_SECONDS)
    except TertuliaError as error:
        yield fault(error, N_("Until then nothing is published; what is decided is safe."))
    else:
        yield good(N_("Git is ready for comments (%(mode)s)."), mode=mode)


def _mail(blog: Blog, _now: datetime) -> Iterator[Line]:
    host = blog.settings.smtp_host
    if blog.keeps_mails:
        words = N_("This is a trial: its mails stay on this machine, to be read at %(address)s.")
        yield good(words, address=f"{blog.site_url}/correos")
        return
    if host is None:
        yield good(N_("No mail is sent: no server is set, and readers are asked for no address."))
        return
    try:
        smtp.greet(sending.server_of(blog, host), NETWORK_SECONDS)
    except TertuliaError as error:
        yield fault(error, N_("Look at TERTULIA_SMTP_HOST and those beside it. Mails wait."))
    else:
        yield good(N_("The mail server %(host)s takes our mails."), host=host)


def _site(blog: Blog, _now: datetime) -> Iterator[Line]:
    folder = site_folder(blog.settings)
    if not (folder / "threads.json").is_file():
        advice = N_("`tertulia build` makes it; where a CI builds, see that it ran.")
        yield wrong(N_("There is no built site in %(folder)s."), advice, folder=folder)
        return
    stamp = read_stamp(folder)
    if stamp is not None and stamp.site_url != blog.site_url:
        advice = N_("Build it again, or look at TERTULIA_SITE_URL.")
        yield wrong(N_("The site was built for %(address)s."), advice, address=stamp.site_url)
        return
    with blog.store.read() as connection:
        last = next(iter(builds.newest(connection, 1)), None)
    if last is not None and last.problem:
        advice = N_("The one before is still shown. All that was printed is in var/build.log.")
        yield wrong(N_("The last build of the site failed."), advice)
    else:
        yield good(N_("The site is built."))


def _tick(blog: Blog, now: datetime) -> Iterator[Line]:
    found = status.alarms(blog, now)
    with blog.store.read() as connection:
        ticked = facts.noted_at(connection, facts.TICKED)
    if ticked is not None and ticked > now + timedelta(minutes=5):
        advice = N_("Set the clock of this machine; it must follow a time server.")
        yield wrong(N_("The clock is behind what happened already."), advice)
    else:
        yield good(N_("The clock is not behind what happened already."))
    if ticked is None:
        advice = N_("`tertulia up` or `tertulia serve` starts it.")
        yield attention(N_("The service never ran here."), advice)
    elif found.is_silent:
        yield wrong(
            N_("The background work does nothing, since %(when)s."),
            N_("Start the service again."),
            when=f"{ticked:%Y-%m-%d %H:%M} UTC",
        )
    else:
        yield good(N_("The background work is alive."))
    yield from _pending(found)


def _pending(found: status.Alarms) -> Iterator[Line]:
    advice = N_("The first page of /gestion/ names them and says what to do.")
    if found.stopped or found.is_late:
        yield wrong(
            N_("Decisions wait to be published: %(count)s."), advice, count=found.queue.count
        )
    elif found.queue.problem:
        words = N_("Decisions that are tried again: %(count)s.")
        yield attention(words, advice, count=found.queue.count)
    else:
        yield good(N_("What was decided is published, or on its way."))
    if files := [*found.unreadable, *found.settings]:
        yield attention(N_("Files that cannot be read: %(count)s."), advice, count=len(files))


def _calendar(blog: Blog, now: datetime) -> Iterator[Line]:
    if not blog.site.deadlines.are_set:
        return
    if promises.calendar_faults(blog, now):
        advice = N_("Mend its lines, at /gestion/ajustes/festivos.")
        yield wrong(N_("Something in the calendar of holidays cannot be read."), advice)
    elif years := promises.missing_years(blog, now):
        advice = N_("Write them at /gestion/ajustes/festivos.")
        words = N_("The holidays of %(years)s are missing: promised dates are only approximate.")
        yield attention(words, advice, years=", ".join(map(str, years)))
    else:
        yield good(N_("The holidays that promised dates need are known."))


def _backups(blog: Blog, now: datetime) -> Iterator[Line]:
    folder = blog.settings.var_folder / leftovers.BACKUPS
    made = [each.stat().st_mtime for each in folder.glob("tertulia-*.tar")]
    if not made:
        advice = N_("`tertulia backup FOLDER` makes one; if you make them elsewhere, all is well.")
        yield attention(N_("There is no backup in var/backups."), advice)
        return
    age = timedelta(seconds=now.timestamp() - max(made))
    if age > OLD_BACKUP:
        advice = N_("`tertulia backup FOLDER` makes one; if you make them elsewhere, all is well.")
        yield attention(N_("The newest backup is %(days)s days old."), advice, days=age.days)
    else:
        yield good(N_("The newest backup is of these days."))


def _log(blog: Blog, now: datetime) -> Iterator[Line]:
    with blog.store.read() as connection:
        is_due, last = log_seals.is_due(connection), log_seals.newest(connection)
    if is_due and last is not None and now.timestamp() - last.at > UNSEALED.total_seconds():
        advice = N_("The running service seals it; `tertulia tick` does it once.")
        yield attention(N_("The log grew and is not sealed."), advice)
    else:
        yield good(N_("The log is sealed; `tertulia audit verify` proves that it is whole."))


_LOOKS = (_sealed, _git, _mail, _site, _tick, _calendar, _backups, _log)
