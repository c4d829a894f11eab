"""What the institution and the operator set: every fault in one clear line, all at once."""

import re
from pathlib import Path

import pytest

from comments_service.config import SiteReader, load_site
from comments_service.config.settings import PREFIX, Settings, is_trial, load_settings
from comments_service.config.site_toml import LANGUAGES
from comments_service.errors import InvalidConfig
from tests.support.fixtures import SITE_TOML

ROOT = Path(__file__).parent.parent


def a_blog(tmp_path: Path, site: str = SITE_TOML) -> Path:
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "site.toml").write_text(site, "utf-8")
    return tmp_path


class TestSiteToml:
    def test_of_the_demonstration_is_right(self) -> None:
        site = load_site(ROOT)
        assert site.languages == ["es", "eu", "en"]
        assert site.default_language == "es"

    def test_needs_little(self, tmp_path: Path) -> None:
        blog = a_blog(tmp_path, 'name="X"\naddress="https://x.example/"\nlanguages=["eu","es"]')
        site = load_site(blog)
        assert (site.default_language, site.address) == ("eu", "https://x.example")

    @pytest.mark.parametrize(
        ("line", "expected"),
        [
            ('colour = "green"', "colour: must look like #1f5f5b"),
            ('timezone = "Europe/Villaejemplo"', "timezone: must be a time zone"),
            ('colr = "#123456"', "colr: is not a setting"),
            ('logo = "images/none.svg"', "logo: no file content/images/none.svg"),
            ('logo = "../secret"', "logo: "),
            ("[comments]\norder = 'best'", "comments.order: "),
            ("[deadlines]\ndecide = 0", "deadlines.decide: "),
            ("[deadlines]\nanswer = 'two'", "deadlines.answer: "),
            ("[deadlines]\ncount = 'ley40'", "deadlines.count: "),
            ("[deadlines]\nregion = 'Euskadi'", "deadlines.region: must be a state"),
            ("name = 'again'", "site.toml: is not TOML"),
        ],
    )
    def test_names_a_fault_by_its_key(self, tmp_path: Path, line: str, expected: str) -> None:
        (tmp_path / "secret").write_text("x")
        top = f"{SITE_TOML}\n{line}\n"
        with pytest.raises(InvalidConfig) as caught:
            load_site(a_blog(tmp_path, top))
        assert expected in str(caught.value)
        assert "site.toml" in str(caught.value)

    def test_names_all_faults_at_once(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidConfig) as caught:
            load_site(a_blog(tmp_path, 'address = "x"\nlanguages = ["fr"]'))
        where = [fault.where for fault in caught.value.faults]
        assert where == ["name", "address", "languages.0"]

    def test_that_is_missing_says_what_makes_one(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidConfig, match="tertulia init"):
            load_site(tmp_path)

    def test_takes_a_text_for_all_languages_or_one_for_each(self, tmp_path: Path) -> None:
        tagline = '[tagline]\nes = "Hola"\neu = "Kaixo"\n[comments]\nheading = "Habla"\n'
        site = load_site(a_blog(tmp_path, SITE_TOML + tagline))
        assert [site.text(site.tagline, each) for each in LANGUAGES] == ["Hola", "Kaixo", "Hola"]
        assert [site.text(site.comments.heading, each) for each in LANGUAGES] == ["Habla"] * 3

    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ('"Casa"', ["Casa", "Casa", "Casa"]),
            ('{ es = "Casa", eu = "Etxea" }', ["Casa", "Etxea", "Casa"]),
            ('{ eu = "Etxea", en = "House" }', ["Etxea", "Etxea", "House"]),
        ],
    )
    def test_has_a_name_for_all_languages_or_one_for_each(
        self, tmp_path: Path, name: str, expected: list[str]
    ) -> None:
        site = load_site(a_blog(tmp_path, SITE_TOML.replace('"Consejo de Pruebas"', name)))
        assert [site.named(language) for language in LANGUAGES] == expected
        assert site.name == expected[0]

    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ('" "', "name: must not be empty"),
            ("{}", "name: must not be empty"),
            ('{ es = "" }', "name.es: must not be empty"),
            ('{ fr = "Maison" }', "name.fr: must be one of es, eu, en"),
            ("3", "name: must be a text, or one for each language"),
            (f'"{"x" * 201}"', "name: String should have at most 200 characters"),
        ],
    )
    def test_names_a_fault_of_the_name(self, tmp_path: Path, name: str, expected: str) -> None:
        with pytest.raises(InvalidConfig) as caught:
            load_site(a_blog(tmp_path, SITE_TOML.replace('"Consejo de Pruebas"', name)))
        assert len(caught.value.faults) == 1
        assert expected in str(caught.value)


