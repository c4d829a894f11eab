"""The file of one comment: what is written, what is read, what is refused."""

import contextlib
import dataclasses
import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import PurePosixPath
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from comments_service import commentfile, markup
from comments_service.domain.characters import is_one_line
from comments_service.domain.comments import (
    MAX_NUMBER,
    Comment,
    Entry,
    Kind,
    Markup,
    Tombstone,
    WithdrawnBy,
)
from comments_service.errors import CannotWrite, InvalidCommentFile
from tests import hostile

ID = "01k9x8c7j3s5m2q4r6t8v0w1y2"
PARENT = "01k9x8c7j3s5m2q4r6t8v0w1y3"
FILE = f"content/comments/mas-alla-del-buzon/{ID}.md"
MADRID = timezone(timedelta(hours=1))

FULL = f'''id: "{ID}"
thread: "mas-alla-del-buzon"
revision: 2
number: 7
kind: "answer"
markup: "markdown"
author: "Ana María «Ñ»: \\"sí\\""
date: "2026-11-14T10:15:00+01:00"
url: "https://example.org/"
in_reply_to: "{PARENT}"
lang: "es"
position: "Jefa de Participación"
department: "Escucha"
answers: "{PARENT}"
edited: "2026-11-15T08:00:00+00:00"
source: "wordpress 12"
moderated: "Datos de otra persona"

Gracias, Aitor.

Author: not a header
---
'''

TOMBSTONE = f'''id: "{ID}"
thread: "mas-alla-del-buzon"
number: 7
date: "2026-11-14T10:15:00+01:00"
in_reply_to: "{PARENT}"
state: "withdrawn"
reason: "reader"
'''


def comment(**changes: object) -> Comment:
    made = Comment(
        id=ID,
        thread="mas-alla-del-buzon",
        revision=1,
        number=7,
        kind=Kind.COMMENT,
        markup=Markup.MARKDOWN,
        author="Aitor",
        date=datetime(2026, 11, 14, 10, 15, tzinfo=MADRID),
        body="Hola.",
    )
    return dataclasses.replace(made, **changes)  # type: ignore[arg-type]


def place(entry: Entry) -> str:
    return f"content/comments/{entry.thread}/{entry.id}.md"


def header_of(data: bytes) -> str:
    return data.decode("utf-8").partition("\n\n")[0].rstrip("\n")


def loads(text: str) -> Entry:
    return commentfile.loads(text.encode("utf-8"), FILE)


ids = st.text("0123456789abcdefghjkmnpqrstvwxyz", min_size=26, max_size=26)
threads = st.from_regex(r"[a-z0-9][a-z0-9-]{0,99}", fullmatch=True)
counts = st.integers(min_value=1, max_value=MAX_NUMBER)
lines = (
    st.text(min_size=1) | st.sampled_from([*hostile.ONE_LINE.values(), *hostile.HONEST.values()])
).filter(lambda text: text.strip() != "" and is_one_line(text))
bodies = (
    st.text(st.characters(codec="utf-8"))
    | st.sampled_from([*hostile.ONE_LINE.values(), *hostile.MARKUP.values()])
    | st.sampled_from(["Author: not a header", "---", "a\n\nb", "", " ", "\n", FULL, TOMBSTONE])
).map(lambda text: _encodable(text).replace("\r", "\n").replace("\0", "").strip("\n"))
offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
dates = st.datetimes(
    min_value=datetime(2, 1, 1),  # noqa: DTZ001 (the zone comes from the strategy)
    max_value=datetime(9998, 12, 31),  # noqa: DTZ001
    timezones=offsets,
).map(lambda date: date.replace(microsecond=0))
comments = st.builds(
    Comment,
    id=ids,
    thread=threads,
    revision=counts,
    number=counts,
    kind=st.sampled_from([kind for kind in Kind if kind is not Kind.REPORT]),
    markup=st.sampled_from(Markup),
    author=lines,
    date=dates,
    body=bodies,
    url=st.none() | st.sampled_from(["https://example.org/", "http://a.b:8/c?d=e&f#g"]),
    in_reply_to=st.none() | ids,
    lang=st.none() | st.sampled_from(["es", "eu", "en", "pt-BR"]),
    position=st.none() | lines,
    department=st.none() | lines,
    answers=st.none() | ids,
    edited=st.none() | dates,
    source=st.none() | lines,
    moderated=st.none() | lines,
)
tombstones = st.builds(
    Tombstone,
    id=ids,
    thread=threads,
    number=counts,
    date=dates,
    reason=st.sampled_from(WithdrawnBy),
    in_reply_to=st.none() | ids,
)
entries = comments | tombstones


