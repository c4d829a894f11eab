"""Nothing that people read speaks in our own terms; what operators read may."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from tests.support.plain_words import found

ROOT = Path(__file__).parents[1]
SERVICE = ROOT / "comments_service"
LANGUAGES = ("es", "eu", "en")

OPERATORS = (
    *("cli/", "config/", "content_repo/", "site/", "store/", "commentfile.py", "fetch.py"),
    *("ledger.py", "usecases/archive.py", "usecases/audit.py", "usecases/counts.py"),
    *("usecases/differences.py", "usecases/doctor.py", "usecases/faults.py", "usecases/machine.py"),
    *("usecases/reconcile.py", "usecases/remote_build.py", "usecases/site_files.py"),
    *("usecases/upgrade.py", "usecases/writing.py", "web/templates/staff/server_"),
)
"""Where texts stand that only whoever looks after the server reads: in a terminal, in a file of
settings, behind “technical details”."""

CODE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|`[^`]*`", re.DOTALL)
"""What stands in a text for a value, or is typed as it stands."""


def messages() -> Iterator[tuple[str, str, str]]:
    """Language and text of every message that a screen shows, with where it stands."""
    for language in ("es", "eu"):
        catalogue = SERVICE / "translations" / language / "LC_MESSAGES" / "messages.po"
        with catalogue.open("rb") as file:
            for message in read_po(file):
                places = [
                    str(place[0]).removeprefix("comments_service/") for place in message.locations
                ]
                if not message.id or all(place.startswith(OPERATORS) for place in places):
                    continue
                texts = message.string if isinstance(message.string, tuple) else (message.string,)
                english = message.id if isinstance(message.id, tuple) else (message.id,)
                yield from ((language, text, places[0]) for text in texts)
                yield from (("en", text, places[0]) for text in english)


def of_readers() -> Iterator[tuple[str, str, str]]:
    """The same of the site that is built: of its templates."""
    for language in ("es", "eu"):
        with (ROOT / "theme/translations" / language / "LC_MESSAGES/messages.po").open(
            "rb"
        ) as file:
            for message in read_po(file):
                places = [str(place[0]) for place in message.locations]
                if message.id and any("templates/" in place for place in places):
                    texts = message.string
                    for text in texts if isinstance(texts, tuple) else (texts,):
                        yield language, text, places[0]


def written(folder: str, *endings: str) -> Iterator[tuple[str, str, str]]:
    """Texts that stand in files of their own, by language."""
    for path in sorted((SERVICE / folder).rglob("*")):
        if path.suffix in endings:
            language = path.relative_to(SERVICE / folder).parts[0][:2]
            text = CODE.sub("…", path.read_text("utf-8"))
            yield language, text, str(path.relative_to(SERVICE))


READ = {
    "screens": messages,
    "pages of readers": of_readers,
    "mails": lambda: written("mail/texts", ".txt"),
    "the handbook": lambda: written("web/texts", ".md"),
}


class TestWhatPeopleRead:
    @pytest.mark.parametrize("kind", READ)
    def test_has_no_term_of_ours(self, kind: str) -> None:
        texts = set(READ[kind]())
        assert len(texts) > 10
        assert {language for language, _, _ in texts} >= set(LANGUAGES[:2])
        bad = {
            f"{place}: {text[:90]!r} {term}"
            for language, text, place in texts
            for term in found(text, language)
        }
        assert sorted(bad) == []

    def test_is_looked_through_in_each_language(self) -> None:
        assert list(found("A case was passed on", "en"))
        assert list(found("Teclas de la bandeja", "es"))
        assert list(found("Erretiluko teklak", "eu"))
        assert not list(found("In that case, write to us", "en"))
