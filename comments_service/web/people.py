"""Who works here: accounts, invitations, absences; looked after by whoever may."""

from collections.abc import Mapping

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from werkzeug import Response

from ..domain import hours
from ..domain.permissions import Role
from ..errors import N_, AlreadyDecided, InvalidComment, TertuliaError
from ..store.people import Person
from ..store.sessions import Session
from ..usecases import colleagues, departments, forgotten, invitations, second_factor
from ..usecases.invitations import Invitation
from ..usecases.person_form import PersonForm
from ..usecases.sign_in import open_session_for
from . import departments as department_pages
from . import sessions
from .departments import NUMBER
from .done import done, query
from .edge import address, edge, form_of, number_of, see_other
from .failures import status_of
from .guard import protect
from .languages import page_language, sentence, today, weekdays

PEOPLE = "/gestion/personas"

ROLES: Mapping[Role, tuple[str, str]] = {
    Role.ADMIN: (N_("Looks after everything"), N_("Also who works here and how the service runs.")),
    Role.MANAGER: (
        N_("Runs the conversation"),
        N_("Decides, answers and closes, and changes what readers notice."),
    ),
    Role.MODERATOR: (N_("Decides what is published"), N_("And says who looks after a comment.")),
    Role.AUTHOR: (N_("Writes articles"), N_("Answers the comments on them.")),
    Role.RESPONDENT: (N_("Answers what is given to them"), N_("Sees no other comments.")),
    Role.AUDITOR: (N_("Only looks"), N_("Sees everything that was done, and changes nothing.")),
    Role.DPO: (N_("Protects personal data"), N_("Sees readers' data and erases them.")),
}
"""What a person does, and what that means, in the order of the form."""

_OWN_FACTOR = N_("Change your own telephone and passkeys in your account. Nothing was changed.")
DAYS = tuple(f"day{number}" for number in range(hours.MONDAY, hours.SUNDAY + 1))
ABOUT = ("name", "position", "department", "language", "role", "email")
TIMES = ("begins", "ends", "away_from", "away_until", "substitute")
INVITE = ("csrf", "login", *ABOUT)
CHANGE = ("csrf", "no_email", *ABOUT, *DAYS, *TIMES)

people = Blueprint("people", __name__)
protect(people)
department_pages.install(people)


@people.get("/personas")
def everybody() -> ResponseReturnValue:
    """All of them, those who left apart."""
    found = colleagues.everybody(edge().blog)
    return _page(
        "people",
        here_=found.here,
        gone=found.gone,
        names={each.id: each.name for each in (*found.here, *found.gone)},
        today=today(),
        has_departments=bool(departments.everything(edge().blog).departments),
    )


@people.get("/personas/invitar")
def invite() -> ResponseReturnValue:
    """The form for somebody new."""
    return _invite_page({"language": page_language()})


@people.post("/personas/invitar")
def invited() -> ResponseReturnValue:
    """Make the account, and show its link this once."""
    sent, here = form_of(*INVITE), edge()
    try:
        made = invitations.invite(here.blog, PersonForm(sent), by=_by(), now=here.clock())
    except InvalidComment as error:
        return _invite_page(sent, error), status_of(error)
    return _link_page(made)


@people.get(f"/personas/{NUMBER}")
def person(number: int) -> ResponseReturnValue:
    """One of them, with what can be changed."""
    return _person_page(colleagues.person(edge().blog, number))


@people.post(f"/personas/{NUMBER}")
def change(number: int) -> ResponseReturnValue:
    """Change what the form says; a session of one's own goes on under a new cookie."""
    sent, here, session = form_of(*CHANGE), edge(), sessions.the_session()
    days = [at for at, name in enumerate(DAYS, hours.MONDAY) if sent[name]]
    form = PersonForm(sent, days, no_email=bool(sent["no_email"]))
    try:
        other_role = colleagues.change(here.blog, number, form, by=_by(), now=here.clock())
    except (InvalidComment, AlreadyDecided) as error:
        return _again(number, error, sent)
    response = see_other(f"{PEOPLE}/{number}{query('persona')}")
    if other_role and number == session.person.id:
        _go_on(response, session)
    return response


@people.post(f"/personas/{NUMBER}/invitacion")
def renew(number: int) -> ResponseReturnValue:
    """A new link instead of the earlier one, shown this once."""
    form_of("csrf")
    here = edge()
    try:
        return _link_page(invitations.renew(here.blog, number, by=_by(), now=here.clock()))
    except AlreadyDecided as error:
        return _again(number, error)


@people.post(f"/personas/{NUMBER}/retirar")
def revoke(number: int) -> ResponseReturnValue:
    """Take the invitation back."""
    form_of("csrf")
    here = edge()
    try:
        invitations.revoke(here.blog, number, by=_by(), now=here.clock())
    except AlreadyDecided as error:
        return _again(number, error)
    return see_other(PEOPLE + query("invitacion"))


@people.post(f"/personas/{NUMBER}/detener")
def stop(number: int) -> ResponseReturnValue:
    """Let nobody sign in with the account for now."""
    form_of("csrf")
    here = edge()
    try:
        colleagues.stop(here.blog, number, by=_by(), now=here.clock())
    except (InvalidComment, AlreadyDecided) as error:
        return _again(number, error)
    return see_other(f"{PEOPLE}/{number}{query('detener')}")