def _encodable(text: str) -> str:
    return text.encode("utf-8", "ignore").decode("utf-8")


class TestWriting:
    def test_puts_every_key_in_its_place(self) -> None:
        entry = loads(FULL)
        assert commentfile.dumps(entry).decode("utf-8") == FULL
        assert commentfile.dumps(loads(TOMBSTONE)).decode("utf-8") == TOMBSTONE

    def test_leaves_out_what_does_not_apply(self) -> None:
        assert header_of(commentfile.dumps(comment())).splitlines() == [
            f'id: "{ID}"',
            'thread: "mas-alla-del-buzon"',
            "revision: 1",
            "number: 7",
            'kind: "comment"',
            'markup: "markdown"',
            'author: "Aitor"',
            'date: "2026-11-14T10:15:00+01:00"',
        ]

    def test_spells_out_what_nobody_would_see(self) -> None:
        header = header_of(commentfile.dumps(comment(author="\ufeffA\u202eti\u200fb\u200da")))
        assert 'author: "\\ufeffA\\u202eti\\u200fb\u200da"' in header

    @given(entries)
    def test_and_reading_gives_the_same_back(self, entry: Entry) -> None:
        data = commentfile.dumps(entry)
        assert commentfile.loads(data, place(entry)) == entry
        assert commentfile.dumps(commentfile.loads(data, place(entry))) == data

    @given(entries)
    def test_makes_a_header_that_yaml_reads_alike(self, entry: Entry) -> None:
        header = header_of(commentfile.dumps(entry))
        values = dict(line.partition(": ")[::2] for line in header.splitlines())
        assert yaml.safe_load(header) == {key: json.loads(text) for key, text in values.items()}

    @given(entries)
    def test_never_makes_a_key_from_a_value(self, entry: Entry) -> None:
        keys = [line.partition(": ")[0] for line in header_of(commentfile.dumps(entry)).split("\n")]
        names = {field.name for field in dataclasses.fields(entry)} | {"state"}
        assert len(keys) == len(set(keys))
        assert set(keys) <= names - {"body"}

    @given(comments)
    def test_ends_with_the_body_and_one_line_end(self, entry: Comment) -> None:
        data = commentfile.dumps(entry)
        assert data.endswith(f"\n\n{entry.body}\n".encode())
        assert b"\r" not in data

    @pytest.mark.parametrize("name", hostile.ONE_LINE)
    @pytest.mark.parametrize("field", ["author", "position", "department", "source"])
    def test_takes_no_line_that_could_be_two(self, field: str, name: str) -> None:
        text = hostile.ONE_LINE[name]
        if is_one_line(text):
            entry = comment(**{field: text})
            assert commentfile.loads(commentfile.dumps(entry), FILE) == entry
        else:
            with pytest.raises(ValueError, match=f"{field}|surrogates not allowed"):
                commentfile.dumps(comment(**{field: text}))

    @pytest.mark.parametrize("name", hostile.ONE_LINE)
    def test_takes_every_line_that_was_cleaned_at_the_door(self, name: str) -> None:
        entry = comment(author=markup.clean_line(hostile.ONE_LINE[name]))
        assert commentfile.loads(commentfile.dumps(entry), FILE) == entry

    @pytest.mark.parametrize("name", hostile.BODIES)
    def test_takes_every_body_that_was_cleaned_at_the_door(self, name: str) -> None:
        for body in hostile.BODIES[name]:
            entry = comment(body=markup.clean_body(body))
            assert commentfile.loads(commentfile.dumps(entry), FILE) == entry

    @pytest.mark.parametrize(
        "changes",
        [
            {"id": "../../../etc/passwd"},
            {"id": ID.upper()},
            {"id": f"{ID}\n"},
            {"thread": "../secret"},
            {"thread": "Mas"},
            {"thread": "_site"},
            {"thread": ""},
            {"thread": "a" * 101},
            {"revision": 0},
            {"number": -1},
            {"number": True},
            {"number": 1.0},
            {"kind": "root"},
            {"kind": "report"},
            {"markup": "html"},
            {"author": ""},
            {"author": " \xa0"},
            {"author": None},
            {"date": datetime(2026, 11, 14, 10, 15)},  # noqa: DTZ001
            {"date": datetime(2026, 11, 14, 10, 15, 0, 5, tzinfo=UTC)},
            {"date": datetime(1, 1, 1, tzinfo=MADRID)},
            {"date": datetime(9999, 12, 31, 23, tzinfo=UTC)},
            {"date": "2026-11-14"},
            {"url": "javascript:alert(1)"},
            {"url": "https://example.org/\nid: x"},
            {"url": "https://example.org/{static}"},
            {"url": "/relative"},
            {"url": ""},
            {"in_reply_to": "x"},
            {"answers": ""},
            {"lang": "español"},
            {"lang": "es\n"},
            {"edited": "yesterday"},
            {"moderated": ""},
            {"moderated": "dos\nlíneas"},
            {"body": "\nHola."},
            {"body": "Hola.\n"},
            {"body": "Ho\rla."},
            {"body": "Ho\ud800la."},
        ],
    )
    def test_refuses_what_could_not_be_read_again(self, changes: dict[str, object]) -> None:
        with pytest.raises(ValueError, match="."):
            commentfile.dumps(comment(**changes))

    def test_tells_the_hour_of_a_zone_that_is_turned_back(self) -> None:
        # In zones with rules, such an hour compares unequal even to itself in another zone.
        hour = datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=ZoneInfo("Europe/Madrid"))
        entry = commentfile.loads(commentfile.dumps(comment(date=hour)), FILE)
        assert entry.date.isoformat() == "2026-10-25T02:30:00+01:00"


