"""What the forms of Ajustes have in common: the page, the way back, fields for each language."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from ..errors import N_, InvalidComment
from ..usecases import site_settings as setting
from . import sessions
from .accounts import HOME
from .done import done, query
from .edge import edge, see_other
from .languages import sentence

WHERE = f"{HOME}ajustes/"


def page(
    template: str,
    *,
    values: Mapping[str, str],
    error: InvalidComment | None = None,
    **more: object,
) -> ResponseReturnValue:
    """A page of settings: with what counts now, or with what was sent and its faults."""
    faults = {} if error is None else error.by_field
    html = render_template(
        f"staff/{template}.html",
        here="settings",
        session=sessions.the_session(),
        done=done(),
        values=values,
        faults={field: sentence(fault) for field, fault in faults.items()},
        heading=N_("There is a problem"),
        **more,
    )
    return (html, 422) if error else html


def saved(word: str, section: str) -> ResponseReturnValue:
    """Back to the page of the section, which says so."""
    edge().wake()
    return see_other(f"{WHERE}{section}{query(word)}")


def texts_of(sent: Mapping[str, str], name: str) -> dict[str, str]:
    """By language, what was written in the fields ``<name>_<language>``; empty ones left out."""
    written = {lang: _clean(sent[f"{name}_{lang}"]) for lang in edge().blog.site.languages}
    return {lang: text for lang, text in written.items() if text}


def fields_of(*names: str) -> list[str]:
    """The names of fields that there are once for each language."""
    return [f"{name}_{lang}" for name in names for lang in edge().blog.site.languages]


def _clean(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def values_of(**localized: Mapping[Any, str]) -> dict[str, str]:
    """What counts now, as the fields of a form have it."""
    return {
        f"{name}_{lang}": texts.get(lang) or texts.get("", "")
        for name, texts in localized.items()
        for lang in edge().blog.site.languages
    }


def by_field(error: InvalidComment, **names: str) -> InvalidComment:
    """A fault of a text in all languages stands beside the first language's field."""
    first = edge().blog.site.default_language
    for fault in error.faults:
        if fault.where in names:
            fault.where = f"{names[fault.where]}_{first}"
    return error


def day_of(written: str, field: str = "until") -> date:
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise setting.fault(field, N_("Write a day like 2026-11-14.")) from error
