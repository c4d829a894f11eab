"""What must hold on every route: origins, tokens, headers, cookies."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from comments_service.config.settings import Settings
from comments_service.domain.cases import Case
from comments_service.store import addresses, subscriptions
from comments_service.store.links import put_link
from comments_service.store.people import Person
from comments_service.usecases import departments, forgotten, mail_links, moderate, referrals
from comments_service.usecases.addresses import keep
from comments_service.usecases.blog import Blog, open_blog
from comments_service.usecases.people import FIRST_ADMINISTRATOR, LINK_LIFE
from comments_service.usecases.track import receipt_for
from comments_service.web import create_app, permitted
from tests.support.fixtures import Clock
from tests.support.people import hired, invited
from tests.web.conftest import CSRF
from tests.web.pages import URL, tree

OUR_OWN = re.compile(re.escape(URL) + r"(/|$)")
NO_TOKEN_NEEDED = {
    *("accounts.code", "accounts.passkey", "accounts.passkey_challenge"),
    *("accounts.leave_for_institution", "accounts.from_institution"),
    *("public.send", "public.preview", "accounts.sign_in", "accounts.first"),
    *("others.count_me_too", "reporting.send_report"),
    *("invitations.accept", "forgotten.ask", "forgotten.choose"),
}
NO_FORM_OF_OURS = {"public.send", "public.preview", "reporting.send_report"}
NO_ORIGIN_NEEDED = NO_FORM_OF_OURS | {"others.count_me_too"}
STAFF_ONLY = "staff."
BY_SECRET = ("follow.", "mailing.", "department_link.", "author_link.")
"""Routes that the secret in their address authorises: nothing that a browser sends by itself."""
FIRST = "d" * 32
BY_TOKEN = {"first": "/alta/", "invitation": "/invitacion/", "reset": "/contrasena/<token>"}


@pytest.fixture
def known(
    blog: Blog,
    waiting: Callable[..., Case],
    publishing: Callable[[Case], Case],
    moderator: Person,
    clock: Clock,
) -> dict[str, str]:
    """A value for each variable of a route."""
    shown = waiting("Está en la página.")
    moderate.approve(blog, shown.id, 1, by=moderator, now=clock())
    publishing(shown)
    case = waiting()
    departments.add(blog, "Obras", by=moderator, now=clock())
    to = "obras@ayuntamiento.example"
    departments.change(blog, 1, "Obras", email=to, closed=False, by=moderator, now=clock())
    day = clock().date().isoformat()
    question = referrals.Form(1, "¿Qué sabéis?", day, late=False, seen=99)
    referrals.refer(blog, shown.id, question, by=moderator, now=clock())
    with blog.store.read() as connection:
        asked = referrals.open_of(connection, shown.id)
    assert asked
    department = mail_links.to_department(blog, asked).removeprefix(URL)
    writer = hired(blog, moderator, "Ada Ejemplo", clock(), login="ada2", email="w@b.example")
    with blog.store.read() as connection:
        theirs = addresses.by_id(connection, writer.address_id or 0)
    assert theirs
    author = mail_links.to_author(blog, shown, writer.id, theirs).removeprefix(URL)
    departments.add_topic(blog, "Ruido", 1, by=moderator, now=clock())
    guest = invited(blog, moderator, "Berta", clock())
    colleague = hired(blog, moderator, "Carla Tres", clock())
    reset = forgotten.hand(blog, colleague.id, by=moderator, now=clock())
    with blog.store.write() as connection:
        put_link(connection, FIRST_ADMINISTRATOR, FIRST, clock() + LINK_LIFE)
        address = addresses.by_id(connection, keep(blog, connection, "a@b.example", "es", clock()))
        assert address is not None
        following = subscriptions.keep(connection, "hola", address.id, "es", clock())
    links = {
        "mailing.address_": mail_links.to_address(blog, address),
        "mailing.case_": mail_links.to_stop(blog, case),
        "mailing.follow_": mail_links.to_follow(blog, following),
        "mailing.leave_": mail_links.to_leave(blog, following),
    }
    return {
        **{name: link.removeprefix(URL) for name, link in links.items()},
        "department_link": department,
        "author_link": author,
        "thread": "hola",
        "comment_id": shown.comment_id,
        "reference": case.reference,
        "token": receipt_for(blog, case).token,
        "first": FIRST,
        "invitation": guest.token,
        "reset": reset.token,
        "number": str(moderator.id),
        "name": "estilo.css",
        "path": "2026/11/hola/",
    }


def routes(app: Flask, method: str) -> Iterator[Rule]:
    return (rule for rule in app.url_map.iter_rules() if method in (rule.methods or ()))


def path_of(rule: Rule, known: dict[str, str]) -> str:
    if link := known.get(f"{rule.endpoint.partition('_')[0]}_"):
        return link
    if rule.rule.startswith("/departamento/<number>"):
        end = rule.rule.partition("<token>")[2]
        return known["department_link"] + end
    if rule.endpoint == "author_link.thanks":
        return "/correo/contestar/gracias/respuesta"
    if rule.endpoint.startswith("author_link."):
        return known["author_link"] + rule.rule.partition("<token>")[2]
    if rule.endpoint == "department_link.thanks":
        return "/departamento/gracias/respuesta"
    tokens = (known[word] for word, path in BY_TOKEN.items() if path in rule.rule)
    values = known | {"token": next(tokens, known["token"])}
    if rule.endpoint.startswith("handbook."):
        values |= {"name": "moderacion"}
    return re.sub(r"<(?:[^:>]+:)?(\w+)>", lambda match: values[match[1]], rule.rule)


def every_get(app: Flask, known: dict[str, str]) -> list[str]:
    return [path_of(rule, known) for rule in routes(app, "GET")]


class TestEveryRouteThatTakesAForm:
    def test_refuses_it_from_a_page_of_another_site(
        self, app: Flask, staff: FlaskClient, known: dict[str, str], contents: Callable[[], str]
    ) -> None:
        before = contents()
        foreign = [
            {"Origin": "https://evil.example"},
            {"Origin": "http://localhost:9999"},
            {"Origin": "http://localhost:8000.evil.example"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site", "Origin": URL},
            {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"},
        ]
        for rule in routes(app, "POST"):
            if rule.endpoint in NO_ORIGIN_NEEDED or rule.endpoint.startswith(BY_SECRET):
                continue
            for headers in foreign:
                data = {"csrf": CSRF, "revision": "1"}
                answer = staff.post(path_of(rule, known), data=data, headers=headers)
                assert answer.status_code == 403, (rule, headers)
        assert contents() == before

    def test_refuses_it_without_the_token_of_the_session(
        self, app: Flask, staff: FlaskClient, known: dict[str, str], contents: Callable[[], str]
    ) -> None:
        before = contents()
        for rule in routes(app, "POST"):
            if rule.endpoint in NO_TOKEN_NEEDED or rule.endpoint.startswith(BY_SECRET):
                continue
            for data in ({}, {"csrf": ""}, {"csrf": "x" * 32}, {"csrf": CSRF.upper()}):
                answer = staff.post(path_of(rule, known), data=data | {"revision": "1"})
                assert answer.status_code == 400, (rule, data)
        assert contents() == before

    def test_refuses_it_from_nobody_who_is_signed_in(
        self, app: Flask, reader: FlaskClient, known: dict[str, str], contents: Callable[[], str]
    ) -> None:
        before = contents()
        for rule in routes(app, "POST"):
            if rule.endpoint.startswith(STAFF_ONLY):
                answer = reader.post(path_of(rule, known), data={"csrf": CSRF, "revision": "1"})
                assert answer.status_code == 401, rule
        assert contents() == before

    def test_refuses_fields_that_a_staff_form_does_not_have(
        self, app: Flask, staff: FlaskClient, known: dict[str, str], contents: Callable[[], str]
    ) -> None:
        before = contents()
        for rule in routes(app, "POST"):
            if rule.endpoint in NO_FORM_OF_OURS:
                continue
            data = {"csrf": CSRF, "revision": "1", "status": "approved", "role": "admin"}
            assert staff.post(path_of(rule, known), data=data).status_code == 400, rule
        assert contents() == before

    def test_takes_it_from_a_page_of_ours(self, staff: FlaskClient, known: dict[str, str]) -> None:
        headers = {"Origin": URL, "Sec-Fetch-Site": "same-origin"}
        data = {"csrf": CSRF, "revision": "1"}
        path = f"/gestion/comentario/{known['reference']}/publicar"
        assert staff.post(path, data=data, headers=headers).status_code == 303

    def test_takes_a_readers_comment_whatever_its_browser_says_of_its_origin(
        self, reader: FlaskClient
    ) -> None:
        for number, origin in enumerate(("null", "https://cache.example")):
            data = {"author": "Aitor", "body": f"Hola {number}"}
            answer = reader.post("/comentar/hola", data=data, headers={"Origin": origin})
            assert answer.status_code == 303


class TestEveryRoute:
    def test_is_one_of_those_that_we_know(self, app: Flask) -> None:
        """Those for staff are in the table of what each asks for."""
        others = (rule for rule in routes(app, "POST") if rule.endpoint not in permitted.NEEDS)
        assert {(rule.endpoint, *sorted(rule.methods or ())) for rule in others} == {
            ("public.send", "POST"),
            ("public.preview", "POST"),
            ("accounts.sign_in", "POST"),
            ("accounts.first", "POST"),
            ("accounts.code", "POST"),
            ("accounts.passkey", "POST"),
            ("accounts.passkey_challenge", "POST"),
            ("accounts.leave_for_institution", "POST"),
            ("accounts.from_institution", "POST"),
            ("invitations.accept", "POST"),
            ("forgotten.ask", "POST"),
            ("forgotten.choose", "POST"),
            ("follow.find", "POST"),
            ("follow.add", "POST"),
            ("follow.edit", "POST"),
            ("follow.appeal", "POST"),
            ("follow.ask_another", "POST"),
            ("follow.rate", "POST"),
            ("follow.stop_mails", "POST"),
            ("follow.withdraw", "POST"),
            ("follow.erase", "POST"),
            ("follow.renew_link", "POST"),
            ("mailing.address_said", "POST"),
            ("mailing.case_said", "POST"),
            ("mailing.follow_said", "POST"),
            ("mailing.leave_said", "POST"),
            ("mailing.ask", "POST"),
            ("department_link.answer", "POST"),
            ("department_link.give_back", "POST"),
            ("department_link.more_time", "POST"),
            ("author_link.answer", "POST"),
            ("others.count_me_too", "POST"),
            ("reporting.send_report", "POST"),
        }

    def test_changes_nothing_by_being_looked_at(
        self, app: Flask, staff: FlaskClient, known: dict[str, str], contents: Callable[[], str]
    ) -> None:
        before = contents()
        for path in every_get(app, known):
            assert staff.get(path).status_code in (200, 303), path
            assert staff.head(path).status_code in (200, 303), path
        assert contents() == before

    def test_says_what_a_browser_may_do_with_its_answer(
        self, app: Flask, reader: FlaskClient, staff: FlaskClient, known: dict[str, str]
    ) -> None:
        answers = [
            browser.get(path) for browser in (reader, staff) for path in every_get(app, known)
        ]
        answers += [reader.post(path_of(rule, known)) for rule in routes(app, "POST")]
        answers += [reader.get("/nada"), reader.put("/"), reader.get("/", headers={"Host": "x"})]
        for answer in answers:
            policy = answer.headers["Content-Security-Policy"]
            assert policy.startswith("default-src 'none'; style-src 'self'; img-src 'self';")
            # Pages of the site run the theme's own script; the service's run none.
            own = "script-src 'self';" if "font-src" in policy else ""
            assert re.findall(r"script[^;]*;", policy) == [own] * bool(own)
            assert "unsafe" not in policy
            for rule in ("form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"):
                assert rule in policy
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
            assert "camera=()" in answer.headers["Permissions-Policy"]
            assert "unsafe-url" not in answer.headers["Referrer-Policy"]
            assert "Strict-Transport-Security" not in answer.headers

    def test_asks_for_https_where_the_site_has_it(self, blog_folder: Path, clock: Clock) -> None:
        blog = open_blog(Settings(blog=blog_folder, site_url="https://blog.pruebas.example"))
        client = create_app(blog, clock=clock).test_client()
        for path in ("/", "/comentar/hola", "/gestion/", "/nada"):
            with client.get(path, base_url="https://blog.pruebas.example") as answer:
                assert "max-age=" in answer.headers["Strict-Transport-Security"]
        blog.store.close()

    def test_gives_readers_no_cookie(
        self, app: Flask, reader: FlaskClient, known: dict[str, str]
    ) -> None:
        for path in every_get(app, known):
            assert "Set-Cookie" not in reader.get(path).headers, path
        for data in ({}, {"author": "Aitor", "body": "Hola"}):
            assert "Set-Cookie" not in reader.post("/comentar/hola", data=data).headers

    def test_runs_no_script_and_carries_no_style_of_its_own(
        self, app: Flask, reader: FlaskClient, staff: FlaskClient, known: dict[str, str]
    ) -> None:
        for browser in (reader, staff):
            for path in every_get(app, known):
                answer = browser.get(path)
                if answer.mimetype != "text/html":
                    continue
                for element in tree(answer).iter():
                    if element.tag == "script":  # one page has one, of ours
                        assert path == "/gestion/cuenta/llaves"
                        assert element.get("src") == f"{URL}/servicio/llaves.js"
                        assert element.text is None
                        continue
                    assert element.tag not in ("style", "iframe"), path
                    assert not [name for name in element.attrib if name.startswith("on")], path
                    assert "style" not in element.attrib, path

    def test_loads_nothing_from_another_host(
        self, app: Flask, staff: FlaskClient, known: dict[str, str]
    ) -> None:
        for path in every_get(app, known):
            answer = staff.get(path)
            if answer.mimetype == "text/html":
                for element in tree(answer).iter():
                    if element.tag in ("link", "img", "form"):
                        source = element.get("href") or element.get("src") or element.get("action")
                        assert OUR_OWN.match(source), (path, source)


class TestPrivatePages:
    def test_are_kept_by_nobody_and_told_to_nobody(
        self, reader: FlaskClient, known: dict[str, str]
    ) -> None:
        page = f"/seguimiento/{known['reference']}/{known['token']}"
        below = ("", "/recibido", "/corregir", "/retirar", "/borrar", "/enlace")
        for path in (f"{page}{each}" for each in below):
            headers = reader.get(path).headers
            assert headers["Cache-Control"] == "no-store"
            assert headers["Referrer-Policy"] == "no-referrer"
            assert headers["X-Robots-Tag"] == "noindex"

    def test_of_staff_are_kept_by_nobody_and_differ_by_cookie(
        self, app: Flask, staff: FlaskClient, reader: FlaskClient, known: dict[str, str]
    ) -> None:
        for rule in routes(app, "GET"):
            if not rule.rule.startswith("/gestion"):
                continue
            for browser in (staff, reader):
                headers = browser.get(path_of(rule, known)).headers
                assert headers["Cache-Control"] == "no-store", rule
                assert headers["Vary"] == "Cookie", rule
                assert headers["X-Robots-Tag"] == "noindex", rule
                assert headers["Referrer-Policy"] in ("same-origin", "no-referrer"), rule


class TestTheLog:
    def test_names_no_secret_address(
        self,
        reader: FlaskClient,
        known: dict[str, str],
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        monkeypatch.setattr("comments_service.usecases.track.track", _broken)
        answer = reader.get(f"/seguimiento/{known['reference']}/{known['token']}")
        assert answer.status_code == 500
        printed = "".join(capsys.readouterr()) + caplog.text  # as an earlier test set it up
        assert "follow.tracking" in printed
        assert known["token"] not in printed


def _broken(*_: object) -> None:
    raise RuntimeError("a bug")