class TestReading:
    def test_gives_every_value_its_type(self) -> None:
        assert loads(FULL) == Comment(
            id=ID,
            thread="mas-alla-del-buzon",
            revision=2,
            number=7,
            kind=Kind.ANSWER,
            markup=Markup.MARKDOWN,
            author='Ana María «Ñ»: "sí"',
            date=datetime(2026, 11, 14, 10, 15, tzinfo=MADRID),
            body="Gracias, Aitor.\n\nAuthor: not a header\n---",
            url="https://example.org/",
            in_reply_to=PARENT,
            lang="es",
            position="Jefa de Participación",
            department="Escucha",
            answers=PARENT,
            edited=datetime(2026, 11, 15, 8, tzinfo=UTC),
            source="wordpress 12",
            moderated="Datos de otra persona",
        )
        assert loads(TOMBSTONE) == Tombstone(
            id=ID,
            thread="mas-alla-del-buzon",
            number=7,
            date=datetime(2026, 11, 14, 10, 15, tzinfo=MADRID),
            reason=WithdrawnBy.READER,
            in_reply_to=PARENT,
        )

    def test_does_not_mind_the_order_of_keys_nor_blank_lines_round_the_body(self) -> None:
        header, _, body = FULL.partition("\n\n")
        turned = "\n".join(reversed(header.splitlines()))
        assert loads(f"{turned}\n\n\n\n{body}\n\n") == loads(FULL)
        assert loads(FULL.rstrip("\n")) == loads(FULL)

    def test_ends_the_header_at_the_first_blank_line(self) -> None:
        body = 'kind: "answer"\n\nid: "x"'
        entry = commentfile.loads(commentfile.dumps(comment(body=body)), FILE)
        assert isinstance(entry, Comment)
        assert (entry.kind, entry.body) == (Kind.COMMENT, body)

    @pytest.mark.parametrize("line", FULL.partition("\n\n")[0].splitlines())
    def test_names_a_key_that_stands_twice_or_is_missing(self, line: str) -> None:
        key = line.partition(": ")[0]
        with pytest.raises(InvalidCommentFile, match="stands there twice") as refusal:
            loads(f"{line}\n{FULL}")
        assert (refusal.value.file, refusal.value.key) == (FILE, key)
        if key in ("id", "thread", "revision", "number", "kind", "markup", "author", "date"):
            with pytest.raises(InvalidCommentFile, match="is missing") as refusal:
                loads(FULL.replace(f"{line}\n", "", 1))
            assert (refusal.value.file, refusal.value.key) == (FILE, key)

    @pytest.mark.parametrize(
        ("old", "new", "key"),
        [
            (f'id: "{ID}"', f'id: "{PARENT}"', "id"),
            (f'id: "{ID}"', 'id: "../x"', "id"),
            (f'id: "{ID}"', "id: 1", "id"),
            ('"mas-alla-del-buzon"', '"otra"', "thread"),
            ('"mas-alla-del-buzon"', '"../otra"', "thread"),
            ('"mas-alla-del-buzon"', "null", "thread"),
            ("revision: 2", "revision: 0", "revision"),
            ("revision: 2", 'revision: "2"', "revision"),
            ("number: 7", "number: 7.0", "number"),
            ("number: 7", "number: true", "number"),
            ("number: 7", "number: -7", "number"),
            ("number: 7", "number: NaN", "number"),
            ("number: 7", "number: " + "9" * 5000, "number"),
            ("number: 7", "number: [7]", "number"),
            ("number: 7", "number: " + "[" * 5000, "number"),
            ("number: 7", "number: ", "number"),
            ('"answer"', '"root"', "kind"),
            ('"answer"', '["answer"]', "kind"),
            ('"answer"', '{"a": 1}', "kind"),
            ('"answer"', "answer", "kind"),
            ('"markdown"', '"html"', "markup"),
            ('author: "Ana', 'author: ""\nx: "Ana', "author"),
            ('author: "Ana', 'author: "\\n', "author"),
            ('author: "Ana', 'author: "\\u2028', "author"),
            ('author: "Ana', 'author: "\\ud800', "author"),
            ('author: "Ana', 'author: "\\u0001', "author"),
            ('author: "Ana', 'author: "\t', "author"),
            ("10:15:00+01:00", "10:15:00", "date"),
            ("10:15:00+01:00", "10:15:00Z", "date"),
            ("10:15:00+01:00", "10:15+01:00", "date"),
            ("10:15:00+01:00", "10:15:00.5+01:00", "date"),
            ("2026-11-14T", "2026-11-14 ", "date"),
            ("2026-11-14T", "2026-02-30T", "date"),
            ("2026-11-14T", "0001-01-01T", "date"),
            ('"2026-11-14T10:15:00+01:00"', "2026", "date"),
            ("https://example.org/", "javascript:alert(1)", "url"),
            ("https://example.org/", "https://a@example.org/", "url"),
            (f'in_reply_to: "{PARENT}"', 'in_reply_to: ""', "in_reply_to"),
            (f'in_reply_to: "{PARENT}"', "in_reply_to: null", "in_reply_to"),
            ('lang: "es"', 'lang: "ES es"', "lang"),
            ('position: "Jefa', 'position: 5\nx: "Jefa', "position"),
            ('source: "wordpress 12"', "source: {}", "source"),
            ('source: "wordpress 12"', 'email: "ana@example.org"', "email"),
            ('source: "wordpress 12"', 'Save_as: "../x"', ""),
            ('source: "wordpress 12"', "source", ""),
            ('source: "wordpress 12"', 'source:"x"', ""),
            ('source: "wordpress 12"', '    source: "x"', ""),
            ('source: "wordpress 12"', '# source: "x"', ""),
            ("\n\nGracias", "\nGracias", ""),
            ('id: "', '\n\nid: "', ""),
            ("\n", "\r\n", ""),
            ("Gracias", "Gra\rcias", ""),
            ('id: "', '\ufeffid: "', ""),
        ],
    )
    def test_names_the_key_of_a_wrong_value(self, old: str, new: str, key: str) -> None:
        assert old in FULL
        with pytest.raises(InvalidCommentFile) as refusal:
            loads(FULL.replace(old, new))
        assert refusal.value.file == FILE
        assert refusal.value.key == key
        assert str(refusal.value)

    @pytest.mark.parametrize(
        ("old", "new", "key"),
        [
            ('"reader"', '"nobody"', "reason"),
            ('reason: "reader"\n', "", "reason"),
            ('"withdrawn"', '"public"', "state"),
            ('"withdrawn"', "true", "state"),
            ('state: "withdrawn"\n', "", "body"),
            ("number: 7", 'number: 7\nauthor: "Ana"', "author"),
            ("number: 7\n", "", "number"),
            ('"reader"\n', '"reader"\n\nHola.\n', "body"),
        ],
    )
    def test_of_a_tombstone_is_as_strict(self, old: str, new: str, key: str) -> None:
        with pytest.raises(InvalidCommentFile) as refusal:
            loads(TOMBSTONE.replace(old, new))
        assert refusal.value.key == key

    def test_says_that_lines_end_with_lf(self) -> None:
        with pytest.raises(InvalidCommentFile, match="LF"):
            loads(FULL.replace("\n", "\r\n"))

    def test_needs_utf_8(self) -> None:
        with pytest.raises(InvalidCommentFile, match="UTF-8"):
            commentfile.loads(FULL.encode("latin-1"), FILE)

    @pytest.mark.parametrize(
        ("file", "key"),
        [
            (f"{PARENT}.md", "id"),
            (f"content/comments/mas-alla-del-buzon/{ID}.txt", "id"),
            (f"content/comments/otra/{ID}.md", "thread"),
            (f"content/comments/no-mas-alla-del-buzon/{ID}.md", "thread"),
            (f"{ID}.md", "thread"),
            ("", "id"),
        ],
    )
    def test_needs_the_file_to_stand_where_it_says(self, file: str, key: str) -> None:
        with pytest.raises(InvalidCommentFile) as refusal:
            commentfile.loads(FULL.encode("utf-8"), file)
        assert (refusal.value.file, refusal.value.key) == (file, key)

    def test_tells_no_text_of_a_comment(self) -> None:
        secret = "my telephone is 600 000 000"
        for broken in (
            secret,
            f"{secret}\n\n{FULL}",
            FULL.replace("\n\nGracias", f"\n{secret}\n\n"),
        ):
            with pytest.raises(InvalidCommentFile) as refusal:
                loads(broken)
            assert "600" not in f"{refusal.value} {refusal.value.key}"

    @given(st.binary())
    def test_of_any_bytes_fails_in_one_way_only(self, data: bytes) -> None:
        with pytest.raises(InvalidCommentFile):
            commentfile.loads(data, FILE)

    @given(entries, st.data())
    def test_of_a_damaged_file_fails_in_one_way_only(
        self, entry: Entry, data: st.DataObject
    ) -> None:
        whole = commentfile.dumps(entry)
        start = data.draw(st.integers(0, len(whole)))
        end = data.draw(st.integers(start, len(whole)))
        put = data.draw(st.sampled_from([b"", b"\n", b"\n\n", b'"', b": ", b"\xff", b"\x00", b"0"]))
        with contextlib.suppress(InvalidCommentFile):
            commentfile.loads(whole[:start] + put + whole[end:], place(entry))


