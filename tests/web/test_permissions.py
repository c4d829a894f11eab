"""Every page for staff times every role: exactly those that the table permits open.

What is expected is made from the table of ``domain.permissions`` and from what each page asks
(``web.permitted``); what is sent is a whole form, so that whoever may gets it done.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from comments_service.domain import totp
from comments_service.domain.cases import Case
from comments_service.domain.permissions import GRANTS, Permission, Role, Scope
from comments_service.domain.reports import Ground
from comments_service.store import addresses, sessions
from comments_service.store.people import Person
from comments_service.usecases import (
    answering,
    assign,
    bans,
    colleagues,
    cutting,
    departments,
    invitations,
    mail_links,
    moderate,
    reader,
    referrals,
    second_factor,
    spam,
    subscriptions,
)
from comments_service.usecases.blog import Blog
from comments_service.usecases.report import Report, report
from comments_service.usecases.sessions import session as session_of
from comments_service.usecases.submit import Form, submit
from comments_service.usecases.track import receipt_for, record_of, track
from comments_service.web import create_app, permitted
from comments_service.web.people import people
from tests.support.fixtures import Clock
from tests.support.ids import new_id
from tests.support.people import PASSWORD, form_of, hired, invited
from tests.web.pages import CSRF

TOKEN = "e" * 32
UNKNOWN = "2026-999999"
CASE_OF = {
    "staff.comment": "held",
    "staff.approve": "held",
    "staff.undo": "approved",
    "staff.reject": "held",
    "staff.assign_to": "held",
    "staff.claim": "held",
    "staff.release": "held",
    "staff.leave_note": "held",
    "staff.sort": "held",
    "staff.ask_to_read": "held",
    "staff.answer": "approved",
    "staff.answer_several": "approved",
    "staff.answered_several": "approved",
    "staff.note_source": "held",
    "staff.strike_source": "held",
    "staff.erase": "held",
    "staff.erase_form": "held",
    "staff.close": "approved",
    "staff.correct_answer": "answered",
    "staff.take_back_answer": "answered",
    "staff.close_without_answer": "approved",
    "staff.close_in_words": "approved",
    "staff.ask_reader": "approved",
    "staff.ask_more_time": "approved",
    "staff.reopen": "appealed",
    "staff.leave_reported": "reported",
    "staff.remove_reported": "reported",
    "staff.take_off": "approved",
    "staff.mark_spam": "held",
    "staff.unmark_spam": "spam",
    "staff.cut": "held",
    "staff.restore": "cut",
    "staff.ban": "held",
    "staff.refer": "held",
    "staff.take_back": "referred",
    "addresses.show": "held",
}
"""In which state a case is that the page can do something for."""


@dataclass
class World:
    """A blog with somebody of one role, whom a colleague and two lots of cases stand beside.

    own, foreign: cases by state, looked after by the person and by nobody.
    """

    blog: Blog
    clock: Clock
    person: Person
    other: Person
    waiting: Person
    own: Mapping[str, Case]
    foreign: Mapping[str, Case]

    @property
    def code(self) -> str:
        """What a telephone shows that was given the secret of the open session."""
        open_one = session_of(self.blog, TOKEN, self.clock())
        assert open_one is not None
        secret = second_factor.offered(self.blog, open_one).secret.replace(" ", "")
        return totp.code_at(totp.read(secret), int(self.clock().timestamp()) // 30)

    def path(self, rule: Rule, case: Case | None = None) -> str:
        number = str(self.waiting.id if _is_about_who_waits(rule.endpoint) else self.other.id)
        if rule.rule.startswith(("/gestion/departamentos", "/gestion/temas")):
            number = "1"
        reference = case.reference if case else UNKNOWN
        path = rule.rule.replace("<int(max=999999999):number>", number)
        return path.replace("<thread>", "hola").replace("<reference>", reference)

    def form(self, endpoint: str, case: Case | None = None) -> dict[str, str]:
        made = FORMS[endpoint]
        sent = made(self, case) if callable(made) else made
        return {"csrf": CSRF, **sent}


def _is_about_who_waits(endpoint: str) -> bool:
    return endpoint in ("people.renew", "people.revoke")


def _change(world: World, _case: Case | None) -> dict[str, str]:
    return {"name": "Otro nombre", "role": "moderator", "language": "es", "day1": "1"}


def _assign(world: World, case: Case | None) -> dict[str, str]:
    return {"to": str(world.other.id), "was": str((case and case.assigned_to) or 0)}


def _second_reading(world: World, _case: Case | None) -> dict[str, str]:
    return {"seen": "99", "reader": str(world.other.id), "reading": "¿Lo ves claro?"}


def _deciding_a_report(_world: World, _case: Case | None) -> dict[str, str]:
    told = {"wording": "1", "grounds": "Por esto.", "broken": ""}
    return {"revision": "1", "answer": "01jdabcdefghjkmnpqrstvwxyz", **told}


def _answer(world: World, case: Case | None, **more: str) -> dict[str, str]:
    record = record_of(world.blog, case).events if case else ()
    given = [str(event.data["answer"]) for event in record if "answer" in event.data]
    return {"which": given[-1] if given else "0" * 26, **more}


def _correction(world: World, case: Case | None) -> dict[str, str]:
    return _answer(world, case, revision="1", correction="Mejor dicho.")


def _several(world: World, _case: Case | None) -> dict[str, str]:
    return {"do": "publicidad", "which": f"{world.foreign['held'].reference}.1"}


Fields = Mapping[str, str] | Callable[[World, Case | None], dict[str, str]]
FORMS: Mapping[str, Fields] = {
    "staff.sign_out": {},
    "staff.approve": {"revision": "1"},
    "staff.reject": {"revision": "1", "rule": "", "reason": "No viene al caso."},
    "staff.answer": {
        "revision": "1",
        "answer": "01jdabcdefghjkmnpqrstvwxyz",
        "body": "Gracias por escribir.",
    },
    "staff.answer_several": {
        "revision": "1",
        "answer": "01jdabcdefghjkmnpqrstvwxyz",
        "body": "Gracias por escribir.",
    },
    "staff.strike_source": {"source": "1"},
    "staff.note_source": {"seen": "99", "source": "Acta 12", "looked": "2026-11-19"},
    "staff.undo": {"seen": "99"},
    "staff.decide_several": _several,
    "staff.undo_several": {"together": "01jdabcdefghjkmnpqrstvwxyz"},
    "own_account.choose_keys": {"use": "off"},
    "staff.close": {"seen": "99"},
    "staff.ask_more_time": {"seen": "99", "later": "Falta un dato."},
    "staff.close_without_answer": {"revision": "1"},
    "staff.correct_answer": _correction,
    "staff.take_back_answer": _answer,
    "staff.close_in_words": {"seen": "99", "why": "Ya está resuelto."},
    "staff.ask_reader": {"seen": "99", "question": "¿En qué calle?"},
    "staff.reopen": {},
    "staff.leave_reported": _deciding_a_report,
    "staff.remove_reported": _deciding_a_report,
    "staff.take_off": {"revision": "1", "grounds": "Lo pide otra persona.", "broken": ""},
    "staff.mark_spam": {"revision": "1"},
    "staff.cut": {"revision": "1", "cut": "Palabras", "cut_reason": "Datos de otra persona."},
    "staff.restore": {"revision": "2"},
    "staff.ban": {"by_address": "1", "ban_reason": "Insulta.", "ban_term": "7"},
    "staff.lift_ban": {"ban": "1"},
    "staff.note_down": {
        "entry": "01jdabcdefghjkmnpqrstvwxyz",
        "channel": "phone",
        "author": "Ana",
        "body": "Llamo por la biblioteca.",
        "thread": "hola",
        "lang": "es",
    },
    "staff.unmark_spam": {},
    "staff.assign_to": _assign,
    "staff.claim": {},
    "staff.release": {},
    "staff.sort": {"topic": "1", "risk": "1"},
    "staff.leave_note": {"seen": "99", "note": "Ojo con esto."},
    "staff.ask_to_read": _second_reading,
    "staff.refer": {
        "seen": "99",
        "department": "1",
        "inquiry": "¿Qué sabéis?",
        "due_on": "2026-12-01",
    },
    "staff.take_back": {},
    "staff.erase": {},
    "staff.retry": {"page": "waiting"},
    "staff.believe": {"page": "waiting", "lost": "0"},
    "people.invited": {"name": "Nueva", "login": "nueva", "role": "author", "language": "es"},
    "people.change": _change,
    "people.renew": {},
    "people.revoke": {},
    "people.stop": {},
    "people.resume": {},
    "people.leave": {"successor": ""},
    "people.take_code": {},
    "people.hand_link": {},
    "people.add_department": {"name": "Hacienda"},
    "people.change_department": {"name": "Obras y vías", "closed": "1"},
    "people.add_topic": {"topic": "Baches", "department": "1"},
    "people.change_topic": {"topic": "Ruidos", "department": ""},
    "own_account.choose_language": {"language": "eu"},
    "own_account.choose_notices": {"email": "", "notices": "daily"},
    "own_account.change_password": {"password": PASSWORD, "new": "cuatro gatos en el tejado"},
    "own_account.set_code": lambda world, _case: {"code": world.code},
    "own_account.renew_codes": {"password": PASSWORD},
    "own_account.remove_code": {"password": PASSWORD},
    "own_account.close_session": {"session": "0" * 8},
    "own_account.close_others": {},
    "addresses.show": {},
    "log.export": {"como": "csv"},
    "site_settings.close": {"until": "2026-12-24", "message_es": "Volvemos en enero."},
    "site_settings.pause": {"seen": "", "until": "", "message_es": "Volvemos mañana."},
    "site_settings.close_conversation": {"seen": "", "summary_es": "Hubo de todo."},
    "site_settings.reopen_conversation": {"seen": ""},
    "site_settings.say": {"title_es": "Di lo tuyo"},
    "site_settings.promise": {"decide": "1", "answer": "2", "resolve": ""},
    "site_settings.keep_holidays": {"days": "2026-12-25"},
    "site_settings.add_rule": {
        "since": "2026-12-01",
        "title_es": "Respeto",
        "text_es": "Trata a los demás como quieres que te traten.",
        "title_eu": "Errespetua",
        "text_eu": "Tratatu besteak zu tratatzea nahi duzun bezala.",
        "title_en": "Respect",
        "text_en": "Treat others as you want to be treated.",
    },
    "passkeys.challenge": {},
    "passkeys.add": {"name": "Mi llave", "password": PASSWORD, "token": "x", "answer": "{}"},
    "passkeys.remove": {"key": "x"},
    "ready_words.keep_reply": {"name": "Gracias", "lang": "es", "body": "Gracias por escribir."},
    "ready_words.remove_reply": {"reply": "1"},
    "ready_words.keep_terms": {"terms": "casino"},
}
"""What is sent to each page that takes a form, so that it is done."""


def _with_a_code(world: World) -> None:
    open_one = session_of(world.blog, TOKEN, world.clock())
    assert open_one is not None
    second_factor.set_up(world.blog, open_one, world.code, now=world.clock())
    _sign_in(world.blog, world.person, world.clock)


BEFORE: Mapping[str, Callable[[World], None]] = {
    "own_account.renew_codes": _with_a_code,
    "own_account.remove_code": _with_a_code,
}
"""What has to have happened before a form makes sense."""


@pytest.fixture(params=list(Role))
def role(request: pytest.FixtureRequest) -> Role:
    return Role(request.param)


@pytest.fixture
def world(blog: Blog, moderator: Person, role: Role, clock: Clock) -> World:
    site = blog.settings.blog / "content" / "site.toml"
    site.write_text(site.read_text("utf-8") + "\n[deadlines]\nanswer = 20\n", "utf-8")
    person = hired(blog, moderator, "Persona Probada", clock(), role=role)
    other = hired(blog, moderator, "Otra Persona", clock(), role="moderator")
    waits = invited(blog, moderator, "Espera Aún", clock()).person
    departments.add(blog, "Obras", by=moderator, now=clock())
    departments.add_topic(blog, "Ruido", 1, by=moderator, now=clock())
    owned = person if role not in (Role.AUDITOR, Role.DPO) else None
    own = {state: _case(blog, state, owned, moderator, other, clock) for state in STATES}
    foreign = {state: _case(blog, state, None, moderator, other, clock) for state in STATES}
    _ban(blog, foreign["approved"], moderator, clock)
    _sign_in(blog, person, clock)
    return World(blog, clock, person, other, waits, own, foreign)


OBRAS = "obras@ayuntamiento.example"
STATES = ("held", "cut", "approved", "appealed", "spam", "reported", "referred", "answered")


def _case(
    blog: Blog, state: str, owner: Person | None, admin: Person, decides: Person, clock: Clock
) -> Case:
    clock.forward(minutes=1)
    form = Form(author="Aitor", body=f"Palabras {clock()}", email="aitor@correo.example")
    name = new_id(clock())
    sent = submit(blog, "hola", form, address="", comment_id=name, now=clock())
    case = sent.case
    if state in ("approved", "reported", "answered"):
        moderate.approve(blog, case.id, 1, by=decides, now=clock())
    if state == "reported":
        words, name = Form(body=f"Esto no {clock()}"), new_id(clock())
        wrong = Report(words=words, ground=Ground.OTHER, nameless="Alguien")
        keys, about = (case.thread,), case.comment_id
        told = report(blog, keys, about, wrong, address="", report_id=name, now=clock())
        case = told.case
    if state == "answered":
        given, now = new_id(clock()), clock()
        answering.answer(blog, case.id, 1, "Sí.", by=admin, answer_id=given, now=now)
    if state == "cut":
        left, why, now = "Palabras", "Datos de otra persona.", clock()
        cutting.cut(blog, case.id, 1, left, why, by=decides, now=now)
    if state == "spam":
        spam.mark(blog, case.id, 1, by=decides, now=clock())
    if state == "appealed":
        moderate.reject(blog, case.id, 1, rule=None, reason="No.", by=decides, now=clock())
        told_of = track(blog, case.reference, receipt_for(blog, case).token)
        reader.appeal(blog, told_of, len(told_of.events), "¿Por qué?", now=clock())
    if state == "referred":
        departments.change(blog, 1, "Obras", closed=False, email=OBRAS, by=admin, now=clock())
        asked = referrals.Form(1, "¿Qué sabéis?", clock().date().isoformat(), late=False, seen=1)
        referrals.refer(blog, case.id, asked, by=decides, now=clock())
    if owner:
        assign.assign(blog, case.id, owner.id, was=None, by=admin, now=clock())
    return moderate.case_of(blog, case.id)


def _ban(blog: Blog, case: Case, admin: Person, clock: Clock) -> None:
    with blog.store.read() as connection:
        address = addresses.given(connection, case.id)
    assert address
    number, token = str(address.id), mail_links.token(blog, mail_links.ADDRESS, address)
    subscriptions.confirm_address(blog, number, token, clock())
    wanted = bans.Wanted({"address"}, None, "Insulta.", "7", "")
    bans.ban(blog, case.id, wanted, by=admin, now=clock())


def _sign_in(blog: Blog, person: Person, clock: Clock) -> None:
    with blog.store.write() as connection:
        sessions.close_all(connection, person.id)
        sessions.open_session(connection, TOKEN, person.id, CSRF, clock())


@pytest.fixture
def client(app: Flask, world: World) -> FlaskClient:
    made = app.test_client()
    made.set_cookie("tertulia-8000", TOKEN)
    return made


@pytest.fixture
def again(blog: Blog) -> Iterator[Callable[[], None]]:
    """Puts the database back as it was: what a form did is not there for the next one."""
    path = str(blog.settings.var_folder / "tertulia.sqlite3")
    kept = sqlite3.connect(":memory:")
    with closing(sqlite3.connect(path)) as source:
        source.backup(kept)

    def put_back() -> None:
        with closing(sqlite3.connect(path)) as target:
            kept.backup(target)

    yield put_back
    kept.close()


def rules(app: Flask, method: str) -> list[Rule]:
    found = [rule for rule in app.url_map.iter_rules() if rule.endpoint in permitted.NEEDS]
    return sorted((r for r in found if method in (r.methods or ())), key=lambda r: r.endpoint)


def scope(role: Role, needed: Permission | None) -> Scope | None:
    """From the table itself, not by the function that the service asks."""
    return Scope.ALL if needed is None else GRANTS[needed].get(role)


BY_A_DEVICE = frozenset({"passkeys.add"})
"""What only a device can fill in, as Chromium does elsewhere: here it comes to its faults."""


AT_ONCE = frozenset({"staff.undo", "staff.undo_several"})
"""What only whoever decided may do, within seconds, as ``test_undo`` does: here it is late."""


def is_done(rule: Rule, answer: TestResponse) -> bool:
    if rule.endpoint in AT_ONCE:
        return answer.status_code == 409
    if rule.endpoint in BY_A_DEVICE:
        return answer.status_code == 422
    return answer.status_code in (200, 302, 303)


def cases_for(world: World, rule: Rule) -> list[tuple[Case | None, bool]]:
    """The cases to try a page on, and whether each is the person's own."""
    if "<reference>" not in rule.rule:
        return [(None, True)]
    state = CASE_OF[rule.endpoint]
    return [(world.own[state], True), (world.foreign[state], False)]


