"""One author's slip silences nobody: what readers and staff get from a build with faults."""

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from comments_service.errors import BuildFailed
from comments_service.site import build as building

from .conftest import CONF, NOW, SITE_TOML, SmallBlog


@dataclass
class Publisher:
    """Builds a blog for its readers, as the service does."""

    blog: SmallBlog

    @property
    def output(self) -> Path:
        return self.blog.folder / "output"

    @property
    def copies(self) -> Path:
        return self.blog.folder / "var" / "last-good"

    def build(self, **given: Any) -> None:
        var = self.blog.folder / "var"
        building.build(
            self.blog.folder,
            self.output,
            **{
                "site_url": "https://blog.pruebas.example",
                "production": True,
                "strict": False,
                "lock": var / "build.lock",
                "log": var / "build.log",
                "last_good": self.copies,
                "now": NOW,
            }
            | given,
        )

    def page(self, address: str) -> str:
        name = "index.html" if address.endswith("/") else ""
        return (self.output / address.lstrip("/") / name).read_text("utf-8")

    def has(self, address: str) -> bool:
        return (self.output / address.lstrip("/")).exists()

    @property
    def faults(self) -> list[dict[str, str]]:
        found: list[dict[str, str]] = json.loads(self.page("/build-report.json"))["faults"]
        return found

    def fault(self, file: str) -> dict[str, str]:
        """The only one of the report; it must be this file's."""
        assert [each["file"] for each in self.faults] == [f"content/{file}"]
        return self.faults[0]


Pelican = Callable[[dict[str, Any]], int]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory, pelican: Pelican) -> SmallBlog:
    """Three articles and a page, written and built well."""
    blog = SmallBlog(tmp_path_factory.mktemp("model") / "blog", pelican)
    blog.write("content/site.toml", SITE_TOML)
    for name, production in (("publishconf.py", True), ("pelicanconf.py", False)):
        blog.write(name, CONF.format(production=production))
    blog.article("una", "La primera.")
    blog.article("dos", "La segunda.")
    blog.article("bat", "Lehena.", lang="eu")
    blog.page("sobre", "Quiénes somos.")
    publisher = Publisher(blog)
    publisher.build()
    assert not publisher.faults
    return blog


@pytest.fixture
def blog(model: SmallBlog, tmp_path: Path) -> SmallBlog:
    """A copy of the model, for one test."""
    blog = SmallBlog(tmp_path / "blog", model.run)
    shutil.copytree(model.folder, blog.folder)
    return blog


@pytest.fixture
def publisher(blog: SmallBlog) -> Publisher:
    return Publisher(blog)


class Preview(Publisher):
    """The same build without its first second: Pelican alone, with the copies as given."""

    def build(self, **given: Any) -> None:
        shutil.rmtree(self.output)
        self.blog.built(fatal="errors", last_good=self.copies, **given)


@pytest.fixture
def preview(blog: SmallBlog) -> Preview:
    return Preview(blog)


Spoil = Callable[[SmallBlog], object]


