"""`tertulia init`: a blog that holds only content and a few lines, and builds at once."""

import json
import re
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from comments_service.cli import main
from comments_service.cli.new_blog import MODEL, Answers, make_blog
from comments_service.config import load_site
from comments_service.config.rules import read_rules
from comments_service.config.site_toml import LANGUAGES
from comments_service.errors import CannotStart
from comments_service.site.build import build

ROOT = Path(__file__).parent.parent
NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)

GOOD = {
    "--name": "Consejo de Pruebas",
    "--address": "https://blog.example.org",
    "--languages": "es,eu",
    "--colour": "#804000",
    "--contact": "hola@example.org",
}


def init(folder: Path, *more: str, text: str | None = None, **changed: str | None) -> Result:
    """Run the command with good options, but for those that are changed (None: left out)."""
    options = GOOD | {f"--{name}": value for name, value in changed.items()}
    given = [word for name, value in options.items() if value is not None for word in (name, value)]
    if text is None:
        given.append("--yes")
    return CliRunner().invoke(
        main, ["init", str(folder), *given, *more], input=text, env={"LC_ALL": "C"}
    )


def answers(**changed: Any) -> Answers:
    values: dict[str, Any] = {
        "name": "Consejo de Pruebas",
        "address": "https://blog.example.org",
        "languages": ["es"],
        "colour": "#804000",
        "logo": None,
        "contact": "hola@example.org",
    }
    return Answers(**values | changed)


def build_strictly(blog: Path) -> dict[str, Any]:
    """Build with every warning a fault; returns the threads of the manifest."""
    work = blog.parent / "work"
    build(
        blog,
        blog / "output",
        site_url="http://localhost:8000",
        production=True,
        strict=True,
        lock=work / "lock",
        log=work / "log",
        now=NOW,
    )
    threads: dict[str, Any] = json.loads((blog / "output" / "threads.json").read_text())["threads"]
    return threads


class TestANewBlog:
    def test_holds_only_content_and_a_few_lines(self, tmp_path: Path) -> None:
        assert init(tmp_path / "blog").exit_code == 0
        year = str(datetime.now(UTC).year)
        assert {
            str(path.relative_to(tmp_path / "blog"))
            for path in (tmp_path / "blog").rglob("*")
            if path.is_file() and ".git" not in path.parts
        } == {
            ".gitattributes",
            ".gitignore",
            "Makefile",
            "pelicanconf.py",
            "publishconf.py",
            "README.md",
            "requirements.txt",
            "content/site.toml",
            "content/comments/.gitkeep",
            *(
                f"content/comments/_site/rules/0{number}-v1.{language}.md"
                for number in range(1, 9)
                for language in ("es", "eu")
            ),
            "content/images/.gitkeep",
            f"content/articles/{year}/bienvenida.md",
            f"content/articles/{year}/ongi-etorri.md",
            *(
                f"content/pages/{name}.md"
                for name in (
                    "normas privacidad accesibilidad aviso-legal "
                    "arauak pribatutasuna irisgarritasuna lege-oharra"
                ).split()
            ),
        }

    def test_says_who_the_institution_is(self, tmp_path: Path) -> None:
        init(tmp_path / "blog", name='El "Consejo" \\ de Ñ')
        site = load_site(tmp_path / "blog")
        assert site.name == 'El "Consejo" \\ de Ñ'
        assert site.address == "https://blog.example.org"
        assert site.languages == ["es", "eu"]
        assert site.colour == "#804000"
        assert site.contact.email == "hola@example.org"
        rules = read_rules(tmp_path / "blog" / "content" / "comments", site)
        assert rules.faults == ()
        assert [(each.number, each.version) for each in rules.versions] == [
            (number, 1) for number in range(1, 9)
        ]
        assert all(each.text.keys() == {"es", "eu"} for each in rules.versions)

    def test_is_explained_in_the_institutions_language(self, tmp_path: Path) -> None:
        init(tmp_path / "blog", languages="eu,es", name="Etxea & $now")
        readme = (tmp_path / "blog" / "README.md").read_text()
        assert readme.startswith("# Etxea & $now\n\nBlogaren sarrerak `content/articles/`")

    def test_begins_with_a_post_by_the_institution(self, tmp_path: Path) -> None:
        make_blog(tmp_path / "blog", answers(name="Casa, $now; y *Cía*"), NOW)
        build_strictly(tmp_path / "blog")
        output = tmp_path / "blog/output"
        page = (output / "2026/11/bienvenida/index.html").read_text()
        assert page.count(">Casa, $now; y *Cía*</a>") >= 1
        assert [each.name for each in (output / "autor").iterdir()] == ["casa-now-y-cia"]

    def test_needs_the_version_that_made_it(self, tmp_path: Path) -> None:
        init(tmp_path / "blog")
        project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
        lines = (tmp_path / "blog" / "requirements.txt").read_text().splitlines()
        assert lines[-1] == f"tertulia=={project['version']}"

    def test_takes_the_logo_along(self, tmp_path: Path) -> None:
        logo = tmp_path / "Nuestro logo.SVG"
        logo.write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
        assert init(tmp_path / "blog", logo=str(logo)).exit_code == 0
        site = load_site(tmp_path / "blog")
        assert site.logo == "images/logo.svg"
        assert (tmp_path / "blog" / "content" / site.logo).read_bytes() == logo.read_bytes()

    def test_starts_from_the_settings_of_this_repository(self) -> None:
        for name in ("pelicanconf.py", "publishconf.py"):
            assert (MODEL / name).read_bytes() == (ROOT / name).read_bytes()

    def test_may_be_made_in_a_repository_that_was_just_begun(self, tmp_path: Path) -> None:
        (tmp_path / "blog" / ".git").mkdir(parents=True)
        assert init(tmp_path / "blog").exit_code == 0
        assert (tmp_path / "blog" / ".git").is_dir()

    def test_has_no_future_article_at_any_hour(self, tmp_path: Path) -> None:
        make_blog(tmp_path / "blog", answers(), datetime(2026, 12, 31, 23, 30, tzinfo=UTC))
        article = tmp_path / "blog/content/articles/2027/bienvenida.md"
        assert "\nDate: 2027-01-01 00:30\n" in article.read_text()

    @pytest.mark.parametrize(
        "languages",
        [["es"], ["eu"], ["en"], ["eu", "es"], ["es", "eu", "en"]],
        ids="-".join,
    )
    def test_builds_at_once_without_a_warning(self, tmp_path: Path, languages: list[str]) -> None:
        make_blog(tmp_path / "blog", answers(languages=languages), NOW)
        threads = build_strictly(tmp_path / "blog")
        assert sorted(threads) == [
            "bienvenida",
            "page-accesibilidad",
            "page-aviso-legal",
            "page-normas",
            "page-privacidad",
        ]
        for thread in threads.values():
            assert sorted(thread["urls"]) == sorted(languages)
            for url in thread["urls"].values():
                assert (tmp_path / "blog" / "output" / url.strip("/") / "index.html").is_file()

    def test_names_no_other_institution(self, tmp_path: Path) -> None:
        make_blog(tmp_path / "blog", answers(languages=LANGUAGES), NOW)
        build_strictly(tmp_path / "blog")
        demonstration = load_site(ROOT).name
        for path in (tmp_path / "blog").rglob("*"):
            if path.is_file():
                assert demonstration.encode() not in path.read_bytes(), path

    def test_has_a_makefile_with_the_commands_of_this_repository(self) -> None:
        target = re.compile(r"^([a-z]+):", re.MULTILINE)
        ours = set(target.findall((ROOT / "Makefile").read_text()))
        theirs = set(target.findall((MODEL / "Makefile").read_text()))
        assert theirs == {"help", "up", "html", "devserver", "publish", "check", "clean"}
        assert theirs <= ours


