"""The demonstration: a blog of its own in a folder that carries a mark, on this machine alone.

Everything that is possible only there asks ``refuse_outside`` first.
"""

import json
import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP
from pathlib import Path
from string import Template
from tempfile import TemporaryDirectory

from .. import markup
from ..config import load_site
from ..config.settings import Settings
from ..errors import N_, CannotStart, Fault, InvalidComment, InvalidConfig, NotHere, UnknownComment
from ..mail.trial import Mailbox
from ..site.stamp import read_stamp
from ..store import people
from . import demo_story
from .blog import Blog, open_blog
from .demo_times import DAYS, Times, times
from .showing import build_site
from .sign_in import SignedIn, open_session_for

MARK = ".tertulia-demonstration"
"""In the folder of a demonstration: JSON with ``made``, when it was told to its end,
and ``comments``, their references by author."""

WHO = ("gestora", "moderador", "moderadora", "jefe", "autora", "dpd")
"""Whom one may enter as: the logins of ``story.toml``."""

_NAME = re.compile(r"^name = .*$", re.MULTILINE)
_COLOUR = re.compile(r'^colour = "[^"]*"', re.MULTILINE)


def is_demonstration(blog: Blog) -> bool:
    """Whether it is one, reached from this machine alone."""
    return blog.is_trial and (blog.settings.blog / MARK).is_file()


def refuse_outside(blog: Blog) -> None:
    """The one guard of what needs no password. Raises NotHere."""
    if not is_demonstration(blog):
        raise NotHere(N_("There is nothing at this address."))


def sign_in_as(blog: Blog, who: str, language: str, *, now: datetime, agent: str = "") -> SignedIn:
    """A session of one of its invented people, without a password; their pages speak
    ``language`` from then on. Raises NotHere."""
    refuse_outside(blog)
    with blog.store.write() as connection:
        person = people.by_login(connection, who) if who in WHO else None
        if person is None or not person.works:
            raise NotHere(N_("There is no account at this address."))
        people.change(connection, person.id, language=language)
        person = replace(person, language=language)
        return open_session_for(connection, person, now, factor="demo", agent=agent)


def change_look(blog: Blog, name: str, colour: str, *, now: datetime) -> None:
    """The institution is called so and has that colour; the site is made anew.

    Raises NotHere, InvalidComment, BuildFailed.
    """
    refuse_outside(blog)
    name = markup.clean_line(name)
    if not markup.is_visible(name) or len(name) > 80:
        raise _refused(Fault("name", N_("Write 1 to %(most)s characters."), most=80))
    file = blog.settings.content_folder / "site.toml"
    before = file.read_text("utf-8")
    after = _NAME.sub(lambda _: f"name = {json.dumps(name, ensure_ascii=False)}", before, count=1)
    after = _COLOUR.sub(lambda _: f"colour = {json.dumps(colour)}", after, count=1)
    with TemporaryDirectory() as trial:  # what cannot be used never stands in the blog
        shutil.copytree(blog.settings.content_folder / "images", Path(trial) / "content/images")
        (Path(trial) / "content/site.toml").write_text(after, "utf-8")
        try:
            load_site(Path(trial))
        except InvalidConfig as error:
            raise _refused(Fault("colour", N_("Choose one of the list."))) from error
    file.write_text(after, "utf-8")
    build_site(blog, now=now)


def _refused(fault: Fault) -> InvalidComment:
    return InvalidComment(N_("There is a problem"), [fault])


class KeptMailbox(Mailbox):
    """The mails of the demonstration, kept in a folder: the service may be stopped between."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        files = sorted(folder.glob("*.eml"))
        for file in files:
            with file.open("rb") as opened:
                super().put(_read(opened.read()))
        self._next = int(files[-1].stem) + 1 if files else 1

    def put(self, message: EmailMessage) -> None:
        super().put(message)
        (self._folder / f"{self._next:06}.eml").write_bytes(message.as_bytes(policy=SMTP))
        self._next += 1


def _read(data: bytes) -> EmailMessage:
    return BytesParser(EmailMessage, policy=SMTP).parsebytes(data)


def open_demonstration(settings: Settings) -> Blog:
    """The blog of a demonstration, with the mails that it sent. Raises as ``open_blog`` does."""
    blog = open_blog(settings)
    return replace(blog, mailbox=KeptMailbox(settings.var_folder / "mails"))


@dataclass(frozen=True, slots=True)
class Source:
    """What it is made from. content: of the blog that is copied; ours: of the program."""

    content: Path
    ours: Path


def make(
    settings: Settings,
    source: Source,
    now: datetime,
    tell: Callable[[str], None],
    progress: demo_story.Progress,
) -> None:
    """Make the demonstration in the empty folder of ``settings``; the mark tells that it is whole.

    tell: gets a message of the catalogue before each part. Raises CannotStart, BuildFailed.
    """
    folder = settings.blog
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / MARK).write_text("{}\n", "utf-8")
    tell(N_("Copying the content..."))
    _copy(source, folder, now)
    blog = open_demonstration(settings)
    blog.mailbox.is_open = True
    try:
        tell(N_("Building the site..."))
        build_site(blog, now=now)
        tell(N_("Telling what happened in the last weeks..."))
        comments = demo_story.tell(blog, source.ours, now, progress)
    finally:
        blog.store.close()
    told = {"made": now.isoformat(), "comments": comments}
    (folder / MARK).write_text(json.dumps(told, ensure_ascii=False) + "\n", "utf-8")


def made_at(folder: Path) -> datetime | None:
    """When the demonstration there was made; None: it was not, or not to its end."""
    try:
        return datetime.fromisoformat(json.loads((folder / MARK).read_text("utf-8"))["made"])
    except (OSError, ValueError, LookupError, TypeError):
        return None


def remove(folder: Path) -> None:
    """Take a demonstration away. Raises CannotStart for a folder that is none."""
    if not folder.exists() and not folder.is_symlink():
        return
    if folder.is_symlink() or not (folder / MARK).is_file():
        raise CannotStart(
            N_("%(folder)s is not a demonstration: move it elsewhere. Nothing was changed."),
            folder=folder,
        )
    for item in folder.iterdir():  # the mark last: what was half removed is one still
        if item.name != MARK:
            shutil.rmtree(item) if item.is_dir() and not item.is_symlink() else item.unlink()
    (folder / MARK).unlink()
    folder.rmdir()


def _copy(source: Source, folder: Path, now: datetime) -> None:
    """The content as it is in the checkout, and posts dated relative to now."""
    shutil.copytree(source.content, folder / "content")
    shutil.copyfile(source.ours / "pelicanconf.py", folder / "pelicanconf.py")
    days = _days(times(folder, now))
    articles = folder / "content" / "articles" / "demo"
    articles.mkdir(parents=True)
    for model in sorted((source.ours / "articles").iterdir()):
        text = Template(model.read_text("utf-8")).safe_substitute(days)
        (articles / model.name).write_text(text, "utf-8")


def _days(told: Times) -> Mapping[str, str]:
    """``d4``: four working days ago, early in the morning."""
    return {f"d{n}": f"{told.day(n):%Y-%m-%d} 08:00" for n in range(DAYS)}


def built_for(output: Path) -> str | None:
    """The address that the site there was built for."""
    stamp = read_stamp(output)
    return stamp.site_url if stamp else None


def reference_of(blog: Blog, author: str) -> str:
    """Of a comment of the story. Raises UnknownComment."""
    told = json.loads((blog.settings.blog / MARK).read_text("utf-8"))
    found = told.get("comments", {}).get(author)
    if found is None:
        raise UnknownComment(N_("We find no comment at this address."))
    return str(found)
