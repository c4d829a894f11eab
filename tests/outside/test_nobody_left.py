"""Readers, staff, departments and the clock, doing whatever pages let them do, in any order and
with pages that have grown old: nobody is left unattended, and nothing is said that is not so.

Real SQLite, files and builds; the browsers are of the test, and read no page: they fill in its
forms by chance. C1 to C8 are those of the notes on community management, I1 to I10 of the notes
on security.
"""

import os
import re
import tempfile
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text as sql

from comments_service import commentfile
from comments_service.domain.cases import Case, Event, EventKind, is_sound
from comments_service.domain.comments import Comment
from comments_service.domain.standing import fold
from comments_service.domain.states import Attention, Decision, Visibility
from comments_service.errors import InvalidComment
from comments_service.store import cases, events, people
from comments_service.store.people import Person
from comments_service.usecases import departments
from comments_service.usecases.sign_in import open_session_for
from comments_service.usecases.tick import tick
from comments_service.usecases.together import What
from comments_service.usecases.tray import View, filters_of, tray
from comments_service.web import create_app
from tests.support.hands_on_forms import Form, forms_of
from tests.support.institution import Institution, institution
from tests.support.people import hired

DEADLINES = """
[deadlines]
decide = 1
answer = 5
region = "ES-PV"
"""
KEPT_FORMS = 150
LINK = re.compile(r"http://localhost:\d+(/[^\s<>\"]+)")
ROLES = ("manager", "moderator", "moderator", "respondent")
DONE = (Attention.ANSWERED, Attention.CLOSED)


@dataclass
class Hand:
    """A form as somebody has it open. who: index of a member of staff, or None for a reader."""

    who: int | None
    url: str
    form: Form


def _kind_of(path: str) -> str:
    """An address without what names one case."""
    return re.sub(r"[0-9a-z]{20,}|20[0-9]{2}-[0-9]+", "…", path)


