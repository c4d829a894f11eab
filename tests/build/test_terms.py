"""Categories, tags and authors: each name is one thing, and another name another."""

import json
import re

import pytest

from .conftest import Built, SmallBlog, text_of

SITE = "https://blog.pruebas.example"
KINDS = {"category": "categoria", "tags": "etiqueta", "author": "autor"}


def places(built: Built, kind: str) -> dict[str, str]:
    """The names in the list of one kind, each with the last part of its address."""
    page = built.page(
        {"category": "/categorias/", "tags": "/etiquetas/", "author": "/autores/"}[kind]
    )
    found = re.findall(rf'list__name" href="{SITE}/{KINDS[kind]}/([^"/]*)/">([^<]*)</a>', page)
    return {name: slug for slug, name in found}


def shown(built: Built, article: str) -> str:
    """What a reader reads of an article and its terms."""
    return text_of(
        built.page(f"/2026/11/{article}/").partition("<main")[2].partition("<section")[0]
    )


@pytest.mark.parametrize("kind", ["category", "tags", "author"])
class TestNames:
    def test_of_the_same_letters_are_different_things(
        self, small_blog: SmallBlog, kind: str
    ) -> None:
        for number, name in enumerate(["C", "C++", "C#"]):
            small_blog.article(f"n{number}", date=f"2026-11-0{number + 1}", **{kind: name})
        built = small_blog.built()
        found = places(built, kind)
        assert {"C", "C++", "C#"} <= found.keys()
        assert found["C"] == "c"
        assert len(set(found.values())) == len(found)
        for number, name in enumerate(["C", "C++", "C#"]):
            assert name in shown(built, f"n{number}").split()
            page = built.page(f"/{KINDS[kind]}/{found[name]}/")
            assert re.findall(r"/2026/11/(n\d)/", page)[0] == f"n{number}"
            assert len(set(re.findall(r"/2026/11/(n\d)/", page))) == 1

    @pytest.mark.parametrize("names", [("!!!", "***", "¿?"), ("…", "日本", "ñ")])
    def test_without_any_letter_of_an_address_have_one_all_the_same(
        self, small_blog: SmallBlog, kind: str, names: tuple[str, ...]
    ) -> None:
        for number, name in enumerate(names):
            small_blog.article(f"n{number}", **{kind: name})
        built = small_blog.built()
        found = places(built, kind)
        assert set(names) <= found.keys()
        assert all(found.values())
        assert len(set(found.values())) == len(found)
        assert "//" not in "".join(built.files())
        assert not any("/.atom" in name or "author.atom" in name for name in built.files())

    def test_keep_their_address_whatever_else_is_written_later(
        self, small_blog: SmallBlog, kind: str
    ) -> None:
        small_blog.article("n0", date="2026-11-01", **{kind: "C++"})
        small_blog.article("n1", date="2026-11-02", **{kind: "***"})
        before = places(small_blog.built(), kind)
        small_blog.article("n2", date="2026-11-03", **{kind: "C"})
        small_blog.article("n3", date="2026-11-04", **{kind: "!!!"})
        small_blog.article("n4", date="2026-11-05", status="draft", **{kind: "C#"})
        after = places(small_blog.built(), kind)
        assert before.items() <= after.items()
        small_blog.article("n5", date="2026-10-01", **{kind: "+++"})
        assert places(small_blog.built(), kind)["!!!"] == after["!!!"]

    def test_are_one_whatever_their_case_accents_and_spaces(
        self, small_blog: SmallBlog, kind: str
    ) -> None:
        small_blog.article("n0", date="2026-11-01", **{kind: "Gestión  pública"})
        small_blog.article("n1", date="2026-11-02", **{kind: "gestión pública"})
        small_blog.article("n2", date="2026-11-03", **{kind: "GESTIO\u0301N PUBLICA"})
        small_blog.article("n3", date="2026-11-04", **{kind: "Cana"})
        small_blog.article("n4", date="2026-11-05", **{kind: "Caña"})
        found = places(small_blog.built(), kind)
        assert found["Gestión pública"] == "gestion-publica"
        assert found["Cana"] == "cana"
        assert found["Caña"].startswith("cana-")
        assert len([slug for slug in found.values() if "gestion" in slug]) == 1


class TestAnArticle:
    def test_is_signed_by_who_wrote_it(self, small_blog: SmallBlog) -> None:
        small_blog.article("una", author="Tom P!", date="2026-11-01")
        small_blog.article("dos", author="Tom P", date="2026-11-02")
        built = small_blog.built()
        for name, author in (("una", "Tom P!"), ("dos", "Tom P")):
            assert f'rel="author" href="{SITE}/autor/' in built.page(f"/2026/11/{name}/")
            found = re.findall(r'rel="author"[^>]*>([^<]*)<', built.page(f"/2026/11/{name}/"))
            assert found == [author]

    def test_has_all_the_names_of_one_line(self, small_blog: SmallBlog) -> None:
        small_blog.article(
            "una", category="C++, C#, c++", tags="C++, C#, c++", authors="C++; C#; c++"
        )
        built = small_blog.built()
        data = json.loads(re.findall(r'ld\+json">(.*?)</script>', built.page("/2026/11/una/"))[0])[
            0
        ]
        assert data["articleSection"] == ["C++", "C#"]
        assert data["keywords"] == ["C++", "C#"]
        assert [each["name"] for each in data["author"]] == ["C++", "C#"]

    def test_is_the_same_person_in_every_language(self, small_blog: SmallBlog) -> None:
        small_blog.article("una", author="C", date="2026-11-01")
        small_blog.article("dos", author="C++", date="2026-11-02")
        small_blog.article("bat", lang="eu", author="C++")
        built = small_blog.built()
        (slug,) = {slug for name, slug in places(built, "author").items() if name == "C++"}
        assert f'href="{SITE}/eu/egilea/c/" hreflang="eu"' in built.page(f"/autor/{slug}/")
        assert 'hreflang="eu" href' not in built.page("/autor/c/")

    def test_of_the_general_category_is_not_of_one_with_another_name(
        self, small_blog: SmallBlog
    ) -> None:
        small_blog.article("dos", category="¡General!")
        assert places(small_blog.built(), "category").keys() == {"General", "¡General!"}

    def test_takes_a_page_with_a_nameless_author(self, small_blog: SmallBlog) -> None:
        small_blog.page("sobre", author="!!!")
        assert small_blog.built().page("/sobre/")
