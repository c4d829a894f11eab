"""Smaller copies of what a build writes, for servers to send as they are."""

import gzip
from pathlib import Path
from random import Random

import pytest
from tertulia_plugins.compressed import MIN_BYTES, SUFFIXES, compress, compress_all

from comments_service import commentfile
from comments_service.site.stamp import read_stamp
from comments_service.usecases.public_site import BuiltHere

from .conftest import SmallBlog

WORDS = "a word and another word, " * 80


class TestABuiltSite:
    def test_has_a_smaller_copy_of_every_text_that_shrinks(self, small_blog: SmallBlog) -> None:
        for number in range(3):
            small_blog.article(f"otra-{number}", WORDS)
        files = small_blog.built().files()
        copies = {name: data for name, data in files.items() if name.endswith(".gz")}
        assert {"index.html.gz", "2026/11/una/index.html.gz"} <= copies.keys()
        assert {"feeds/all.atom.xml.gz", "feeds/all.json.gz", "theme/css/main.css.gz"} <= {*copies}
        for name, data in copies.items():
            original = files[name.removesuffix(".gz")]
            assert gzip.decompress(data) == original, name
            assert len(data) < len(original), name
        large = {
            name for name in files if name.endswith(SUFFIXES) and len(files[name]) >= MIN_BYTES
        }
        assert {f"{name}.gz" for name in large - {"build-report.json"}} <= copies.keys()

    def test_keeps_the_report_for_staff_alone(self, small_blog: SmallBlog) -> None:
        assert "build-report.json.gz" not in small_blog.built().files()

    def test_is_looked_at_by_the_service_as_before(self, small_blog: SmallBlog) -> None:
        comment = small_blog.comment("una", WORDS)
        built = small_blog.built()
        filed = small_blog.folder / "content/comments" / f"una/{comment.id}.md"
        digest = commentfile.digest(filed.read_bytes())
        assert (built.output / "2026/11/una/index.html.gz").is_file()
        assert BuiltHere(built.output).shows("/2026/11/una/", comment.id, digest)
        assert read_stamp(built.output)

    def test_is_the_same_again(self, small_blog: SmallBlog) -> None:
        first = small_blog.built().files()
        assert small_blog.built(output="again").files() == first

    def test_has_none_where_the_blog_wants_none(self, small_blog: SmallBlog) -> None:
        files = small_blog.built(conf="\nCOMPRESSED = False\n").files()
        assert not [name for name in files if name.endswith(".gz")]


class TestACopyThatStaffMade:
    """Theirs, as it is, beside a file that is theirs too."""

    @pytest.fixture
    def blog(self, small_blog: SmallBlog) -> SmallBlog:
        for place in ("content/images", "theme/static/js"):
            for name, text in (("small.json", "{}"), ("large.json", WORDS)):
                small_blog.write(f"{place}/{name}", text)
                small_blog.write(f"{place}/{name}.gz", "STAFF")
        small_blog.write("content/images/attached.json", WORDS)
        small_blog.write("content/images/attached.json.gz", "STAFF")
        small_blog.write("content/images/alone.json", WORDS)
        small_blog.write("content/images/lone.json.gz", "STAFF")
        small_blog.article("una", "[a]({attach}/images/attached.json.gz)")
        return small_blog

    STAFFS = (
        *("images/small.json.gz", "images/large.json.gz", "images/lone.json.gz"),
        *("theme/js/small.json.gz", "theme/js/large.json.gz"),
        "2026/11/una/attached.json.gz",
    )

    @pytest.mark.parametrize("conf", ["", "COMPRESSED = False\n"])
    def test_stays_what_it_is_in_every_build(self, blog: SmallBlog, conf: str) -> None:
        for output in ("output", "output", "afresh"):
            files = blog.built(conf=conf, output=output).files()
            assert {name: files[name] for name in self.STAFFS} == dict.fromkeys(
                self.STAFFS, b"STAFF"
            )
        assert ("images/alone.json.gz" in files) == (not conf)


class TestABuildOverAnother:
    def test_leaves_no_copy_where_the_blog_wants_none_any_more(self, small_blog: SmallBlog) -> None:
        small_blog.article("una", WORDS)
        assert "2026/11/una/index.html.gz" in small_blog.built().files()
        small_blog.article("una", f"Nuevo. {WORDS}")
        files = small_blog.built(conf="COMPRESSED = False\n").files()
        assert not [name for name in files if name.endswith(".gz")]

    def test_leaves_no_words_of_a_comment_that_is_gone(self, small_blog: SmallBlog) -> None:
        small_blog.page("sobre")
        before = small_blog.built(output="before").files()
        for thread in ("una", "page-sobre"):
            comment = small_blog.comment(thread, f"PALABRAS PRIVADAS {WORDS}")
            small_blog.built()
            (small_blog.folder / f"content/comments/{thread}/{comment.id}.md").unlink()
        after = small_blog.built().files()
        assert after == before


class TestACopy:
    def test_carries_neither_name_nor_time(self, tmp_path: Path) -> None:
        made = []
        for name in ("one.html", "another.html"):
            (tmp_path / name).write_text(WORDS)
            compress(tmp_path / name)
            made.append((tmp_path / f"{name}.gz").read_bytes())
        assert made[0] == made[1]
        assert made[0][3:8] == bytes(5)  # RFC 1952 2.3: flags, then the time

    @pytest.mark.parametrize("data", [b"", b"a" * (MIN_BYTES - 1), Random(1).randbytes(MIN_BYTES)])
    def test_is_not_made_where_it_saves_nothing(self, tmp_path: Path, data: bytes) -> None:
        (tmp_path / "page.txt").write_bytes(data)
        compress(tmp_path / "page.txt")
        assert not (tmp_path / "page.txt.gz").exists()

    def test_from_an_earlier_build_does_not_stay_beside_a_file_that_became_small(
        self, tmp_path: Path
    ) -> None:
        page = tmp_path / "page.html"
        page.write_text(WORDS)
        compress(page)
        page.write_text("now short")
        compress(page)
        assert not (tmp_path / "page.html.gz").exists()

    def test_is_made_of_texts_only(self, tmp_path: Path) -> None:
        for name in ("picture.png", "film.mp4", "data.csv.gz"):
            (tmp_path / name).write_text(WORDS)
        (tmp_path / "folder").mkdir()
        (tmp_path / "folder" / "drawing.SVG").write_text(WORDS)
        compress_all(tmp_path)
        made = {path.name for path in tmp_path.rglob("*.gz")} - {"data.csv.gz"}
        assert made == {"drawing.SVG.gz"}
