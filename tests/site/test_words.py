"""No page speaks a language that is not its own.

The theme is built with a made-up catalogue in which every text stands between ⟦ and ⟧, over
a blog whose own words are all "qqq". Whatever else has letters came past the catalogue.
"""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from tests.support.html import read_html

from .conftest import Site, build

ROOT = Path(__file__).parents[2]
OWN = "qqq"
SITE_TOML = """
name = "qqq"
address = "https://conversa.villaejemplo.example"
languages = ["es", "eu"]
tagline = "qqq"
[contact]
email = "qqq@qqq.qqq"
phone = "900 000 000"
address = "qqq"
registry = "https://qqq.qqq/"
[legal]
tax_id = "qqq"
[comments]
linkbacks_always = true
"""
CONF = """
from pathlib import Path
from tertulia_plugins.defaults import pelican_settings
globals().update(pelican_settings(Path(__file__).parent, production=True))
THEME = {theme!r}
"""
BODY = """
## qqq

qqq

> qqq
>
> — qqq

| qqq |
|---|
| qqq |

![qqq]({static}/images/logo.svg)
"""
CALENDAR = tuple(
    name.lower()
    for language in ("es", "eu")
    for names in (Locale(language).months, Locale(language).days)
    for name in names["format"]["wide"].values()
)
ALLOWED = {
    *("qqq", "json", "atom", "whatsapp", "telegram"),
    *("castellano", "euskara", "english"),
    *("de", "a", "las", "ko", "eko"),
}
"""The blog's own, names of things, languages by their own names, and words of dates."""


def pseudo(catalog: Catalog) -> Catalog:
    """Each text between brackets, with the names of its values."""
    for message in catalog:
        if message.id:
            forms = message.id if isinstance(message.id, tuple) else (message.id,)
            marked = tuple(f"⟦{form}⟧" for form in forms)
            message.string = marked if isinstance(message.id, tuple) else marked[0]
    return catalog


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, theme: Path) -> Site:
    """The demonstration's shape with the words of nobody, in a language of nobody."""
    for path in theme.glob("translations/*/LC_MESSAGES/messages.po"):
        with path.open("rb") as source:
            catalog = pseudo(read_po(source))
        with path.open("wb") as target:
            write_po(target, catalog)
    blog = tmp_path_factory.mktemp("words") / "blog"
    shutil.copytree(ROOT / "content", blog / "content")
    (blog / "content" / "site.toml").write_text(SITE_TOML, "utf-8")
    (blog / "publishconf.py").write_text(CONF.format(theme=str(theme)), "utf-8")
    for path in (blog / "content").rglob("*.md"):
        if text := _without_words(path):
            path.write_text(text, "utf-8")
        else:
            path.unlink()
    return build(blog)


def _without_words(path: Path) -> str:
    """The file with its shape, dates and addresses, and with no other word; "" for English."""
    header, _, body = path.read_text("utf-8").partition("\n\n")
    if "lang: en" in header.lower() or 'lang: "en"' in header:
        return ""
    if "/comments/" in path.as_posix():
        header = re.sub(
            r'^(author|position|department|source|title): ".*"$',
            r'\1: "qqq"',
            header,
            flags=re.MULTILINE,
        )
        return f"{header}\n\n{OWN}\n" if body else f"{header}\n"
    plain = "Title|Summary|Authors?|Category|Tags|Serie|Evento|Lugar|Pregunta|Description"
    header = re.sub(rf"^({plain}|\w+_comentarios): .*$", rf"\1: {OWN}", header, flags=re.MULTILINE)
    # What that template lists has the service's words: build/test_privacy.py looks at them.
    header = header.replace("\nTemplate: privacy", "")
    return f"{header}\n{BODY}"


class TestEveryText:
    def test_of_a_page_comes_from_the_catalogue(self, site: Site) -> None:
        assert len(site.pages) > 50
        found = {
            word: address
            for address, page in site.pages.items()
            for _, text in page.words
            for word in foreign(text)
        }
        assert found == {}

    def test_of_a_feed_comes_from_the_catalogue(self, site: Site) -> None:
        feeds = site.files(".atom.xml")
        assert feeds
        said = re.compile(r"<(?:title|subtitle|name)[^>]*>([^<]*)<")
        found = {
            word: feed.name
            for feed in feeds
            for title in said.findall(feed.read_text("utf-8"))
            for word in foreign(title)
        }
        assert found == {}

    @pytest.mark.parametrize("bare", ["Enviar", "⟦Send⟧ ahora", "de qqq Comments"])
    def test_that_is_bare_would_be_noticed(self, bare: str) -> None:
        assert list(foreign(read_html(f"<p>{bare}</p>").words[0][1]))


def foreign(text: str) -> Iterator[str]:
    """The words that stand outside the brackets and are not the blog's."""
    inner = ""
    while inner != text:  # from the inside out: a text may be a value of another
        inner, text = text, re.sub(r"⟦[^⟦⟧]*⟧", " ", text)
    left = re.sub(r"⟦.*", "", text)  # what a summary cut off
    for word in re.findall(r"[^\W\d_]+", left):
        if word.lower() not in ALLOWED and not word.lower().startswith(CALENDAR):
            yield word
