"""What staff use: the comments that wait, one comment, the decisions on it.

Every page here is for signed-in people. A decision carries the revision that was on the
screen and the token of the session.
"""

from collections.abc import Callable, Mapping, Sequence

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from ulid import ULID
from werkzeug import Response

from ..domain.cases import REFERENCE_PATTERN, Case
from ..domain.comments import ID_PATTERN
from ..domain.states import Decision, Visibility
from ..errors import (
    N_,
    AlreadyDecided,
    InvalidComment,
    TertuliaError,
    Unshowable,
)
from ..screening import NOTES
from ..store.people import Session
from ..usecases import attend, moderate, status, track
from ..usecases.staff import sign_out as close_session
from . import attending, headers, rules, sessions
from .accounts import HOME, sign_in_page
from .done import done, query
from .edge import edge, form_of, number_of, see_other
from .failures import HEADINGS, status_of
from .languages import sentence, speak
from .notices import lost_conversations, notices
from .progress import of_case, of_cases, told_of
from .reading import shown
from .tracking import NOTED, NOTED_OF_ANSWERS, answers, label_of, steps, withdrawal

PAGES = {"waiting": HOME, "decided": f"{HOME}decididos"}
"""Where a person goes back to, by the word that a form sends; never by an address."""

staff = Blueprint("staff", __name__)


@staff.before_request
def guard() -> ResponseReturnValue | None:
    """Only for signed-in people, and every form from a page of ours."""
    if request.method == "POST":
        sessions.refuse_foreign_origin()
    session = sessions.open_session()
    if session is None:
        # No WWW-Authenticate: its schemes open a window of the browser's own.
        return sign_in_page(), 401
    speak(session.person.language)
    if request.method == "POST":
        sessions.refuse_without_token(session)
    return None


@staff.after_request
def dress(response: Response) -> Response:
    """Nothing of this is kept by a browser or a cache."""
    for name, value in headers.STAFF.items():
        response.headers.setdefault(name, value)
    return response


@staff.post("/salir")
def sign_out() -> ResponseReturnValue:
    """End the session at once."""
    form_of("csrf")
    close_session(edge().blog, _session())
    response = see_other("/gestion/entrar")
    sessions.take(response)
    return response


@staff.get("/")
def waiting() -> ResponseReturnValue:
    """What waits, oldest first."""
    tray = moderate.tray(edge().blog)
    capped = tray.count >= moderate.COUNT_CAP
    again = attending.again()
    told = attending.told([*tray.cases, *(each.case for each in again)])
    values = {"count": tray.count, "is_capped": capped, "again": again, "told": told}
    return _list_page("waiting", tray.cases, **values)


@staff.get("/decididos")
def decided() -> ResponseReturnValue:
    """The last decisions, newest first, or those before the one that the address names."""
    named = request.args.get("antes", "")
    page = moderate.decided(edge().blog, _case(named) if named else None)
    progress = of_cases(page.cases)
    return _list_page("decided", page.cases, progress=progress, page=page, is_first=not named)


def _list_page(here: str, cases: Sequence[Case], **values: object) -> str:
    return render_template(
        f"staff/{here}.html",
        here=here,
        session=_session(),
        notices=notices(),
        done=done(),
        comments=[shown(case) for case in cases],
        label_of=label_of,
        notes=NOTES,
        **values,
    )


@staff.get("/comentario/<reference>")
def comment(reference: str) -> ResponseReturnValue:
    """One comment, with what can be decided on it."""
    return _case_page(_case(reference))


@staff.post("/comentario/<reference>/publicar")
def approve(reference: str) -> ResponseReturnValue:
    """Publish the wording that was on the screen."""
    sent = form_of("csrf", "revision")
    revision = number_of(sent["revision"])

    def act(case: Case) -> None:
        here = edge()
        moderate.approve(here.blog, case.id, revision, by=_session().person, now=here.clock())

    return _decide(reference, act, "publicar", sent)


@staff.post("/comentario/<reference>/no-publicar")
def reject(reference: str) -> ResponseReturnValue:
    """Do not publish it, and tell its author why."""
    sent = form_of("csrf", "revision", "rule", "reason")
    revision, rule = number_of(sent["revision"]), rules.chosen(sent["rule"])

    def act(case: Case) -> None:
        here, by = edge(), _session().person
        moderate.reject(
            here.blog, case.id, revision, rule=rule, reason=sent["reason"], by=by, now=here.clock()
        )

    return _decide(reference, act, "no-publicar", sent)