@people.post(f"/personas/{NUMBER}/reanudar")
def resume(number: int) -> ResponseReturnValue:
    """Let its owner sign in again."""
    form_of("csrf")
    here = edge()
    try:
        colleagues.resume(here.blog, number, by=_by(), now=here.clock())
    except AlreadyDecided as error:
        return _again(number, error)
    return see_other(f"{PEOPLE}/{number}{query('reanudar')}")


@people.post(f"/personas/{NUMBER}/sin-telefono")
def take_code(number: int) -> ResponseReturnValue:
    """Somebody lost the telephone, and its passkeys: the password lets them set another."""
    form_of("csrf")
    here = edge()
    found = colleagues.person(here.blog, number)
    if found.id == _by().id:
        return _again(number, AlreadyDecided(_OWN_FACTOR))
    if found.has_second_factor:
        second_factor.take_away(here.blog, found.id, by=_by(), now=here.clock())
    return see_other(f"{PEOPLE}/{number}{query('sin-telefono')}")


@people.post(f"/personas/{NUMBER}/contrasena")
def hand_link(number: int) -> ResponseReturnValue:
    """A one-time link for somebody who forgot the password, shown this once."""
    form_of("csrf")
    here = edge()
    try:
        made = forgotten.hand(here.blog, number, by=_by(), now=here.clock())
    except AlreadyDecided as error:
        return _again(number, error)
    link = address(f"/gestion/contrasena/{made.token}")
    return _page("handed", person=made.person, link=link, expires=made.expires)


@people.post(f"/personas/{NUMBER}/se-va")
def leave(number: int) -> ResponseReturnValue:
    """Hand over what is open and close the account for good."""
    sent, here = form_of("csrf", "successor"), edge()
    successor = number_of(sent["successor"] or "0")
    try:
        colleagues.leave(here.blog, number, successor, by=_by(), now=here.clock())
    except (InvalidComment, AlreadyDecided) as error:
        return _again(number, error, sent)
    return see_other(PEOPLE + query("se-va"))


def _go_on(response: Response, session: Session) -> None:
    """The rights of whoever is signed in changed: their sessions ended, and here is a new one."""
    here = edge()
    again = colleagues.person(here.blog, session.person.id)
    with here.blog.store.write() as connection:
        opened = open_session_for(
            connection, again, here.clock(), factor=session.factor, agent=session.agent or ""
        )
    sessions.give(response, opened.token)


def _again(
    number: int, error: TertuliaError, sent: Mapping[str, str] | None = None
) -> ResponseReturnValue:
    found = colleagues.person(edge().blog, number)
    return _person_page(found, error, sent), status_of(error)


def _person_page(
    found: Person, error: TertuliaError | None = None, sent: Mapping[str, str] | None = None
) -> str:
    blog = edge().blog
    everyone = colleagues.everybody(blog)
    others = [each for each in everyone.here if each.works and each.id != found.id]
    return _page(
        "person",
        error,
        person=found,
        values=sent if sent and "name" in sent else _values_of(found),
        others=others,
        names={each.id: each.name for each in (*everyone.here, *everyone.gone)},
        email=colleagues.email_of(blog, found),
        open_cases=colleagues.open_cases(blog, found),
        ends=None if found.is_used else invitations.ends(blog, found.id),
        weekdays=weekdays(),
        today=today(),
        **_choices(found),
    )


def _values_of(found: Person) -> dict[str, str]:
    times = hours.read(found.hours) or hours.Hours(())
    return {
        "name": found.name,
        "position": found.position or "",
        "department": str(found.department_id or ""),
        "language": found.language,
        "role": found.role,
        "begins": times.begins,
        "ends": times.ends,
        "away_from": found.away_from.isoformat() if found.away_from else "",
        "away_until": found.away_until.isoformat() if found.away_until else "",
        "substitute": str(found.substitute_id or ""),
        **{f"day{day}": "1" for day in times.days},
    }


def _invite_page(values: Mapping[str, str], error: InvalidComment | None = None) -> str:
    return _page("invite", error, values=values, **_choices(None))


def _link_page(made: Invitation) -> str:
    return _page(
        "invited",
        person=made.person,
        link=address(f"/gestion/invitacion/{made.token}"),
        expires=made.expires,
        is_mailed=made.is_mailed,
    )


def _choices(found: Person | None) -> dict[str, object]:
    """What a form about a person offers. found: who has one of them already."""
    known = departments.everything(edge().blog).departments
    own = found.department_id if found else None
    return {
        "roles": ROLES,
        "departments": [each for each in known if not each.closed or each.id == own],
    }


def _page(name: str, error: TertuliaError | None = None, **values: object) -> str:
    faults = error.by_field if isinstance(error, InvalidComment) else {}
    return render_template(
        f"staff/{name}.html",
        here="settings",
        session=sessions.the_session(),
        done=done(),
        roles_of={role: words for role, (words, _) in ROLES.items()},
        faults={field: sentence(fault) for field, fault in faults.items()},
        alert=sentence(error) if error and not faults else "",
        **values,
    )


def _by() -> Person:
    return sessions.the_session().person
