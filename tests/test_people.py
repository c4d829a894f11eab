"""Inviting, changing, stopping and leaving; who looks after a case. On both databases."""

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import select

from comments_service.domain import hours, totp
from comments_service.domain.cases import Case, EventKind
from comments_service.domain.hours import Hours
from comments_service.domain.journal import JournalKind
from comments_service.domain.permissions import Role
from comments_service.errors import (
    AlreadyDecided,
    Fault,
    InvalidComment,
    LinkExpired,
    NotHere,
    SignInFailed,
)
from comments_service.store import events, links
from comments_service.store.people import Person
from comments_service.store.schema import journal
from comments_service.usecases import (
    assign,
    colleagues,
    departments,
    invitations,
    moderate,
    own_keys,
    own_notices,
    second_factor,
    sessions,
    sign_in,
)
from comments_service.usecases.blog import Blog
from comments_service.usecases.own import is_team, own_cases
from comments_service.usecases.person_form import PersonForm
from comments_service.usecases.submit import Form, submit
from comments_service.usecases.tray import Filters, tray
from tests.support.fixtures import Clock
from tests.support.ids import new_id
from tests.support.people import PASSWORD, form_of, hired, invited
from tests.support.waiting import to_decide


@pytest.fixture
def admin(blog: Blog, moderator: Person, clock: Clock) -> Person:
    """The first administrator, who can sign in."""
    return moderator


@pytest.fixture
def received(blog: Blog, clock: Clock) -> Callable[..., Case]:
    def send(body: str = "Hola", thread: str = "hola") -> Case:
        clock.forward(seconds=1)
        form = Form(author="Aitor", body=body)
        name = new_id(clock())
        sent = submit(blog, thread, form, address="192.0.2.7", comment_id=name, now=clock())
        return sent.case

    return send


def kinds(blog: Blog) -> list[JournalKind]:
    with blog.store.read() as connection:
        rows = connection.execute(select(journal.c.kind).order_by(journal.c.id))
        return [JournalKind(kind) for kind in rows.scalars()]


def can_sign_in(blog: Blog, login: str, clock: Clock) -> bool:
    try:
        sign_in.sign_in(blog, login, PASSWORD, address="", now=clock())
    except SignInFailed:
        return False
    return True


