"""Ajustes: replies ready to use, and words to look at twice."""

from collections.abc import Mapping

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from ..domain.cases import Case
from ..domain.permissions import Permission
from ..errors import InvalidComment
from ..store.replies import Reply
from ..usecases import departments
from ..usecases import replies as ready
from ..usecases import terms as watched
from . import permitted, sessions
from .edge import edge, form_of, number_of
from .guard import protect
from .languages import page_language
from .settings_forms import page, saved

ready_words = Blueprint("ready_words", __name__)
protect(ready_words)


@ready_words.get("/ajustes/respuestas")
def replies() -> ResponseReturnValue:
    """All of them, and a form for one: a new one, or one to change."""
    wanted = request.args.get("respuesta", "")
    chosen = next((each for each in ready.everything(edge().blog) if str(each.id) == wanted), None)
    values = {"lang": page_language()}
    if chosen:
        values = {"name": chosen.name, "lang": chosen.lang, "body": chosen.body}
        values["department"] = str(chosen.department_id or "")
    return _replies(values)


@ready_words.post("/ajustes/respuestas")
def keep_reply() -> ResponseReturnValue:
    """One of this name and language takes the place of another."""
    sent = form_of("csrf", "name", "lang", "body", "department")
    here, by = edge(), sessions.the_session().person
    try:
        ready.keep(
            here.blog,
            sent["name"],
            sent["lang"],
            sent["body"],
            by=by,
            now=here.clock(),
            department_id=number_of(sent["department"] or "0") or None,
        )
    except InvalidComment as error:
        return _replies(sent, error)
    return saved("respuesta", "respuestas")


@ready_words.post("/ajustes/respuestas/quitar")
def remove_reply() -> ResponseReturnValue:
    """Offer it no more."""
    sent = form_of("csrf", "reply")
    here, by = edge(), sessions.the_session().person
    ready.remove(here.blog, number_of(sent["reply"]), by=by, now=here.clock())
    return saved("respuesta-quitada", "respuestas")


def _replies(values: Mapping[str, str], error: InvalidComment | None = None) -> ResponseReturnValue:
    blog = edge().blog
    found, known = ready.everything(blog), departments.everything(blog)
    used = {each.department_id for each in found}
    return page(
        "settings_replies",
        values=values,
        error=error,
        replies=found,
        departments=[each for each in known.departments if not each.closed or each.id in used],
        name_of=known.name_of,
    )


@ready_words.get("/ajustes/palabras-vigiladas")
def terms() -> ResponseReturnValue:
    """The list, one word on each line."""
    lines = "\n".join(watched.written(edge().blog))
    return page("settings_terms", values={"terms": lines})


@ready_words.post("/ajustes/palabras-vigiladas")
def keep_terms() -> ResponseReturnValue:
    """From now on these are pointed out."""
    sent = form_of("csrf", "terms")
    here, by = edge(), sessions.the_session().person
    try:
        watched.keep(here.blog, sent["terms"], by=by, now=here.clock())
    except InvalidComment as error:
        return page("settings_terms", values=sent, error=error)
    return saved("vigiladas", "palabras-vigiladas")


def offered(case: Case) -> list[Reply]:
    """On the page of a case."""
    if not permitted.may(Permission.ANSWER, case):
        return []
    return ready.offered(edge().blog, case, sessions.the_session().person)


def begun(case: Case) -> dict[str, str]:
    """The answer that the address asks to begin from a reply; nothing for none."""
    wanted = request.args.get("respuesta", "")
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) <= 9):
        return {}
    body = ready.begun(edge().blog, int(wanted), case, sessions.the_session().person)
    return {"body": body} if body else {}
