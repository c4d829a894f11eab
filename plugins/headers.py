"""Headers that Pelican would take and that would break a page: each an error with its file."""

from pathlib import PurePosixPath
from typing import Any

from pelican import signals
from pelican.generators import PelicanTemplateNotFound

from comments_service.errors import N_

from .report import refuse
from .texts import is_text, texts

MANY_LINES = N_("%(header)s takes one line; it has %(lines)s")
NO_TEMPLATE = N_("there is no template %(name)r")

ONE_LINE = (
    *("title", "template", "thread", "comments", "translation"),
    *("pregunta", "serie", "parte", "evento", "lugar", "fecha_evento"),
    *("titulo_comentarios", "mensaje_comentarios"),
)
"""Pelican makes a list of a header that stands twice or goes on in a line of its own."""


def check(content: object) -> None:
    """Check a new article or page; what follows goes on with its first line."""
    if not is_text(content):
        return
    for name in ONE_LINE:
        value = content.metadata.get(name)
        if isinstance(value, list):
            refuse(content, name, MANY_LINES, header=name.title(), lines=len(value))
            content.metadata[name] = value[0]
            setattr(content, name, value[0])
    if content.metadata.get("title") == "":
        refuse(content, "title", N_("Title is empty"))
    languages = content.settings["SITE"].languages
    if content.lang not in languages:
        unknown = N_("Lang is %(lang)r; content/site.toml has %(known)s")
        refuse(content, "lang", unknown, lang=content.lang, known=", ".join(languages))
    # Pelican compares the beginning of the two paths: ../output-other/ passes there.
    place = PurePosixPath(content.save_as)
    if place.is_absolute() or ".." in place.parts:
        outside = N_("its page would be written outside the site, at %(place)s")
        refuse(content, "", outside, place=place)


def check_templates(generators: list[Any]) -> None:
    """Check that each text's template exists; Pelican tells the template, not the file."""
    for generator in generators:
        for text in texts([generator]):
            try:
                generator.get_template(text.template)
            except PelicanTemplateNotFound:
                refuse(text, "template", NO_TEMPLATE, name=text.template)


def register() -> None:
    signals.content_object_init.connect(check)
    signals.all_generators_finalized.connect(check_templates)