class TestItsPlace:
    def test_is_made_of_thread_and_id(self) -> None:
        assert commentfile.path_of("hola", ID) == PurePosixPath("hola", f"{ID}.md")

    @given(st.text() | threads, st.text() | ids)
    def test_is_never_anywhere_else(self, thread: str, comment_id: str) -> None:
        try:
            path = commentfile.path_of(thread, comment_id)
        except CannotWrite:
            return
        assert path.parts == (thread, f"{comment_id}.md")
        assert not path.is_absolute()

    @pytest.mark.parametrize(
        "thread", ["", ".", "..", "../x", "/etc", "a/b", "a\\b", "A", "_site", "a\n"]
    )
    def test_is_refused_to_a_thread_that_is_none(self, thread: str) -> None:
        with pytest.raises(CannotWrite):
            commentfile.path_of(thread, ID)

    @pytest.mark.parametrize(
        "comment_id", ["", "..", ID[:-1], ID + "0", ID.upper(), ID + "\n", "x" * 26 + "/"]
    )
    def test_is_refused_to_an_id_that_is_none(self, comment_id: str) -> None:
        with pytest.raises(CannotWrite):
            commentfile.path_of("hola", comment_id)


class TestItsDigest:
    def test_is_the_beginning_of_its_sha_256(self) -> None:
        assert commentfile.digest(b"") == "e3b0c44298fc1c14"

    def test_differs_with_every_wording(self) -> None:
        one, two = commentfile.dumps(comment()), commentfile.dumps(comment(body="Hola,"))
        assert commentfile.digest(one) != commentfile.digest(two)