class TestAnInvitation:
    def test_lets_somebody_choose_a_password_and_signs_them_in(
        self, blog: Blog, admin: Person, clock: Clock
    ) -> None:
        made = invited(blog, admin, "Berta Vidal", clock(), position="Jefa", email="b@a.example")
        assert not made.person.is_used
        assert not can_sign_in(blog, "berta", clock)
        assert invitations.look(blog, made.token, clock()).name == "Berta Vidal"
        opened = invitations.accept(
            blog, made.token, name="Berta V. Ruiz", password=PASSWORD, now=clock()
        )
        session = sessions.session(blog, opened.token, clock())
        assert session is not None
        person = session.person
        assert (person.name, person.position, person.role) == ("Berta V. Ruiz", "Jefa", "moderator")
        assert colleagues.email_of(blog, person) == "b…@a.example"
        assert can_sign_in(blog, "berta", clock)
        wanted = [JournalKind.INVITED, JournalKind.SIGN_IN_FAILED, JournalKind.INVITATION_ACCEPTED]
        assert [kind for kind in kinds(blog) if kind is not JournalKind.SIGNED_IN] == wanted

    def test_works_once_and_for_seven_days(self, blog: Blog, admin: Person, clock: Clock) -> None:
        made = invited(blog, admin, "Berta", clock())
        late = invited(blog, admin, "Carla", clock())
        invitations.accept(blog, made.token, name="Berta", password=PASSWORD, now=clock())
        clock.forward(days=7)
        for token in (made.token, late.token, "a" * 32):
            with pytest.raises(LinkExpired):
                invitations.accept(blog, token, name="Otra", password=PASSWORD, now=clock())

    def test_is_not_used_up_by_a_form_with_faults(
        self, blog: Blog, admin: Person, clock: Clock
    ) -> None:
        made = invited(blog, admin, "Berta", clock())
        with pytest.raises(InvalidComment) as caught:
            invitations.accept(blog, made.token, name=" ", password="corta", now=clock())
        assert list(caught.value.by_field) == ["name", "password"]
        invitations.accept(blog, made.token, name="Berta", password=PASSWORD, now=clock())

    def test_made_anew_ends_the_earlier_one(self, blog: Blog, admin: Person, clock: Clock) -> None:
        first = invited(blog, admin, "Berta", clock())
        clock.forward(seconds=1)
        second = invitations.renew(blog, first.person.id, by=admin, now=clock())
        with pytest.raises(LinkExpired):
            invitations.look(blog, first.token, clock())
        assert invitations.look(blog, second.token, clock()).id == first.person.id

    def test_taken_back_opens_nothing_and_frees_the_name(
        self, blog: Blog, admin: Person, clock: Clock
    ) -> None:
        made = invited(blog, admin, "Berta", clock())
        invitations.revoke(blog, made.person.id, by=admin, now=clock())
        with pytest.raises(LinkExpired):
            invitations.look(blog, made.token, clock())
        clock.forward(seconds=1)
        hired(blog, admin, "Berta", clock())

    def test_of_somebody_who_came_is_neither_renewed_nor_taken_back(
        self, blog: Blog, admin: Person, clock: Clock
    ) -> None:
        berta = hired(blog, admin, "Berta", clock())
        for act in (invitations.renew, invitations.revoke):
            with pytest.raises(AlreadyDecided):
                act(blog, berta.id, by=admin, now=clock())

    def test_names_every_fault_at_once(self, blog: Blog, admin: Person, clock: Clock) -> None:
        said = {"login": "ada", "name": "", "position": "x" * 201, "role": "king", "email": "a@"}
        said |= {"department": "9", "substitute": str(admin.id + 9)}
        with pytest.raises(InvalidComment) as caught:
            invitations.invite(blog, PersonForm(said), by=admin, now=clock())
        fields = ["login", "name", "position", "role", "email", "department", "substitute"]
        assert list(caught.value.by_field) == fields
        assert len(colleagues.everybody(blog).here) == 1

    def test_gives_nobody_the_name_of_a_colleague(
        self, blog: Blog, admin: Person, clock: Clock
    ) -> None:
        made = invited(blog, admin, "Berta", clock())
        with pytest.raises(InvalidComment) as caught:
            invitations.accept(
                blog, made.token, name="Ada  ejemplo", password=PASSWORD, now=clock()
            )
        assert list(caught.value.by_field) == ["name"]

    def test_leaves_an_author_the_name_by_which_their_articles_are_found(
        self, blog: Blog, admin: Person, clock: Clock
    ) -> None:
        made = invited(blog, admin, "Berta Vidal", clock(), role="author")
        invitations.accept(blog, made.token, name="Otra Firma", password=PASSWORD, now=clock())
        assert colleagues.person(blog, made.person.id).name == "Berta Vidal"

    def test_does_not_let_the_link_of_the_first_account_in(
        self, blog: Blog, admin: Person, clock: Clock
    ) -> None:
        with blog.store.write() as connection:
            links.put_link(connection, "first-admin", "t" * 32, clock() + invitations.LIFE)
        with pytest.raises(LinkExpired):
            invitations.look(blog, "t" * 32, clock())


