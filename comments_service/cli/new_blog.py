"""The files of a new blog: content and a few lines of settings, nothing of the program."""

import json
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from string import Template
from zoneinfo import ZoneInfo

from ..config import load_site
from ..config.site_toml import LANGUAGES
from ..errors import N_, CannotStart, Fault, InvalidConfig
from ..markup import clean_line

MODEL = Path(__file__).parent / "blog"
ZONE = ZoneInfo("Europe/Madrid")
LOGO_FORMATS = (".svg", ".png", ".jpg", ".jpeg", ".webp")

COPIED = {
    "pelicanconf.py": "pelicanconf.py",
    "publishconf.py": "publishconf.py",
    "Makefile": "Makefile",
    # Under these names Git would read them in the program's own repository.
    "gitignore": ".gitignore",
    "gitattributes": ".gitattributes",
}
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What ``init`` asks. logo: a file to copy, or None; contact: an e-mail address.

    tagline: may be empty.
    """

    name: str
    tagline: str = ""
    address: str
    languages: Sequence[str]
    colour: str
    logo: Path | None
    contact: str


def make_blog(folder: Path, answers: Answers, now: datetime) -> None:
    """Write the blog into ``folder``, whole or not at all.

    Raises CannotStart when the folder cannot be used, InvalidConfig naming every answer
    that cannot.
    """
    check_folder(folder)
    beside = folder.with_name(f".{folder.name}.new")
    try:
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir(parents=True)
        _write(beside, answers, now.astimezone(ZONE))
        _check(beside, answers)
        folder.mkdir(exist_ok=True)
        for item in sorted(beside.iterdir()):
            item.rename(folder / item.name)
    except OSError as error:
        raise CannotStart(
            N_("The folder %(folder)s cannot be made: %(why)s"), folder=folder, why=error.strerror
        ) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def check_folder(folder: Path) -> None:
    """Raises CannotStart unless the folder is new or empty; a fresh repository is empty."""
    if folder.exists() and (
        not folder.is_dir() or any(item.name != ".git" for item in folder.iterdir())
    ):
        raise CannotStart(
            N_("%(folder)s is not empty: choose a new folder. Nothing was changed."), folder=folder
        )


def _write(blog: Path, answers: Answers, now: datetime) -> None:
    for name, target in COPIED.items():
        shutil.copyfile(MODEL / name, blog / target)
    _fill(MODEL / "requirements.txt", blog / "requirements.txt", version=version("tertulia"))
    content = blog / "content"
    for folder in ("articles", "pages", "images", "comments/_site/rules"):
        (content / folder).mkdir(parents=True)
    for folder in ("images", "comments"):
        (content / folder / ".gitkeep").touch()
    logo = _copy_logo(content, answers.logo)
    (content / "site.toml").write_text(_site_toml(answers, logo), "utf-8")
    for language in LANGUAGES:
        if language in answers.languages:
            _write_texts(content, MODEL / language, now, clean_line(answers.name))
    _write_readme(blog, answers)


def _write_readme(blog: Path, answers: Answers) -> None:
    """For who opens the folder, in the institution's first language."""
    for language in [each for each in answers.languages if each in LANGUAGES][:1]:
        _fill(MODEL / language / "README.md", blog / "README.md", name=clean_line(answers.name))


def _write_texts(content: Path, model: Path, now: datetime, name: str) -> None:
    """The first article, by the institution, the pages and the rules in one language."""
    slug = re.search(r"^Slug: (\S+)$", (model / "article.md").read_text("utf-8"), re.MULTILINE)
    article = content / "articles" / str(now.year) / f"{slug[1] if slug else model.name}.md"
    article.parent.mkdir(exist_ok=True)
    _fill(model / "article.md", article, now=f"{now:%Y-%m-%d %H:%M}", name=name)
    for page in sorted((model / "pages").iterdir()):
        shutil.copyfile(page, content / "pages" / page.name)
    for rule in sorted((model / "rules").iterdir()):
        _fill(rule, content / "comments" / "_site" / "rules" / rule.name, today=f"{now:%Y-%m-%d}")


def _site_toml(answers: Answers, logo: str | None) -> str:
    template = (MODEL / "site.toml").read_text("utf-8")
    return Template(template).substitute(
        name=_quoted(answers.name),
        tagline=_line("tagline", answers.tagline) or '# tagline = ""',
        address=_quoted(answers.address),
        languages=json.dumps(list(answers.languages)),
        colour=_quoted(answers.colour),
        logo=f"logo = {_quoted(logo)}" if logo else '# logo = "images/logo.svg"',
        contact=_quoted(answers.contact),
    )


def _line(key: str, value: str) -> str:
    """A line of TOML; empty for nothing to say."""
    return f"{key} = {_quoted(value)}" if clean_line(value) else ""


def _quoted(value: str) -> str:
    """A TOML basic string; without control characters, JSON's are the same."""
    return json.dumps(clean_line(value), ensure_ascii=False)


def _fill(model: Path, target: Path, **values: str) -> None:
    target.write_text(Template(model.read_text("utf-8")).substitute(values), "utf-8")


def _copy_logo(content: Path, logo: Path | None) -> str | None:
    if logo is None or not logo.is_file():
        return None
    name = f"images/logo{logo.suffix.lower()}"
    shutil.copyfile(logo, content / name)
    return name


def _check(blog: Path, answers: Answers) -> None:
    faults = list(_own_faults(answers))
    named = {fault.where for fault in faults}
    try:
        load_site(blog)
    except InvalidConfig as error:
        for fault in error.faults:
            where = f"--{fault.where.split('.')[0]}"
            if where not in named:
                faults.append(Fault(where, fault.message, **fault.values))
    if faults:
        raise InvalidConfig(N_("No blog was made; these answers cannot be used:"), faults)


def _own_faults(answers: Answers) -> Iterator[Fault]:
    for option in ("name", "address", "contact"):
        if not clean_line(getattr(answers, option)):
            yield Fault(f"--{option}", N_("is missing"))
    if not answers.languages:
        yield Fault("--languages", N_("is missing"))
    if answers.contact and not _EMAIL.fullmatch(answers.contact):
        yield Fault("--contact", N_("must be an e-mail address"))
    if answers.logo and not answers.logo.is_file():
        yield Fault("--logo", N_("there is no file %(file)s"), file=answers.logo)
    elif answers.logo and answers.logo.suffix.lower() not in LOGO_FORMATS:
        yield Fault("--logo", N_("must be one of %(formats)s"), formats=", ".join(LOGO_FORMATS))
