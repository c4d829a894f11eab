"""What hostile readers, and careless authors, cannot do to the site."""

from pathlib import Path

import pytest

from .conftest import SmallBlog

CANARY = "canary-7f3a"
LINKS = """[a]({static}/../.env) [b]({static}/.env) [c]({attach}../secret.txt)
[d](|static|/../.env) [e]({filename}/articles/2026/una.md) [f]({static}../../secret.txt)
<img src="{static}/../.env"> ![g]({static}/.env)
<a href="{attach}/secret.txt">h</a>"""


class TestAComment:
    def test_makes_no_file_part_of_the_site(self, small_blog: SmallBlog) -> None:
        for path in (".env", "secret.txt", "content/.env", "content/secret.txt", "var/secret"):
            small_blog.write(path, CANARY)
        small_blog.write("content/comments/una/.env", CANARY)
        small_blog.comment("una", LINKS, author="{static}/.env")
        before = {path for path in small_blog.folder.parent.rglob("*") if path.is_file()}
        built = small_blog.built()
        assert CANARY not in built.everything()
        assert not any(".env" in name or "secret" in name for name in built.files())
        after = {path for path in small_blog.folder.parent.rglob("*") if path.is_file()}
        outside = {path for path in after - before if not path.is_relative_to(built.output)}
        assert {path.name for path in outside} <= {"publishconf.py", "blog.log"}

    def test_is_not_served_as_a_file(self, small_blog: SmallBlog) -> None:
        comment = small_blog.comment("una")
        built = small_blog.built()
        assert not any(comment.id in name for name in built.files())

    def test_never_reaches_jinja(self, small_blog: SmallBlog) -> None:
        small_blog.comment("una", "{{ 7*7 }} {% include '404.html' %}", author="{{ SITEURL }}")
        page = small_blog.built().page("/2026/11/una/")
        assert "<p>{{ 7*7 }} {% include '404.html' %}</p>" in page
        assert "{{ SITEURL }}" in page

    def test_names_no_institution_by_our_placeholder(self, small_blog: SmallBlog) -> None:
        small_blog.comment("una", "{institution} y tertulia0institution00")
        page = small_blog.built().page("/2026/11/una/")
        assert "{institution} y tertulia0institution00" in page

    def test_brings_no_markup_by_its_name_or_lines(self, small_blog: SmallBlog) -> None:
        small_blog.comment(
            "una",
            "<script>x1()</script>\n\n# Título\n\n[x](javascript:x2()) {: onclick=x3() id=main }",
            author='"><script>x4()</script>',
            position="<b>x5</b>",
            department="<i>x6</i>",
            kind="answer",
        )
        page = small_blog.built().page("/2026/11/una/")
        assert "<script>x" not in page
        assert 'href="javascript:' not in page
        assert 'id="main"' not in page
        for left in ("<b>x5", "<i>x6", '"><script'):
            assert left not in page


class TestAHeader:
    def test_is_text_on_every_page(self, small_blog: SmallBlog) -> None:
        small_blog.article(
            "una",
            title="<script>x1()</script> & uno",
            author="<script>x2()</script>",
            category="<script>x3()</script>",
            tags="<script>x4()</script>",
        )
        built = small_blog.built()
        html = "".join(
            data.decode() for name, data in built.files().items() if name.endswith(".html")
        )
        assert "&lt;script&gt;x1()" in html
        assert "<script>x" not in html


class TestStaffsHtml:
    def test_goes_into_the_page_as_it_is(self, small_blog: SmallBlog) -> None:
        small_blog.article(
            "una", '<aside class="x">Sí</aside>\n\ny **más**', summary="Un *resumen*"
        )
        small_blog.page("sobre", "<section>Aquí</section>")
        built = small_blog.built()
        page = built.page("/2026/11/una/")
        assert '<aside class="x">Sí</aside>' in page
        assert "<strong>más</strong>" in page
        assert "<em>resumen</em>" in built.page("/")
        assert "<section>Aquí</section>" in built.page("/sobre/")

    def test_keeps_its_typography(self, small_blog: SmallBlog) -> None:
        small_blog.article("una", "“lo importante» (…) «así» -- ... 'no' \"sí\"")
        assert "“lo importante» (…) «así» -- ... 'no' \"sí\"" in small_blog.built().page(
            "/2026/11/una/"
        )

    def test_of_a_summary_brings_each_id_once(self, small_blog: SmallBlog) -> None:
        for name in ("una", "dos"):
            small_blog.article(name, "Uno[^1]\n\n## Título {#parte}\n\n[^1]: Nota")
        built = small_blog.built()
        home = built.page("/")
        assert "fnref" not in home
        assert 'id="parte"' not in home
        assert 'id="parte"' in built.page("/2026/11/una/")


class TestASymbolicLink:
    @pytest.mark.parametrize("place", ["una/01k9x8c7j3s5m2q4r6t8v0w1y2.md", "otra"])
    def test_among_the_comments_is_told_and_not_followed(
        self, small_blog: SmallBlog, tmp_path: Path, place: str
    ) -> None:
        outside = tmp_path / "outside"
        outside.mkdir()
        (outside / "01k9x8c7j3s5m2q4r6t8v0w1y2.md").write_text(CANARY)
        link = small_blog.folder / "content/comments" / place
        link.parent.mkdir(parents=True)
        link.symlink_to(outside / link.name if link.suffix else outside)
        built = small_blog.built()
        assert CANARY not in built.everything()
        assert f"content/comments/{place}" in built.page("/build-report.json")
