"""Files of rules: one for each version and language; what is in force; what is told."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments_service.config.rulefile import (
    MAX_TEXT_CHARS,
    MAX_TITLE_CHARS,
    Wording,
    dumps,
    loads,
    name_of,
)
from comments_service.config.rules import FOLDER, Rules, in_force, read_rules
from comments_service.config.site_toml import LANGUAGES, SiteConfig
from comments_service.domain.characters import MISLEADING, UNSAFE, is_one_line
from comments_service.errors import InvalidRuleFile
from comments_service.site.rules import RulesReader, changed, parse
from tests.support.fixtures import rules_json

SITE = SiteConfig.model_validate(
    {"name": "X", "address": "https://x.example", "languages": ["es", "eu"]}
)
GOOD = """number: 2
version: 3
lang: "es"
since: "2026-06-15"
title: "Datos de otras personas"

No cuentes datos privados.
"""


def is_text(text: str) -> bool:
    return not UNSAFE.search(text) and not MISLEADING.search(text)


titles = st.text(min_size=1, max_size=MAX_TITLE_CHARS).filter(
    lambda text: text.strip() and is_one_line(text) and is_text(text)
)
texts = (
    st.text(max_size=MAX_TEXT_CHARS)
    | st.sampled_from(["---", "title: no header", "a\n\nb", "# Uno\n\n- dos"])
).filter(lambda text: text.strip() and text == text.strip("\n") and is_text(text))
wordings = st.builds(
    Wording,
    number=st.integers(1, 99),
    version=st.integers(1, 999),
    lang=st.sampled_from(LANGUAGES),
    since=st.dates(),
    title=titles,
    text=texts,
)


def faults_of(text: str, name: str = "02-v3.es.md") -> list[str]:
    with pytest.raises(InvalidRuleFile) as caught:
        loads(text.encode("utf-8"), f"{FOLDER}/{name}")
    assert caught.value.file == f"{FOLDER}/{name}"
    return [f"{fault.where}: {fault}" for fault in caught.value.faults]


class TestAFile:
    @given(wordings)
    def test_is_read_as_it_was_written(self, wording: Wording) -> None:
        assert loads(dumps(wording), name_of(wording)) == wording

    @given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode()))
    def test_of_anything_is_a_wording_or_named_faults(self, data: bytes) -> None:
        try:
            loads(data, "02-v3.es.md")
        except InvalidRuleFile as error:
            where = [fault.where for fault in error.faults]
        else:
            where = []
        assert where, "nothing so short is a rule"

    def test_is_what_a_person_writes(self) -> None:
        assert loads(GOOD.encode(), f"{FOLDER}/02-v3.es.md") == Wording(
            number=2,
            version=3,
            lang="es",
            since=date(2026, 6, 15),
            title="Datos de otras personas",
            text="No cuentes datos privados.",
        )

    def test_tells_all_its_faults_with_line_and_key(self) -> None:
        text = 'number: 3\nversion: "x"\nfoo: 1\nsince: "2026-6-1"\nnumber: 2\nno\n\n \n'
        told = faults_of(text)
        places = [
            "2: version",
            "3: foo",
            "4: since",
            "5: number",
            "6",
            "lang",
            "title",
            "1: number",
            "8",
        ]
        assert all(
            each.startswith(f"{place}: ") for each, place in zip(told, places, strict=True)
        ), told

    @pytest.mark.parametrize(
        ("old", "new", "expected"),
        [
            ("number: 2", "number: true", "1: number: must be a whole number from 1 to 99"),
            ("number: 2", "number: 100", "1: number: must be a whole number"),
            ("version: 3", "version: 4", "2: version: must be as in the name of the file: 3"),
            ('lang: "es"', 'lang: "fr"', "3: lang: must be one of es, eu, en"),
            ('"2026-06-15"', "2026-06-15", "4: since: is not JSON"),
            ('"2026-06-15"', '"20260615"', "4: since: must be a day like"),
            ('"2026-06-15"', "20260615", "4: since: must be a day like"),
            ('"Datos', "Datos", "5: title: is not JSON"),
            ('"Datos de otras personas"', '"  "', "5: title: must be one line of text"),
            ('"Datos de otras personas"', '"a\\nb"', "5: title: must be one line of text"),
            ("privados", "x" * 1_000, "7: must have at most 1000 characters"),
            ("privados", "a\u202eb", "7: holds a character that is no text"),
            ("\n\nNo", "\nNo", "6: must be a key"),
            ("\n", "\r\n", ": must end its lines with LF"),
            ("number: 2", "\ufeffnumber: 2", ": must begin without a byte order mark"),
        ],
    )
    def test_with_a_slip_is_told(self, old: str, new: str, expected: str) -> None:
        assert any(each.startswith(expected) for each in faults_of(GOOD.replace(old, new)))

    def test_under_another_name_is_told(self) -> None:
        assert faults_of(GOOD, "02-v3.eu.md") == ["3: lang: must be as in the name of the file: eu"]
        assert faults_of(GOOD, "2-v3.es.md")[0].startswith(": is not named like a rule")

    def test_that_nobody_could_read_is_not_written(self) -> None:
        good = loads(GOOD.encode(), "02-v3.es.md")
        for wrong in ({"number": 100}, {"text": "\n"}, {"text": "x\n"}, {"title": "a\nb"}):
            values = {key: getattr(good, key) for key in good.__slots__} | wrong
            with pytest.raises(ValueError, match=r"cannot be used|read as another"):
                dumps(Wording(**values))


class Files:
    """A folder of comments, with rules."""

    def __init__(self, comments: Path) -> None:
        self.comments = comments
        self.rules = comments / "_site" / "rules"
        self.rules.mkdir(parents=True)

    def write(self, number: int, version: int, since: str, lang: str = "es", **given: str) -> Path:
        day = date.fromisoformat(since)
        values = {"title": "Respeto", "text": f"Texto {number}-v{version}.", **given}
        wording = Wording(number=number, version=version, lang=lang, since=day, **values)
        file = self.rules / name_of(wording)
        file.write_bytes(dumps(wording))
        return file

    def read(self, site: SiteConfig = SITE) -> Rules:
        return read_rules(self.comments, site)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


def told(rules: Rules) -> list[str]:
    return [
        f"{error.file.rpartition('/')[2]}: {fault.where}: {fault}"
        for error in rules.faults
        for fault in error.faults
    ]


class TestTheRules:
    def test_are_none_without_a_folder(self, tmp_path: Path) -> None:
        assert read_rules(tmp_path / "nowhere", SITE) == Rules()

    def test_are_every_version_with_its_languages(self, files: Files) -> None:
        files.write(2, 1, "2026-01-01", text="Uno.")
        files.write(2, 1, "2026-01-01", "eu", text="Bat.")
        files.write(1, 10, "2026-03-01")
        files.write(1, 9, "2026-03-01")
        found = files.read()
        assert found.faults == ()
        assert [(each.number, each.version) for each in found.versions] == [(1, 9), (1, 10), (2, 1)]
        assert found.versions[2].text == {"es": "Uno.", "eu": "Bat."}

    def test_in_force_are_the_newest_versions_that_have_begun(self, files: Files) -> None:
        files.write(1, 1, "2026-01-01")
        files.write(1, 2, "2026-06-01")
        files.write(2, 1, "2027-01-01")
        versions = files.read().versions
        for day, expected in (
            (date(2025, 12, 31), []),
            (date(2026, 5, 31), [(1, 1)]),
            (date(2026, 6, 1), [(1, 2)]),
            (date(2027, 1, 1), [(1, 2), (2, 1)]),
        ):
            assert [(each.number, each.version) for each in in_force(versions, day)] == expected

    def test_that_cannot_be_read_are_told_and_the_others_stay(self, files: Files) -> None:
        files.write(1, 1, "2026-01-01")
        files.write(2, 1, "2026-01-01").write_text("x")
        (files.rules / "notas.txt").write_text("x")
        (files.rules / ".oculto").write_text("x")
        (files.rules / "03-v1.es.md").symlink_to(files.write(1, 1, "2026-01-01"))
        (files.rules / "04-v1.es.md").mkdir()
        (files.rules / "05-v1.es.md").write_bytes(b"x" * 20_000)
        found = files.read()
        assert [each.number for each in found.versions] == [1]
        assert {each.partition(":")[0] for each in told(found)} == {
            "02-v1.es.md",
            "notas.txt",
            "03-v1.es.md",
            "04-v1.es.md",
            "05-v1.es.md",
        }

    @pytest.mark.parametrize("where", ["_site", "_site/rules"])
    def test_behind_a_link_are_not_read(self, tmp_path: Path, where: str) -> None:
        secret = Files(tmp_path / "secret")
        secret.write(1, 1, "2026-01-01")
        comments = tmp_path / "comments"
        (comments / where).parent.mkdir(parents=True)
        (comments / where).symlink_to(secret.comments / where)
        found = read_rules(comments, SITE)
        assert found.versions == ()
        assert "symbolic link" in told(found)[0]

    def test_have_one_day_in_all_languages(self, files: Files) -> None:
        files.write(1, 1, "2026-01-01")
        files.write(1, 1, "2026-01-02", "eu")
        found = files.read()
        assert told(found) == [
            "01-v1.eu.md: since: must be the same day as in 01-v1.es.md: 2026-01-01"
        ]
        assert found.versions[0].text.keys() == {"es"}

    def test_do_not_begin_before_their_earlier_version(self, files: Files) -> None:
        files.write(1, 1, "2026-06-01")
        files.write(1, 2, "2026-05-31")
        found = files.read()
        assert told(found) == [
            "01-v2.es.md: since: must not be before 2026-06-01, the day of version 1"
        ]
        assert [each.version for each in found.versions] == [1]

    def test_of_an_earlier_release_are_read_unless_a_file_says_them(self, files: Files) -> None:
        rule = {"number": 1, "since": date(2026, 1, 1), "title": {"es": "Antes"}}
        site = SITE.model_validate(
            {
                "name": "X",
                "address": "https://x.example",
                "languages": ["es", "eu"],
                "rules": [
                    {**rule, "version": 1, "text": "Para todos."},
                    {**rule, "version": 2, "text": "De antes."},
                ],
            }
        )
        files.write(1, 2, "2026-03-01", text="De ahora.")
        found = files.read(site).versions
        assert [each.text for each in found] == [{"es": "Para todos."}, {"es": "De ahora."}]


class TestTheRulesOfTheSite:
    def test_are_read_again_when_they_change(self, tmp_path: Path) -> None:
        file = tmp_path / "rules.json"
        reader = RulesReader(file)
        assert reader.in_force(date(2026, 1, 1)) == []
        file.write_text(rules_json((1, 1, "2026-01-01", "Uno")))
        assert [each.version for each in reader.in_force(date(2026, 1, 1))] == [1]
        file.write_text(rules_json((1, 1, "2026-01-01", "Uno"), (1, 2, "2026-02-01", "Uno")))
        assert [each.version for each in reader.in_force(date(2026, 2, 1))] == [2]
        earlier = reader.version((1, 1))
        assert earlier
        assert earlier.urls == {"es": "/normas/1-v1/"}
        assert reader.version((9, 9)) is None

    @pytest.mark.parametrize(
        "broken", ["", "[]", "{", '{"format": 2}', '{"format": 1}', '{"format": 1, "rules": [{}]}']
    )
    def test_that_are_broken_leave_the_last_good_ones(self, tmp_path: Path, broken: str) -> None:
        file = tmp_path / "rules.json"
        reader = RulesReader(file)
        file.write_text(rules_json((1, 1, "2026-01-01", "Uno")))
        assert reader.version((1, 1))
        file.write_text(broken)
        assert reader.version((1, 1))
        file.unlink()
        assert reader.version((1, 1))
        assert parse(broken.encode()) is None

    def test_with_an_address_elsewhere_are_not_believed(self) -> None:
        text = rules_json((1, 1, "2026-01-01", "Uno"))
        assert parse(text.replace('"/normas', '"//evil.example').encode()) is None
        assert parse(text.replace('"/normas', '"javascript:x').encode()) is None

    def test_that_were_in_force_and_changed_are_found(self) -> None:
        def site(*rules: tuple[int, int, str, str]) -> list[object]:
            return parse(rules_json(*rules).encode()) or []  # type: ignore[return-value]

        one, two = (1, 1, "2026-01-01", "Uno"), (2, 1, "2027-01-01", "Dos")
        day = date(2026, 11, 20)
        assert changed(site(one, two), site(one, two), day) == []  # type: ignore[arg-type]
        assert changed(site(one, two), site(), day) == ["01-v1.es.md"]  # type: ignore[arg-type]
        other = (1, 1, "2026-01-01", "Otro")
        assert changed(site(one), site(other, two), day) == ["01-v1.es.md"]  # type: ignore[arg-type]
