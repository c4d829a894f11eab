"""Comments as part of the page: ``article.thread`` and ``page.thread``, the manifest, feeds.

    keys      which conversation an article or page belongs to
    policy    when it takes comments
    reading   ``content/comments/<thread>/<id>.md``, without Pelican's readers
    views     what templates see
    mentions  ``@name`` as a link
    wording   what stands above the form, or in its place
    manifest  ``threads.json``, for the service
    feeds     comments as Atom

``Comments: closed`` in an article's header takes its form away; a page has one only with
``Comments: open``. The page shows how it stands at the instant of the build; the service judges
by its own clock.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pelican import Pelican, signals
from pelican.generators import Generator

from comments_service.config import SiteConfig
from comments_service.domain.opening import first_of, last_of
from comments_service.domain.threads import Order
from comments_service.errors import InvalidCommentFile

from ..languages import translator
from ..report import FileFault, of_texts, write_json, write_report
from ..texts import texts
from . import feeds, keys, manifest, wording
from .reading import Reading, orphans, read_comments
from .views import SILENCE, Thread, talk


def attach(generators: list[Generator]) -> None:
    """Give every article and page its thread, with its comments, in each language."""
    context, settings = generators[0].context, generators[0].settings
    site: SiteConfig = settings["SITE"]
    everything = texts(generators)
    groups = keys.groups((each for each in everything if each.status != "draft"), site.languages)
    keys.report_clashes(groups)
    reading = read_comments(Path(settings["COMMENTS_FOLDER"]))
    groups = [_with_decision(group, reading) for group in groups]
    for text in everything:
        text.thread = Thread(text.thread, settings["SITEURL"])
    for group in groups:
        _converse(group, reading, settings)
    known = {key for group in groups for key in (group.key, *group.aliases)}
    faults = [*reading.faults, *orphans(reading.threads, known, reading.decided)]
    context["conversations"] = groups
    context["comment_faults"] = _explained(faults, translator(settings))


def _with_decision(group: keys.Group, reading: Reading) -> keys.Group:
    """What staff decided about it, also under a key that it had before."""
    for key in (group.key, *group.aliases):
        if key in reading.decided:
            said = reading.decided[key]
            return replace(group, decided=said, is_shut=said is None)
    return group


def _converse(group: keys.Group, reading: Reading, settings: Mapping[str, Any]) -> None:
    """One talk for the article in all its languages; the links follow the language."""
    site: SiteConfig = settings["SITE"]
    order, numbering = Order(site.comments.order), site.comments.numbering
    opening, now = group.opening(site), settings["NOW"]
    # Comments stay where they were written when their text changes its key.
    kept = [reading.threads.get(key, ()) for key in (group.key, *group.aliases)]
    filed = [each for some in kept for each in some]
    said = talk(filed, order, numbering, group.authors) if filed else SILENCE
    for text in group.texts:
        text.thread = Thread(
            key=group.key,
            site_url=settings["SITEURL"],
            lang="" if text.lang == settings["DEFAULT_LANG"] else text.lang,
            phase=opening.at(now).value,
            opens=opening.opens_at and first_of(opening.opens_at, site.zone),
            closes=opening.closes_at and last_of(opening.closes_at, site.zone),
            why_closed=wording.why_closed(text, site, opening, now, group.decided),
            notice=wording.notice(text, site, group.decided, now),
            talk=said,
            feed_path=feeds.path_of(group.original.url) if said.comments else "",
            question=wording.said(text, "question"),
            heading=wording.heading(text, site),
            message=wording.message(text, site),
        )


def _explained(
    faults: Iterable[InvalidCommentFile], gettext: Callable[[str], str]
) -> list[FileFault]:
    return [FileFault(fault.file, fault.key, fault.explain(gettext)) for fault in faults]


class ConversationGenerator(Generator):
    """Writes what stands beside the pages: manifest, comment feeds and the report."""

    def generate_output(self, writer: object) -> None:
        """Called by Pelican after the pages were written."""
        output = Path(self.output_path)
        groups: list[keys.Group] = self.context["conversations"]
        sections, site = self.context["sections"].values(), self.settings["SITE"]
        write_json(output / "threads.json", manifest.threads(groups, sections, site))
        write_json(output / "build.json", manifest.stamp(self.settings))
        feeds.write(output, groups, self.context)
        of_posts = of_texts(self.context, translator(self.settings))
        write_report(output, [*self.context["comment_faults"], *of_posts])


def add_generator(pelican: Pelican) -> type[Generator]:
    return ConversationGenerator


def register() -> None:
    signals.content_object_init.connect(keys.assign)
    signals.all_generators_finalized.connect(attach)
    signals.get_generators.connect(add_generator)
