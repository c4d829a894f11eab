"""Ajustes: heading and message above the form, and how they look in each language."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint
from flask.typing import ResponseReturnValue
from markupsafe import Markup as Html

from ..errors import N_, InvalidComment
from ..markup.staff import paragraphs
from ..usecases import site_settings as setting
from . import sessions
from .edge import edge, form_of
from .languages import in_the_words_of
from .settings_forms import by_field, fields_of, page, saved, texts_of, values_of


@dataclass(frozen=True, slots=True)
class Preview:
    """What stands above the form in one language. is_usual: nobody set any of it."""

    lang: str
    title: str
    message: Html
    is_usual: bool


def install(blueprint: Blueprint) -> None:
    """Add the page to those of Ajustes."""
    blueprint.get("/ajustes/palabras")(words)
    blueprint.post("/ajustes/palabras")(say)


def words() -> ResponseReturnValue:
    """Heading and message above the form."""
    said = edge().blog.site.comments
    return _words(values_of(title=said.heading, message=said.message))


def say() -> ResponseReturnValue:
    """Show these from now on."""
    sent = form_of("csrf", *fields_of("title", "message"))
    here, by = edge(), sessions.the_session().person
    heading, message = texts_of(sent, "title"), texts_of(sent, "message")
    try:
        setting.say(here.blog, heading, message, by=by, now=here.clock())
    except InvalidComment as error:
        return _words(sent, by_field(error, heading="title", message="message"))
    return saved("palabras", "palabras")


def _words(values: Mapping[str, str], error: InvalidComment | None = None) -> ResponseReturnValue:
    previews = [_preview(lang, values) for lang in edge().blog.site.languages]
    return page("settings_words", values=values, error=error, previews=previews)


def _preview(lang: str, values: Mapping[str, str]) -> Preview:
    title, message = (values.get(f"{name}_{lang}", "").strip() for name in ("title", "message"))
    above = message or in_the_words_of(lang, N_("Without signing in."))
    return Preview(
        lang,
        title or in_the_words_of(lang, N_("Leave a comment")),
        Html(paragraphs(above)),  # noqa: S704 (safe: made there)
        not (title or message),
    )