CATEGORIES = """
[[categories]]
name.es = "Gestión pública"
name.eu = "Kudeaketa publikoa"
description.es = "Cómo trabajamos."

[[categories]]
name = "Blog"

[[authors]]
name = "Íñigo Muestra"
position.es = "Técnico"
department = "Agua"
"""


class TestCategoriesAndAuthors:
    def test_are_found_by_any_of_their_names_however_they_are_written(self, tmp_path: Path) -> None:
        site = load_site(a_blog(tmp_path, SITE_TOML + CATEGORIES))
        known = site.category("gestion  PÚBLICA")
        assert known is not None
        assert known is site.category("Kudeaketa publikoa")
        assert site.text(known.name, "eu") == "Kudeaketa publikoa"
        assert site.text(known.description, "eu") == "Cómo trabajamos."
        assert site.category("Gestión") is None
        author = site.author("iñigo muestra")
        assert author is not None
        assert site.text(author.department, "eu") == "Agua"
        assert author.about == {}
        assert site.author("Nadie") is None
        assert site.author("Inigo Muestra") is None  # the tilde of ñ makes another name

    @pytest.mark.parametrize(
        ("more", "expected"),
        [
            (
                '[[categories]]\nname = "BLOG"',
                "categories.2.name: “BLOG” is the name of categories.1",
            ),
            (
                '[[categories]]\nname.es = "Nueva"\nname.eu = "kudeaketa  Públikoa"',
                "categories.2.name: “kudeaketa  Públikoa” is the name of categories.0 too",
            ),
            (
                '[[authors]]\nname = "iñigo muestra"',
                "authors.1.name: “iñigo muestra” is the name of",
            ),
            ('[[categories]]\nname = ""', "categories.2.name: must not be empty"),
            ("[[categories]]\nname = {}", "categories.2.name: must not be empty"),
            ("[[categories]]\n", "categories.2.name: is missing"),
            ('[[categories]]\nname = "X"\ncolour = "red"', "categories.2.colour: is not a setting"),
            ('[[authors]]\nname = "X"\nposition = 3', "authors.1.position: "),
        ],
    )
    def test_name_a_fault_by_its_place(self, tmp_path: Path, more: str, expected: str) -> None:
        with pytest.raises(InvalidConfig) as caught:
            load_site(a_blog(tmp_path, f"{SITE_TOML}{CATEGORIES}\n{more}\n"))
        assert len(caught.value.faults) == 1
        assert expected in str(caught.value)

    def test_may_have_one_name_in_two_languages(self, tmp_path: Path) -> None:
        more = '[[categories]]\nname = { es = "Web", eu = "Web" }\n'
        site = load_site(a_blog(tmp_path, SITE_TOML + CATEGORIES + more))
        assert site.category("web") is site.categories[2]

    def test_names_all_that_are_repeated(self, tmp_path: Path) -> None:
        more = "".join(f'[[categories]]\nname = "{name}"\n' for name in ("Blog", "Web", "Web"))
        with pytest.raises(InvalidConfig) as caught:
            load_site(a_blog(tmp_path, SITE_TOML + CATEGORIES + more))
        where = [fault.where for fault in caught.value.faults]
        assert where == ["categories.2.name", "categories.4.name"]


