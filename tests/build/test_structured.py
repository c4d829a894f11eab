"""What pages say to machines: schema.org in JSON-LD."""

import json
import re
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from comments_service.domain.comments import Kind, WithdrawnBy

from .conftest import SITE_TOML, Built, NewBlog, SmallBlog

SITE = "https://blog.pruebas.example"
UNA = f"{SITE}/2026/11/una/"
_BLOCK = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


def data(html: str) -> list[dict[str, Any]]:
    """All that the blocks of a page say."""
    return list(chain.from_iterable(json.loads(block) for block in _BLOCK.findall(html)))


def one(built: Built, address: str, kind: str) -> dict[str, Any]:
    (found,) = [each for each in data(built.page(address)) if each["@type"] == kind]
    return found


class TestAnArticle:
    def test_is_a_posting_of_the_institution(self, small_blog: SmallBlog) -> None:
        small_blog.article(
            "una", title="Una", category="A, B", tags="x", modified="2026-11-20 08:00"
        )
        said = one(small_blog.built(), "/2026/11/una/", "BlogPosting")
        assert said["headline"] == "Una"
        assert said["url"] == said["mainEntityOfPage"] == said["@id"] == UNA
        assert said["datePublished"] == "2026-11-14T10:00:00+01:00"
        assert said["dateModified"] == "2026-11-20T08:00:00+01:00"
        assert said["inLanguage"] == "es"
        assert said["articleSection"] == ["A", "B"]
        assert said["keywords"] == ["x"]
        assert said["commentCount"] == 0
        assert said["publisher"] == {
            "@type": "GovernmentOrganization",
            "name": "Consejo de Pruebas",
            "url": f"{SITE}/",
        }

    def test_names_its_authors_with_their_position(self, new_blog: NewBlog) -> None:
        ada = '[[authors]]\nname = "Ada"\nposition = { es = "técnica", eu = "teknikaria" }\n'
        blog = new_blog(SITE_TOML + ada)
        blog.article("una", author="Ada")
        blog.article("bat", author="Ada", lang="eu")
        built = blog.built()
        said = one(built, "/2026/11/una/", "BlogPosting")["author"]
        assert said == [
            {"@type": "Person", "name": "Ada", "jobTitle": "técnica", "url": f"{SITE}/autor/ada/"}
        ]
        said = one(built, "/eu/2026/11/bat/", "BlogPosting")["author"]
        assert said[0]["jobTitle"] == "teknikaria"

    def test_says_the_way_to_it_through_each_category(self, small_blog: SmallBlog) -> None:
        small_blog.article("una", title="Una", category="A, B")
        ways = [
            [(step["position"], step["name"], step["item"]) for step in each["itemListElement"]]
            for each in data(small_blog.built().page("/2026/11/una/"))
            if each["@type"] == "BreadcrumbList"
        ]
        assert ways == [
            [
                (1, "Inicio", f"{SITE}/"),
                (2, name, f"{SITE}/categoria/{name.lower()}/"),
                (3, "Una", UNA),
            ]
            for name in ("A", "B")
        ]