class TestAsking:
    def test_takes_answers_one_by_one(self, tmp_path: Path) -> None:
        asked = init(
            tmp_path / "blog",
            text="Junta de Pruebas\nHablemos\nhttps://junta.example\neu es\n\n\nhola@x.example\n",
            **dict.fromkeys(name.removeprefix("--") for name in GOOD),
        )
        assert asked.exit_code == 0, asked.output
        site = load_site(tmp_path / "blog")
        assert (site.name, site.languages) == ("Junta de Pruebas", ["eu", "es"])
        assert site.colour == "#1f5f5b"
        assert site.tagline == {"": "Hablemos"}

    def test_asks_only_what_was_not_given(self, tmp_path: Path) -> None:
        asked = init(tmp_path / "blog", text="\n\n")
        assert asked.exit_code == 0, asked.output
        assert "logo" in asked.output
        assert "Name of the institution" not in asked.output
        assert load_site(tmp_path / "blog").tagline == {}


class TestBadAnswers:
    def test_are_all_named_at_once_and_nothing_is_written(self, tmp_path: Path) -> None:
        refused = init(
            tmp_path / "blog",
            name=" ",
            address="blog.example.org",
            languages="es,fr",
            colour="green",
            contact="nobody",
            logo=str(tmp_path / "missing.svg"),
        )
        assert refused.exit_code == 1
        for option in ("name", "address", "languages", "colour", "contact", "logo"):
            assert refused.output.count(f"\n  --{option}: ") == 1, refused.output
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("option", ["name", "address", "contact"])
    def test_that_are_needed_and_missing_are_named(self, tmp_path: Path, option: str) -> None:
        refused = init(tmp_path / "blog", **{option: None})
        assert refused.exit_code == 1
        assert f"--{option}: is missing" in refused.output

    def test_cannot_write_settings_of_their_own(self, tmp_path: Path) -> None:
        init(tmp_path / "blog", name='A"\ncolour = "#000000"\n[legal]\ntax_id="x')
        site = load_site(tmp_path / "blog")
        assert site.colour == "#804000"
        assert site.legal.tax_id is None

    def test_include_a_logo_that_no_page_can_show(self, tmp_path: Path) -> None:
        (tmp_path / "logo.exe").write_text("x")
        refused = init(tmp_path / "blog", logo=str(tmp_path / "logo.exe"))
        assert refused.exit_code == 1
        assert "--logo: must be one of .svg" in refused.output

    def test_include_a_folder_that_is_not_empty(self, tmp_path: Path) -> None:
        (tmp_path / "blog").mkdir()
        (tmp_path / "blog" / "kept.txt").write_text("kept")
        refused = init(tmp_path / "blog")
        assert refused.exit_code == 1
        assert "is not empty" in refused.output
        assert [path.name for path in (tmp_path / "blog").iterdir()] == ["kept.txt"]

    def test_include_a_file_in_the_place_of_the_folder(self, tmp_path: Path) -> None:
        (tmp_path / "blog").write_text("kept")
        with pytest.raises(CannotStart):
            make_blog(tmp_path / "blog", answers(), NOW)
        assert (tmp_path / "blog").read_text() == "kept"

    def test_include_a_folder_that_cannot_be_made(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("kept")
        refused = init(tmp_path / "file" / "blog")
        assert refused.exit_code == 1
        assert "cannot be made" in refused.output
