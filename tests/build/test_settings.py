"""The settings that a blog starts from."""

import logging
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tertulia_plugins.defaults import pelican_settings

from comments_service.errors import InvalidConfig

from .conftest import NewBlog, SmallBlog

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TERTULIA_SITE_URL", raising=False)
    monkeypatch.delenv("TERTULIA_NOW", raising=False)


def settings(blog: SmallBlog, *, production: bool = False) -> dict[str, object]:
    return pelican_settings(blog.folder, production=production)


class TestTheAddress:
    def test_is_this_machines_while_writing(self, small_blog: SmallBlog) -> None:
        assert settings(small_blog)["SITEURL"] == "http://localhost:8000"

    def test_is_the_institutions_for_readers(self, small_blog: SmallBlog) -> None:
        found = settings(small_blog, production=True)
        assert found["SITEURL"] == "https://blog.pruebas.example"

    @pytest.mark.parametrize("production", [True, False])
    def test_follows_the_environment(
        self, small_blog: SmallBlog, monkeypatch: pytest.MonkeyPatch, production: bool
    ) -> None:
        monkeypatch.setenv("TERTULIA_SITE_URL", "http://127.0.0.1:9000/")
        assert settings(small_blog, production=production)["SITEURL"] == "http://127.0.0.1:9000"

    def test_that_is_none_is_named(
        self, small_blog: SmallBlog, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("TERTULIA_SITE_URL", "blog.example")
        with pytest.raises(InvalidConfig, match="TERTULIA_SITE_URL: must be a web address"):
            settings(small_blog)


class TestTheInstant:
    def test_is_given_and_told_in_the_institutions_time(
        self, small_blog: SmallBlog, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("TERTULIA_NOW", "2026-11-22T09:00:00+00:00")
        now = settings(small_blog)["NOW"]
        assert str(now) == "2026-11-22 10:00:00+01:00"

    def test_is_else_the_clocks(self, small_blog: SmallBlog) -> None:
        now = settings(small_blog)["NOW"]
        assert isinstance(now, datetime)
        assert abs((datetime.now(UTC) - now).total_seconds()) < 60

    @pytest.mark.parametrize("given", ["tomorrow", "2026-11-22", "2026-11-22T09:00:00"])
    def test_without_an_offset_is_refused(
        self, small_blog: SmallBlog, monkeypatch: pytest.MonkeyPatch, given: str
    ) -> None:
        monkeypatch.setenv("TERTULIA_NOW", given)
        with pytest.raises(InvalidConfig, match="TERTULIA_NOW"):
            settings(small_blog)


class TestForReaders:
    def test_no_draft_has_a_place(self, small_blog: SmallBlog) -> None:
        found = settings(small_blog, production=True)
        places = [name for name in found if name.startswith("DRAFT") and name.endswith("SAVE_AS")]
        assert len(places) == 4
        assert not any(found[name] for name in places)
        assert found["WITH_FUTURE_DATES"] is False


class TestTheTheme:
    def test_comes_with_the_package(self, small_blog: SmallBlog) -> None:
        found = settings(small_blog)
        assert Path(str(found["THEME"])).resolve() == ROOT / "theme"
        assert found["THEME_TEMPLATES_OVERRIDES"] == []

    def test_does_not_stand_over_itself(self) -> None:
        found = pelican_settings(ROOT, production=False)
        assert found["THEME_TEMPLATES_OVERRIDES"] == []
        assert found["THEME_STATIC_PATHS"] == ["static"]

    def test_lets_the_blog_replace_one_template_and_one_file(self, small_blog: SmallBlog) -> None:
        small_blog.write("theme/templates/404.html", "Nuestra página perdida")
        small_blog.write("theme/static/css/main.css", "body { color: red }")
        built = small_blog.built()
        assert built.page("/404.html") == "Nuestra página perdida"
        assert built.page("/theme/css/main.css") == "body { color: red }"
        assert "Un texto." in built.page("/2026/11/una/")


class TestTheWarningsThatAreNoFault:
    def test_are_the_empty_alt_and_the_link_that_we_tell_with_its_file(
        self, small_blog: SmallBlog
    ) -> None:
        expected = [
            (logging.WARNING, "Empty alt attribute for image %s in %s"),
            (logging.WARNING, "Unable to find '%s', skipping url replacement."),
        ]
        assert settings(small_blog)["LOG_FILTER"] == expected

    def test_a_decoration_stops_no_build(self, small_blog: SmallBlog) -> None:
        small_blog.article("dos", "![](https://x.example/a.png)")
        assert small_blog.build(fatal="warnings").code == 0

    def test_every_other_warning_does(self, small_blog: SmallBlog) -> None:
        small_blog.article("dos", "[nada]({filename}/articles/nada.md)")
        built = small_blog.build(fatal="warnings")
        assert built.code != 0
        told = "articles/2026/dos.md: the link to {filename}/articles/nada.md leads nowhere"
        assert told in built.log
        assert "Unable to find" not in built.log


class TestWrongSettings:
    @pytest.mark.parametrize(
        ("conf", "said"),
        [
            ('SITEURL = ""', "SITEURL: must not be empty"),
            ("del SITE", "SITE: must come from"),
            ('DEFAULT_LANG = "en"', "DEFAULT_LANG: is the first of `languages`"),
        ],
    )
    def test_stop_the_build_and_are_named(
        self, small_blog: SmallBlog, conf: str, said: str
    ) -> None:
        built = small_blog.build(fatal="", conf=conf)
        assert built.code != 0
        assert said in built.log
        assert not built.output.exists()

    @pytest.mark.parametrize("plugin", ["tertulia_plugins.nothing", "broken"])
    def test_a_plugin_that_cannot_be_loaded_fails_the_build(
        self, small_blog: SmallBlog, plugin: str
    ) -> None:
        small_blog.write("broken.py", "def register():\n    raise ValueError('broken')\n")
        built = small_blog.build(fatal="errors", conf=f"PLUGINS = [*PLUGINS, {plugin!r}]")
        assert built.code != 0
        assert plugin in built.log


class TestTheModelOfABlog:
    @pytest.mark.parametrize(
        ("name", "production"), [("pelicanconf.py", "False"), ("publishconf.py", "True")]
    )
    def test_is_one_line_that_takes_our_settings(self, name: str, production: str) -> None:
        lines = (ROOT / name).read_text("utf-8").splitlines()
        assert lines[-1] == (
            f"globals().update(pelican_settings(Path(__file__).parent, production={production}))"
        )
        assert len(lines) <= 20


class TestTheLogo:
    @pytest.mark.parametrize("place", ["images/logo.svg", "logo.svg"])
    def test_is_in_the_built_site_wherever_it_stands(self, new_blog: NewBlog, place: str) -> None:
        blog = new_blog(
            f'name = "X"\naddress = "https://x.example"\nlanguages = ["es"]\nlogo = "{place}"'
        )
        blog.write(f"content/{place}", "<svg/>")
        blog.article("una")
        assert blog.built().page(f"/{place}") == "<svg/>"
