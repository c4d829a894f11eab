"""Ajustes: what staff set, by permission, each with a sentence on what readers will notice."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup as Html

from ..config.site_settings import Terms
from ..domain.permissions import Permission
from ..errors import N_, InvalidComment, InvalidRuleFile
from ..markup.staff import paragraphs
from ..usecases import bans
from ..usecases import site_settings as setting
from . import conversations, form_words, permitted, server, sessions, site_rules
from .done import done
from .edge import edge, form_of
from .guard import protect
from .languages import sentence
from .settings_forms import by_field, day_of, fields_of, page, saved, texts_of, values_of

site_settings = Blueprint("site_settings", __name__)
protect(site_settings)
server.install(site_settings)
site_rules.install(site_settings)
conversations.install(site_settings)
form_words.install(site_settings)

_P = Permission


@dataclass(frozen=True, slots=True)
class Section:
    """One line of the contents. path: below /gestion/. shown_when: "always", to a "team", to who
    works "alone", or while somebody is "banned"."""

    path: str
    title: str
    sentence: str
    permission: Permission | None
    shown_when: Literal["always", "team", "alone", "banned"] = "always"


SECTIONS = (
    Section(
        "ajustes/cierre",
        N_("Close the comments"),
        N_("Readers see until when, and why, in the place of the form."),
        _P.SETTINGS,
    ),
    Section(
        conversations.WHERE,
        N_("Pause or close a conversation"),
        N_("Readers see until when, or a summary of what was said, above its comments."),
        _P.DECIDE,
    ),
    Section(
        "ajustes/palabras",
        N_("Heading and message of the form"),
        N_("Readers see them above the form, below every article."),
        _P.SETTINGS,
    ),
    Section(
        "ajustes/plazos",
        N_("Deadlines"),
        N_("Readers are told by which day they will have an answer."),
        _P.SETTINGS,
    ),
    Section(
        "ajustes/festivos",
        N_("Holidays"),
        N_("The dates that readers are promised leave these days out."),
        _P.SETTINGS,
    ),
    Section(
        "ajustes/normas",
        N_("Rules of participation"),
        N_("Readers see the rules in force, and each version that a decision cites."),
        _P.SETTINGS,
    ),
    Section(
        "ajustes/respuestas",
        N_("Replies ready to use"),
        N_("Readers notice nothing: an answer begins from them, and you change what you like."),
        _P.REPLIES,
    ),
    Section(
        "ajustes/palabras-vigiladas",
        N_("Words to look at twice"),
        N_("Readers notice nothing: no comment is refused for a word; you see that it has one."),
        _P.SETTINGS,
    ),
    Section(
        "ajustes/no-admitidos",
        N_("Whose comments are not taken"),
        N_("Whoever it concerns reads why, until when, and whom to ask for a review."),
        _P.CLOSE,
        "banned",
    ),
    Section(
        "cuenta",
        N_("Your account"),
        N_("Readers notice nothing: your password, your telephone's code, your open sessions."),
        None,
    ),
    Section(
        "personas/invitar",
        N_("Invite another person"),
        N_("Somebody else looks after the comments with you. Readers notice nothing of it."),
        _P.PEOPLE,
        "alone",
    ),
    Section(
        "personas",
        N_("Who works here"),
        N_("Readers see a person's name, position and department below their answers."),
        _P.PEOPLE,
        "team",
    ),
    Section(
        "departamentos",
        N_("Departments and topics"),
        N_("Readers see the department below an answer."),
        _P.PEOPLE,
        "team",
    ),
    Section(
        "registro",
        N_("Who did what"),
        N_("Readers notice nothing; you can account for every decision."),
        _P.LOG,
        "team",
    ),
    Section(
        "ajustes/estado",
        N_("How the server is"),
        N_("Readers notice nothing; you see what needs looking after."),
        _P.SERVER,
        "team",
    ),
    Section(
        "ajustes/servidor",
        N_("Settings of the server"),
        N_("Addresses, mail, Git and keys, and where each is set."),
        _P.SERVER,
        "team",
    ),
)
"""The contents of Ajustes, in this order."""


@site_settings.get("/ajustes/")
def index() -> ResponseReturnValue:
    """What can be set, for those who may."""
    return render_template(
        "staff/settings.html",
        here="settings",
        session=sessions.the_session(),
        done=done(),
        sections=[each for each in SECTIONS if _is_shown(each)],
    )


def _is_shown(section: Section) -> bool:
    if section.permission is not None and not permitted.may(section.permission):
        return False
    if section.shown_when == "banned":
        return bool(bans.in_force(edge().blog, edge().clock()))
    return section.shown_when in ("always", "team" if permitted.is_team() else "alone")


@site_settings.get("/ajustes/cierre")
def closing() -> ResponseReturnValue:
    """Close all comments until a day, or open them again."""
    said = edge().blog.site.comments
    until = said.closed_until
    day = until.date() if isinstance(until, datetime) else until
    values = values_of(message=said.closed_message)
    return _closing(values | {"until": day.isoformat() if day else ""})


@site_settings.post("/ajustes/cierre")
def close() -> ResponseReturnValue:
    """From now on no comment is taken anywhere before that day is over."""
    sent = form_of("csrf", "until", *fields_of("message"))
    here, by = edge(), sessions.the_session().person
    try:
        until = day_of(sent["until"]) if sent["until"] else None
        setting.close(here.blog, until, texts_of(sent, "message"), by=by, now=here.clock())
    except InvalidComment as error:
        return _closing(sent, by_field(error, closed_message="message"))
    return saved("cerrar" if until else "abrir", "cierre")


def _closing(values: Mapping[str, str], error: InvalidComment | None = None) -> ResponseReturnValue:
    here = edge()
    until = here.blog.site.comments.closed_until
    day = until.date() if isinstance(until, datetime) else until
    today = here.clock().astimezone(here.blog.site.zone).date()
    return page(
        "settings_closing",
        values=values,
        error=error,
        closed_until=day if day and day >= today else None,
        message=Html(paragraphs(_shown(here.blog.site.comments.closed_message))),  # noqa: S704
    )


def _shown(localized: Mapping[Any, str]) -> str:
    """As readers of the site's first language see it."""
    site = edge().blog.site
    return site.text(dict(localized), site.default_language)


