"""What a page with ``Template: privacy`` lists: the personal data that the service keeps.

In templates: ``personal_data()``, printed from the declaration that the service keeps its terms
by, so that page and program cannot differ.
"""

from typing import NamedTuple

from jinja2 import pass_context
from jinja2.runtime import Context
from pelican import signals
from pelican.generators import Generator

from comments_service.config import SiteConfig
from comments_service.domain.personal_data import DECLARED

from .languages import page_language, service_catalog


class Row(NamedTuple):
    """One kind of data, in the page's language."""

    what: str
    purpose: str
    kept: str


@pass_context
def personal_data(context: Context) -> list[Row]:
    site: SiteConfig = context["SITE"]
    say = service_catalog(page_language(context)).gettext
    terms = site.retention.model_dump()
    return [Row(say(data.what), say(data.purpose), say(data.kept) % terms) for data in DECLARED]


def install(generator: Generator) -> None:
    generator.env.globals["personal_data"] = personal_data


def register() -> None:
    signals.generator_init.connect(install)
