"""The theme as files: nothing of Pelican's shows through, nothing is left untranslated."""

import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[1]
TEMPLATES = ROOT / "theme" / "templates"
CSS = ROOT / "theme" / "static" / "css" / "main.css"
OURS = sorted(TEMPLATES.rglob("*.html"))
SIMPLE = Path(str(files("pelican"))) / "themes" / "simple" / "templates"

METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}


OUR_SCRIPT = r'<script src="\{\{ SITEURL \}\}/theme/js/\w+\.js" defer></script>'


class TestTemplates:
    @pytest.mark.parametrize("name", sorted(path.name for path in SIMPLE.glob("*.html")))
    def test_stand_before_each_of_pelicans(self, name: str) -> None:
        """Those of ``simple`` print markup as text under autoescape."""
        assert (TEMPLATES / name).is_file()

    @pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
    def test_need_neither_inline_style_nor_script(self, path: Path) -> None:
        """The content security policy allows none; data blocks are no script."""
        source = path.read_text("utf-8").replace('<script type="application/ld+json">', "")
        source = re.sub(OUR_SCRIPT, "", source)
        assert not re.search(r"<style|<script|\sstyle=|\son[a-z]+=|javascript:", source)

    @pytest.mark.parametrize("path", [*OURS, CSS], ids=lambda path: path.name)
    def test_load_nothing_from_elsewhere(self, path: Path) -> None:
        """A link may lead elsewhere; what a browser fetches by itself may not."""
        fetched = r"<(?!a\b|form\b)[a-z]+[^>]*[\"' ]https?://|@import|\burl\("
        assert not re.search(fetched, path.read_text("utf-8"))

    @pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
    def test_leave_escaping_on(self, path: Path) -> None:
        assert not re.search(r"\|\s*safe\b|autoescape", path.read_text("utf-8"))


class TestCatalogues:
    @pytest.mark.parametrize("language", ["es", "eu"])
    def test_translate_every_text(self, language: str) -> None:
        known = {message.id: message for message in catalogue(language)}
        missing = [text for text in texts() if text not in known or not complete(known[text])]
        assert missing == []

    @pytest.mark.parametrize("language", ["es", "eu"])
    def test_keep_every_value_of_a_text(self, language: str) -> None:
        """A name lost in translation loses its value; one made up stops the build."""
        wrong = [
            message.id
            for message in catalogue(language)
            for one in forms(message.string)
            if values(one) != values(forms(message.id)[0])
        ]
        assert wrong == []

    @pytest.mark.parametrize("language", ["es", "eu"])
    def test_hold_no_text_that_nobody_uses(self, language: str) -> None:
        used = set(texts())
        assert [message.id for message in catalogue(language) if message.id not in used] == []


def texts() -> Iterator[str | tuple[str, ...]]:
    """Every message of templates and plugins."""
    for folder in ("theme", "plugins"):
        found = extract_from_dir(
            ROOT / folder,
            METHODS,
            {"**/templates/**.html": {"newstyle_gettext": "true"}},
            keywords=KEYWORDS,
        )
        for _, _, message, _, _ in found:
            yield message


def catalogue(language: str) -> list[Message]:
    path = ROOT / "theme" / "translations" / language / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as source:
        return [message for message in read_po(source, locale=language) if message.id]


def complete(message: Message) -> bool:
    return all(forms(message.string)) and not message.fuzzy


def forms(text: str | tuple[str, ...]) -> tuple[str, ...]:
    """The forms for one and for many, or the text alone."""
    return (text,) if isinstance(text, str) else tuple(text)


def values(text: str) -> list[str]:
    return sorted(re.findall(r"%\(\w+\)s", text))
