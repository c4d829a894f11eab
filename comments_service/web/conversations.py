"""Ajustes: pausing one conversation, closing it with a summary, opening it again."""

from collections.abc import Callable, Mapping, Sequence

from flask import Blueprint, make_response, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup as Html

from ..config.thread_file import MAX_TEXT_CHARS, State, ThreadState
from ..domain.cases import Case, Event
from ..domain.names import folded
from ..domain.opening import last_of
from ..errors import AlreadyDecided, InvalidComment
from ..markup.staff import paragraphs
from ..site.manifest import ThreadInfo
from ..usecases import conversations as usecase
from . import permitted, sessions
from .edge import edge, form_of, in_language, thread_or_none
from .failures import status_of
from .languages import page_language, sentence
from .settings_forms import day_of, fields_of, page, saved, texts_of, values_of

WHERE = "ajustes/conversaciones"
FOUND = 30
"""So many conversations are listed; whoever looks for another writes some of its title."""


def install(blueprint: Blueprint) -> None:
    """Add the pages to those of Ajustes."""
    blueprint.get(f"/{WHERE}")(conversations)
    blueprint.get(f"/{WHERE}/<thread>")(conversation)
    blueprint.post(f"/{WHERE}/<thread>/pausar")(pause)
    blueprint.post(f"/{WHERE}/<thread>/cerrar")(close_conversation)
    blueprint.post(f"/{WHERE}/<thread>/abrir")(reopen_conversation)


def conversations() -> ResponseReturnValue:
    """Those that are paused or closed, and the others by their titles."""
    here, wanted = edge(), request.args.get("buscar", "").strip()
    everything = here.blog.manifest.everything()
    decided = {each.key: each for each in everything if _counting(each)}
    others = [each for each in everything if each.key not in decided and _is_meant(each, wanted)]
    return page(
        "settings_conversations",
        values={"buscar": wanted},
        decided=[_line(each) for each in decided.values()],
        others=[_line(each) for each in others[:FOUND]],
        has_more=len(others) > FOUND,
    )


def conversation(thread: str) -> ResponseReturnValue:
    """One of them: how it stands, and what may be decided."""
    return _page(_named(thread))


def pause(thread: str) -> ResponseReturnValue:
    """Take no comment in it for a while."""

    def act(info: ThreadInfo, sent: Mapping[str, str]) -> None:
        here, by = edge(), sessions.the_session().person
        last = day_of(sent["until"]) if sent["until"] else None
        message = texts_of(sent, "message")
        usecase.pause(here.blog, info, sent["seen"], message, last, by=by, now=here.clock())

    return _decide(thread, act, "pausada", "message", "until")


def close_conversation(thread: str) -> ResponseReturnValue:
    """Take no more comments in it, and sum up what was said."""

    def act(info: ThreadInfo, sent: Mapping[str, str]) -> None:
        here, by = edge(), sessions.the_session().person
        summary = texts_of(sent, "summary")
        usecase.close(here.blog, info, sent["seen"], summary, by=by, now=here.clock())

    return _decide(thread, act, "cerrada", "summary")


def reopen_conversation(thread: str) -> ResponseReturnValue:
    """Take comments as its article says."""

    def act(info: ThreadInfo, sent: Mapping[str, str]) -> None:
        here, by = edge(), sessions.the_session().person
        usecase.reopen(here.blog, info, sent["seen"], by=by, now=here.clock())

    return _decide(thread, act, "abierta")


def part(case: Case, record: Sequence[Event]) -> Mapping[str, object]:
    """For the page of a case: where its conversation is paused or closed."""
    info = thread_or_none(case.thread)
    return {"conversation": f"{WHERE}/{info.key}" if info and permitted.may("decide") else ""}


def _decide(
    thread: str,
    act: Callable[[ThreadInfo, Mapping[str, str]], None],
    word: str,
    text: str = "",
    *fields: str,
) -> ResponseReturnValue:
    """text: the name of the fields with the text in each language."""
    info = _named(thread)
    names = fields_of(text) if text else []
    sent = form_of("csrf", "seen", *fields, *names)
    try:
        act(info, sent)
    except InvalidComment as error:
        for fault in error.faults:
            fault.where = names[0] if fault.where == "text" and names else fault.where
        return _page(info, sent, error)
    except AlreadyDecided as error:
        again = make_response(_page(info, sent, stale=error))
        again.status_code = status_of(error)
        return again
    return saved(word, f"conversaciones/{info.key}")


def _page(
    info: ThreadInfo,
    sent: Mapping[str, str] | None = None,
    error: InvalidComment | None = None,
    stale: AlreadyDecided | None = None,
) -> ResponseReturnValue:
    here = edge()
    standing = usecase.standing(here.blog, info)
    said = _counting(info)
    return page(
        "settings_conversation",
        values={**_begun(said), **(sent or {})},
        error=error,
        conflict=sentence(stale) if stale else "",
        thread=_line(info),
        said=said,
        until=last_of(said.until, here.blog.site.zone) if said and said.until else None,
        text=_html(said),
        seen=standing.seen,
        most=MAX_TEXT_CHARS,
    )


def _begun(said: ThreadState | None) -> dict[str, str]:
    """What stands there is corrected from what it is."""
    if said is None:
        return {}
    return values_of(**{"summary" if said.state is State.CLOSED else "message": said.text})


def _html(said: ThreadState | None) -> Html:
    """As readers see it."""
    written = in_language(said.text, page_language()) if said else ""
    return Html(paragraphs(written))  # noqa: S704 (safe: made there)


def _counting(info: ThreadInfo) -> ThreadState | None:
    """What staff decided about it, while that counts."""
    said = edge().blog.set_by_staff.thread(*info.keys)
    if said is None or said.state is State.OPEN:
        return None
    return said if said.until is None or edge().clock() < said.until else None


def _line(info: ThreadInfo) -> dict[str, str]:
    said = _counting(info)
    return {
        "path": f"{WHERE}/{info.key}",
        "title": in_language(info.title, page_language()),
        "url": edge().blog.site_url + in_language(info.urls, page_language()),
        "state": said.state.value if said else "",
    }


def _is_meant(info: ThreadInfo, wanted: str) -> bool:
    words = folded(" ".join(info.title.values()))
    return all(each in words for each in folded(wanted).split())


def _named(thread: str) -> ThreadInfo:
    """Raises UnknownThread."""
    return edge().blog.manifest.thread(thread)
