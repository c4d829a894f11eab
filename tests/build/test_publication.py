"""What is not yet public stays unseen."""

from datetime import timedelta

from .conftest import NOW, SmallBlog

SECRET = "el secreto de la alcaldía"


class TestForReaders:
    def test_a_draft_is_nowhere(self, small_blog: SmallBlog) -> None:
        small_blog.article("dos", SECRET, status="draft", title=SECRET)
        small_blog.article("tres", SECRET, status="draft", lang="eu")
        small_blog.page("cuatro", SECRET, status="draft")
        small_blog.article("cinco", SECRET, status="draft", save_as="cinco.html", url="cinco.html")
        small_blog.page("seis", SECRET, status="draft", save_as="seis.html", url="seis.html")
        built = small_blog.built()
        assert SECRET not in built.everything()
        assert not any("borradores" in name for name in built.files())

    def test_a_post_of_tomorrow_is_nowhere(self, small_blog: SmallBlog) -> None:
        small_blog.article("dos", SECRET, title=SECRET, date="2026-11-23 10:00", category="Mañana")
        small_blog.comment("dos")
        built = small_blog.built()
        assert SECRET not in built.everything()
        assert not (built.output / "categoria/manana").exists()
        assert "dos" not in built.page("/threads.json")

    def test_tomorrow_comes_with_the_instant_of_the_build_not_the_clock(
        self, small_blog: SmallBlog
    ) -> None:
        small_blog.article("dos", SECRET, date="2026-11-21 10:00")
        assert SECRET not in small_blog.built(now=NOW - timedelta(days=2)).everything()
        assert SECRET in small_blog.built(now=NOW, output="later").page("/2026/11/dos/")


class TestWhileWriting:
    def test_a_draft_can_be_read_and_takes_no_comments(self, small_blog: SmallBlog) -> None:
        small_blog.article("dos", SECRET, status="draft")
        small_blog.article("tres", SECRET, date="2026-12-24")
        small_blog.page("cuatro", SECRET, status="draft")
        built = small_blog.built(production=False)
        for address in ("dos/", "tres/", "paginas/cuatro/"):
            page = built.page(f"/borradores/{address}")
            assert SECRET in page
            assert "<form" not in page
        assert '"dos"' not in built.page("/threads.json")
        assert SECRET not in built.page("/")
