"""The blog's lists in each language: home, archive, categories, tags, authors, conversations.

    addresses  where they stand: words of each language
    terms      categories, tags and authors, with what ``site.toml`` knows of them
    periods    years, months and days
    section    the lists of one language
    exchanges  its conversations
    pages      which pages that makes
    switch     from each to its counterpart in another language
    fragments  parts of pages that are made once

In templates: ``sections``, by language, and ``page_section()``. A list holds the articles of
its own language and no others. Pelican itself writes articles, pages and the blog's own
``DIRECT_TEMPLATES``.
"""

from typing import Any

from pelican import Pelican, signals
from pelican.generators import Generator

from ..texts import texts
from . import fragments, switch
from .addresses import TEMPLATES
from .exchanges import conversations
from .pages import ListPage, list_pages, not_found, note_places
from .section import make_sections


def leave_to_us(pelican: Pelican) -> None:
    """Let Pelican write only what a blog adds to ``DIRECT_TEMPLATES``."""
    named = pelican.settings["DIRECT_TEMPLATES"]
    pelican.settings["DIRECT_TEMPLATES"] = [name for name in named if name not in TEMPLATES]


def divide(generator: Any) -> None:
    """Make the sections; Pelican goes on with the first one's lists, and writes none."""
    sections = make_sections(generator)
    first = sections[generator.settings["DEFAULT_LANG"]]
    public = [*generator.articles, *generator.translations]
    generator.articles = list(first.articles)
    generator.translations = [article for article in public if article.lang != first.lang]
    generator.dates = generator.articles
    generator.categories, generator.authors, generator.tags = [], [], {}
    generator.period_archives = {}
    generator.context.update(first.variables, sections=sections, period_archives={})


def fix_addresses(generators: list[Generator]) -> None:
    """Keep where each text stands: Pelican makes it anew whenever somebody asks."""
    text: Any
    for text in texts(generators):
        text.override_url, text.override_save_as = text.url, text.save_as


class SectionsGenerator(Generator):
    """Writes the lists of all sections."""

    def generate_output(self, writer: Any) -> None:
        """Called by Pelican after articles and pages were written."""
        pages = self._pages()
        sections = self.context["sections"].values()
        # Pelican writes the first section's; they are in no list of pages.
        lost = [not_found(section) for section in sections if section.prefix]
        note_places([*pages, *lost], self.context)
        self.context["list_pages"] = pages
        contexts = {
            language: {**self.context, **section.variables}
            for language, section in self.context["sections"].items()
        }
        template: Any = self.get_template
        for page in [*pages, *lost]:
            writer.write_file(
                page.save_as,
                template(page.template),
                contexts[page.section.lang],
                self.settings["RELATIVE_URLS"],
                paginated={},
                url=page.url,
                blog=True,
                list_page=page,
                template_name=page.template,
                page_name=page.save_as.removesuffix(".html").removesuffix("/index"),
                all_articles=page.section.articles,
                **page.values,
            )

    def _pages(self) -> list[ListPage]:
        found: list[ListPage] = []
        for language, section in self.context["sections"].items():
            talks = conversations(self.context["conversations"], language)
            found += list_pages(section, talks)
        return found


def add_generator(pelican: Pelican) -> type[Generator]:
    return SectionsGenerator


def register() -> None:
    signals.initialized.connect(leave_to_us)
    signals.generator_init.connect(fragments.share_templates)
    signals.generator_init.connect(switch.install)
    signals.generator_init.connect(fragments.install)
    signals.article_generator_finalized.connect(divide)
    signals.all_generators_finalized.connect(fix_addresses)
    signals.get_generators.connect(add_generator)