def expect(
    world: World, rule: Rule, is_own: bool, answer: TestResponse, of_unknown: TestResponse | None
) -> None:
    reach = scope(world.person.role, permitted.NEEDS[rule.endpoint])
    sees = scope(world.person.role, Permission.READ)
    where = (rule.endpoint, world.person.role, is_own, answer.status_code)
    if reach is None:
        assert answer.status_code == 403, where
    elif not is_own and Scope.OWN in (reach, sees):
        assert of_unknown is not None
        assert (answer.status_code, answer.text) == (404, of_unknown.text), where
    else:
        assert is_done(rule, answer), where


class TestEveryPage:
    def test_opens_for_exactly_those_who_may_see_it(
        self, app: Flask, world: World, client: FlaskClient, blog: Blog
    ) -> None:
        for rule in rules(app, "GET"):
            for case, is_own in cases_for(world, rule):
                of_unknown = client.get(world.path(rule)) if case else None
                expect(world, rule, is_own, client.get(world.path(rule, case)), of_unknown)

    def test_changes_nothing_but_when_the_session_was_last_used(
        self, app: Flask, world: World, client: FlaskClient, blog: Blog
    ) -> None:
        before = everything(blog)
        for rule in rules(app, "GET"):
            for case, _ in cases_for(world, rule):
                world.clock.forward(minutes=2)  # a session that was used is noted after one
                client.get(world.path(rule, case))
                assert everything(blog) == before, rule.endpoint


