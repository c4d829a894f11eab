"""What a page says in its head to browsers, feed readers and whoever shows its address."""

import re
from html import unescape

import pytest

from comments_service.config import load_site
from comments_service.errors import InvalidConfig

from .conftest import SITE_TOML, Built, NewBlog, SmallBlog

SITE = "https://blog.pruebas.example"


def head(built: Built, address: str) -> str:
    return built.page(address).partition("</head>")[0]


def links(html: str, rel: str) -> list[dict[str, str]]:
    tags = re.findall(rf'<link rel="{rel}"[^>]*>', html)
    return [dict(re.findall(r'([\w-]+)="([^"]*)"', tag)) for tag in tags]


def languages(html: str) -> dict[str, str]:
    return {x["hreflang"]: x["href"] for x in links(html, "alternate") if "hreflang" in x}


def properties(html: str) -> list[tuple[str, str]]:
    found = re.findall(r'<meta (?:name|property)="([^"]*)" content="([^"]*)">', html)
    return [(name, unescape(value)) for name, value in found]


@pytest.fixture
def two(small_blog: SmallBlog) -> SmallBlog:
    """The same in two languages, and more in one of them."""
    small_blog.article("una", thread="una", title="Uno & dos", category="A", author="Ada")
    small_blog.article("bat", thread="una", lang="eu", title="Bat", category="B", author="Ada")
    small_blog.article("sola")
    small_blog.page("sobre", summary="Sobre esto.")
    return small_blog


class TestEveryPage:
    def test_names_its_own_address(self, two: SmallBlog) -> None:
        built = two.built(conf="\nDEFAULT_PAGINATION = 1\n")
        names = [name for name in built.files() if name.endswith("index.html")]
        assert "pagina/2/index.html" in names
        for name in names:
            address = f"/{name.removesuffix('index.html')}"
            (canonical,) = links(head(built, address), "canonical")
            assert canonical["href"] == f"{SITE}{address}"
            assert ("og:url", f"{SITE}{address}") in properties(head(built, address))

    def test_says_what_it_is_in_a_sentence(self, two: SmallBlog) -> None:
        built = two.built()
        for name in (name for name in built.files() if name.endswith("index.html")):
            said = dict(properties(built.files()[name].decode()))
            assert said["description"].endswith("."), name
            assert said["description"] == said["og:description"], name

    def test_names_its_languages_as_they_name_it(self, two: SmallBlog) -> None:
        built = two.built()
        seen = 0
        for name in (name for name in built.files() if name.endswith("index.html")):
            address = f"/{name.removesuffix('index.html')}"
            found = languages(head(built, address))
            if not found:
                continue
            seen += 1
            assert f"{SITE}{address}" in found.values(), name
            assert found["x-default"] == found["es"], name
            for other in found.values():
                assert languages(head(built, other.removeprefix(SITE))) == found, name
        assert seen >= 6
        assert languages(head(built, "/2026/11/una/")) == {
            "es": f"{SITE}/2026/11/una/",
            "eu": f"{SITE}/eu/2026/11/bat/",
            "x-default": f"{SITE}/2026/11/una/",
        }
        assert not languages(head(built, "/2026/11/sola/"))

    def test_sends_other_readers_to_the_institutions_first_language(
        self, new_blog: NewBlog
    ) -> None:
        blog = new_blog(SITE_TOML.replace('["es", "eu", "en"]', '["eu", "es"]'))
        blog.article("una", thread="una", lang="es")
        blog.article("bat", thread="una")
        found = languages(head(blog.built(), "/es/2026/11/una/"))
        assert found["x-default"] == found["eu"] == f"{SITE}/2026/11/bat/"

    def test_offers_the_feeds_of_its_own_language_in_both_forms(self, two: SmallBlog) -> None:
        built = two.built()
        for address, prefix in (("/", ""), ("/eu/2026/11/bat/", "eu/"), ("/sobre/", "")):
            offered = [
                (x["type"], x["href"])
                for x in links(head(built, address), "alternate")
                if "type" in x
            ]
            assert offered[:4] == [
                ("application/atom+xml", f"{SITE}/{prefix}feeds/all.atom.xml"),
                ("application/feed+json", f"{SITE}/{prefix}feeds/all.json"),
                ("application/atom+xml", f"{SITE}/{prefix}feeds/comentarios.atom.xml"),
                ("application/feed+json", f"{SITE}/{prefix}feeds/comentarios.json"),
            ]

    def test_offers_feeds_that_are_there_each_under_a_name_of_its_own(self, two: SmallBlog) -> None:
        built = two.built()
        files = built.files()
        seen = set()
        for name in (name for name in files if name.endswith(".html")):
            offered = [x for x in links(files[name].decode(), "alternate") if "type" in x]
            assert len({x["title"] for x in offered}) == len(offered), name
            for each in offered:
                path = each["href"].removeprefix(f"{SITE}/")
                assert path in files, (name, path)
                seen.add(path)
        written = {path for path in files if "feeds/" in path or "comentarios." in path}
        assert seen == {path for path in written if not path.endswith(".gz")}


class TestAnArticle:
    def test_is_shown_with_title_text_and_language_elsewhere(self, two: SmallBlog) -> None:
        two.article("una", thread="una", title='Uno & "dos"', summary="**Dice** algo.")
        said = properties(head(two.built(), "/2026/11/una/"))
        assert ("og:type", "article") in said
        assert ("og:title", 'Uno & "dos"') in said
        assert ("og:description", "Dice algo.") in said
        assert ("description", "Dice algo.") in said
        assert ("og:locale", "es_ES") in said
        assert [value for name, value in said if name == "og:locale:alternate"] == ["eu_ES"]

    def test_says_each_thing_once(self, two: SmallBlog) -> None:
        said = properties(head(two.built(), "/2026/11/una/"))
        names = [name for name, _ in said]
        assert len(set(names)) == len(names)


