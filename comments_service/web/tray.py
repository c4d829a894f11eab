"""The lists of staff: what waits, what was sent on, what was found; and what was decided."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from ..domain.cases import Case
from ..screening import NOTES
from ..usecases import departments, moderate
from ..usecases import tray as trays
from ..usecases.tray import COUNT_CAP, Filters, Order, Tray, View, filters_of
from . import attending, claiming, keys_form, permitted, sessions
from .accounts import HOME
from .done import done
from .edge import edge, in_language, thread_or_none
from .languages import day, page_language
from .notices import notices
from .progress import of_cases
from .reading import shown
from .tracking import label_of
from .tray_words import heading_of, nothing_of, tab_of

MARK = "c-"
"""Before the reference of a comment, in the name of its checkbox."""


@dataclass(frozen=True, slots=True)
class Tab:
    """One of the lists above the page. count: as it is said, ``1000+`` for more."""

    words: str
    url: str
    count: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class Narrowed:
    """One of the things by which the list was narrowed. url: of the list without it."""

    words: str
    url: str


def install(staff: Blueprint) -> None:
    """The pages, beside the others of ``staff``."""

    @staff.get("/")
    def waiting() -> ResponseReturnValue:
        """A list, as its address asks for it; what waits for an answer where it asks nothing."""
        here, filters = edge(), filters_of(request.args)
        by, own = sessions.the_session().person, permitted.own_cases()
        team = permitted.is_team()
        tray = trays.tray(here.blog, filters, by=by, own=own, is_team=team, now=here.clock())
        told = attending.told(tray.cases)
        return _list_page(
            "waiting",
            tray.cases,
            tray=tray,
            filters=filters,
            back=filters.query(),
            marked={each.removeprefix(MARK) for each in request.args if each.startswith(MARK)},
            is_own=own is not None,
            heading=heading_of(tray),
            nothing=nothing_of(tray),
            tabs=list(_tabs(tray)),
            narrowed=list(_narrowed(tray)),
            orders=list(_orders(tray)),
            choices=_choices() if tray.counts[View.ALL] or filters.is_narrow else None,
            beside=tray.beside,
            told=told,
            seconds=attending.second_looks(told),
            looking=claiming.looking(tray.cases),
            claimable=claiming.offered(tray.cases),
            promised=attending.promised(tray.cases),
            url_of=url_of,
            everything=_everything(tray),
            first=url_of(filters.first_page()) if filters.after else "",
            next=url_of(replace(filters, after=tray.after)) if tray.after else "",
        )

    @staff.get("/decididos")
    def decided() -> ResponseReturnValue:
        """The last decisions, newest first, or those before the one that the address names."""
        named = request.args.get("antes", "")
        before = permitted.case_named(named) if named else None
        page = moderate.decided(edge().blog, before, permitted.own_cases())
        progress = of_cases(page.cases)
        return _list_page("decided", page.cases, progress=progress, page=page, is_first=not named)


def back(text: str) -> str:
    """The path of the list that a form came from; the first list for what is none."""
    return url_of(filters_of(dict(parse_qsl(text[:1_000]))))


def and_back(text: str, query: str) -> str:
    """The same path, with what ``done.query`` says there."""
    path = back(text)
    return path + (query.replace("?", "&", 1) if "?" in path else query)


def url_of(filters: Filters) -> str:
    """The path of a list."""
    query = filters.query()
    return f"{HOME}?{query}" if query else HOME


def _tabs(tray: Tray) -> Iterator[Tab]:
    for view, count in tray.counts.items():
        capped = f"{COUNT_CAP}+" if count > COUNT_CAP else str(count)
        is_here = view is tray.filters.view
        yield Tab(tab_of(view), url_of(tray.filters.of(view)), capped, is_here)


def _everything(tray: Tray) -> str:
    """The path to decide on all of a list at once; "" where it is one page, or of all kinds."""
    filters = tray.filters
    is_offered = filters.is_alike and (tray.after or filters.after)
    query = {"hacer": "publicidad", "todo": "1", "lista": filters.first_page().query()}
    return f"{HOME}varios?{urlencode(query)}" if is_offered else ""


def _orders(tray: Tray) -> Iterator[Tab]:
    """By date or by age, where there are dates; none where there is nothing to choose."""
    if tray.has_dates and len(tray.cases) > 1:
        first = tray.filters.first_page()
        by_date, by_age = replace(first, order=None), replace(first, order=Order.OLDEST)
        yield Tab(gettext("By date"), url_of(by_date), "", tray.order is Order.DUE)
        yield Tab(gettext("Oldest first"), url_of(by_age), "", tray.order is Order.OLDEST)


def _narrowed(tray: Tray) -> Iterator[Narrowed]:
    """What narrows the list, each with the way to take it off."""
    filters, nothing = tray.filters.first_page(), Filters()
    for name, words_of in _NARROWING.items():
        if getattr(filters, name) != getattr(nothing, name):
            without = replace(filters, **{name: getattr(nothing, name)})
            words = words_of(filters) or str(getattr(filters, name))
            yield Narrowed(words, url_of(without))


def _on_thread(filters: Filters) -> str:
    info = thread_or_none(filters.thread)
    title = in_language(info.title, page_language()) if info else ""
    return gettext("On “%(title)s”", title=title) if title else filters.thread


def _topic(filters: Filters) -> str:
    found = departments.everything(edge().blog).topics
    return next((each.name for each in found if each.id == filters.topic), "")


_LANGUAGES: Mapping[str, Callable[[], str]] = {
    "es": lambda: gettext("in Spanish"),
    "eu": lambda: gettext("in Basque"),
    "en": lambda: gettext("in English"),
}

_NARROWING: Mapping[str, Callable[[Filters], str]] = {
    "words": lambda of: gettext("With “%(words)s”", words=of.words),
    "thread": _on_thread,
    "lang": lambda of: _LANGUAGES[of.lang]() if of.lang in _LANGUAGES else "",
    "note": lambda of: gettext(NOTES[of.note]) if of.note in NOTES else "",
    "mine": lambda of: gettext("Only yours"),
    "since": lambda of: gettext("Since %(day)s", day=day(of.since)) if of.since else "",
    "until": lambda of: gettext("Until %(day)s", day=day(of.until)) if of.until else "",
    "department": lambda of: departments.everything(edge().blog).name_of(of.department),
    "topic": _topic,
    "person": lambda of: gettext("By whoever wrote %(reference)s", reference=of.person),
    "like": lambda of: gettext("With the words of %(reference)s", reference=of.like),
}


def _choices() -> dict[str, object]:
    """What the form for narrowing offers: only what there is a choice of."""
    languages, found = edge().blog.site.languages, departments.everything(edge().blog)
    known = {each: _LANGUAGES[each]() for each in languages if each in _LANGUAGES}
    return {
        "languages": known if len(languages) > 1 else {},
        "topics": found.topics,
        "departments": found.departments,
        "is_team": permitted.is_team() and permitted.own_cases() is None,
    }


def _list_page(here: str, cases: Sequence[Case], **values: object) -> str:
    return render_template(
        f"staff/{here}.html",
        here=here,
        session=sessions.the_session(),
        notices=notices() if permitted.own_cases() is None else [],
        done=done(),
        **keys_form.on_page(),
        comments=[shown(case) for case in cases],
        label_of=label_of,
        notes=NOTES,
        **values,
    )