@staff.post("/comentario/<reference>/contestar")
def answer(reference: str) -> ResponseReturnValue:
    """Answer as the institution, right below the comment."""
    sent = form_of("csrf", "revision", "answer", "body")
    revision, answer_id = number_of(sent["revision"]), sent["answer"]
    if not ID_PATTERN.fullmatch(answer_id):
        abort(400)

    def act(case: Case) -> None:
        here, by = edge(), _session().person
        moderate.answer(
            here.blog,
            case.id,
            revision,
            sent["body"],
            by=by,
            answer_id=answer_id,
            now=here.clock(),
        )

    return _decide(reference, act, "contestar", sent)


def _decide(
    reference: str, act: Callable[[Case], None], word: str, sent: Mapping[str, str]
) -> ResponseReturnValue:
    """Decide and go back to the tray, or show the comment again as it stands now."""
    here = edge()
    here.step("decide.begin")
    case = _case(reference)
    try:
        act(case)
    except (AlreadyDecided, InvalidComment, Unshowable) as error:
        return _case_page(_case(reference), error, sent), status_of(error)
    here.step("decide.commit")
    here.wake()
    answer = see_other(HOME + query(word, case))
    here.step("decide.answer")
    return answer


@staff.post("/reintentar")
def retry() -> ResponseReturnValue:
    """Try everything again that could not be published, and go back."""
    sent = form_of("csrf", "page", "reference")
    back = _page_of(sent["page"], sent["reference"])
    here = edge()
    status.retry(here.blog, here.clock())
    here.wake()
    return see_other(back + query("reintentar"))


@staff.post("/confirmar")
def believe() -> ResponseReturnValue:
    """The articles that disappeared at once are meant to be gone.

    ``lost`` says how many that were on the screen: nobody confirms what they did not see.
    """
    sent = form_of("csrf", "page", "lost")
    back, lost = _page_of(sent["page"]), number_of(sent["lost"])
    if now_lost := lost_conversations():  # nothing: it was confirmed already
        if now_lost != lost:
            raise AlreadyDecided(
                N_("The list of articles has changed meanwhile. Look at it again.")
            )
        edge().blog.manifest.believe()
        edge().wake()
    return see_other(back + query("confirmar"))


attending.install(staff, _decide)


def _page_of(word: str, reference: str = "") -> str:
    """Path of one of our own pages, or of the comment with this reference."""
    if REFERENCE_PATTERN.fullmatch(reference) and word == "comment":
        return f"{HOME}comentario/{reference}"
    if reference or word not in PAGES:
        abort(400)
    return PAGES[word]


def _case_page(
    case: Case, error: TertuliaError | None = None, sent: Mapping[str, str] | None = None
) -> str:
    blog = edge().blog
    record = track.record_of(blog, case)
    faults = error.by_field if isinstance(error, InvalidComment) else {}
    public = case.visibility in (Visibility.APPROVED, Visibility.PUBLISHED)
    held, private = case.visibility is Visibility.HELD, case.visibility is Visibility.PRIVATE
    edited = attend.is_edited(case) and case.decision is Decision.HELD
    undecided = held or edited or (private and case.decision is Decision.HELD)
    publication, of_answers = of_case(case, record.events)
    return render_template(
        "staff/comment.html",
        session=_session(),
        shown=shown(case),
        label=label_of(case),
        withdrawal=withdrawal(case, record.events),
        progress=told_of(publication, case.decided_at),
        answers_progress=of_answers,
        done=done(),
        new_id=str(ULID()).lower(),
        held=held,
        edited=edited,
        told=attending.told([case]),
        may_close=attend.may_close(case),
        may_reopen=attend.may_reopen(case),
        seen=len(record.events),
        undecided=undecided,
        may_answer=public or private or (held and case.showable),
        steps=steps(case, record.events, NOTED, NOTED_OF_ANSWERS),
        answers=answers(case, record.events),
        page=record.page,
        rule=rules.cited(case),
        rules=rules.in_force() if undecided else [],
        notes=NOTES,
        values=sent or {},
        faults={field: sentence(fault) for field, fault in faults.items()},
        heading=gettext(HEADINGS[status_of(error)]) if error else "",
        signature=_signature(),
        alert=sentence(error) if error and not faults else "",
    )


def _case(reference: str) -> Case:
    """The case that a reference names. Raises UnknownComment."""
    return moderate.case_by_reference(edge().blog, reference)


def _signature() -> str:
    by = _session().person
    return ", ".join(filter(None, (by.name, by.position, by.department)))


def _session() -> Session:
    return sessions.the_session()