@site_settings.get("/ajustes/plazos")
def deadlines() -> ResponseReturnValue:
    """Working days that readers are promised."""
    said = edge().blog.site.deadlines
    terms = {name: getattr(said, name) for name in _TERMS}
    values = {name: "" if days is None else str(days) for name, days in terms.items()}
    return page("settings_deadlines", values=values)


@site_settings.post("/ajustes/plazos")
def promise() -> ResponseReturnValue:
    """Promise these from now on."""
    sent = form_of("csrf", *_TERMS)
    here, by = edge(), sessions.the_session().person
    try:
        terms = Terms(*(_days(sent[name], name) for name in _TERMS))
        setting.promise(here.blog, terms, by=by, now=here.clock())
    except InvalidComment as error:
        return page("settings_deadlines", values=sent, error=error)
    return saved("plazos", "plazos")


_TERMS = ("decide", "answer", "resolve")


def _days(written: str, field: str) -> int | None:
    """Raises InvalidComment."""
    written = written.strip()
    if not written:
        return None
    if not (written.isascii() and written.isdigit() and 1 <= int(written[:6]) <= setting.MAX_DAYS):
        most = setting.MAX_DAYS
        raise setting.fault(field, N_("Write a number of days from 1 to %(most)s."), most=most)
    return int(written)


@site_settings.get("/ajustes/festivos")
def holidays() -> ResponseReturnValue:
    """The days on which nobody works."""
    return page("settings_holidays", values={"days": setting.holidays_text(edge().blog)}, lines=[])


@site_settings.post("/ajustes/festivos")
def keep_holidays() -> ResponseReturnValue:
    """Count with these from now on; the dates of open cases follow."""
    sent = form_of("csrf", "days")
    here, by = edge(), sessions.the_session().person
    try:
        setting.keep_holidays(here.blog, sent["days"], by=by, now=here.clock())
    except InvalidRuleFile as error:
        lines = [(each.where, sentence(each)) for each in error.faults]
        told = setting.fault("days", N_("Some lines cannot be read."))
        return page("settings_holidays", values=sent, error=told, lines=lines)
    return saved("festivos", "festivos")
