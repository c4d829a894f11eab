"""Pages of the rules of participation: those in force, and one for each version for ever."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from comments_service.cli import main
from comments_service.config.rulefile import Wording, dumps, name_of
from comments_service.config.rules import FOLDER
from comments_service.site.build import build

from .conftest import CONF, NOW, SITE_TOML, Built, NewBlog, SmallBlog, text_of

TITLES = {"es": "Datos", "eu": "Datuak", "en": "Data"}


def rule(blog: SmallBlog, number: int, version: int, since: str, *langs: str) -> None:
    """Write a version of a rule, in Spanish if nothing else is said."""
    for lang in langs or ("es",):
        wording = Wording(
            number=number,
            version=version,
            lang=lang,
            since=date.fromisoformat(since),
            title=TITLES[lang],
            text=f"Texto **{number}-v{version}** {lang} <b>.",
        )
        blog.write(f"{FOLDER}/{name_of(wording)}", dumps(wording).decode())


@pytest.fixture
def blog(small_blog: SmallBlog) -> SmallBlog:
    """With a page of rules in two languages; rule 2 in its second version."""
    small_blog.page("normas", lang="es", thread="page-normas", template="rules", title="Normas")
    small_blog.page("arauak", lang="eu", thread="page-normas", template="rules", title="Arauak")
    small_blog.article("bat", lang="eu")
    rule(small_blog, 1, 1, "2026-01-15", "es", "eu", "en")
    rule(small_blog, 2, 1, "2026-01-15", "es", "eu")
    rule(small_blog, 2, 2, "2026-06-15", "es", "eu")
    return small_blog


def main_of(page: str) -> str:
    return text_of(page.partition("<main")[2].partition("</main>")[0])


class TestThePageOfRules:
    def test_shows_those_in_force_with_anchor_and_date(self, blog: SmallBlog) -> None:
        page = blog.built().page("/normas/")
        assert '<li value="1" id="regla-1">' in page
        assert '<li value="2" id="regla-2">' in page
        said = main_of(page)
        assert "Normas tal como están desde el 15 de junio de 2026." in said
        assert "Texto 2-v2 es" in said
        assert "Texto 2-v1" not in said
        assert "<strong>2-v2</strong> es &lt;b&gt;." in page

    def test_leads_to_every_earlier_version(self, blog: SmallBlog) -> None:
        page = blog.built().page("/eu/arauak/")
        assert "Aurreko bertsioak:" in page
        assert "/eu/arauak/2-v1/" in page
        assert "/eu/arauak/1-v1/" in page
        assert "Texto <strong>2-v2</strong> eu" in page

    def test_shows_a_rule_of_another_language_as_such(self, blog: SmallBlog) -> None:
        rule(blog, 3, 1, "2026-01-15", "es")
        page = blog.built().page("/eu/arauak/")
        assert '<h3 lang="es">Datos</h3>' in page
        assert "/normas/3-v1/" in page

    def test_says_what_is_to_come_and_nothing_of_it_before(self, blog: SmallBlog) -> None:
        rule(blog, 2, 3, "2027-01-01")
        page = blog.built().page("/normas/")
        assert "Texto 2-v3" not in main_of(page)
        assert "Aún no están en vigor" in page
        later = blog.built(now=datetime(2027, 1, 1, 9, tzinfo=UTC), output="later")
        assert "Texto 2-v3" in main_of(later.page("/normas/"))

    def test_is_whole_without_any_rule(self, small_blog: SmallBlog) -> None:
        small_blog.page("normas", template="rules")
        page = small_blog.built().page("/normas/")
        assert 'class="rules"' not in page


class TestThePageOfAVersion:
    def test_has_an_address_in_the_words_of_each_language(self, blog: SmallBlog) -> None:
        built = blog.built()
        found = sorted(
            str(path.parent.relative_to(built.output))
            for path in built.output.rglob("*-v*/index.html")
        )
        assert found == [
            "en/rules/1-v1",
            "eu/arauak/1-v1",
            "eu/arauak/2-v1",
            "eu/arauak/2-v2",
            "normas/1-v1",
            "normas/2-v1",
            "normas/2-v2",
        ]

    def test_says_when_it_was_in_force_and_leads_to_what_is_now(self, blog: SmallBlog) -> None:
        built = blog.built()
        page = built.page("/normas/2-v1/")
        said = main_of(page)
        assert "Estuvo en vigor desde el 15 de enero de 2026 hasta el 15 de junio de 2026" in said
        assert "Texto 2-v1 es" in said
        assert 'href="https://blog.pruebas.example/normas/2-v2/"' in page
        assert "En vigor desde el 15 de junio de 2026" in main_of(built.page("/normas/2-v2/"))
        assert "/normas/" in page.partition("breadcrumbs")[2]

    def test_names_itself_and_its_translations(self, blog: SmallBlog) -> None:
        page = blog.built().page("/eu/arauak/2-v1/")
        assert '<html lang="eu">' in page
        site = "https://blog.pruebas.example"
        assert f'<link rel="canonical" href="{site}/eu/arauak/2-v1/">' in page
        assert f'hreflang="es" href="{site}/normas/2-v1/"' in page
        assert f'hreflang="x-default" href="{site}/normas/2-v1/"' in page

    def test_is_in_the_sitemap(self, blog: SmallBlog) -> None:
        sitemap = blog.built().page("/sitemap.xml")
        assert "<loc>https://blog.pruebas.example/normas/2-v1/</loc>" in sitemap
        assert "<loc>https://blog.pruebas.example/en/rules/1-v1/</loc>" in sitemap

    def test_changes_no_byte_when_a_new_version_comes_but_its_dates(self, blog: SmallBlog) -> None:
        before = blog.built().page("/normas/1-v1/")
        rule(blog, 2, 3, "2026-11-01", "es")
        assert blog.built(output="later").page("/normas/1-v1/") == before

    def test_is_no_place_for_a_text(self, blog: SmallBlog) -> None:
        blog.page("otra", url="normas/9-v9/", save_as="normas/9-v9/index.html")
        built = blog.build()
        assert built.code != 0
        assert "pages/otra.md" in built.log


class TestTheManifestOfRules:
    def test_holds_every_version_in_its_languages_with_its_pages(self, blog: SmallBlog) -> None:
        found = json.loads(blog.built().page("/rules.json"))
        assert found["format"] == 1
        assert [(each["number"], each["version"], each["since"]) for each in found["rules"]] == [
            (1, 1, "2026-01-15"),
            (2, 1, "2026-01-15"),
            (2, 2, "2026-06-15"),
        ]
        assert found["rules"][1]["text"] == {
            "es": "Texto **2-v1** es <b>.",
            "eu": "Texto **2-v1** eu <b>.",
        }
        assert found["rules"][1]["urls"] == {"es": "/normas/2-v1/", "eu": "/eu/arauak/2-v1/"}

    def test_is_the_same_whenever_it_is_built(self, blog: SmallBlog) -> None:
        rule(blog, 2, 3, "2027-01-01")
        early = blog.built(now=datetime(2025, 1, 1, tzinfo=UTC)).page("/rules.json")
        late = blog.built(now=datetime(2028, 1, 1, tzinfo=UTC), output="later", seed=7)
        assert late.page("/rules.json") == early

    def test_is_an_empty_list_without_rules(self, small_blog: SmallBlog) -> None:
        assert json.loads(small_blog.built().page("/rules.json")) == {"format": 1, "rules": []}


def reported(built: Built) -> list[tuple[str, str]]:
    faults = json.loads(built.page("/build-report.json"))["faults"]
    return [(fault["file"], fault["key"]) for fault in faults]


class TestABrokenRule:
    def test_is_reported_and_silences_nothing_else(self, blog: SmallBlog) -> None:
        blog.write(f"{FOLDER}/02-v3.es.md", 'number: 2\nsince: "mañana"\n\nTexto.\n')
        built = blog.built(fatal="errors")
        file = f"{FOLDER}/02-v3.es.md"
        assert set(reported(built)) == {
            (file, "2: since"),
            (file, "version"),
            (file, "lang"),
            (file, "title"),
        }
        assert "Texto 2-v2" in main_of(built.page("/normas/"))

    def test_in_site_toml_still_counts_and_its_new_place_is_told(self, new_blog: NewBlog) -> None:
        old = '[[rules]]\nnumber = 1\nsince = 2026-01-01\ntitle = "T"\ntext = "Sé amable"\n'
        blog = new_blog(SITE_TOML + old)
        blog.article("una")
        built = blog.built(fatal="errors")
        assert reported(built) == [("content/site.toml", "rules")]
        assert FOLDER in built.page("/build-report.json")
        assert "Sé amable" in built.page("/normas/1-v1/")


class TestTertuliaCheck:
    @pytest.fixture
    def check(self, blog: SmallBlog, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
        """The blog as it was built for readers."""
        for name in ("pelicanconf.py", "publishconf.py"):
            blog.write(name, CONF.format(production=name[:2] == "pu"))
        build(
            blog.folder,
            blog.folder / "output",
            site_url="http://localhost:8000",
            production=True,
            strict=False,
            lock=blog.folder / "var" / "lock",
            log=blog.folder / "var" / "log",
            now=NOW,
        )
        monkeypatch.chdir(blog.folder)
        return CliRunner()

    def test_is_content_with_rules_as_they_were(self, check: CliRunner) -> None:
        result = check.invoke(main, ["check"])
        assert result.exit_code == 0, result.output
        assert result.stderr == ""

    def test_refuses_a_broken_rule(self, blog: SmallBlog, check: CliRunner) -> None:
        blog.write(f"{FOLDER}/03-v1.es.md", "number: 4\n\nTexto.\n")
        result = check.invoke(main, ["check"])
        assert result.exit_code == 1
        assert f"{FOLDER}/03-v1.es.md: 1: number: " in result.stderr

    def test_warns_of_an_earlier_version_that_changed(
        self, blog: SmallBlog, check: CliRunner
    ) -> None:
        file = blog.folder / FOLDER / "02-v1.es.md"
        file.write_text(file.read_text("utf-8").replace("Texto", "Otro"), "utf-8")
        Path(blog.folder / FOLDER / "01-v1.en.md").unlink()
        rule(blog, 2, 3, "2026-11-01")
        result = check.invoke(main, ["check"])
        assert result.exit_code == 0, result.output
        told = [line.split(": ")[1] for line in result.stderr.splitlines()]
        assert told == [f"{FOLDER}/01-v1.en.md", f"{FOLDER}/02-v1.es.md"]