class TestItsPicture:
    """The picture that stands for an article elsewhere."""

    def picture(self, blog: SmallBlog, address: str = "/2026/11/una/") -> str:
        said = dict(properties(head(blog.built(), address)))
        return said.get("og:image", "").removeprefix(f"{SITE}/")

    @pytest.fixture
    def blog(self, new_blog: NewBlog) -> SmallBlog:
        blog = new_blog(SITE_TOML.replace("[contact]", 'logo = "images/logo.png"\n\n[contact]'))
        for name in ("logo.png", "plaza.jpg", "otra.png", "dibujo.svg"):
            blog.write(f"content/images/{name}", "")
        return blog

    @pytest.mark.parametrize(
        "written", ["images/plaza.jpg", "/images/plaza.jpg", "{static}/images/plaza.jpg"]
    )
    def test_is_the_one_that_its_header_names(self, blog: SmallBlog, written: str) -> None:
        blog.article("una", "![otra]({static}/images/otra.png)", image=written)
        assert self.picture(blog) == "images/plaza.jpg"

    def test_is_else_the_first_of_its_text_that_can_be_shown(self, blog: SmallBlog) -> None:
        drawing, photo = "![d]({static}/images/dibujo.svg)", "![o](/images/otra.png)"
        blog.article("una", f"{drawing} {photo}")
        assert self.picture(blog) == "images/otra.png"

    def test_is_else_the_logo(self, blog: SmallBlog) -> None:
        blog.article("una", "![fuera](https://otra.example/f.png)")
        assert self.picture(blog) == "images/logo.png"
        assert self.picture(blog, "/archivo/") == "images/logo.png"

    def test_is_none_where_the_logo_is_a_drawing(self, new_blog: NewBlog) -> None:
        blog = new_blog(SITE_TOML.replace("[contact]", 'logo = "images/logo.svg"\n\n[contact]'))
        blog.write("content/images/logo.svg", "<svg/>")
        blog.article("una")
        assert self.picture(blog) == ""

    @pytest.mark.parametrize("written", ["images/nada.jpg", "articles/2026/una.md", "../x.jpg"])
    def test_that_is_not_there_is_told_to_staff(self, blog: SmallBlog, written: str) -> None:
        blog.article("una", image=written)
        built = blog.build(fatal="errors")
        assert built.code == 0
        assert f"there is no file {written}" in built.log

    def test_that_nobody_can_show_is_told_to_staff(self, blog: SmallBlog) -> None:
        blog.article("una", image="images/dibujo.svg")
        assert "images/dibujo.svg cannot be shown elsewhere" in blog.build(fatal="").log


class TestPassingOn:
    def shared(self, blog: SmallBlog, address: str = "/2026/11/una/") -> dict[str, str]:
        page = blog.built().page(address)
        found = re.search(r'<section class="share".*?</section>', page, re.DOTALL)
        tags = re.findall(r'<a href="([^"]*)"([^>]*)>(.*?)</a>', found[0] if found else "")
        assert all('rel="nofollow noopener"' in given for _, given, _ in tags)
        return {re.sub(r"<span.*?</span>", "", name): unescape(href) for href, _, name in tags}

    def test_is_by_plain_links_with_title_and_address(self, small_blog: SmallBlog) -> None:
        small_blog.article("una", title="¿Uno & dos?")
        place, title = "https%3A//blog.pruebas.example/2026/11/una/", "%C2%BFUno%20%26%20dos%3F"
        assert self.shared(small_blog) == {
            "Correo": f"mailto:?subject={title}&body={place}",
            "WhatsApp": f"https://wa.me/?text={title}%20{place}",
            "Telegram": f"https://t.me/share/url?url={place}&text={title}",
        }

    def test_is_in_the_language_of_the_article(self, small_blog: SmallBlog) -> None:
        small_blog.article("bat", lang="eu")
        assert list(self.shared(small_blog, "/eu/2026/11/bat/")) == [
            "Posta elektronikoa",
            "WhatsApp",
            "Telegram",
        ]

    def test_is_where_the_institution_says_and_in_its_order(self, new_blog: NewBlog) -> None:
        places = '["mastodon", "x", "bluesky", "linkedin", "facebook", "email"]'
        blog = new_blog(f"share = {places}\n{SITE_TOML}")
        blog.article("una")
        found = self.shared(blog)
        assert list(found) == ["Mastodon", "X", "Bluesky", "LinkedIn", "Facebook", "Correo"]
        assert all("2026/11/una/" in href for href in found.values())

    def test_is_off_where_the_institution_wants_none(self, new_blog: NewBlog) -> None:
        blog = new_blog(f"share = []\n{SITE_TOML}")
        blog.article("una")
        assert self.shared(blog) == {}

    @pytest.mark.parametrize(
        ("places", "why"),
        [('["email", "email"]', "share names one twice"), ('["myspace"]', "share.0: Input should")],
    )
    def test_to_where_there_is_nothing_is_refused(
        self, new_blog: NewBlog, places: str, why: str
    ) -> None:
        blog = new_blog(f"share = {places}\n{SITE_TOML}")
        with pytest.raises(InvalidConfig) as refused:
            load_site(blog.folder)
        assert why in str(refused.value)
