"""The rules of participation in the language of whoever looks: staff who choose, readers who ask
why."""

from dataclasses import dataclass
from datetime import date

from markupsafe import Markup as Html

from ..domain.cases import Case
from ..markup.staff import paragraphs
from ..site.rules import Cited, PublicRule
from ..usecases import moderate
from .edge import address, edge, in_language, number_of
from .languages import page_language


@dataclass(frozen=True, slots=True)
class ShownRule:
    """One version of a rule.

    lang: of title and text, which are empty when the site no longer has that version.
    since: the first day of the version, None then. url: absolute, of its page, if it has one.
    """

    number: int
    version: int
    lang: str = ""
    title: str = ""
    text: Html | str = ""
    since: date | None = None
    url: str | None = None

    @property
    def name(self) -> str:
        """What a form sends: a rule may change while somebody looks at it."""
        return f"{self.number}-v{self.version}"


def in_force() -> list[ShownRule]:
    """Those that a rejection may cite now."""
    return [_shown(rule) for rule in moderate.rules_in_force(edge().blog, edge().clock())]


def cited(case: Case) -> ShownRule | None:
    """The rule of a rejection as it was then; None when it cites none."""
    if case.rule is None or case.rule_version is None:
        return None
    return of((case.rule, case.rule_version))


def of(cited: Cited | None) -> ShownRule | None:
    """One version of a rule; None for none."""
    if cited is None:
        return None
    rule = edge().blog.rules.version(cited)
    return _shown(rule) if rule else ShownRule(*cited)


def chosen(sent: str) -> Cited | None:
    """The rule that a form names, None for none. Raises BadRequest."""
    if not sent:
        return None
    number, _, version = sent.partition("-v")
    return number_of(number), number_of(version)


def _shown(rule: PublicRule) -> ShownRule:
    """In the page's language, else in one that it was written in."""
    order = (page_language(), *edge().blog.site.languages, *rule.text)
    lang = next((each for each in order if each in rule.text and each in rule.title), "")
    url = in_language(rule.urls, page_language())
    return ShownRule(
        number=rule.number,
        version=rule.version,
        lang=lang,
        title=rule.title.get(lang, ""),
        text=Html(paragraphs(rule.text.get(lang, ""))),  # noqa: S704 (safe: made there)
        since=rule.since,
        url=address(url) if url else None,
    )
