"""Headers that Pelican would take and that would break a page: each an error with its file."""

import logging
from pathlib import PurePosixPath
from typing import Any

from pelican import signals
from pelican.generators import PelicanTemplateNotFound

from .texts import is_text, texts

logger = logging.getLogger(__name__)

ONE_LINE = ("title", "template", "thread", "comments", "translation")
"""Pelican makes a list of a header that stands twice or goes on in a line of its own."""


def check(content: object) -> None:
    """Check a new article or page; what follows goes on with its first line."""
    if not is_text(content):
        return
    where = content.get_relative_source_path()
    for name in ONE_LINE:
        value = content.metadata.get(name)
        if isinstance(value, list):
            logger.error("%s: %s takes one line; it has %d", where, name.title(), len(value))
            content.metadata[name] = value[0]
            setattr(content, name, value[0])
    if content.metadata.get("title") == "":
        logger.error("%s: Title is empty", where)
    languages = content.settings["SITE"].languages
    if content.lang not in languages:
        known = ", ".join(languages)
        logger.error("%s: Lang is %r; content/site.toml has %s", where, content.lang, known)
    # Pelican compares the beginning of the two paths: ../output-other/ passes there.
    place = PurePosixPath(content.save_as)
    if place.is_absolute() or ".." in place.parts:
        logger.error("%s: its page would be written outside the site, at %s", where, place)


def check_templates(generators: list[Any]) -> None:
    """Check that each text's template exists; Pelican tells the template, not the file."""
    for generator in generators:
        for text in texts([generator]):
            try:
                generator.get_template(text.template)
            except PelicanTemplateNotFound:
                where = text.get_relative_source_path()
                logger.error("%s: there is no template %r", where, text.template)


def register() -> None:
    signals.content_object_init.connect(check)
    signals.all_generators_finalized.connect(check_templates)