class Office(RuleBasedStateMachine):
    """with_deadlines is set by the two tests below."""

    with_deadlines = True

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        folder = self.stack.enter_context(tempfile.TemporaryDirectory(prefix="tertulia-office-"))
        made = institution(
            Path(folder) / "blog", trial=True, max_per_network=10**6, undo_seconds=20
        )
        self.office: Institution = self.stack.enter_context(made)
        self.blog, self.clock = self.office.blog, self.office.clock
        self.blog.mailbox.is_open = True
        self._set_deadlines()
        self.app = create_app(self.blog, clock=self.clock, wake=lambda: None)
        self.app.config["PROPAGATE_EXCEPTIONS"] = True
        self.people: list[Person] = []
        self.tokens: list[str] = []
        self.links: list[str] = []
        self.hands: list[Hand] = []
        self.done: Counter[str] = Counter()
        self.tried: Counter[str] = Counter()
        self.count = 0

    def teardown(self) -> None:
        try:
            if self.people:
                self.the_end()
        finally:
            print(dict(self.done.most_common()))
            self.stack.close()

    def _set_deadlines(self) -> None:
        if not self.with_deadlines:
            path = self.blog.settings.content_folder / "site.toml"
            path.write_text(path.read_text("utf-8").replace(DEADLINES, ""), "utf-8")

    @initialize()
    def people_work_here(self) -> None:
        self.office.staff()
        with self.blog.store.read() as connection:
            first = people.by_login(connection, "ada")
        assert first
        departments.add(self.blog, "Medio Ambiente", by=first, now=self.clock())
        department = departments.everything(self.blog).departments[0]
        where = {"email": "medio@pruebas.example", "closed": False}
        departments.change(
            self.blog, department.id, department.name, by=first, now=self.clock(), **where
        )
        names = ("Berta", "Carlos", "Dorleta", "Elías")
        self.people = [first] + [
            hired(self.blog, first, f"{name} Ejemplo", self.clock(), role=role)
            for name, role in zip(names, ROLES, strict=True)
        ]
        self._sign_in()

    def _sign_in(self) -> None:
        """All of them again: time went by."""
        with self.blog.store.write() as connection:
            self.tokens = [
                open_session_for(connection, each, self.clock()).token for each in self.people
            ]

    @precondition(lambda self: self.people)
    @rule(seed=st.integers(0, 2**64))
    def somebody_does_something(self, seed: int) -> None:
        """Which, the dice say: also for the simplest seed each step is another one."""
        self.count += 1
        dice = Random(f"{seed} {self.count}")
        acts = (self._write, self._look, self._send_fresh, self._send_old, self._wait)
        dice.choices(acts, (2, 10, 8, 3, 1))[0](dice)

    def _write(self, dice: Random) -> None:
        self._open(None, "/comentar/hola", dice)
        for hand in [each for each in self.hands if each.url == "/comentar/hola"][-1:]:
            self._send(hand, dice)

    def _look(self, dice: Random) -> None:
        who = dice.choice([None, *range(len(self.people))])
        self._open(who, self._an_address(who, dice), dice)

    def _send_fresh(self, dice: Random) -> None:
        """Of the forms that were opened last rather one that was seldom sent."""
        if self.hands:
            seldom = sorted(
                self.hands[-40:], key=lambda each: self.tried[_kind_of(each.form.action)]
            )
            self._send(dice.choice(seldom[:4]), dice)

    def _send_old(self, dice: Random) -> None:
        """Any form that somebody still has open, of each kind as often as of any other."""
        if self.hands:
            kind = dice.choice(sorted({_kind_of(each.form.action) for each in self.hands}))
            same = [each for each in self.hands if _kind_of(each.form.action) == kind]
            self._send(dice.choice(same), dice)

    def _wait(self, dice: Random) -> None:
        self.clock.forward(hours=dice.choice([1, 1, 3, 20, 30, 200]))
        tick(self.blog, self.clock)
        self._sign_in()
        mails = (mail.get_content() for mail in self.blog.mailbox.newest()[:20])
        found = (link for text in mails for link in LINK.findall(text))
        self.links += [link for link in found if link not in self.links]
        self.everything_holds()

    def _an_address(self, who: int | None, dice: Random) -> str:
        with self.blog.store.read() as connection:
            last = connection.execute(sql("SELECT id, year FROM cases ORDER BY id DESC")).all()
        if who is None or not last:
            return dice.choice([*self.links[-40:], *self._of_others(dice), "/comentar/hola"])
        found = dice.choice(last[:12] if dice.random() < 0.7 else last)
        case_page = f"/gestion/comentario/{found.year}-{found.id:06d}"
        listed = f"/gestion/?vista={dice.choice(list(View))}"
        some = [f"c-{each.year}-{each.id:06d}=1" for each in last[:12]]
        several = "&".join([f"/gestion/varios?hacer={dice.choice(list(What))}", *some])
        return dice.choice([case_page, case_page, case_page, listed, several, several])

    def _of_others(self, dice: Random) -> list[str]:
        """What the page of the article leads to, beside a comment of somebody else."""
        with self.blog.store.read() as connection:
            public = sql("SELECT id FROM comment WHERE public_revision IS NOT NULL")
            found = connection.execute(public).scalars().all()
        if not found:
            return []
        about = f"/comentar/hola/{dice.choice(found)}"
        return [f"{about}/tambien", f"{about}/avisar", f"{about}/avisar"]

    def _client(self, who: int | None) -> FlaskClient:
        client = self.app.test_client()
        if who is not None:
            port = urlsplit(self.blog.site_url).port
            client.set_cookie(f"tertulia-{port}", self.tokens[who])
        return client

    def _open(self, who: int | None, url: str, dice: Random) -> None:
        looks = dice.random() < 0.2
        before = self._everything() if looks else ""
        answer = self._client(who).get(url, base_url=self.blog.site_url, buffered=True)
        assert answer.status_code < 500, (url, answer.text)
        assert not looks or self._everything() == before, f"GET {url} changed something"
        if answer.mimetype != "text/html":
            return
        forms = [Hand(who, url, form) for form in forms_of(answer.text)]
        forms = [hand for hand in forms if not hand.form.action.endswith("/salir")]
        self.hands = [*self.hands, *forms][-KEPT_FORMS:]

    def _send(self, hand: Hand, dice: Random) -> None:
        self.clock.forward(seconds=dice.randrange(1, 15))
        target, before = urlsplit(hand.form.action or hand.url), self._dates()
        known = self._referred()
        sent = hand.form.filled(dice)
        if "csrf" in sent and hand.who is not None:
            sent["csrf"] = self._token_of(hand.who)
        path = target.path + (f"?{target.query}" if target.query else "")
        headers = {"Origin": self.blog.site_url}
        client = self._client(hand.who)
        answer = client.post(path, data=sent, headers=headers, base_url=self.blog.site_url)
        assert answer.status_code < 500, (path, sent, answer.text)
        kind = _kind_of(path)
        self.tried[kind] += 1
        self.done[f"{kind} {answer.status_code}"] += 1
        then = urlsplit(answer.headers.get("Location", ""))
        if "/seguimiento/20" in then.path:
            self.links.append(then.path.removesuffix("/recibido"))
        elif then.path and dice.random() < 0.5:
            self._open(hand.who, f"{then.path}?{then.query}", dice)
            undo = [each for each in self.hands[-40:] if each.form.action.endswith("/deshacer")]
            if undo and dice.random() < 0.5:
                self._send(undo[-1], dice)  # while there is time
        self._passing_on_stops_no_clock(known, before)

    def _token_of(self, who: int) -> str:
        """Of the session that is open now, as the newest page has it."""
        page = self._client(who).get("/gestion/", base_url=self.blog.site_url).text
        found = re.search(r'name="csrf" value="([^"]+)"', page)
        assert found, page
        return found[1]

    # What always holds.

    def _everything(self) -> str:
        """Of the database, but for when a session was used and the log of looking at data."""
        lines = self.office.stored().splitlines()
        return "\n".join(each for each in lines if not each.startswith('INSERT INTO "session"'))

    def _all(self) -> list[tuple[Case, list[Event]]]:
        with self.blog.store.read() as connection:
            ids = connection.execute(sql("SELECT id FROM cases ORDER BY id")).scalars().all()
            found = [(cases.by_case(connection, each), each) for each in ids]
            return [(case, events.of_case(connection, each)) for case, each in found if case]

    def _dates(self) -> dict[int, object]:
        return {case.id: case.answer_by for case, _ in self._all()}

    def _referred(self) -> dict[int, int]:
        return {
            case.id: sum(event.kind is EventKind.REFERRED for event in record)
            for case, record in self._all()
        }

    def _passing_on_stops_no_clock(self, known: dict[int, int], dates: dict[int, object]) -> None:
        """C7."""
        now = self._referred()
        for case, _ in self._all():
            if now[case.id] > known.get(case.id, 0) and case.id in dates:
                assert case.answer_by == dates[case.id]

    def everything_holds(self) -> None:
        found = self._all()
        for case, record in found:
            self._is_as_told(case, record)
            self._is_attended(case, record)
        self._is_in_the_tray([case for case, _ in found])
        self._is_told_once()
        self._is_sound()

    def _is_as_told(self, case: Case, record: list[Event]) -> None:
        """C4, I7."""
        standing = fold(record)
        assert is_sound(record)
        assert case.attention is standing.attention, (case.reference, record)
        assert case.visibility is standing.visibility(private=case.private), case.reference
        if not case.withdrawn:
            assert case.decision is standing.decision, case.reference

    def _is_attended(self, case: Case, record: list[Event]) -> None:
        """C1, C2."""
        standing = fold(record)
        if standing.is_waiting and self.with_deadlines:
            assert case.answer_by, f"{case.reference} has no date"
        is_closed = case.attention is Attention.CLOSED and not case.withdrawn
        if is_closed and case.decision is not Decision.SPAM:
            reasons = (EventKind.CLOSED, EventKind.REJECTED)
            given = any(event.kind in reasons for event in record)
            assert standing.answers or given, f"{case.reference} was closed without a word"

    def _is_in_the_tray(self, some: list[Case]) -> None:
        """C1, C3: what is open stands in the first list, whoever has it; nobody decided that
        it needs no answer."""
        shown: set[int] = set()
        filters = filters_of({})
        while True:
            by, now = self.people[0], self.clock()
            page = tray(self.blog, filters, by=by, own=None, is_team=True, now=now)
            shown |= {case.id for case in page.cases}
            if page.after is None:
                break
            filters = replace(filters, after=page.after)
        for case in some:
            refused = case.visibility in (Visibility.REJECTED, Visibility.SPAM)
            is_open = case.attention not in DONE and not case.withdrawn
            if is_open and not (refused and case.attention is not Attention.UNDER_REVIEW):
                assert case.id in shown, f"{case.reference} is in no list"

    def _is_told_once(self) -> None:
        """C5."""
        with self.blog.store.read() as connection:
            asked = sql("SELECT kind, address_id, cause, count(*) FROM mail GROUP BY 1, 2, 3")
            assert all(row[3] == 1 for row in connection.execute(asked))

    def _is_sound(self) -> None:
        """I3, I7."""
        with self.blog.store.read() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
            assert not connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            twice = sql(
                "SELECT thread, number FROM comment WHERE number IS NOT NULL"
                " GROUP BY thread, number HAVING count(*) > 1"
            )
            assert not connection.execute(twice).all()

    def the_end(self) -> None:
        """I2, I4, I5, I8, I9, I10 and C8, once everything that waits was done."""
        for _ in range(6):
            self.clock.forward(minutes=30)
            tick(self.blog, self.clock)
        self.everything_holds()
        with self.blog.store.read() as connection:
            assert not connection.execute(
                sql("SELECT count(*) FROM outbox WHERE done_at IS NULL")
            ).scalar_one()
        files = self._files()
        for case, _ in self._all():
            of = files.get(case.comment_id)
            is_public = case.public_revision is not None and not case.withdrawn
            assert isinstance(of, Comment) == (is_public and not case.private), case.reference
            assert is_public == (case.visibility is Visibility.PUBLISHED) or case.private
        below = self.blog.settings.content_folder / "comments"
        for path in below.rglob("*"):
            assert path.suffix != ".tmp"
            assert path.is_dir() or "correo.example" not in path.read_text("utf-8")

    def _files(self) -> dict[str, object]:
        found: dict[str, object] = {}
        for path in (self.blog.settings.content_folder / "comments").glob("*/01*.md"):
            try:
                found[path.stem] = commentfile.loads(path.read_bytes(), str(path))
            except InvalidComment as error:  # pragma: no cover - a failure
                raise AssertionError(path) from error
        return found


class WithoutDeadlines(Office):
    with_deadlines = False


OPERATIONS = 500
RUNS = 20 if os.environ.get("HYPOTHESIS_PROFILE") == "soak" else 1


@pytest.mark.property
@pytest.mark.parametrize("machine", [Office, WithoutDeadlines])
def test_nobody_is_left_unattended_whatever_everybody_does(machine: type[Office]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=RUNS,
            stateful_step_count=OPERATIONS,
            deadline=None,
            # A history of 500 steps is read, not shrunk; the line that repeats it is printed.
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
            print_blob=True,
            database=None,
        ),
    )
