"""People who work at a blog of the tests, made by the use cases."""

from datetime import datetime

from comments_service.domain.permissions import Role
from comments_service.store.people import Person
from comments_service.usecases import colleagues, invitations
from comments_service.usecases.blog import Blog
from comments_service.usecases.person_form import PersonForm

PASSWORD = "tres tristes tigres trigueros"


def invited(
    blog: Blog, by: Person, name: str, now: datetime, **said: str
) -> invitations.Invitation:
    """Somebody with an invitation, a moderator unless ``role`` says otherwise."""
    login = name.split()[0].lower()
    form = PersonForm(
        {"name": name, "login": login, "role": Role.MODERATOR, "language": "es"} | said
    )
    return invitations.invite(blog, form, by=by, now=now)


def hired(blog: Blog, by: Person, name: str, now: datetime, **said: str) -> Person:
    """Somebody who came and chose a password."""
    made = invited(blog, by, name, now, **said)
    invitations.accept(blog, made.token, name=name, password=PASSWORD, now=now)
    return colleagues.person(blog, made.person.id)


def form_of(person: Person, **said: str) -> PersonForm:
    """The form of a person as it stands, with what is to be changed."""
    as_it_is = {
        "name": person.name,
        "position": person.position or "",
        "department": str(person.department_id or ""),
        "language": person.language,
        "role": person.role,
        "away_from": person.away_from.isoformat() if person.away_from else "",
        "away_until": person.away_until.isoformat() if person.away_until else "",
        "substitute": str(person.substitute_id or ""),
    }
    return PersonForm(as_it_is | said)
