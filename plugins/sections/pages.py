"""Which pages a section has: lists, periods and conversations, each with its variables."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pelican.paginator import Paginator

from ..languages import Places
from .addresses import TEMPLATES
from .exchanges import Conversation
from .periods import Month, Year
from .section import Section

EXCHANGES = 5
"""How many the home page shows."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ListPage:
    """One page to be written.

    template: without ``.html``. key: what it lists, the same in every section that has it;
    empty for what no other has.
    number: of the page, from 1. url, save_as: from the site's root. values: for the template.
    """

    section: Section
    template: str
    key: tuple[str, ...]
    url: str
    save_as: str
    number: int = 1
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def heads_menu(self) -> bool:
        """Whether an entry of the menu leads to this very page."""
        return self.number == 1 and self.template in TEMPLATES


def list_pages(section: Section, talks: Sequence[Conversation]) -> Iterator[ListPage]:
    """All pages of the section but those that are turned off (``TAG_SAVE_AS = ""``).

    Those that would list nothing are left out, but for the first three: these are always there,
    as the menus of all pages lead to them, and no comment changes a menu.
    """
    return (page for page in _list_pages(section, talks) if page.save_as)


def _list_pages(section: Section, talks: Sequence[Conversation]) -> Iterator[ListPage]:
    yield from _paged(section, "index", section.articles, exchanges=talks[:EXCHANGES])
    yield from _paged(section, "conversations", talks)
    yield _plain(section, "archives")
    for year in section.years:
        yield _period(section, year, str(year.number), year=year)
        for month in year.months:
            number = f"{month.date:%Y-%m}"
            yield _period(section, month, number, year=year, month=month)
    for template, one, terms in (
        ("categories", "category", section.categories),
        ("tags", "tag", section.tags),
        ("authors", "author", section.authors),
    ):
        if terms:
            yield _plain(section, template)
        for term, some in terms:
            yield from _paged(section, one, some, term=term, **{one: term})


def not_found(section: Section) -> ListPage:
    """What stands in the place of a page that is not there, below the section's prefix."""
    path = f"{section.prefix}404.html"
    return ListPage(section=section, template="404", key=(), url=path, save_as=path)


def _plain(section: Section, template: str) -> ListPage:
    name = template.upper()
    return ListPage(
        section=section,
        template=template,
        key=(template,),
        url=section.settings[f"{name}_URL"],
        save_as=section.settings[f"{name}_SAVE_AS"],
        values={"articles": section.articles},
    )


def _period(section: Section, period: Year | Month, number: str, **values: Any) -> ListPage:
    return ListPage(
        section=section,
        template="period_archives",
        key=("period", number),
        url=period.url,
        save_as=period.save_as,
        values={
            **values,
            "articles": period.articles,
            "dates": period.articles,
            "period_num": tuple(int(part) for part in number.split("-")),
        },
    )


def _paged(
    section: Section, template: str, listed: Sequence[Any], term: Any = None, **values: Any
) -> Iterator[ListPage]:
    """A list in as many pages as it takes, at least one; Pelican's variables for it."""
    settings = section.settings
    name = template.upper()
    url = term.url if term else settings[f"{name}_URL"]
    if not settings[f"{name}_SAVE_AS"]:
        return
    save_as = term.save_as if term else settings[f"{name}_SAVE_AS"]
    paginated = settings["PAGINATED_TEMPLATES"]
    per_page = paginated[template] or settings["DEFAULT_PAGINATION"] if template in paginated else 0
    pages = Paginator(save_as, url, listed, settings, per_page)
    what = "threads" if template == "conversations" else "articles"
    for number in pages.page_range:
        page = pages.page(number)
        yield ListPage(
            section=section,
            template=template,
            key=_key(template, term),
            url=page.url,
            save_as=page.save_as,
            number=number,
            values={
                **values,
                "dates": listed,
                what: listed,
                f"{what}_paginator": pages,
                f"{what}_page": page,
                f"{what}_previous_page": pages.page(number - 1) if number > 1 else None,
                f"{what}_next_page": pages.page(number + 1) if page.has_next() else None,
            },
        )


def _key(template: str, term: Any) -> tuple[str, ...]:
    if term is None:
        return (template,)
    return (template, term.identity) if term.identity else ()


def note_places(pages: Iterable[ListPage], context: dict[str, Any]) -> None:
    """Note of each list its language, and where other sections have the same.

    A further page leads to the others' first, but no two further pages are the same.
    """
    pages = list(pages)
    same: dict[tuple[str, ...], list[tuple[str, str]]] = {}
    for page in pages:
        if page.key and page.number == 1:
            same.setdefault(page.key, []).append((page.section.lang, page.url))
    for page in pages:
        lang = page.section.lang
        places: Places = tuple(same.get(page.key, ()))
        if page.number > 1:
            places = tuple(place for place in places if place[0] != lang)
        context["page_languages"][page.save_as] = lang
        context["page_places"][page.save_as] = places
