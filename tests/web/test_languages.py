"""Every text of the service in every language."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask.testing import FlaskClient

from comments_service.config import dates
from comments_service.config.site_toml import LANGUAGE_NAMES, LANGUAGES
from comments_service.domain.cases import Case
from comments_service.usecases.blog import Blog
from comments_service.usecases.track import receipt_for
from tests.web.pages import tree, words

ROOT = Path(__file__).parent.parent.parent
SERVICE = ROOT / "comments_service"
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}


def catalogue(language: str) -> Catalog:
    path = SERVICE / "translations" / language / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as source:
        return read_po(source, locale=language)


@pytest.fixture(scope="module")
def messages() -> set[str | tuple[str, ...]]:
    """Every message in the code and the templates of the service."""
    found = extract_from_dir(
        SERVICE, METHODS, {"**/templates/**.html": {"newstyle_gettext": "true"}}, KEYWORDS
    )
    return {message for _, _, message, _, _ in found}


@pytest.mark.parametrize("language", ["es", "eu"])
class TestACatalogue:
    def test_has_every_message_and_no_other(
        self, language: str, messages: set[str | tuple[str, ...]]
    ) -> None:
        known = {message.id for message in catalogue(language) if message.id}
        assert known == messages

    def test_leaves_none_untranslated(self, language: str) -> None:
        for message in catalogue(language):
            strings = [message.string] if isinstance(message.string, str) else message.string
            assert all(strings), message.id
            assert not message.fuzzy or not message.id

    def test_keeps_every_place_for_a_value(self, language: str) -> None:
        every = catalogue(language)
        for message in every:
            assert list(message.check(every)) == [], message.id

    def test_can_be_compiled(self, language: str, tmp_path: Path) -> None:
        with (tmp_path / "messages.mo").open("wb") as target:
            write_mo(target, catalogue(language))


class TestAPage:
    @pytest.mark.parametrize(
        ("language", "said"),
        [("es", "Deja un comentario"), ("eu", "Utzi iruzkin bat"), ("en", "Leave a comment")],
    )
    def test_speaks_each_language(self, reader: FlaskClient, language: str, said: str) -> None:
        answer = reader.get(f"/comentar/hola?idioma={language}")
        assert tree(answer).get("lang") == language
        assert said in words(answer)

    @pytest.mark.parametrize(
        ("language", "said"),
        [
            ("es", "20/11/2026 a las 11:00"),
            ("eu", "2026/11/20, 11:00"),
            ("en", "20/11/2026 at 11:00"),
        ],
    )
    def test_gives_times_by_the_institutions_clocks(
        self,
        reader: FlaskClient,
        waiting: Callable[..., Case],
        blog: Blog,
        language: str,
        said: str,
    ) -> None:
        case = waiting(lang=language)
        token = receipt_for(blog, case).token
        assert said in words(reader.get(f"/seguimiento/{case.reference}/{token}"))

    def test_has_dates_and_a_name_for_every_language(self) -> None:
        assert set(LANGUAGE_NAMES) == set(LANGUAGES)
        assert len({dates.short(date(2026, 11, 22), language) for language in LANGUAGES}) == 3


class TestTheInstitution:
    def test_has_its_name_in_the_pages_language(
        self, reader: FlaskClient, blog: Blog, waiting: Callable[..., Case]
    ) -> None:
        file = blog.settings.blog / "content/site.toml"
        names = '{ es = "Casa de Pruebas", eu = "Proba Etxea" }'
        file.write_text(file.read_text("utf-8").replace('"Consejo de Pruebas"', names), "utf-8")
        case = waiting(lang="eu")
        receipt = f"/seguimiento/{case.reference}/{receipt_for(blog, case).token}/recibido"
        for address in ("/comentar/hola?idioma=eu", receipt):
            page = reader.get(address).text
            assert "Casa de Pruebas" not in page
            assert page.count("Proba Etxea") >= 3  # title, header, footer
        assert "Proba Etxea: zure datuak" in words(reader.get("/comentar/hola?idioma=eu"))
        assert "Casa de Pruebas" in words(reader.get("/comentar/hola"))