class TestReadingAgain:
    def test_follows_a_change_and_outlives_a_slip(self, tmp_path: Path) -> None:
        blog = a_blog(tmp_path)
        read = SiteReader(blog)
        path = blog / "content" / "site.toml"
        path.write_text(SITE_TOML.replace("Consejo de Pruebas", "Consejo Nuevo"), "utf-8")
        assert read().name == "Consejo Nuevo"
        path.write_text("name = ", "utf-8")
        assert read().name == "Consejo Nuevo"
        path.unlink()
        assert read().name == "Consejo Nuevo"


class TestSettings:
    @pytest.fixture(autouse=True)
    def _no_settings(self, monkeypatch: pytest.MonkeyPatch) -> None:
        import os

        for name in list(os.environ):
            if name.startswith(PREFIX):
                monkeypatch.delenv(name)

    def test_come_from_options_then_the_environment_then_the_file(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / ".env").write_text("TERTULIA_PORT=1111\nTERTULIA_THREADS=2\nOTHER=x\n")
        monkeypatch.setenv("TERTULIA_BLOG", str(tmp_path))
        assert load_settings().port == 1111
        monkeypatch.setenv("TERTULIA_PORT", "2222")
        assert load_settings().port == 2222
        assert load_settings(port=3333, host=None).port == 3333
        assert load_settings().threads == 2

    def test_that_are_wrong_are_all_named_at_once(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("TERTULIA_PROT", "8000")
        monkeypatch.setenv("TERTULIA_PORT", "many")
        monkeypatch.setenv("TERTULIA_DATABASE_URL", "mysql://x")
        (tmp_path / ".env").write_text("TERTULIA_THREDS=2\n")
        with pytest.raises(InvalidConfig) as caught:
            load_settings(blog=tmp_path)
        lines = str(caught.value).splitlines()
        assert len(lines) == 5
        for name in ("PROT: is not a setting", "PORT: ", "DATABASE_URL: ", "THREDS: is not"):
            assert any(f"TERTULIA_{name}" in line for line in lines), (name, lines)

    def test_do_not_show_the_password_of_a_wrong_database_address(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidConfig) as caught:
            load_settings(blog=tmp_path, database_url="mysql://a:secret@b/c")
        assert "secret" not in str(caught.value)

    @pytest.mark.parametrize(
        ("host", "url", "proxies", "expected"),
        [
            ("127.0.0.1", "http://localhost:8000", 0, True),
            ("::1", "http://[::1]:8000", 0, True),
            ("127.0.0.1", "http://127.0.0.9", 0, True),
            ("0.0.0.0", "http://localhost:8000", 0, False),
            ("127.0.0.1", "https://blog.example.org", 0, False),
            ("127.0.0.1", "http://localhost.example.org", 0, False),
            ("127.0.0.1", "http://localhost:8000", 1, False),
        ],
    )
    def test_tell_a_trial_by_address_and_socket_alone(
        self, host: str, url: str, proxies: int, expected: bool
    ) -> None:
        settings = Settings(host=host, trusted_proxies=proxies)
        assert is_trial(settings, url) is expected


class TestTheReadme:
    def test_lists_every_setting_with_its_default(self) -> None:
        rows = dict(
            re.findall(
                r"^\| `(TERTULIA_\w+)` \| (.+?) \|", (ROOT / "README.md").read_text(), re.MULTILINE
            )
        )
        expected = {
            PREFIX + name.upper(): {None: "not set", "": "(empty)"}.get(
                field.default, f"`{field.default}`"
            )
            for name, field in Settings.model_fields.items()
        }
        assert rows == expected

    def test_names_no_command_that_does_not_exist(self) -> None:
        makefile = (ROOT / "Makefile").read_text()
        targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
        for document in ("README.md", "CONTRIBUTING.md", "ARCHITECTURE.md"):
            named = set(re.findall(r"\bmake ([a-z-]+)", (ROOT / document).read_text()))
            assert named <= targets, document
