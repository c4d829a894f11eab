"""The pages behind a private link, made from the case: what stands on them all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from flask import make_response, render_template, request
from flask_babel import gettext
from markupsafe import Markup as Html
from werkzeug import Response

from ..config.site_toml import LANGUAGES
from ..domain import conditions
from ..domain.cases import Case, Event
from ..domain.comments import Comment
from ..domain.reports import report_of
from ..domain.states import Attention, Visibility
from ..errors import N_, AlreadyDecided, InvalidComment, TertuliaError
from ..usecases import acts, another_person, attend, codes, status
from ..usecases.acts import Act
from ..usecases.promises import is_approximate
from ..usecases.second_look import named_outside
from ..usecases.track import Tracked
from ..usecases.withdraw import why_withdrawn
from . import bans, closing, cutting, report_words, rules
from .edge import address, edge
from .event_words import TOLD, TOLD_OF_ANSWERS, TOLD_OF_REPORTS, WHY_CLOSED
from .failures import HEADINGS, status_of
from .languages import long_day, sentence, speak
from .reading import html_of, shown
from .switch import language_links, spoken_on_the_site
from .tracking import answers, label_for_reader, news, plainly, steps

CHANGED = N_("Something has changed meanwhile")

DONE = {
    "anadir": N_("We have received what you added. A person will read it."),
    "corregir": N_("We have received your new wording. A person will read it."),
    "reclamar": N_("We have received your request. We will look at it again."),
    "valorar": N_("Thank you for telling us."),
    "otra-persona": N_("We have asked somebody else to look at it."),
    "sin-correos": N_("We will send you no more e-mails about this comment."),
    "retirar": N_("You have withdrawn your comment."),
    "enlace": N_("This is your new private link. The earlier one opens nothing any more."),
}
"""What the page says after a form, by the word in its address."""


@dataclass(frozen=True, slots=True)
class Wording:
    """A wording of the comment beside the one that the page shows first."""

    comment: Comment
    html: Html


def page(
    template: str,
    tracked: Tracked,
    below: str = "",
    *,
    error: TertuliaError | None = None,
    sent: Mapping[str, str] | None = None,
) -> Response:
    """One of them, in the comment's language unless its reader chose another one.

    below: its address after that of the private page. sent: what a form came with.
    """
    case = tracked.case
    speak_to(case)
    path = f"/seguimiento/{case.reference}/{tracked.token}"
    return make_response(
        render_template(
            template,
            link=address(path),
            chosen=in_chosen("", request.args.get("idioma", "")),
            languages=[] if error else language_links(path + below, spoken_on_the_site()),
            letter=_letter(case, address(path)),
            done=DONE.get(request.args.get("hecho", ""), ""),
            **_what_there_is(tracked),
            **_what_may_be_done(tracked),
            **_what_came(error, sent or {}),
        )
    )


def _what_there_is(tracked: Tracked) -> dict[str, object]:
    """The comment, where it stands, what happened to it."""
    blog, case, record = edge().blog, tracked.case, tracked.events
    publication = status.publications(blog, [case.comment_id]).get(case.comment_id)
    told = attend.told(blog, [case])[case.id]
    public, report = told.public, report_of(record)
    words = TOLD_OF_REPORTS if report else TOLD
    return {
        **closing.part(case, record),
        **cutting.for_reader(case, record),
        "is_asked": case.attention is Attention.AWAITING_READER and not case.withdrawn,
        "shown": shown(case),
        "label": label_for_reader(case, record, edge().clock()),
        "plainly": plainly(case, record, publication),
        "code": codes.code_of(blog, case),
        "page": tracked.page,
        "steps": steps(case, news(record), words, TOLD_OF_ANSWERS, WHY_CLOSED),
        "report": report_words.told(report),
        "taken_off": _taken_off(case, record),
        "banned": bans.for_reader(case),
        "answers": answers(case, record),
        "rated": acts.ratings(record),
        "rule": rules.cited(case),
        "promises": promises(case),
        "decide_day": case.decide_by and promised_day(case, case.decide_by),
        "answer_day": case.answer_by and promised_day(case, case.answer_by),
        "said": told.said,
        "public": Wording(public, html_of(public.body, public.markup)) if public else None,
    }


@dataclass(frozen=True, slots=True)
class TakenOff:
    """Why the institution withdrew a comment, as ``_parts.reasons`` has it. contact: where its
    author asks for a second look, or "". change: what they could do, of which nothing is said."""

    reason: str
    rule: rules.ShownRule | None
    contact: str
    change: str = ""


def _taken_off(case: Case, record: Sequence[Event]) -> TakenOff | None:
    blog = edge().blog
    with blog.store.read() as connection:
        found = why_withdrawn(connection, case, record)
    contact = blog.settings.mail_reply_to or blog.site.contact.email or ""
    return TakenOff(found[0].text, rules.of(found[0].rule), contact) if found else None


def _what_may_be_done(tracked: Tracked) -> dict[str, object]:
    """seen: how many events this page tells of."""
    record = tracked.events
    until = conditions.appeal_until(record, edge().clock())
    return {
        "may": offered(tracked),
        "may_ask_another": another_person.may_be_asked(edge().blog, tracked.case, record),
        "appeal_until": until,
        "complaints": named_outside(edge().blog),
        "seen": len(record),
    }


def _what_came(error: TertuliaError | None, sent: Mapping[str, str]) -> dict[str, object]:
    """The form that was sent, and what is wrong with it."""
    faults = error.by_field if isinstance(error, InvalidComment) else {}
    return {
        "values": sent,
        "kept": sent.get("body", "") if error and not faults else "",
        "faults": {field: sentence(fault) for field, fault in faults.items()},
        "heading": _heading(error),
        "alert": sentence(error) if error and not faults else "",
    }


def speak_to(case: Case) -> None:
    """In the language that the page was asked for, else in the comment's."""
    chosen = request.args.get("idioma", "")
    speak(chosen if chosen in LANGUAGES else case.lang)