class TestEveryForm:
    def test_is_taken_from_exactly_those_who_may_send_it(
        self, app: Flask, world: World, client: FlaskClient, again: Callable[[], None]
    ) -> None:
        for rule in rules(app, "POST"):
            for case, is_own in cases_for(world, rule):
                again()
                client.set_cookie("tertulia-8000", TOKEN)
                BEFORE.get(rule.endpoint, lambda _world: None)(world)
                form = world.form(rule.endpoint, case)
                of_unknown = client.post(world.path(rule), data=form) if case else None
                answer = client.post(world.path(rule, case), data=form)
                expect(world, rule, is_own, answer, of_unknown)

    def test_does_nothing_for_whoever_may_not(
        self, app: Flask, world: World, client: FlaskClient, blog: Blog
    ) -> None:
        before = everything(blog)
        for rule in rules(app, "POST"):
            for case, is_own in cases_for(world, rule):
                reach = scope(world.person.role, permitted.NEEDS[rule.endpoint])
                if reach is None or (reach is Scope.OWN and not is_own):
                    client.post(world.path(rule, case), data=world.form(rule.endpoint, case))
                    assert everything(blog) == before, rule.endpoint

    def test_is_refused_with_a_field_more_a_wrong_token_or_from_elsewhere(
        self, app: Flask, world: World, client: FlaskClient, blog: Blog
    ) -> None:
        before = everything(blog)
        for rule in rules(app, "POST"):
            case, _ = cases_for(world, rule)[0]
            path, form = world.path(rule, case), world.form(rule.endpoint, case)
            may_reach = scope(world.person.role, permitted.NEEDS[rule.endpoint]) is not None
            for more in ({"approved_by": "1"}, {"id": "1"}, {"password_hash": "x"}):
                answer = client.post(path, data=form | more)
                assert answer.status_code == (400 if may_reach else 403), rule.endpoint
            for token in ("", "f" * 32):
                assert client.post(path, data=form | {"csrf": token}).status_code == 400
            away = {"Sec-Fetch-Site": "cross-site"}
            assert client.post(path, data=form, headers=away).status_code == 403
        assert everything(blog) == before


