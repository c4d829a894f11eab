"""What staff set for readers' pages: closing, words of the form, deadlines, holidays, rules.

Each is noted in the journal in the transaction that sets it; the publisher brings it to the
site (``site_files``). What is set as it was already is no change and leaves no trace.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from ..config import rulefile, site_files, site_settings
from ..config.rulefile import Wording
from ..config.site_settings import SiteSettings, Terms, Texts, Until
from ..domain.cases import person_actor
from ..domain.chain import Data
from ..domain.journal import JournalKind
from ..errors import N_, Fault, InvalidComment, InvalidRuleFile
from ..store import site_files as stored
from ..store.engine import Connection
from ..store.people import Person
from . import journal
from .blog import Blog

MAX_DAYS = site_settings.MAX_DAYS
_FAULTY = N_("There is a problem with what was sent.")


def fault(field: str, message: str, **values: object) -> InvalidComment:
    """One field cannot be used as it was sent."""
    return InvalidComment(_FAULTY, [Fault(field, message, **values)])


def close(blog: Blog, until: date | None, message: Texts, *, by: Person, now: datetime) -> bool:
    """Take no comment anywhere until that day is over; None: take them again. message: why, by
    language. Whether that is a change. Raises InvalidComment."""
    today = now.astimezone(blog.site.zone).date()
    if until is not None and until < today:
        raise fault("until", N_("Choose today or a day to come."))

    def change(said: SiteSettings) -> SiteSettings:
        return replace(said, closed_until=Until(until), closed_message=dict(message))

    told = {"setting": "closing", "until": until.isoformat() if until else None}
    return _change(blog, change, told, by=by, now=now, text="\n".join(message.values()))


def say(blog: Blog, heading: Texts, message: Texts, *, by: Person, now: datetime) -> bool:
    """What stands above the form, by language; nothing leaves it to the catalogue. Whether
    that is a change. Raises InvalidComment."""

    def change(said: SiteSettings) -> SiteSettings:
        return replace(said, heading=dict(heading), message=dict(message))

    text = "\n".join([*heading.values(), *message.values()])
    return _change(blog, change, {"setting": "words"}, by=by, now=now, text=text)


def promise(blog: Blog, terms: Terms, *, by: Person, now: datetime) -> bool:
    """The working days that readers are promised. Whether that is a change.

    Raises InvalidComment.
    """
    said_so = {name: getattr(terms, name) for name in ("decide", "answer", "resolve")}
    told = {"setting": "deadlines", **said_so}
    return _change(blog, lambda said: replace(said, deadlines=terms), told, by=by, now=now)


def _change(
    blog: Blog,
    change: Callable[[SiteSettings], SiteSettings],
    told: Data,
    *,
    by: Person,
    now: datetime,
    text: str = "",
) -> bool:
    with blog.store.write() as connection:
        stored.one_by_one(connection)
        before = stored.texts(connection, site_files.SETTINGS)
        said = change(site_settings.loads(before.get(site_files.SETTINGS, b"")))
        data = _written(said)
        if data == before.get(site_files.SETTINGS):
            return False
        stored.want(connection, site_files.SETTINGS, data, now, by=by.id)
        _note(connection, JournalKind.SETTING_CHANGED, told, by, now, text)
    blog.set_by_staff.forget()
    return True


def _written(said: SiteSettings) -> bytes:
    """Raises InvalidComment, with the setting as the field."""
    try:
        return site_settings.dumps(said)
    except InvalidRuleFile as error:
        faults = [Fault(_field(each), each.message, **each.values) for each in error.faults]
        raise InvalidComment(_FAULTY, faults) from error


def _field(fault: Fault) -> str:
    return fault.where.rpartition(": ")[2]


def keep_holidays(blog: Blog, text: str, *, by: Person, now: datetime) -> bool:
    """The days on which nobody works, one on each line. Whether that is a change.

    Raises InvalidRuleFile, with the line of each fault.
    """
    data = "".join(f"{line.rstrip()}\n" for line in text.splitlines()).encode()
    if faults := site_files.faults_of(site_files.HOLIDAYS, data):
        raise InvalidRuleFile(site_files.HOLIDAYS, faults)
    with blog.store.write() as connection:
        stored.one_by_one(connection)
        before = stored.texts(connection, site_files.HOLIDAYS)
        if data == before.get(site_files.HOLIDAYS):
            return False
        stored.want(connection, site_files.HOLIDAYS, data, now, by=by.id)
        lines = len(data.splitlines())
        told: Data = {"setting": "holidays", "lines": lines}
        _note(connection, JournalKind.SETTING_CHANGED, told, by, now)
    blog.set_by_staff.forget()
    return True


def holidays_text(blog: Blog) -> str:
    """The lines as they count now: those that staff set, else those of the blog's file."""
    if (kept := blog.set_by_staff.holidays) is not None:
        return kept
    try:
        return (blog.settings.content_folder / "holidays.txt").read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A new version of a rule as it was sent. number: None for a rule that is not there yet.

    title, text: by language; each language has both or none. ends: the rule holds no more.
    """

    number: int | None
    since: date
    title: Texts
    text: Texts
    ends: bool = False


def wordings(blog: Blog) -> list[Wording]:
    """Every version of every rule as staff want it, by number, version and language."""
    with blog.store.read() as connection:
        return _wordings(connection)


def _wordings(connection: Connection) -> list[Wording]:
    every = stored.every(connection)
    return [
        rulefile.loads(each.data, name)
        for name, each in every.items()
        if each.data is not None and name.startswith(f"{site_files.RULES}/")
    ]


def add_version(blog: Blog, sent: Version, *, by: Person, now: datetime) -> tuple[int, int]:
    """A new version of a rule, or a new rule; its number and version.

    Earlier ones stay as they are: decisions cite them. Raises InvalidComment.
    """
    with blog.store.write() as connection:
        stored.one_by_one(connection)
        there = _wordings(connection) + _of_site_toml(blog)
        number, version = _place(there, sent)
        files = _files(blog, sent, number, version, _first_day(there, number, now, blog))
        for name, data in files.items():
            stored.want(connection, name, data, now, by=by.id)
        told = {"rule": number, "version": version, "ends": int(sent.ends)}
        _note(connection, JournalKind.RULE_ADDED, told, by, now)
    return number, version


def _of_site_toml(blog: Blog) -> list[Wording]:
    """``[[rules]]`` of an earlier release: their numbers are taken too."""
    return [
        Wording(number=r.number, version=r.version, lang="es", since=r.since, title="", text="")
        for r in blog.site.rules
    ]


def _place(there: Sequence[Wording], sent: Version) -> tuple[int, int]:
    numbers = {each.number for each in there}
    if sent.number is None:
        number = max(numbers, default=0) + 1
        if sent.ends or number > rulefile.MAX_NUMBER:
            raise fault("number", N_("Choose the rule."))
        return number, 1
    if sent.number not in numbers:
        raise fault("number", N_("Choose the rule."))
    return sent.number, max(each.version for each in there if each.number == sent.number) + 1


def _first_day(there: Sequence[Wording], number: int, now: datetime, blog: Blog) -> date:
    """From when a new version may hold: never before today, nor before the version before."""
    today = now.astimezone(blog.site.zone).date()
    return max([today, *(each.since for each in there if each.number == number)])


def _files(blog: Blog, sent: Version, number: int, version: int, first: date) -> dict[str, bytes]:
    faults: list[Fault] = []
    if sent.since < first:
        faults.append(Fault("since", N_("Choose a day that is not before %(day)s."), day=first))
    langs = {*sent.title, *sent.text, blog.site.default_language}
    files: dict[str, bytes] = {}
    for lang in sorted(langs):
        title, text = sent.title.get(lang, ""), sent.text.get(lang, "")
        if missing := [what for what, said in (("title", title), ("text", text)) if not said]:
            faults += [Fault(f"{what}_{lang}", N_("Write it here.")) for what in missing]
            continue
        wording = Wording(
            number=number,
            version=version,
            lang=lang,
            since=sent.since,
            title=title,
            text=text,
            ends=sent.ends,
        )
        try:
            files[f"{site_files.RULES}/{rulefile.name_of(wording)}"] = rulefile.dumps(wording)
        except ValueError as error:
            faults += _faults_of(error, lang)
    if faults:
        raise InvalidComment(_FAULTY, faults)
    return files


def _faults_of(error: ValueError, lang: str) -> list[Fault]:
    """What a file of a rule cannot hold, beside the field that it came from."""
    cause = error.__cause__
    faults = cause.faults if isinstance(cause, InvalidRuleFile) else ()
    return [
        Fault(f"{'title' if 'title' in each.where else 'text'}_{lang}", each.message, **each.values)
        for each in faults
    ] or [Fault(f"text_{lang}", N_("holds a character that is no text"))]


def _note(
    connection: Connection,
    kind: JournalKind,
    told: Data,
    by: Person,
    now: datetime,
    text: str = "",
) -> None:
    journal.note(connection, kind, actor=person_actor(by.id), now=now, data=told, text=text or None)