def offered(tracked: Tracked) -> frozenset[Act]:
    """What the reader may do now."""
    return acts.offered(tracked.case, tracked.events, edge().clock())


def in_chosen(path: str, language: str) -> str:
    """The path of a page in a language that its reader chose, "" for none."""
    if language not in LANGUAGES:
        return path
    return f"{path}{'&' if '?' in path else '?'}idioma={language}"


def address_in(path: str) -> str:
    """Absolute address of a page of ours, in the language that was chosen here."""
    return address(in_chosen(path, request.args.get("idioma", "")))


def promises(case: Case) -> list[str]:
    """What its reader was promised and still waits for, with the days; sentences."""
    told = []
    if case.decide_by and case.visibility is Visibility.HELD:
        told.append(
            _promise(
                case,
                case.decide_by,
                N_("A person will have read it by %(day)s at the latest."),
                N_("We promised to have read it by %(day)s. We are late and we are sorry."),
            )
        )
    stands = not case.is_refused and not case.withdrawn
    if case.answer_by and stands and case.attention not in (Attention.ANSWERED, Attention.CLOSED):
        told.append(
            _promise(
                case,
                case.answer_by,
                N_("If it asks something, you will have the answer by %(day)s at the latest."),
                N_("If it asks something: the answer was due by %(day)s. We are late and sorry."),
            )
        )
    return told


def _promise(case: Case, by: datetime, words: str, late: str) -> str:
    said = late if edge().clock() > by else words
    return gettext(said) % {"day": promised_day(case, by)}


def promised_day(case: Case, by: datetime) -> str:
    """The day of a promise, marked where holidays that nobody knows yet may move it."""
    day = long_day(by)
    if is_approximate(edge().blog, case.received_at, by):
        return gettext("%(day)s (approximately)", day=day)
    return day


def _letter(case: Case, link: str) -> str:
    """``mailto:`` with the link, to whoever the reader chooses: to themselves (RFC 6068)."""
    subject = gettext("My comment %(reference)s", reference=case.reference)
    lines: Sequence[str] = (
        gettext("With this private link I can see how my comment is doing:"),
        link,
        gettext("Code: %(code)s", code=codes.code_of(edge().blog, case)),
    )
    body = "\r\n\r\n".join(lines)
    return f"mailto:?subject={quote(subject)}&body={quote(body)}"


def _heading(error: TertuliaError | None) -> str:
    if error is None:
        return ""
    return gettext(CHANGED if isinstance(error, AlreadyDecided) else HEADINGS[status_of(error)])