class TestAPostThatCannotBeShownAsItIsNow:
    def test_holds_up_no_comment_on_another_page(
        self, blog: SmallBlog, publisher: Publisher
    ) -> None:
        blog.article("dos", "Cambiada.", date="ayer por la tarde")
        comment = blog.comment("una", "Gracias por contarlo.")
        publisher.build()
        assert f'id="comment-{comment.id}"' in publisher.page("/2026/11/una/")

    def test_keeps_its_page_with_its_new_comments_in_the_present_theme(
        self, blog: SmallBlog, publisher: Publisher
    ) -> None:
        blog.article("dos", "Cambiada.", date="ayer por la tarde")
        comment = blog.comment("dos", "Y en esta también.")
        blog.write("theme/static/css/main.css", "body { color: red }")
        publisher.build()
        page = publisher.page("/2026/11/dos/")
        assert "La segunda." in page
        assert "Cambiada." not in page
        assert f'id="comment-{comment.id}"' in page
        assert publisher.page("/theme/css/main.css") == "body { color: red }"
        assert "dos" in json.loads(publisher.page("/threads.json"))["threads"]

    def test_is_named_to_staff_with_the_header_and_the_reason(
        self, blog: SmallBlog, preview: Preview
    ) -> None:
        blog.article("dos", date="ayer por la tarde")
        preview.build()
        fault = preview.fault("articles/2026/dos.md")
        assert fault["key"] == "date"
        assert "ayer por la tarde" in fault["reason"]
        assert "2026-11-22 10:00" in fault["reason"]
        assert not any(word in fault["reason"] for word in ("Error", "Traceback", "None"))

    def test_for_a_date_of_two_meanings_is_told_how_to_write_one(
        self, blog: SmallBlog, preview: Preview
    ) -> None:
        blog.article("dos", date="12/11/2026 10:00")
        preview.build()
        reason = preview.fault("articles/2026/dos.md")["reason"]
        assert "12/11/2026 10:00" in reason
        assert "de dos maneras" in reason
        assert "2026-11-22 10:00" in reason

    @pytest.mark.parametrize(
        ("key", "spoil"),
        [
            ("date", lambda blog: blog.article("dos", date="")),
            ("date", lambda blog: blog.article("dos", date="2026-99-99")),
            ("modified", lambda blog: blog.article("dos", modified="mañana")),
            ("title", lambda blog: blog.article("dos", title="")),
            ("title", lambda blog: blog.article("dos", title=" ")),
            ("title", lambda blog: blog.article("dos", title="uno\nTitle: dos")),
            ("status", lambda blog: blog.article("dos", status="listo")),
            ("lang", lambda blog: blog.article("dos", lang="fr")),
            ("lang", lambda blog: blog.article("dos", lang="es\nLang: eu")),
            ("template", lambda blog: blog.article("dos", template="nada")),
            ("thread", lambda blog: blog.article("dos", thread="Con Mayúsculas")),
            ("thread", lambda blog: blog.article("dos", thread="una")),
            ("thread", lambda blog: blog.article("dos", thread="page-sobre", lang="eu")),
            ("comments", lambda blog: blog.article("dos", comments="quizá")),
            ("timezone", lambda blog: blog.article("dos", timezone="a\nTimezone: b")),
            ("", lambda blog: blog.article("dos", save_as="../../fuera.html")),
            ("", lambda blog: blog.article("dos", slug="una", thread="otro")),
            ("", lambda blog: blog.article("dos", "{institution.fax}")),
            ("", lambda blog: blog.article("dos", timezone="Luna/Tycho")),
            ("", lambda blog: _article(blog).write_bytes(b"Title: \xff\xfe\n\nx")),
            ("", lambda blog: _unreadable(_article(blog))),
            ("", lambda blog: _never_ending(_article(blog))),
        ],
    )
    def test_is_replaced_whatever_the_fault(
        self, blog: SmallBlog, preview: Preview, key: str, spoil: Spoil
    ) -> None:
        spoil(blog)
        preview.build()
        assert preview.fault("articles/2026/dos.md")["key"] == key
        assert "La segunda." in preview.page("/2026/11/dos/")
        assert "La primera." in preview.page("/2026/11/una/")
        assert "Quiénes somos." in preview.page("/sobre/")

    def test_may_be_a_page_too(self, blog: SmallBlog, preview: Preview) -> None:
        blog.page("sobre", "Otra cosa.", slug="archivo")
        preview.build()
        assert "Quiénes somos." in preview.page("/sobre/")
        assert "La primera" not in preview.page("/sobre/")
        assert "/archivo/" in preview.fault("pages/sobre.md")["reason"]

    def test_is_shown_again_as_soon_as_it_is_mended(
        self, blog: SmallBlog, publisher: Publisher
    ) -> None:
        blog.article("dos", date="ayer")
        publisher.build()
        publisher.build()
        blog.article("dos", "Por fin.")
        publisher.build()
        assert not publisher.faults
        assert "Por fin." in publisher.page("/2026/11/dos/")

    def test_waits_when_it_is_new(self, blog: SmallBlog, preview: Preview) -> None:
        blog.article("tres", date="ayer")
        preview.build()
        assert not preview.has("/2026/11/tres/")
        assert "tres" not in json.loads(preview.page("/threads.json"))["threads"]
        preview.fault("articles/2026/tres.md")

    def test_waits_too_where_there_are_no_copies(self, blog: SmallBlog) -> None:
        """As in a CI without a cache."""
        publisher = Publisher(blog)
        shutil.rmtree(publisher.copies)
        blog.article("dos", date="ayer")
        publisher.build()
        assert "La primera." in publisher.page("/2026/11/una/")
        publisher.fault("articles/2026/dos.md")

    def test_gives_way_to_the_one_that_had_the_thread(
        self, blog: SmallBlog, preview: Preview
    ) -> None:
        """Whatever the order of their names."""
        blog.article("aa", "Nueva.", thread="una")
        preview.build()
        assert "La primera." in preview.page("/2026/11/una/")
        assert not preview.has("/2026/11/aa/")
        assert "2026/una.md" in preview.fault("articles/2026/aa.md")["reason"]

    def test_is_an_error_where_nothing_is_tolerated(
        self, blog: SmallBlog, publisher: Publisher
    ) -> None:
        blog.article("dos", date="ayer")
        with pytest.raises(BuildFailed, match="could not be built") as caught:
            publisher.build(strict=True, last_good=None)
        assert "articles/2026/dos.md" in caught.value.detail