class TestWhoeverIsSignedOut:
    def test_is_asked_to_sign_in_everywhere(
        self, app: Flask, world: World, reader: FlaskClient, blog: Blog
    ) -> None:
        before = everything(blog)
        for method in ("GET", "POST"):
            for rule in rules(app, method):
                case, _ = cases_for(world, rule)[0]
                for path in (world.path(rule, case), world.path(rule)):
                    form = world.form(rule.endpoint, case) if method == "POST" else None
                    answer = reader.open(path, method=method, data=form)
                    assert answer.status_code == 401, rule.endpoint
        assert everything(blog) == before


class TestWordsThatWereCut:
    def test_are_shown_to_those_who_decide_or_erase_alone(
        self, world: World, client: FlaskClient
    ) -> None:
        page = client.get(f"/gestion/comentario/{world.own['cut'].reference}")
        assert page.status_code == 200
        sees = [scope(world.person.role, each) for each in (Permission.DECIDE, Permission.ERASE)]
        assert ("<del>" in page.text) is any(sees)


class TestTheTable:
    def test_names_every_page_that_there_is_and_no_other(self, app: Flask) -> None:
        there = {rule.endpoint for rule in app.url_map.iter_rules()}
        assert there >= set(permitted.NEEDS)
        assert there >= permitted.OPEN
        forms = {rule.endpoint for rule in rules(app, "POST")}
        assert forms == set(FORMS)

    def test_lets_no_program_start_with_a_page_that_was_forgotten(
        self, blog: Blog, clock: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        listed = {name: need for name, need in permitted.NEEDS.items() if name != "people.invite"}
        monkeypatch.setattr(permitted, "NEEDS", listed)
        with pytest.raises(AssertionError, match=r"people\.invite"):
            create_app(blog, clock=clock)

    def test_lets_no_program_start_with_a_page_without_its_guard(
        self, blog: Blog, clock: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(people.before_request_funcs, None, [])
        with pytest.raises(AssertionError, match=r"people\."):
            create_app(blog, clock=clock)

    def test_gives_each_role_what_it_needs_and_no_more(self) -> None:
        assert {role for role in Role if GRANTS[Permission.PEOPLE].get(role)} == {Role.ADMIN}
        for decides in (Permission.DECIDE, Permission.ASSIGN):
            assert Role.RESPONDENT not in GRANTS[decides]
        seen_by_auditors = {each for each in Permission if Role.AUDITOR in GRANTS[each]}
        assert seen_by_auditors == {Permission.READ, Permission.LOG}


class TestAForeignCase:
    @pytest.fixture(params=[Role.AUTHOR, Role.RESPONDENT])
    def role(self, request: pytest.FixtureRequest) -> Role:
        return Role(request.param)

    def test_stands_in_no_list(self, world: World, client: FlaskClient) -> None:
        for path in ("/gestion/", "/gestion/decididos"):
            page = client.get(path).text
            for state, case in world.foreign.items():
                assert case.reference not in page, (path, state)
        assert world.own["held"].reference in client.get("/gestion/").text
        assert world.own["appealed"].reference in client.get("/gestion/").text
        assert world.own["approved"].reference in client.get("/gestion/decididos").text

    def test_is_named_by_no_address(self, world: World, client: FlaskClient) -> None:
        foreign, own = world.foreign["approved"].reference, world.own["approved"].reference
        said = "/gestion/?hecho=publicar&comentario="
        assert own in client.get(said + own).text
        assert foreign not in client.get(said + foreign).text
        assert client.get(f"/gestion/decididos?antes={foreign}").status_code == 404

    def test_becomes_theirs_while_they_stand_in_for_somebody(
        self, world: World, client: FlaskClient, blog: Blog, moderator: Person, clock: Clock
    ) -> None:
        case = world.foreign["held"]
        assign.assign(blog, case.id, world.other.id, was=None, by=moderator, now=clock())
        path = f"/gestion/comentario/{case.reference}"
        assert client.get(path).status_code == 404
        today = clock().date().isoformat()
        said = form_of(world.other, away_from=today, substitute=str(world.person.id))
        colleagues.change(blog, world.other.id, said, by=moderator, now=clock())
        assert client.get(path).status_code == 200
        colleagues.change(blog, world.other.id, form_of(world.other), by=moderator, now=clock())
        assert client.get(path).status_code == 404


class TestChangingRights:
    @pytest.fixture
    def role(self) -> Role:
        return Role.ADMIN

    def test_takes_effect_on_the_next_request(
        self, world: World, client: FlaskClient, blog: Blog, moderator: Person, clock: Clock
    ) -> None:
        assert client.get("/gestion/personas").status_code == 200
        said = form_of(world.person, role="moderator")
        colleagues.change(blog, world.person.id, said, by=moderator, now=clock())
        assert client.get("/gestion/personas").status_code == 401
        _sign_in(blog, world.person, clock)
        assert client.get("/gestion/personas").status_code == 403

    def test_of_ones_own_goes_on_under_a_new_cookie(
        self, world: World, client: FlaskClient
    ) -> None:
        path = f"/gestion/personas/{world.person.id}"
        form = {"csrf": CSRF, "name": "Persona Probada", "role": "manager", "language": "es"}
        answer = client.post(path, data=form)
        assert answer.status_code == 303
        cookie = client.get_cookie("tertulia-8000")
        assert cookie is not None
        assert cookie.value != TOKEN
        assert client.get("/gestion/").status_code == 200
        assert client.get(path).status_code == 403

    def test_of_an_invitation_is_no_way_to_another_account(
        self, world: World, blog: Blog, reader: FlaskClient, clock: Clock, moderator: Person
    ) -> None:
        made = invitations.renew(blog, world.waiting.id, by=moderator, now=clock())
        form = {"name": "Espera", "password": PASSWORD, "role": "admin"}
        path = f"/gestion/invitacion/{made.token}"
        assert reader.post(path, data=form).status_code == 400
        assert reader.post(path, data=form | {"person": "1"}).status_code == 400


def everything(blog: Blog) -> str:
    """All that the database holds, but for when sessions were last used."""
    path = blog.settings.var_folder / "tertulia.sqlite3"
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        kept = [line for line in connection.iterdump() if '"session"' not in line]
        columns = [row[1] for row in connection.execute("PRAGMA table_info(session)")]
        others = ", ".join(name for name in columns if name != "seen_at")
        kept += map(str, connection.execute(f"SELECT {others} FROM session"))
    return "\n".join(kept)
