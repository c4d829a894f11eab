"""Headers that Pelican would take and that would break a page: each is told with its file."""

from functools import cache
from importlib.resources import files
from pathlib import Path, PurePosixPath
from typing import Any

import pelican
from pelican import signals
from pelican.generators import PelicanTemplateNotFound

from comments_service.errors import N_, Fault

from . import header_names
from .report import refuse
from .texts import Text, is_article, is_text, texts

MANY_LINES = N_("%(header)s takes one line; it has %(lines)s")

ONE_LINE = (
    *("title", "template", "thread", "translation", "comments", "comentarios"),
    *("comments_close", "cierre_comentarios", "comments_open", "apertura_comentarios"),
    *("aliases", "alias"),
)
"""Pelican makes a list of a header that stands twice or goes on in a line of its own. What is
meant by one of these decides where and whether a text is shown: nobody guesses it."""

FIRST_LINE = (
    *("description", "image", "pregunta", "serie", "parte", "evento", "lugar", "fecha_evento"),
    *("titulo_comentarios", "mensaje_comentarios", "comments_message", "mensaje_cierre"),
)
"""Of these the first line is taken, and the author told."""


def check(content: object) -> None:
    """Check a new article or page; what follows goes on with what can be used."""
    if not is_text(content):
        return
    _check_lines(content)
    header_names.tell(content)
    if content.metadata.get("title") == "":
        refuse(content, "title", N_("Title is empty"))
    languages = content.settings["SITE"].languages
    if content.lang not in languages:
        unknown = N_("Lang is %(lang)r; content/site.toml has %(known)s")
        refuse(content, "lang", unknown, lang=content.lang, known=", ".join(languages))
        content.lang = content.settings["DEFAULT_LANG"]
    # Pelican compares the beginning of the two paths: ../output-other/ passes there.
    place = PurePosixPath(content.save_as)
    if place.is_absolute() or ".." in place.parts:
        outside = N_("its page would be written outside the site, at %(place)s")
        refuse(content, "", outside, place=place)


def _check_lines(text: Text) -> None:
    for name in (*ONE_LINE, *FIRST_LINE):
        value = text.metadata.get(name)
        if not isinstance(value, list):
            continue
        if name in ONE_LINE:
            refuse(text, name, MANY_LINES, header=header_names.spelt(name), lines=len(value))
        else:
            header_names.tell_first(text, name)
        text.metadata[name] = value[0]
        setattr(text, name, value[0])


def missing_template(generator: Any, text: Text) -> Fault | None:
    """The fault of a text whose template is not there; else None."""
    try:
        generator.get_template(text.template)
    except PelicanTemplateNotFound:
        return Fault("template", N_("there is no template %(name)r"), name=text.template)
    return None


def unfit_template(generator: Any, text: Text) -> Fault | None:
    """The fault of a text whose template is there for something else; else None.

    It takes those of its kind and those that the blog adds: a list's template asks for what
    no text has, and that would end the build in the middle of its pages.
    """
    name, fit = text.template, ("article",) if is_article(text) else ("page", "rules", "privacy")
    if name in fit:
        return None
    file = generator.get_template(name).filename
    # One of our names in the blog's own folder is the same list in another form.
    if name not in _of_the_theme() and not Path(file).is_relative_to(pelican.__path__[0]):
        return None
    other = N_("the template %(name)r is for something else: take %(fit)s or one of your own")
    return Fault("template", other, name=name, fit=", ".join(fit))


@cache
def _of_the_theme() -> frozenset[str]:
    templates = Path(str(files("tertulia_theme"))) / "templates"
    return frozenset(path.stem for path in templates.rglob("*.html"))


def check_templates(generators: list[Any]) -> None:
    """Check each text's template; Pelican tells the template, not the file."""
    if "selection" in generators[0].context:  # asked already, of what changed
        return
    for generator in generators:
        for text in texts([generator]):
            fault = missing_template(generator, text) or unfit_template(generator, text)
            if fault:
                refuse(text, fault.where, fault.message, **fault.values)


def register() -> None:
    signals.article_generator_context.connect(header_names.clear)
    signals.page_generator_context.connect(header_names.clear)
    signals.content_object_init.connect(check)
    signals.all_generators_finalized.connect(check_templates)
