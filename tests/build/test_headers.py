"""A wrong header is one error that names its file, and the site stays as it was."""

import pytest

from .conftest import SmallBlog


class TestAHeader:
    @pytest.mark.parametrize(
        ("header", "said"),
        [
            ({"title": "uno\nTitle: dos"}, "Title takes one line; it has 2"),
            ({"title": "uno\n    dos"}, "Title takes one line; it has 2"),
            ({"title": " "}, "Title is empty"),
            ({"thread": "uno\nThread: dos"}, "Thread takes one line; it has 2"),
            ({"lang": "es\nLang: eu"}, "Could not process"),
            ({"save_as": "../output-other/x.html"}, "outside the site, at ../output-other/x.html"),
            ({"save_as": "/srv/x.html"}, "outside the site, at /srv/x.html"),
            ({"slug": "../../../x"}, "outside the site"),
            ({"template": "nada"}, "there is no template 'nada'"),
            ({"date": "2026-99-99"}, "Could not process articles/2026/dos.md"),
            ({"date": "12/11/2026"}, "'12/11/2026' is two dates: write it like 2026-11-22"),
            ({"modified": "3-4-26 10:00"}, "'3-4-26 10:00' is two dates"),
            ({"date": ""}, "could not find information about 'date'"),
            ({"status": "listo"}, "Unknown status 'listo'"),
        ],
    )
    def test_that_cannot_be_right_stops_the_build(
        self, small_blog: SmallBlog, header: dict[str, str], said: str
    ) -> None:
        small_blog.article("dos", **header)
        built = small_blog.build(fatal="errors")
        assert built.code != 0
        assert said in built.log
        assert "articles/2026/dos.md" in built.log
        assert not built.output.exists() or not list(built.output.rglob("*.html"))
        assert not (small_blog.folder / "output-other").exists()