class TestChangingAPerson:
    def test_keeps_all_that_the_form_says(self, blog: Blog, admin: Person, clock: Clock) -> None:
        departments.add(blog, "Medio Ambiente", by=admin, now=clock())
        green = departments.everything(blog).departments[0]
        berta = hired(blog, admin, "Berta", clock(), email="b@a.example")
        said = {
            "name": "Berta Ruiz",
            "position": "Técnica",
            "department": str(green.id),
            "language": "eu",
            "begins": "08:00",
            "ends": "15:00",
            "away_from": "2026-12-24",
            "away_until": "2027-01-06",
            "substitute": str(admin.id),
        }
        form = PersonForm(form_of(berta).said | said, days=[5, 1])
        assert not colleagues.change(blog, berta.id, form, by=admin, now=clock())
        after = colleagues.person(blog, berta.id)
        assert (after.name, after.position, after.department) == (
            "Berta Ruiz",
            "Técnica",
            "Medio Ambiente",
        )
        assert (after.language, after.substitute_id) == ("eu", admin.id)
        assert hours.read(after.hours) == Hours((1, 5), "08:00", "15:00")
        assert str(after.away_from) == "2026-12-24"
        assert str(after.away_until) == "2027-01-06"
        assert colleagues.email_of(blog, after) == "b…@a.example"
        assert kinds(blog)[-1] is JournalKind.PERSON_CHANGED

    def test_notes_nothing_when_nothing_was_changed(
        self, blog: Blog, admin: Person, clock: Clock
    ) -> None:
        berta = hired(blog, admin, "Berta", clock())
        before = kinds(blog)
        colleagues.change(blog, berta.id, form_of(berta), by=admin, now=clock())
        assert kinds(blog) == before

    def test_forgets_the_e_mail_when_asked(self, blog: Blog, admin: Person, clock: Clock) -> None:
        berta = hired(blog, admin, "Berta", clock(), email="b@a.example")
        form = PersonForm(form_of(berta).said, no_email=True)
        colleagues.change(blog, berta.id, form, by=admin, now=clock())
        assert colleagues.email_of(blog, colleagues.person(blog, berta.id)) == ""

    def test_of_role_closes_all_sessions_of_the_person(
        self, blog: Blog, admin: Person, clock: Clock
    ) -> None:
        berta = hired(blog, admin, "Berta", clock())
        opened = sign_in.sign_in(blog, "berta", PASSWORD, address="", now=clock())
        form = form_of(berta, role="auditor")
        assert colleagues.change(blog, berta.id, form, by=admin, now=clock())
        assert sessions.session(blog, opened.token, clock()) is None
        assert JournalKind.ROLE_CHANGED in kinds(blog)

    @pytest.mark.parametrize(
        ("said", "field"),
        [
            ({"begins": "8"}, "begins"),
            ({"begins": "08:00"}, "ends"),
            ({"begins": "15:00", "ends": "08:00"}, "ends"),
            ({"away_from": "ayer"}, "away_from"),
            ({"away_until": "2026-12-24"}, "away_from"),
            ({"away_from": "2026-12-24", "away_until": "2026-12-23"}, "away_until"),
            ({"substitute": "self"}, "substitute"),
            ({"substitute": "x"}, "substitute"),
        ],
    )
    def test_refuses_times_and_substitutes_that_make_no_sense(
        self, blog: Blog, admin: Person, clock: Clock, said: dict[str, str], field: str
    ) -> None:
        berta = hired(blog, admin, "Berta", clock())
        said = {name: str(berta.id) if value == "self" else value for name, value in said.items()}
        with pytest.raises(InvalidComment) as caught:
            form = form_of(berta, **said)
            colleagues.change(blog, berta.id, form, by=admin, now=clock())
        assert list(caught.value.by_field) == [field]

    def test_of_nobody_is_an_unknown_page(self, blog: Blog, admin: Person, clock: Clock) -> None:
        with pytest.raises(NotHere):
            colleagues.change(blog, 999, form_of(admin), by=admin, now=clock())


