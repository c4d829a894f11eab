"""The pages of departments and topics, beside those of the people."""

from collections.abc import Mapping

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from ..errors import InvalidComment
from ..usecases import departments as usecase
from . import sessions
from .done import done, query
from .edge import edge, form_of, number_of, see_other
from .failures import status_of
from .languages import sentence

LIST = "/gestion/departamentos"
NUMBER = "<int(max=999999999):number>"


def install(people: Blueprint) -> None:
    """Add them to ``people``."""
    _install_departments(people)
    _install_topics(people)


def _install_departments(people: Blueprint) -> None:
    @people.get("/departamentos")
    def departments() -> ResponseReturnValue:
        """All of them, and the topics that they know about."""
        return _list_page()

    @people.post("/departamentos")
    def add_department() -> ResponseReturnValue:
        sent, here = form_of("csrf", "name"), edge()
        by = sessions.the_session().person
        try:
            new = usecase.add(here.blog, sent["name"], by=by, now=here.clock())
        except InvalidComment as error:
            return _list_page(sent, error), status_of(error)
        return see_other(f"{LIST}/{new}{query('departamento-nuevo')}")

    @people.get(f"/departamentos/{NUMBER}")
    def department(number: int) -> ResponseReturnValue:
        """One of them, to be renamed, given an address or closed."""
        found = usecase.department(edge().blog, number)
        values = {"name": found.name, "closed": "1" if found.closed else ""}
        return _department_page(number, values)

    @people.post(f"/departamentos/{NUMBER}")
    def change_department(number: int) -> ResponseReturnValue:
        sent, here = form_of("csrf", "name", "closed", "email", "no_email"), edge()
        try:
            usecase.change(
                here.blog,
                number,
                sent["name"],
                closed=bool(sent["closed"]),
                by=sessions.the_session().person,
                now=here.clock(),
                email=sent["email"],
                no_email=bool(sent["no_email"]),
            )
        except InvalidComment as error:
            return _department_page(number, sent, error), status_of(error)
        return see_other(LIST + query("departamento"))


def _install_topics(people: Blueprint) -> None:
    @people.post("/temas")
    def add_topic() -> ResponseReturnValue:
        sent, here = form_of("csrf", "topic", "department"), edge()
        where, by = number_of(sent["department"] or "0"), sessions.the_session().person
        try:
            usecase.add_topic(here.blog, sent["topic"], where, by=by, now=here.clock())
        except InvalidComment as error:
            return _list_page(sent, error), status_of(error)
        return see_other(LIST + query("tema"))

    @people.get(f"/temas/{NUMBER}")
    def topic(number: int) -> ResponseReturnValue:
        """One of them, to be renamed, given to another department or closed."""
        found = usecase.topic(edge().blog, number)
        values = {
            "topic": found.name,
            "department": str(found.department_id or ""),
            "closed": "1" if found.closed else "",
        }
        return _topic_page(number, values)

    @people.post(f"/temas/{NUMBER}")
    def change_topic(number: int) -> ResponseReturnValue:
        sent, here = form_of("csrf", "topic", "department", "closed"), edge()
        where, by = number_of(sent["department"] or "0"), sessions.the_session().person
        closed = bool(sent["closed"])
        try:
            usecase.change_topic(
                here.blog, number, sent["topic"], where, closed=closed, by=by, now=here.clock()
            )
        except InvalidComment as error:
            return _topic_page(number, sent, error), status_of(error)
        return see_other(LIST + query("tema"))


def _department_page(
    number: int, values: Mapping[str, str], error: InvalidComment | None = None
) -> str:
    found = usecase.department(edge().blog, number)
    email = usecase.email_of(edge().blog, found)
    return _page("department", error, found=found, values=values, email=email)


def _topic_page(number: int, values: Mapping[str, str], error: InvalidComment | None = None) -> str:
    blog = edge().blog
    found, known = usecase.topic(blog, number), usecase.everything(blog)
    return _page("topic", error, found=found, values=values, departments=known.open)


def _list_page(values: Mapping[str, str] | None = None, error: InvalidComment | None = None) -> str:
    known = usecase.everything(edge().blog)
    return _page("departments", error, known=known, departments=known.open, values=values or {})


def _page(name: str, error: InvalidComment | None = None, **values: object) -> str:
    faults = error.by_field if error else {}
    return render_template(
        f"staff/{name}.html",
        here="settings",
        session=sessions.the_session(),
        done=done(),
        faults={field: sentence(fault) for field, fault in faults.items()},
        alert="",
        **values,
    )
