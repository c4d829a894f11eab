"""The rules of participation: a page for each version of each, and ``rules.json``.

The page of a version never goes away and never moves (``/normas/2-v3/``, in the words of each
language): decisions cite it. One that is not yet in force has its page too, which says from
when it will be. The page that lists the rules in force is staff's own, with ``Template: rules``.

In templates: ``rulebook``. ``rules.json`` is the same whatever the day of the build is.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from markupsafe import Markup
from pelican import Pelican, signals
from pelican.generators import Generator

from comments_service.config import Rule, SiteConfig
from comments_service.config.rules import FOLDER, in_force, read_rules
from comments_service.config.site_files import HOLIDAYS, SETTINGS, SHOWN, faulty_holidays
from comments_service.errors import N_, Fault
from comments_service.markup.staff import paragraphs

from .languages import Places
from .report import note_file, write_json
from .sections.addresses import WORDS, prefix_of
from .texts import Text, is_article, texts

FORMAT = 1
FILE = "rules.json"
TEMPLATE = "rules"
"""Of the page that lists them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RulePage:
    """A version of a rule in one language of the site.

    since: its first day; until: the day from which the next version holds, None without one.
    state: "in force", "earlier" or "coming" on the day of the build. ends: from ``since`` on the
    rule holds no more.
    url, save_as: from the site's root.
    """

    number: int
    version: int
    lang: str
    title: str
    html: Markup
    since: date
    until: date | None
    state: str
    url: str
    save_as: str
    ends: bool = False


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All pages of rules. lists: address and title of the page that lists them, by language."""

    pages: Sequence[RulePage]
    lists: Mapping[str, tuple[str, str]]
    languages: Sequence[str]

    def in_force(self, lang: str) -> list[RulePage]:
        """The rules that hold, by number: in ``lang``, else in one that they were written in."""
        return self._of_each_rule(lang, "in force")

    def coming(self, lang: str) -> list[RulePage]:
        """Versions that are not in force yet, the same way."""
        return self._of_each_rule(lang, "coming")

    def others(self, page: RulePage) -> list[RulePage]:
        """Other versions of the same rule in the page's language, newest first."""
        same = [each for each in self.pages if each.number == page.number and each != page]
        return [each for each in reversed(same) if each.lang == page.lang]

    def list_in(self, lang: str) -> tuple[str, str] | None:
        """The page of all rules, in ``lang`` if it is there."""
        return self.lists.get(lang) or next(iter(self.lists.values()), None)

    def _of_each_rule(self, lang: str, state: str) -> list[RulePage]:
        found: dict[tuple[int, int], RulePage] = {}
        for wanted in (lang, *self.languages):
            for page in self.pages:
                if page.lang == wanted and page.state == state and not page.ends:
                    found.setdefault((page.number, page.version), page)
        return [found[key] for key in sorted(found)]


def note_rules(generators: list[Generator]) -> None:
    """Read them; what is wrong with one, or with what else staff set, goes into the report."""
    context, settings = generators[0].context, generators[0].settings
    site: SiteConfig = settings["SITE"]
    found = read_rules(Path(settings["COMMENTS_FOLDER"]), site)
    faults = [(error.file, fault) for error in found.faults for fault in error.faults]
    if site.rules:
        moved = N_("the rules stand in files of their own now, in %(folder)s: move them there")
        faults.append(("content/site.toml", Fault("rules", moved, folder=FOLDER)))
    faults += [(SHOWN + SETTINGS, fault) for fault in settings.get("SETTINGS_FAULTS", ())]
    comments = Path(settings["COMMENTS_FOLDER"])
    faults += [(SHOWN + HOLIDAYS, fault) for fault in faulty_holidays(comments)]
    for file, fault in faults:
        note_file(context, file.removeprefix("content/"), fault)
    pages = tuple(rule_pages(found.versions, site, settings["NOW"].date()))
    context["rules"] = found.versions
    context["rulebook"] = Rulebook(pages, dict(_lists(generators)), site.languages)
    _note_places(pages, context)


def rule_pages(versions: Iterable[Rule], site: SiteConfig, today: date) -> Iterator[RulePage]:
    """By number, version and language: of each version those that it was written in."""
    versions = list(versions)
    holding = {(rule.number, rule.version) for rule in in_force(versions, today)}
    until = {
        (rule.number, rule.version): later.since
        for rule, later in pairwise(versions)
        if rule.number == later.number
    }
    for rule in versions:
        key = rule.number, rule.version
        earlier = "coming" if rule.since > today else "earlier"
        for lang in _languages(rule, site):
            url = _address(rule, lang, site)
            yield RulePage(
                number=rule.number,
                version=rule.version,
                lang=lang,
                title=rule.title[lang],
                html=Markup(paragraphs(rule.text[lang])),  # noqa: S704 (safe: made there)
                since=rule.since,
                until=until.get(key),
                state="in force" if key in holding else earlier,
                url=url,
                save_as=f"{url}index.html",
                ends=rule.ends,
            )


def manifest(versions: Iterable[Rule], site: SiteConfig) -> dict[str, Any]:
    """What the service must know: every version, with the addresses of its pages."""
    return {
        "format": FORMAT,
        "rules": [
            {
                "number": rule.number,
                "version": rule.version,
                "since": rule.since.isoformat(),
                "title": {lang: rule.title[lang] for lang in _languages(rule, site)},
                "text": {lang: rule.text[lang] for lang in _languages(rule, site)},
                "urls": {lang: f"/{_address(rule, lang, site)}" for lang in _languages(rule, site)},
                **({"ends": True} if rule.ends else {}),
            }
            for rule in versions
        ],
    }


def _languages(rule: Rule, site: SiteConfig) -> list[str]:
    """Those of the site in which the version was written."""
    return [lang for lang in site.languages if lang in rule.text]


def _address(rule: Rule, lang: str, site: SiteConfig) -> str:
    prefix = prefix_of(lang, site.default_language)
    return f"{prefix}{WORDS[lang].rules}/{rule.number}-v{rule.version}/"


def _lists(generators: list[Generator]) -> Iterator[tuple[str, tuple[str, str]]]:
    text: Text
    for text in texts(generators):
        if text.template == TEMPLATE and text.status == "published" and not is_article(text):
            yield text.lang, (text.url, str(text.title))


def _note_places(pages: Iterable[RulePage], context: dict[str, Any]) -> None:
    """Of each page its language, and where it is in the others."""
    same: dict[tuple[int, int], list[tuple[str, str]]] = {}
    for page in pages:
        same.setdefault((page.number, page.version), []).append((page.lang, page.url))
    for page in pages:
        places: Places = tuple(same[page.number, page.version])
        context.setdefault("page_languages", {})[page.save_as] = page.lang
        context.setdefault("page_places", {})[page.save_as] = places


class RulesGenerator(Generator):
    """Writes the page of each version, and ``rules.json``. It comes after ``sections``."""

    def generate_output(self, writer: Any) -> None:
        """Called by Pelican after articles and pages were written."""
        template: Any = self.get_template
        for page in self.context["rulebook"].pages:
            writer.write_file(
                page.save_as,
                template("rule"),
                self.context,
                self.settings["RELATIVE_URLS"],
                url=page.url,
                rule=page,
            )
        found = manifest(self.context["rules"], self.settings["SITE"])
        write_json(Path(self.output_path) / FILE, found)


def add_generator(pelican: Pelican) -> type[Generator]:
    return RulesGenerator


def register() -> None:
    signals.all_generators_finalized.connect(note_rules)
    signals.get_generators.connect(add_generator)