class TestTheLastAdministrator:
    @pytest.fixture
    def alone(self, blog: Blog, admin: Person, clock: Clock) -> Person:
        """One administrator beside a moderator, an invited administrator and a stopped one."""
        hired(blog, admin, "Berta", clock())
        invited(blog, admin, "Carla", clock(), role="admin")
        diego = hired(blog, admin, "Diego", clock(), role="admin")
        colleagues.stop(blog, diego.id, by=admin, now=clock())
        return admin

    def test_is_neither_stopped_nor_lost(self, blog: Blog, alone: Person, clock: Clock) -> None:
        acts: list[Callable[[], object]] = [
            lambda: colleagues.stop(blog, alone.id, by=alone, now=clock()),
            lambda: colleagues.leave(blog, alone.id, 0, by=alone, now=clock()),
            lambda: colleagues.change(
                blog, alone.id, form_of(alone, role="manager"), by=alone, now=clock()
            ),
        ]
        for act in acts:
            with pytest.raises(InvalidComment, match="Nobody else looks after the accounts"):
                act()
        assert colleagues.person(blog, alone.id) == alone

    def test_stays_when_two_step_back_at_once(
        self, blog: Blog, admin: Person, clock: Clock
    ) -> None:
        other = hired(blog, admin, "Berta", clock(), role="admin")
        ready, refused = threading.Barrier(2), list[Exception]()

        def step_back(who: Person) -> None:
            ready.wait()
            try:
                form = form_of(who, role="moderator")
                colleagues.change(blog, who.id, form, by=who, now=clock())
            except InvalidComment as error:
                refused.append(error)

        threads = [threading.Thread(target=step_back, args=(who,)) for who in (admin, other)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(refused) == 1
        left = [each for each in colleagues.everybody(blog).here if each.role is Role.ADMIN]
        assert len(left) == 1


class TestStoppingAnAccount:
    def test_closes_its_sessions_and_lets_nobody_in_until_it_is_resumed(
        self, blog: Blog, admin: Person, clock: Clock
    ) -> None:
        berta = hired(blog, admin, "Berta", clock())
        opened = sign_in.sign_in(blog, "berta", PASSWORD, address="", now=clock())
        colleagues.stop(blog, berta.id, by=admin, now=clock())
        assert sessions.session(blog, opened.token, clock()) is None
        assert not can_sign_in(blog, "berta", clock)
        colleagues.resume(blog, berta.id, by=admin, now=clock())
        assert sessions.session(blog, opened.token, clock()) is None
        assert can_sign_in(blog, "berta", clock)
        noted = kinds(blog)
        assert JournalKind.PERSON_STOPPED in noted
        assert JournalKind.PERSON_RESUMED in noted


class TestLeaving:
    def test_hands_over_what_is_open_and_closes_the_account(
        self, blog: Blog, admin: Person, received: Callable[..., Case], clock: Clock
    ) -> None:
        berta, carla = (hired(blog, admin, name, clock()) for name in ("Berta", "Carla"))
        colleagues.change(
            blog, carla.id, form_of(carla, substitute=str(berta.id)), by=admin, now=clock()
        )
        open_one, done = received("Una"), received("Otra")
        for case in (open_one, done):
            assign.assign(blog, case.id, berta.id, was=None, by=admin, now=clock())
        moderate.reject(blog, done.id, 1, rule=None, reason="No", by=admin, now=clock())
        opened = sign_in.sign_in(blog, "berta", PASSWORD, address="", now=clock())

        colleagues.leave(blog, berta.id, carla.id, by=admin, now=clock())

        assert moderate.case_of(blog, open_one.id).assigned_to == carla.id
        assert moderate.case_of(blog, done.id).assigned_to == berta.id
        assert sessions.session(blog, opened.token, clock()) is None
        assert not can_sign_in(blog, "berta", clock)
        found = colleagues.everybody(blog)
        assert [each.name for each in found.gone] == ["Berta"]
        assert [each.name for each in found.here] == ["Ada Ejemplo", "Carla"]
        assert colleagues.person(blog, carla.id).substitute_id is None
        with blog.store.read() as connection:
            last = events.of_case(connection, open_one.id)[-1]
        assert (last.kind, last.data) == (
            EventKind.ASSIGNED,
            {"to": carla.id, "left": berta.id},
        )
        assert kinds(blog)[-1] in (JournalKind.PERSON_LEFT, JournalKind.SIGN_IN_FAILED)

    def test_forgets_every_way_in(self, blog: Blog, admin: Person, clock: Clock) -> None:
        berta = hired(blog, admin, "Berta", clock(), email="b@a.example")
        opened = sign_in.sign_in(blog, "berta", PASSWORD, address="", now=clock())
        session = sessions.session(blog, opened.token, clock())
        assert session is not None
        secret = totp.read(second_factor.offered(blog, session).secret.replace(" ", ""))
        code = totp.code_at(secret, int(clock().timestamp()) // 30)
        second_factor.set_up(blog, session, code, now=clock())
        assert colleagues.person(blog, berta.id).has_code
        own_keys.choose(blog, berta, {"next": "z"})
        own_notices.change(blog, berta, own_notices.Wish("", "daily"), now=clock())
        colleagues.leave(blog, berta.id, 0, by=admin, now=clock())
        after = colleagues.person(blog, berta.id)
        assert (after.has_code, after.password_hash, after.address_id) == (False, "", None)
        assert (after.notices, own_keys.of(blog, after)) == (None, None)
        assert second_factor.codes_left(blog, after) == 0

    def test_asks_for_a_successor_only_where_something_is_open(
        self, blog: Blog, admin: Person, received: Callable[..., Case], clock: Clock
    ) -> None:
        berta, carla = (hired(blog, admin, name, clock()) for name in ("Berta", "Carla"))
        case = received()
        assign.assign(blog, case.id, berta.id, was=None, by=admin, now=clock())
        for successor in (0, berta.id, 999):
            with pytest.raises(InvalidComment) as caught:
                colleagues.leave(blog, berta.id, successor, by=admin, now=clock())
            assert list(caught.value.by_field) == ["successor"]
        colleagues.leave(blog, carla.id, 0, by=admin, now=clock())

    def test_lets_the_successor_see_what_was_theirs(
        self, blog: Blog, admin: Person, received: Callable[..., Case], clock: Clock
    ) -> None:
        berta, carla, diego = (
            hired(blog, admin, name, clock(), role="respondent")
            for name in ("Berta", "Carla", "Diego")
        )
        case = received()
        assign.assign(blog, case.id, berta.id, was=None, by=admin, now=clock())
        moderate.reject(blog, case.id, 1, rule=None, reason="No", by=admin, now=clock())
        colleagues.leave(blog, berta.id, carla.id, by=admin, now=clock())
        assert own_cases(blog, carla, clock()).holds(berta.id, "hola")
        colleagues.leave(blog, carla.id, diego.id, by=admin, now=clock())
        assert own_cases(blog, diego, clock()).holds(berta.id, "hola")

    def test_is_for_good(self, blog: Blog, admin: Person, clock: Clock) -> None:
        berta = hired(blog, admin, "Berta", clock())
        colleagues.leave(blog, berta.id, 0, by=admin, now=clock())
        for act in (
            lambda: colleagues.resume(blog, berta.id, by=admin, now=clock()),
            lambda: colleagues.stop(blog, berta.id, by=admin, now=clock()),
            lambda: colleagues.change(blog, berta.id, form_of(berta), by=admin, now=clock()),
            lambda: colleagues.leave(blog, berta.id, 0, by=admin, now=clock()),
            lambda: invitations.renew(blog, berta.id, by=admin, now=clock()),
            lambda: invitations.revoke(blog, berta.id, by=admin, now=clock()),
        ):
            with pytest.raises(AlreadyDecided):
                act()
        assert not is_team(blog)


class TestLookingAfterACase:
    def test_is_recorded_and_conflicts_are_told(
        self, blog: Blog, admin: Person, received: Callable[..., Case], clock: Clock
    ) -> None:
        berta, case = hired(blog, admin, "Berta", clock()), received()
        assign.assign(blog, case.id, berta.id, was=None, by=admin, now=clock())
        with pytest.raises(AlreadyDecided):
            assign.assign(blog, case.id, admin.id, was=None, by=admin, now=clock())
        assign.assign(blog, case.id, berta.id, was=None, by=admin, now=clock())  # sent twice
        assign.assign(blog, case.id, None, was=berta.id, by=admin, now=clock())
        with blog.store.read() as connection:
            record = events.of_case(connection, case.id)
        given = [each.data["to"] for each in record if each.kind is EventKind.ASSIGNED]
        assert given == [berta.id, None]

    def test_is_given_to_nobody_who_cannot(
        self, blog: Blog, admin: Person, received: Callable[..., Case], clock: Clock
    ) -> None:
        auditor = hired(blog, admin, "Berta", clock(), role="auditor")
        waits = invited(blog, admin, "Carla", clock()).person
        for who in (auditor.id, waits.id, 999):
            with pytest.raises(InvalidComment):
                assign.assign(blog, received(str(who)).id, who, was=None, by=admin, now=clock())

    def test_goes_to_the_substitute_on_the_days_away(
        self, blog: Blog, admin: Person, clock: Clock
    ) -> None:
        berta, carla = (
            hired(blog, admin, name, clock(), role="respondent") for name in ("Berta", "Carla")
        )
        said = {"away_from": "2026-11-23", "away_until": "2026-11-24"}
        form = form_of(berta, substitute=str(carla.id), **said)
        colleagues.change(blog, berta.id, form, by=admin, now=clock())
        seen = []
        for _ in range(6):  # Friday the 20th to Wednesday the 25th
            seen.append(own_cases(blog, carla, clock()).holds(berta.id, "hola"))
            clock.forward(days=1)
        assert seen == [False, False, False, True, True, False]

    def test_of_an_author_are_those_on_what_they_wrote(
        self, blog: Blog, admin: Person, received: Callable[..., Case], clock: Clock
    ) -> None:
        ada = hired(blog, admin, "Ada Ejemplo", clock(), role="author", login="ada2")
        other = hired(blog, admin, "Berta", clock(), role="author")
        respondent = hired(blog, admin, "Ada  ejemplo", clock(), role="respondent", login="ada3")
        case = received()
        assert own_cases(blog, ada, clock()).holds(None, case.thread)
        assert not own_cases(blog, other, clock()).holds(None, case.thread)
        assert not own_cases(blog, respondent, clock()).holds(None, case.thread)
        for who, found in ((ada, 1), (other, 0), (respondent, 0)):
            own = own_cases(blog, who, clock())
            page = tray(blog, Filters(), by=who, own=own, is_team=True, now=clock())
            assert (len(page.cases), page.count) == (found, found)


class TestAReaderWithTheNameOfAColleague:
    def test_is_held_with_a_note_and_never_refused(
        self, blog: Blog, admin: Person, clock: Clock
    ) -> None:
        form = Form(author="ada ejemplo", body="Soy yo, de verdad.")
        name = new_id(clock())
        sent = submit(blog, "hola", form, address="192.0.2.7", comment_id=name, now=clock())
        assert sent.case.notes == ("colleague",)
        assert sent.case in to_decide(blog)


class TestDepartmentsAndTopics:
    def test_are_added_renamed_closed_and_opened_again(
        self, blog: Blog, admin: Person, clock: Clock
    ) -> None:
        departments.add(blog, "Medio Ambiente", by=admin, now=clock())
        green = departments.everything(blog).departments[0]
        departments.add_topic(blog, "Ruido", green.id, by=admin, now=clock())
        noise = departments.everything(blog).topics[0]
        departments.change(blog, green.id, "Ambiente", closed=True, by=admin, now=clock())
        known = departments.everything(blog)
        assert (known.departments[0].name, known.open) == ("Ambiente", [])
        assert known.name_of(noise.department_id) == "Ambiente"
        departments.change(blog, green.id, "Ambiente", closed=False, by=admin, now=clock())
        departments.change_topic(blog, noise.id, "Ruidos", 0, closed=True, by=admin, now=clock())
        known = departments.everything(blog)
        assert len(known.open) == 1
        assert (known.topics[0].name, known.topics[0].department_id) == ("Ruidos", None)
        assert known.topics[0].closed
        assert kinds(blog) == [
            JournalKind.DEPARTMENT_CHANGED,
            JournalKind.TOPIC_CHANGED,
            JournalKind.DEPARTMENT_CHANGED,
            JournalKind.DEPARTMENT_CHANGED,
            JournalKind.TOPIC_CHANGED,
        ]

    def test_have_names_that_nobody_can_mistake(
        self, blog: Blog, admin: Person, clock: Clock
    ) -> None:
        departments.add(blog, "Gestión", by=admin, now=clock())
        departments.add(blog, "Obras", by=admin, now=clock())
        works = departments.everything(blog).departments[1]
        for name in ("", "\u200b", "x" * 201, "gestion"):
            with pytest.raises(InvalidComment):
                departments.add(blog, name, by=admin, now=clock())
            with pytest.raises(InvalidComment):
                departments.change(blog, works.id, name, closed=False, by=admin, now=clock())
        departments.change(blog, works.id, "obras", closed=False, by=admin, now=clock())

    def test_that_are_closed_keep_their_people_and_take_no_new_ones(
        self, blog: Blog, admin: Person, clock: Clock
    ) -> None:
        departments.add(blog, "Obras", by=admin, now=clock())
        works = departments.everything(blog).departments[0]
        berta = hired(blog, admin, "Berta", clock(), department=str(works.id))
        departments.change(blog, works.id, "Obras", closed=True, by=admin, now=clock())
        colleagues.change(blog, berta.id, form_of(berta), by=admin, now=clock())
        assert colleagues.person(blog, berta.id).department == "Obras"
        with pytest.raises(InvalidComment):
            hired(blog, admin, "Carla", clock(), department=str(works.id))


class TestWorkingHours:
    def test_without_days_are_those_of_every_day(self) -> None:
        assert hours.checked([], "08:00", "15:00") == Hours((1, 2, 3, 4, 5, 6, 7), "08:00", "15:00")

    def test_not_said_are_none(self) -> None:
        assert hours.checked([], "", "") is None
        assert hours.read(hours.written(None)) is None

    def test_come_back_as_they_were_written(self) -> None:
        said = hours.checked([7, 1, 9], "00:00", "23:59")
        assert said == Hours((1, 7), "00:00", "23:59")
        assert hours.read(hours.written(said)) == said

    @pytest.mark.parametrize("time", ["24:00", "8:00", "08:60", "08.00", "٠٨:٠٠"])
    def test_are_times_of_a_day(self, time: str) -> None:
        with pytest.raises(Fault):
            hours.checked([1], time, "23:00")
