"""When a conversation takes comments: whose word counts, and what the page says of it."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tertulia_plugins.comments import policy
from tertulia_plugins.comments.policy import Word

from comments_service.config.site_file import load_site
from comments_service.config.site_toml import CategoryInfo, SiteConfig
from comments_service.domain.opening import Opening, Phase
from comments_service.errors import InvalidConfig

from .conftest import NOW, SITE_TOML, NewBlog, SmallBlog, text_of

MADRID = ZoneInfo("Europe/Madrid")
PUBLISHED = datetime(2026, 11, 14, 10, 0, tzinfo=MADRID)
NOTHING = Word()
THE_15TH = datetime(2026, 11, 15, 0, 0, tzinfo=MADRID)


def site(**comments: Any) -> SiteConfig:
    return SiteConfig(name="X", address="https://x.example", languages=["es"], comments=comments)


def category(**said: Any) -> CategoryInfo:
    return CategoryInfo(name="C", **said)


def decided(
    said: Word = NOTHING,
    *categories: CategoryInfo,
    is_article: bool = True,
    **comments: Any,
) -> Opening:
    return policy.decide(
        said, categories, site(**comments), is_article=is_article, published=PUBLISHED
    )


class TestWhoseWordCounts:
    def test_nobodys_leaves_articles_open_and_pages_closed(self) -> None:
        assert decided() == Opening(open=True)
        assert decided(is_article=False) == Opening(open=False)
        assert decided(Word(open=True), is_article=False) == Opening(open=True)

    def test_the_headers_before_the_categorys_before_the_sites(self) -> None:
        closed, open_ = category(comments="closed"), category(comments="open")
        assert not decided(default="closed").open
        assert decided(Word(), open_, default="closed").open
        assert not decided(Word(), closed, default="open").open
        assert decided(Word(open=True), closed, default="closed").open
        assert not decided(Word(open=False), open_, default="open").open

    def test_the_same_of_days(self) -> None:
        days = category(close_after_days=2)
        assert decided(close_after_days=1).closes_at == THE_15TH + timedelta(days=1)
        assert decided(Word(), days, close_after_days=1).closes_at == THE_15TH + timedelta(days=2)
        said = Word(closes=3)
        assert decided(said, days, close_after_days=1).closes_at == THE_15TH + timedelta(days=3)

    def test_whoever_opens_without_days_opens_for_good(self) -> None:
        assert decided(Word(open=True), close_after_days=1) == Opening(open=True)
        assert decided(Word(), category(comments="open"), close_after_days=1).closes_at is None
        assert decided(Word(closes=0), close_after_days=1) == Opening(open=True)
        assert decided(Word(), category(close_after_days=0), close_after_days=1).closes_at is None

    def test_a_day_alone_opens_until_then(self) -> None:
        assert decided(Word(closes=1), category(comments="closed")).open
        assert decided(Word(), category(close_after_days=5), default="closed").open

    def test_of_several_categories_the_strictest(self) -> None:
        several = (category(comments="open"), category(comments="closed"))
        assert not decided(Word(), *several).open
        several = (category(close_after_days=9), category(close_after_days=1), category())
        assert decided(Word(), *several).closes_at == THE_15TH + timedelta(days=1)

    def test_a_pause_of_the_whole_site_before_all(self) -> None:
        pause = {"closed_until": "2026-12-20"}
        until = datetime(2026, 12, 21, tzinfo=MADRID)
        assert decided(**pause).opens_at == until
        assert decided(Word(open=True), category(comments="open"), **pause).opens_at == until
        assert decided(Word(open=True), is_article=False, **pause).opens_at == until
        assert not decided(Word(open=False), **pause).open
        later = datetime(2027, 1, 1, tzinfo=MADRID)
        assert decided(Word(opens=later), **pause).opens_at == later

    def test_a_pause_may_end_at_an_hour(self) -> None:
        pause = {"closed_until": "2026-12-20T20:00"}
        assert decided(**pause).opens_at == datetime(2026, 12, 20, 20, tzinfo=MADRID)

    def test_days_are_counted_by_the_institutions_clocks(self) -> None:
        late = datetime(2027, 3, 26, 23, 30, tzinfo=UTC)  # the 27th in Madrid
        found = policy.decide(Word(closes=1), [], site(), is_article=True, published=late)
        assert found.closes_at == datetime(2027, 3, 28, 22, 0, tzinfo=UTC)  # summer has begun

    def test_days_that_never_come_close_nothing(self) -> None:
        last = datetime(9999, 12, 30, tzinfo=MADRID)
        found = policy.decide(Word(closes=30), [], site(), is_article=True, published=last)
        assert found == Opening(open=True)


class TestOfSeveralLanguages:
    def test_the_strictest_counts(self) -> None:
        words = [Word(open=True, closes=9), Word(), Word(open=False, closes=1)]
        assert policy.strictest(words, PUBLISHED, MADRID) == Word(
            open=False, closes=THE_15TH + timedelta(days=1)
        )
        assert policy.strictest([Word(), Word()], PUBLISHED, MADRID).says_nothing


class TestWhatIsWritten:
    @pytest.mark.parametrize(
        ("written", "meant"),
        [
            ("30", 30),
            ("never", 0),
            ("Nunca", 0),
            ("2026-12-31", datetime(2027, 1, 1, tzinfo=MADRID)),
            ("2026-12-31 14:00", datetime(2026, 12, 31, 14, tzinfo=MADRID)),
        ],
    )
    def test_is_a_day_an_hour_or_a_number_of_days(self, written: str, meant: object) -> None:
        assert policy.closing(written, MADRID) == meant

    @pytest.mark.parametrize(
        "written", ["", "0", "-1", "99999", "1e3", "2026-13-01", "2026-02-30", "31/12/2026", "٣"]
    )
    def test_is_nothing_else(self, written: str) -> None:
        with pytest.raises(ValueError):  # noqa: PT011
            policy.closing(written, MADRID)


class TestAtAMoment:
    @pytest.mark.parametrize(
        ("opening", "phase"),
        [
            (Opening(open=True), Phase.OPEN),
            (Opening(open=False, opens_at=NOW + timedelta(1)), Phase.CLOSED),
            (Opening(open=True, closes_at=NOW), Phase.ENDED),
            (Opening(open=True, closes_at=NOW + timedelta(seconds=1)), Phase.OPEN),
            (Opening(open=True, opens_at=NOW), Phase.OPEN),
            (Opening(open=True, opens_at=NOW + timedelta(seconds=1)), Phase.PAUSED),
            (Opening(True, NOW + timedelta(2), NOW + timedelta(1)), Phase.ENDED),
        ],
    )
    def test_one_thing_holds(self, opening: Opening, phase: Phase) -> None:
        assert opening.at(NOW) is phase


def threads(blog: SmallBlog) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(blog.built().page("/threads.json"))["threads"]
    return found


def conversation(html: str) -> str:
    """The conversation of a page, as it is read."""
    return text_of(html[html.index('id="comentarios"') :]).replace(" .", ".")


class TestThePage:
    def test_says_until_when_its_comments_are_taken(self, small_blog: SmallBlog) -> None:
        small_blog.article("dos", comments_close="2026-12-31")
        small_blog.article("tres", cierre_comentarios="2026-12-31 14:00")
        built = small_blog.built()
        assert "Se puede comentar hasta el 31 de diciembre de 2026." in conversation(
            built.page("/2026/11/dos/")
        )
        assert "hasta el 31/12/2026 a las 14:00" in conversation(built.page("/2026/11/tres/"))
        assert '<form class="form"' in built.page("/2026/11/dos/")
        assert "Se puede comentar hasta" not in built.page("/2026/11/una/")

    def test_says_that_they_are_closed_and_why(self, small_blog: SmallBlog) -> None:
        small_blog.article(
            "dos",
            comentarios="cerrados",
            mensaje_cierre="Seguimos en [otra entrada](/2026/11/una/). <b>&",
            thread="dos",
        )
        small_blog.article("bi", lang="eu", thread="dos", comments_message="Beste leku batean.")
        built = small_blog.built()
        page = built.page("/2026/11/dos/")
        assert '<form class="form"' not in page
        assert 'Seguimos en <a href="/2026/11/una/">otra entrada</a>. &lt;b&gt;&amp;' in page
        assert "Los comentarios están cerrados" in conversation(page)
        basque = conversation(built.page("/eu/2026/11/bi/"))
        assert "Beste leku batean." in basque
        assert "Seguimos" not in basque
        found = json.loads(built.page("/threads.json"))["threads"]["dos"]
        assert found["open"] is False
        assert found["closed_message"]["eu"] == "Beste leku batean."

    def test_says_when_they_ended(self, small_blog: SmallBlog) -> None:
        small_blog.article("dos", comments_close="5")
        small_blog.comment("dos")
        page = small_blog.built().page("/2026/11/dos/")
        assert "Se pudo comentar hasta el 19 de noviembre de 2026." in conversation(page)
        assert "Un comentario." in page
        assert '<form class="form"' not in page

    def test_says_from_when_on_they_are_taken_and_leads_there(self, new_blog: NewBlog) -> None:
        message = '\n[comments]\nclosed_until = 2026-12-13\nclosed_message.es = "Hay *elecciones*."'
        blog = new_blog(SITE_TOML + message + '\nclosed_message.eu = "Hauteskundeak dira."')
        blog.article("una")
        blog.article("bat", lang="eu", thread="una")
        blog.article("cerrada", comments="closed")
        blog.page("sobre", comments="open")
        built = blog.built()
        page = built.page("/2026/11/una/")
        words = conversation(page)
        assert "Los comentarios están en pausa" in words
        assert "Hay elecciones." in words
        assert "Se podrá comentar a partir del 14 de diciembre de 2026." in words
        assert "https://blog.pruebas.example/comentar/una#comentar" in page
        assert '<form class="form"' not in page
        basque = conversation(built.page("/eu/2026/11/bat/"))
        assert "Hauteskundeak dira." in basque
        assert "2026ko abenduaren 14" in basque
        assert "elecciones" not in conversation(built.page("/2026/11/cerrada/"))
        assert "en pausa" in conversation(built.page("/sobre/"))

    def test_shows_its_form_again_when_the_pause_is_over(self, new_blog: NewBlog) -> None:
        blog = new_blog(SITE_TOML + "\n[comments]\nclosed_until = 2026-12-13")
        blog.article("una")
        later = NOW + timedelta(days=30)
        assert '<form class="form"' in blog.built(now=later).page("/2026/11/una/")

    def test_of_a_category_does_as_that_says(self, new_blog: NewBlog) -> None:
        toml = '\n[[categories]]\nname.es = "Avisos"\nname.eu = "Oharrak"\ncomments = "closed"'
        blog = new_blog(SITE_TOML + toml)
        blog.article("una", category="Escucha, Avisos")
        blog.article("bat", category="Oharrak", lang="eu")
        blog.article("dos", category="Avisos", comments="open")
        blog.article("tres", category="Escucha")
        found = {key: each["open"] for key, each in threads(blog).items()}
        assert found == {"una": False, "bat": False, "dos": True, "tres": True}


class TestTheManifest:
    def test_says_the_moments_and_does_not_change_with_time(self, new_blog: NewBlog) -> None:
        toml = '\n[comments]\nclose_after_days = 30\nclosed_until = 2026-11-25\nclosed_message="x"'
        blog = new_blog(SITE_TOML + toml)
        blog.article("una", comments_open="2026-12-01 09:00", comments_message="Aún no.")
        blog.article("dos")
        found = threads(blog)
        assert found["una"]["opens_at"] == "2026-12-01T09:00:00+01:00"
        assert found["una"]["paused_message"] == {"es": "Aún no."}
        assert found["dos"]["opens_at"] == "2026-11-26T00:00:00+01:00"
        assert found["dos"]["closes_at"] == "2026-12-15T00:00:00+01:00"
        assert found["dos"]["paused_message"] == {"es": "x"}
        later = blog.built(now=NOW + timedelta(days=300), output="later")
        assert json.loads(later.page("/threads.json"))["threads"] == found


class TestAHeaderThatCannotBeRead:
    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("comments", "perhaps"),
            ("comentarios", "quizá"),
            ("comments_close", "soon"),
            ("cierre_comentarios", "31/12/2026"),
            ("comments_open", "30"),
            ("apertura_comentarios", "mañana"),
            ("aliases", "una, ../x"),
            ("alias", "Con Espacio"),
        ],
    )
    def test_is_an_error_that_names_file_and_line(
        self, small_blog: SmallBlog, name: str, value: str
    ) -> None:
        small_blog.article("dos", **{name: value})
        built = small_blog.build(fatal="errors")
        assert built.code != 0
        assert "articles/2026/dos.md: " in built.log
        said = "Aliases" if "alias" in name else name.capitalize()
        assert said in built.log


class TestSiteToml:
    @pytest.mark.parametrize(
        ("line", "where"),
        [
            ('[comments]\ndefault = "perhaps"', "comments.default"),
            ("[comments]\nclose_after_days = 0", "comments.close_after_days"),
            ('[comments]\nclosed_until = "soon"', "comments.closed_until"),
            ("[comments]\nclosed_until = 0001-01-01", "comments.closed_until"),
            ("[comments]\nclosed_until = 10:00:00", "comments.closed_until"),
            ('[[categories]]\nname = "C"\ncomments = "no"', "categories.0.comments"),
            ('[[categories]]\nname = "C"\nclose_after_days = -1', "categories.0.close_after_days"),
        ],
    )
    def test_that_says_nonsense_is_a_fault_with_its_key(
        self, tmp_path: Path, line: str, where: str
    ) -> None:
        (tmp_path / "content").mkdir()
        (tmp_path / "content/site.toml").write_text(f"{SITE_TOML}\n{line}\n", "utf-8")
        with pytest.raises(InvalidConfig) as caught:
            load_site(tmp_path)
        assert [fault.where for fault in caught.value.faults] == [where]


class TestATextThatChangedItsKey:
    def test_shows_what_was_said_under_the_old_one(self, small_blog: SmallBlog) -> None:
        old = small_blog.comment("antes", body="Dicho antes.")
        small_blog.comment("mas-antes", body="Dicho mucho antes.")
        small_blog.article("dos", thread="ahora", aliases="antes, mas-antes")
        reply = small_blog.comment("ahora", body="Una réplica.", in_reply_to=old.id, number=7)
        built = small_blog.built()
        page = built.page("/2026/11/dos/")
        for said in ("Dicho antes.", "Dicho mucho antes.", "Una réplica."):
            assert said in page
        assert page.index(f'id="comment-{old.id}') < page.index(f'id="comment-{reply.id}')
        assert "3 comentarios" in conversation(page)
        found = json.loads(built.page("/threads.json"))["threads"]
        assert found["ahora"]["aliases"] == ["antes", "mas-antes"]
        assert "antes" not in found
        assert json.loads(built.page("/build-report.json"))["faults"] == []

    def test_may_say_so_in_any_of_its_languages(self, small_blog: SmallBlog) -> None:
        small_blog.article("dos", thread="ahora", alias="antes")
        small_blog.article("bi", thread="ahora", lang="eu", aliases="lehen, ahora")
        assert threads(small_blog)["ahora"]["aliases"] == ["antes", "lehen"]

    @pytest.mark.parametrize("other", [{}, {"thread": "tres", "aliases": "x, una"}])
    def test_does_not_take_a_key_that_somebody_has(
        self, small_blog: SmallBlog, other: dict[str, str]
    ) -> None:
        small_blog.article("dos", aliases="una")
        if other:
            small_blog.article("tres", **other)
            small_blog.article("una", thread="cuatro")
        built = small_blog.build(fatal="errors")
        assert built.code != 0
        assert 'have the same thread "una"' in built.log
        assert "articles/2026/dos.md" in built.log
