"""Ajustes: the rules of participation, each version of which stays."""

from collections.abc import Mapping

from flask import Blueprint
from flask.typing import ResponseReturnValue

from ..errors import InvalidComment
from ..usecases import site_settings as setting
from ..usecases.site_settings import Version
from . import sessions
from .edge import edge, form_of, number_of
from .settings_forms import day_of, fields_of, page, saved, texts_of


def install(blueprint: Blueprint) -> None:
    """Add the page to those of Ajustes."""
    blueprint.get("/ajustes/normas")(rules)
    blueprint.post("/ajustes/normas")(add_rule)


def rules() -> ResponseReturnValue:
    """Every version of every rule, and a form for the next one."""
    return _rules({"since": edge().clock().astimezone(edge().blog.site.zone).date().isoformat()})


def add_rule() -> ResponseReturnValue:
    """A new rule, a new version of one, or its end."""
    sent = form_of("csrf", "number", "since", "ends", *fields_of("title", "text"))
    here, by = edge(), sessions.the_session().person
    try:
        version = Version(
            number=number_of(sent["number"]) if sent["number"] else None,
            since=day_of(sent["since"], "since"),
            title=texts_of(sent, "title"),
            text=texts_of(sent, "text"),
            ends=sent["ends"] == "yes",
        )
        setting.add_version(here.blog, version, by=by, now=here.clock())
    except InvalidComment as error:
        return _rules(sent, error)
    return saved("norma", "normas")


def _rules(values: Mapping[str, str], error: InvalidComment | None = None) -> ResponseReturnValue:
    language = edge().blog.site.default_language
    found = setting.wordings(edge().blog)
    shown = {(each.number, each.version): each for each in found}
    shown |= {(each.number, each.version): each for each in found if each.lang == language}
    return page(
        "settings_rules",
        values=values,
        error=error,
        versions=[shown[key] for key in sorted(shown)],
        numbers=sorted({each.number for each in found}),
        titles={each.number: each.title for each in map(shown.__getitem__, sorted(shown))},
    )
