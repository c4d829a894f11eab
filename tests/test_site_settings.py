"""What staff set for readers' pages: from the use case to the file, and back by hand."""

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments_service.commentfile import digest as comment_digest
from comments_service.config import site_files, site_settings
from comments_service.config.rulefile import Wording
from comments_service.config.rulefile import dumps as rule_bytes
from comments_service.config.site_settings import SiteSettings, Terms, Until
from comments_service.domain.characters import MISLEADING, UNSAFE
from comments_service.domain.journal import JournalKind
from comments_service.errors import InvalidComment, InvalidRuleFile
from comments_service.store import audit
from comments_service.store import site_files as stored
from comments_service.store.people import Person
from comments_service.usecases import showing
from comments_service.usecases import site_settings as setting
from comments_service.usecases.blog import Blog
from comments_service.usecases.publish import publish
from comments_service.usecases.site_settings import Version
from comments_service.usecases.status import alarms, retry
from comments_service.usecases.tick import is_due
from tests.support.fixtures import SITE_TOML, Clock

TEXT = st.text(min_size=1, max_size=120).filter(
    lambda text: text.strip() and not UNSAFE.search(text) and not MISLEADING.search(text)
)
LINE = TEXT.filter(lambda text: len(text.splitlines()) == 1 and "\t" not in text).filter(
    lambda text: not any(end in text for end in "\n\r\x85\u2028\u2029")
)
LANGS = st.sampled_from(["es", "eu", "en"])
DAYS = st.none() | st.integers(1, 250)
SAID = st.builds(
    SiteSettings,
    closed_until=st.none()
    | st.builds(Until, st.none() | st.dates(date(2000, 1, 1), date(2999, 12, 31))),
    closed_message=st.none() | st.dictionaries(LANGS, TEXT),
    heading=st.none() | st.dictionaries(LANGS, LINE),
    message=st.none() | st.dictionaries(LANGS, TEXT),
    deadlines=st.none() | st.builds(Terms, DAYS, DAYS, DAYS),
)


def assert_read_or_refused(data: bytes) -> None:
    faults = site_files.faults_of(site_files.SETTINGS, data)
    if faults:
        assert all(str(fault) for fault in faults)
    else:
        said = site_settings.loads(data)
        assert site_settings.loads(site_settings.dumps(said)) == said


class TestTheFile:
    @given(SAID)
    def test_says_again_what_was_set(self, said: SiteSettings) -> None:
        assert site_settings.loads(site_settings.dumps(said)) == said

    @given(
        st.binary(max_size=200)
        | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace"))
    )
    def test_is_refused_with_reasons_or_read_whole(self, data: bytes) -> None:
        assert_read_or_refused(data)

    @given(SAID, st.data())
    def test_with_one_byte_changed_is_refused_or_says_something_whole(
        self, said: SiteSettings, data: st.DataObject
    ) -> None:
        written = bytearray(site_settings.dumps(said))
        if not written:
            return
        written[data.draw(st.integers(0, len(written) - 1))] = data.draw(st.integers(0, 255))
        assert_read_or_refused(bytes(written))

    @pytest.mark.parametrize(
        ("line", "why"),
        [
            ("otra: 1", "is not a key of this header"),
            ("closed_until", "must be a key"),
            ('closed_until: "2026-1-2"', "must be a day"),
            ("closed_until: 5", "must be a day"),
            ('heading: "Hola"', "for each language"),
            ('heading: {"fr": "Salut"}', "for each language"),
            ('heading: {"es": "a", "es": "b"}', "is not JSON"),
            ('heading: {"es": "a\\nb"}', "must be one line"),
            ('heading: {"es": " "}', "for each language"),
            ('message: {"es": "a\\u202eb"}', "no text"),
            ('deadlines: {"decide": 1}', "decide, answer and resolve"),
            ('deadlines: {"decide": true, "answer": null, "resolve": null}', "days from 1"),
            ('deadlines: {"decide": 0, "answer": null, "resolve": null}', "days from 1"),
        ],
    )
    def test_names_the_line_and_the_fault(self, line: str, why: str) -> None:
        with pytest.raises(InvalidRuleFile) as refused:
            site_settings.loads(f"closed_message: {{}}\n{line}\n".encode())
        assert [fault.where.split(":")[0] for fault in refused.value.faults] == ["2"]
        assert why in str(refused.value.faults[0])

    def test_has_the_digest_by_which_comments_go_too(self) -> None:
        assert site_files.digest(b"x") == comment_digest(b"x")


both = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def builds(blog: Blog, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A build that says with which files it was made, and how often there was one."""
    done: list[int] = []

    def build(of: Blog, **_: object) -> None:
        done.append(1)
        found = site_files.digests(of.comments_folder)
        (of.settings.output_folder / "build.json").write_text(json.dumps({"site_files": found}))

    monkeypatch.setattr(showing, "build_site", build)
    return done


@pytest.fixture
def file(blog: Blog) -> Path:
    return blog.comments_folder / site_files.SETTINGS


def kinds(blog: Blog) -> list[JournalKind]:
    with blog.store.read() as connection:
        return [JournalKind(each.link.kind) for each in audit.entries(connection)]


def published(blog: Blog, clock: Clock) -> None:
    clock.forward(minutes=20)
    publish(blog, clock)


def problems(blog: Blog) -> Mapping[str, str]:
    with blog.store.read() as connection:
        files = stored.every(connection).values()
    waiting = [each for each in files if each.digest not in (None, each.seen)]
    return {each.name: each.problem.message if each.problem else "" for each in waiting}


@both
class TestASetting:
    def test_goes_to_its_file_and_counts_at_once(
        self, blog: Blog, clock: Clock, moderator: Person, builds: list[int], file: Path
    ) -> None:
        assert setting.close(
            blog, date(2026, 12, 1), {"es": "Hasta luego."}, by=moderator, now=clock()
        )
        assert blog.site.comments.closed_until == date(2026, 12, 1)
        assert is_due(blog, clock())
        published(blog, clock)
        assert site_settings.loads(file.read_bytes()).closed_until == Until(date(2026, 12, 1))
        assert builds == [1]
        assert problems(blog) == {}
        assert kinds(blog) == [JournalKind.SETTING_CHANGED]

    def test_said_again_is_no_change(
        self, blog: Blog, clock: Clock, moderator: Person, builds: list[int]
    ) -> None:
        terms = Terms(1, 2, None)
        assert setting.promise(blog, terms, by=moderator, now=clock())
        assert not setting.promise(blog, terms, by=moderator, now=clock())
        assert kinds(blog) == [JournalKind.SETTING_CHANGED]
        assert blog.site.deadlines.answer == 2

    def test_stands_over_what_the_institution_says_and_leaves_the_rest(
        self, blog: Blog, blog_folder: Path, clock: Clock, moderator: Person
    ) -> None:
        said = '\n[comments]\nheading = "De site.toml"\norder = "oldest"\n[deadlines]\ndecide = 9\n'
        (blog_folder / "content" / "site.toml").write_text(SITE_TOML + said, "utf-8")
        assert blog.site.text(blog.site.comments.heading, "es") == "De site.toml"
        setting.say(blog, {"es": "De Ajustes"}, {}, by=moderator, now=clock())
        assert blog.site.text(blog.site.comments.heading, "es") == "De Ajustes"
        assert blog.site.comments.order == "oldest"
        assert blog.site.deadlines.decide == 9

    def test_of_a_day_that_is_over_is_refused(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        with pytest.raises(InvalidComment) as refused:
            setting.close(blog, date(2026, 11, 19), {}, by=moderator, now=clock())
        assert list(refused.value.by_field) == ["until"]
        assert blog.site.comments.closed_until is None
        assert kinds(blog) == []

    def test_that_no_file_can_hold_is_refused_beside_its_field(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        with pytest.raises(InvalidComment) as refused:
            setting.say(blog, {"es": "dos\nlíneas"}, {"es": "x" * 2001}, by=moderator, now=clock())
        assert list(refused.value.by_field) == ["heading", "message"]

    def test_waits_when_its_build_fails_and_goes_when_it_is_tried_again(
        self,
        blog: Blog,
        clock: Clock,
        moderator: Person,
        builds: list[int],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        good = showing.build_site
        monkeypatch.setattr(showing, "build_site", lambda *_, **__: None)
        setting.promise(blog, Terms(1), by=moderator, now=clock())
        published(blog, clock)
        assert "was not made with" in problems(blog)[site_files.SETTINGS]
        monkeypatch.setattr(showing, "build_site", good)
        retry(blog, clock())
        publish(blog, clock)
        assert problems(blog) == {}


@both
class TestByHand:
    def test_a_change_is_taken_over_and_the_site_is_built(
        self, blog: Blog, clock: Clock, moderator: Person, builds: list[int], file: Path
    ) -> None:
        setting.promise(blog, Terms(1), by=moderator, now=clock())
        published(blog, clock)
        file.write_bytes(site_settings.dumps(SiteSettings(deadlines=Terms(7))))
        published(blog, clock)
        assert blog.site.deadlines.decide == 7
        assert len(builds) == 2
        assert kinds(blog) == [JournalKind.SETTING_CHANGED] * 2

    def test_a_file_that_was_there_before_us_needs_no_build(
        self, blog: Blog, clock: Clock, builds: list[int], file: Path
    ) -> None:
        file.parent.mkdir()
        file.write_bytes(site_settings.dumps(SiteSettings(deadlines=Terms(7))))
        published(blog, clock)
        assert blog.site.deadlines.decide == 7
        assert builds == []

    def test_a_slip_is_named_and_the_last_good_one_counts(
        self, blog: Blog, clock: Clock, moderator: Person, builds: list[int], file: Path
    ) -> None:
        setting.promise(blog, Terms(1), by=moderator, now=clock())
        published(blog, clock)
        good = file.read_bytes()
        file.write_bytes(b"deadlines: 7\n")
        published(blog, clock)
        assert blog.site.deadlines.decide == 1
        assert [name for name, _ in alarms(blog, clock()).settings] == [site_files.SETTINGS]
        setting.promise(blog, Terms(2), by=moderator, now=clock())
        published(blog, clock)
        assert file.read_bytes() == b"deadlines: 7\n"
        assert "cannot be read" in problems(blog)[site_files.SETTINGS]
        file.write_bytes(good)
        published(blog, clock)
        published(blog, clock)
        assert alarms(blog, clock()).settings == ()
        assert site_settings.loads(file.read_bytes()).deadlines == Terms(2)

    def test_a_file_that_is_taken_away_gives_the_word_back(
        self, blog: Blog, clock: Clock, moderator: Person, builds: list[int], file: Path
    ) -> None:
        setting.promise(blog, Terms(1), by=moderator, now=clock())
        published(blog, clock)
        file.unlink()
        published(blog, clock)
        assert blog.site.deadlines.decide is None
        assert not file.exists()

    def test_what_a_killed_run_wrote_is_not_taken_for_staff_s(
        self, blog: Blog, clock: Clock, moderator: Person, builds: list[int], file: Path
    ) -> None:
        class Killed(BaseException):
            """The process ends here."""

        def die(step: str) -> None:
            if step == "record":
                raise Killed

        setting.promise(blog, Terms(1), by=moderator, now=clock())
        with pytest.raises(Killed):
            publish(blog, clock, die)
        setting.promise(blog, Terms(2), by=moderator, now=clock())
        published(blog, clock)
        assert site_settings.loads(file.read_bytes()).deadlines == Terms(2)
        assert kinds(blog) == [JournalKind.SETTING_CHANGED] * 2


@both
class TestHolidays:
    def test_stand_in_the_place_of_the_blog_s_file(
        self, blog: Blog, blog_folder: Path, clock: Clock, moderator: Person, builds: list[int]
    ) -> None:
        (blog_folder / "content" / "holidays.txt").write_text("2026-01-01 Año Nuevo\n", "utf-8")
        assert setting.holidays_text(blog) == "2026-01-01 Año Nuevo\n"
        setting.keep_holidays(blog, "2026-12-25 Navidad\r\n\r\n", by=moderator, now=clock())
        published(blog, clock)
        file = blog.comments_folder / site_files.HOLIDAYS
        assert file.read_text("utf-8") == "2026-12-25 Navidad\n\n"
        assert setting.holidays_text(blog) == "2026-12-25 Navidad\n\n"

    def test_name_each_faulty_line(self, blog: Blog, clock: Clock, moderator: Person) -> None:
        with pytest.raises(InvalidRuleFile) as refused:
            setting.keep_holidays(
                blog, "2026-12-25\n25 de diciembre\n2026-13-01", by=moderator, now=clock()
            )
        assert [fault.where for fault in refused.value.faults] == ["2", "3"]


def version(number: int | None, since: date, title: str = "Respeto", **more: bool) -> Version:
    return Version(number=number, since=since, title={"es": title}, text={"es": "Texto."}, **more)


@both
class TestRules:
    def test_a_new_version_is_a_new_file_and_the_old_one_stays(
        self, blog: Blog, clock: Clock, moderator: Person, builds: list[int]
    ) -> None:
        day = date(2026, 11, 20)
        assert setting.add_version(blog, version(None, day), by=moderator, now=clock()) == (1, 1)
        again = version(1, date(2026, 12, 1), "Otro")
        assert setting.add_version(blog, again, by=moderator, now=clock()) == (1, 2)
        published(blog, clock)
        folder = blog.comments_folder / site_files.RULES
        assert sorted(each.name for each in folder.iterdir()) == ["01-v1.es.md", "01-v2.es.md"]
        assert kinds(blog) == [JournalKind.RULE_ADDED] * 2

    def test_of_two_people_at_once_each_has_a_number_of_its_own(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        new, now = version(None, date(2026, 11, 20)), clock()
        with ThreadPoolExecutor(4) as people:
            added = [
                people.submit(setting.add_version, blog, new, by=moderator, now=now)
                for _ in range(8)
            ]
        assert sorted(each.result() for each in added) == [(n, 1) for n in range(1, 9)]

    def test_never_begins_before_the_version_before_it(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        setting.add_version(blog, version(None, date(2026, 12, 1)), by=moderator, now=clock())
        with pytest.raises(InvalidComment) as refused:
            setting.add_version(blog, version(1, date(2026, 11, 30)), by=moderator, now=clock())
        assert list(refused.value.by_field) == ["since"]

    def test_half_a_translation_is_refused_beside_the_missing_half(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        half = Version(
            number=None, since=date(2026, 12, 1), title={"es": "A", "eu": "B"}, text={"es": "C"}
        )
        with pytest.raises(InvalidComment) as refused:
            setting.add_version(blog, half, by=moderator, now=clock())
        assert list(refused.value.by_field) == ["text_eu"]

    def test_that_lie_in_files_count_for_the_next_number(
        self, blog: Blog, clock: Clock, moderator: Person, builds: list[int]
    ) -> None:
        folder = blog.comments_folder / site_files.RULES
        folder.mkdir(parents=True)
        there = Wording(number=4, version=2, lang="eu", since=date(2026, 1, 1), title="A", text="B")
        (folder / "04-v2.eu.md").write_bytes(rule_bytes(there))
        published(blog, clock)
        assert builds == []
        day = date(2026, 12, 1)
        ends = version(4, day, ends=True)
        assert setting.add_version(blog, ends, by=moderator, now=clock()) == (4, 3)
        assert setting.add_version(blog, version(None, day), by=moderator, now=clock()) == (5, 1)