def _article(blog: SmallBlog) -> Path:
    return blog.folder / "content/articles/2026/dos.md"


def _unreadable(file: Path) -> None:
    """Also for root, who may read everything: a name that leads nowhere."""
    file.unlink()
    file.symlink_to("nowhere")


def _never_ending(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


class TestABlogWithoutFaults:
    def test_is_built_as_if_nothing_were_tolerated(self, blog: SmallBlog) -> None:
        blog.article("bi", "[dos]({filename}dos.md)", lang="eu", thread="dos", tags="a, b")
        blog.page("nosotros", lang="en", thread="page-sobre")
        blog.comment("dos")
        strict = blog.built(output="strict", seed=1).files()
        tolerant = blog.built(output="tolerant", seed=2, last_good=blog.folder / "var/last-good")
        assert tolerant.files() == strict


class TestACopy:
    def test_brings_back_nothing_that_staff_deleted(
        self, blog: SmallBlog, publisher: Publisher
    ) -> None:
        _article(blog).unlink()
        blog.article("una", date="ayer")
        publisher.build()
        assert not publisher.has("/2026/11/dos/")
        assert not (publisher.copies / "articles/2026/dos.md").exists()
        assert publisher.has("/2026/11/una/")

    @pytest.mark.parametrize("status", ["draft", "Draft", "hidden", "skip", "borrador"])
    def test_brings_back_nothing_that_staff_took_away(
        self, blog: SmallBlog, preview: Preview, status: str
    ) -> None:
        blog.article("dos", status=status, date="ayer")
        preview.build()
        assert not preview.has("/2026/11/dos/")
        preview.fault("articles/2026/dos.md")

    def test_is_of_the_last_wording_that_was_good(
        self, blog: SmallBlog, publisher: Publisher
    ) -> None:
        blog.article("dos", "Mejor dicho.")
        publisher.build()
        blog.article("dos", date="ayer")
        publisher.build()
        assert "Mejor dicho." in publisher.page("/2026/11/dos/")

    def test_is_written_only_when_the_text_changed(
        self, blog: SmallBlog, publisher: Publisher
    ) -> None:
        copies = {path: path.stat().st_ino for path in publisher.copies.rglob("*.md")}
        assert len(copies) == 4
        blog.article("dos", "Otra.")
        publisher.build()
        assert {path.name for path, inode in copies.items() if path.stat().st_ino != inode} == {
            "dos.md"
        }

    def test_that_cannot_be_written_spoils_no_build(
        self, blog: SmallBlog, publisher: Publisher
    ) -> None:
        shutil.rmtree(publisher.copies)
        publisher.copies.write_text("no folder")
        blog.article("dos", "Otra.")
        publisher.build()
        assert not publisher.faults
        assert "Otra." in publisher.page("/2026/11/dos/")

    def test_is_not_written_by_a_build_that_failed(
        self, blog: SmallBlog, publisher: Publisher
    ) -> None:
        before = (publisher.copies / "articles/2026/dos.md").read_bytes()
        blog.article("dos", "Otra.")
        blog.write("theme/templates/page.html", "{% if %}")
        with pytest.raises(BuildFailed):
            publisher.build()
        assert (publisher.copies / "articles/2026/dos.md").read_bytes() == before


class TestAPlaceThatIsSpoilt:
    @pytest.mark.parametrize(
        ("body", "named"),
        [
            ("![Plano]({static}/images/plano.png)", "images/plano.png"),
            ("![Plano](/images/plano%20b.png)", "images/plano b.png"),
            ("[Acta]({attach}acta.pdf)", "articles/2026/acta.pdf"),
            ("[Otra]({filename}nada.md#parte)", "{filename}nada.md"),
            ("![Roto]({static}/images/roto.png)", "images/roto.png"),
        ],
    )
    def test_is_reported_and_the_page_is_built(
        self, blog: SmallBlog, preview: Preview, body: str, named: str
    ) -> None:
        blog.write("content/images/otra.png", "x")
        (blog.folder / "content/images/roto.png").symlink_to("nowhere")
        blog.article("dos", f"Con esto: {body}")
        comment = blog.comment("dos")
        preview.build()
        page = preview.page("/2026/11/dos/")
        assert "Con esto:" in page
        assert comment.id in page
        assert named in preview.fault("articles/2026/dos.md")["reason"]
        assert preview.has("/images/otra.png")

    def test_is_none_where_the_file_is_there(self, blog: SmallBlog, preview: Preview) -> None:
        blog.write("content/images/a b.png", "x")
        blog.write("content/articles/2026/acta.pdf", "x")
        blog.article(
            "dos",
            "![a](/images/a%20b.png) ![b](<{static}/images/a b.png>) [c]({attach}acta.pdf)"
            " [d]({filename}una.md) ![e](https://otra.example/images/no.png) ![f](/theme/x.png)",
        )
        preview.build()
        assert not preview.faults


class TestAFaultOfSettingsPluginsOrTemplates:
    @pytest.mark.parametrize(
        ("file", "text", "said"),
        [
            ("theme/templates/article.html", "{% if %}", "TemplateSyntaxError"),
            ("theme/templates/article.html", "{{ nada.de.nada }}", "UndefinedError"),
            ("publishconf.py", "SITENAME = 'x", "SyntaxError"),
            ("publishconf.py", "{conf}PLUGINS = ['nada']", "nada"),
            ("publishconf.py", "{conf}PLUGINS.append('roto')", "roto de verdad"),
            ("content/site.toml", "colour = 'verde'", "colour"),
            ("content/site.toml", SITE_TOML.replace('"eu", ', ""), "has not changed"),
        ],
    )
    def test_stops_the_build_with_its_name_and_the_old_site_stays(
        self,
        blog: SmallBlog,
        publisher: Publisher,
        file: str,
        text: str,
        said: str,
    ) -> None:
        blog.write(
            "roto.py",
            "from pelican import signals\n"
            "def fail(sender):\n    raise ValueError('roto de verdad')\n"
            "def register():\n    signals.content_object_init.connect(fail)\n",
        )
        blog.article("dos", "Cambiada.")
        conf = (blog.folder / "publishconf.py").read_text("utf-8")
        blog.write(file, text.replace("{conf}", conf))
        with pytest.raises(BuildFailed) as caught:
            publisher.build()
        printed = (blog.folder / "var/build.log").read_text("utf-8")
        assert said in caught.value.detail + printed
        assert "La segunda." in publisher.page("/2026/11/dos/")

    def test_is_none_of_a_text_that_alone_breaks_it(
        self, blog: SmallBlog, publisher: Publisher
    ) -> None:
        """What only shows while pages are written: then nothing that changed is taken."""
        blog.write(
            "theme/templates/article.html",
            '{% extends "!theme/article.html" %}'
            "{% block head %}{{ {'si': 1}[article.opcion or 'si'] + 1 }}{% endblock %}",
        )
        publisher.build()
        blog.article("dos", "Cambiada.", opcion="no")
        blog.article("tres", "Nueva.")
        comment = blog.comment("una")
        publisher.build()
        assert len(publisher.faults) == 2
        assert comment.id in publisher.page("/2026/11/una/")
        assert "La segunda." in publisher.page("/2026/11/dos/")
        assert not publisher.has("/2026/11/tres/")
        assert [each["file"] for each in publisher.faults] == [
            "content/articles/2026/dos.md",
            "content/articles/2026/tres.md",
        ]
        blog.article("dos", "Cambiada.")
        publisher.build()
        assert not publisher.faults
        assert publisher.has("/2026/11/tres/")


class TestTheComments:
    def test_come_from_where_the_settings_say(
        self, blog: SmallBlog, publisher: Publisher, tmp_path: Path
    ) -> None:
        comment = blog.comment("una", "Desde otro sitio.")
        broken = blog.file(blog.comment("una"))
        broken.write_text("roto", "utf-8")
        (blog.folder / "content/comments").rename(tmp_path / "aparte")
        publisher.build(comments=tmp_path / "aparte")
        assert comment.id in publisher.page("/2026/11/una/")
        publisher.fault(f"comments/una/{broken.name}")


class TestTheStamp:
    def test_says_for_whom_the_site_was_built(self, publisher: Publisher) -> None:
        assert json.loads(publisher.page("/build.json")) == {
            "format": 1,
            "site_url": "https://blog.pruebas.example",
            "drafts": False,
        }
        publisher.build(production=False, site_url="http://localhost:8000")
        stamp = json.loads(publisher.page("/build.json"))
        assert (stamp["site_url"], stamp["drafts"]) == ("http://localhost:8000", True)