class TestAComment:
    def test_is_said_with_its_words_author_and_place(self, small_blog: SmallBlog) -> None:
        asked = small_blog.comment("una", "¿Y **mañana**?", author="Ana", lang="es")
        answer = small_blog.comment(
            "una", kind=Kind.ANSWER, in_reply_to=asked.id, author="Miren", position="directora"
        )
        said = one(small_blog.built(), "/2026/11/una/", "BlogPosting")
        assert said["commentCount"] == 2
        newest, oldest = said["comment"]
        assert oldest["text"] == "¿Y mañana?"
        assert oldest["author"] == {"@type": "Person", "name": "Ana"}
        assert oldest["url"] == f"{UNA}#comment-{asked.id}"
        assert "parentItem" not in oldest
        assert newest["@id"] == f"{UNA}#comment-{answer.id}"
        assert newest["author"]["jobTitle"] == "directora"
        assert newest["parentItem"] == {"@type": "Comment", "@id": oldest["@id"]}

    def test_that_was_withdrawn_is_in_no_data(self, small_blog: SmallBlog) -> None:
        gone = small_blog.tombstone("una", WithdrawnBy.READER)
        small_blog.comment("una", in_reply_to=gone.id)
        small_blog.comment("una", kind=Kind.PINGBACK)
        said = one(small_blog.built(), "/2026/11/una/", "BlogPosting")
        assert said["commentCount"] == len(said["comment"]) == 1
        assert gone.id not in json.dumps(said)

    def test_is_shortened_and_the_newest_stand_for_all(self, small_blog: SmallBlog) -> None:
        written = [small_blog.comment("una", f"{n} " + "palabra " * 60) for n in range(25)]
        said = one(small_blog.built(), "/2026/11/una/", "BlogPosting")
        assert said["commentCount"] == 25
        newest = [comment.id for comment in reversed(written)][:20]
        assert [each["@id"].partition("#comment-")[2] for each in said["comment"]] == newest
        for each in said["comment"]:
            assert len(each["text"]) <= 201
            assert each["text"].endswith("palabra…")

    def test_leaves_the_page_light(self, small_blog: SmallBlog) -> None:
        for number in range(20):
            words = " ".join(f"palabra{number}{n * number}" for n in range(40))
            small_blog.comment("una", words, author=f"Persona {number}")
        files = small_blog.built().files()
        sent = [name for name in files if name.endswith(".css.gz")]
        weight = sum(len(files[name]) for name in [*sent, "2026/11/una/index.html.gz"])
        assert weight < 35_000

    @pytest.mark.parametrize("text", ["</script><b>x", "<!--<script>", "]]> & ' \" \\ \u2028"])
    def test_cannot_leave_its_block(self, small_blog: SmallBlog, text: str) -> None:
        small_blog.comment("una", text, author=text.replace("\u2028", " "))
        page = small_blog.built().page("/2026/11/una/")
        said = [each for each in data(page) if each["@type"] == "BlogPosting"]
        assert said[0]["comment"][0]["author"]["name"] == text.replace("\u2028", " ")
        # This one and the form's, which is a file.
        assert page.count("<script") == page.count("</script>") == 2


class TestEveryPage:
    def test_says_things_that_can_be_read_and_addresses_that_exist(
        self, small_blog: SmallBlog
    ) -> None:
        small_blog.article("una", thread="una", category="A", tags="x", author="Ada")
        small_blog.article("bat", thread="una", lang="eu", category="B", author="Ada")
        small_blog.article("borrador", status="draft", category="C", author="Bea")
        small_blog.page("sobre")
        asked = small_blog.comment("una")
        small_blog.comment("una", in_reply_to=asked.id)
        built = small_blog.built(production=False)
        kinds = set()
        for name, content in built.files().items():
            if not name.endswith(".html"):
                continue
            page = content.decode()
            for said in data(page):
                assert said["@context"] == "https://schema.org", name
                kinds.add(said["@type"])
                for address in _addresses(said):
                    path, _, anchor = address.removeprefix("http://localhost:8000").partition("#")
                    assert f'id="{anchor}"' in built.page(path) or not anchor, (name, address)
            if Path(name).name != "404.html":
                assert data(page), name
        assert kinds == {"Blog", "BlogPosting", "BreadcrumbList", "CollectionPage", "WebPage"}

    def test_of_a_list_says_the_same_after_a_comment(self, small_blog: SmallBlog) -> None:
        small_blog.article("una", category="A")
        before = small_blog.built()
        small_blog.comment("una")
        after = small_blog.built(output="after")
        for address in ("/", "/categoria/a/", "/archivo/"):
            assert data(before.page(address)) == data(after.page(address))


def _addresses(said: object) -> list[str]:
    """All that a page names: of ours."""
    if isinstance(said, dict):
        return [each for key in said if key != "@context" for each in _addresses(said[key])]
    if isinstance(said, list):
        return [each for member in said for each in _addresses(member)]
    return [said] if isinstance(said, str) and said.startswith("http") else []
