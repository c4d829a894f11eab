"""The pages of the demonstration: "Pruébalo en diez minutos", entering without a password.

They exist in the demonstration alone (``create_app``), and each asks ``refuse_outside`` first.
"""

from dataclasses import dataclass

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue

from ..errors import N_, InvalidComment, UnknownComment
from ..usecases import demo as usecase
from ..usecases.moderate import case_by_reference
from ..usecases.track import receipt_for, thread_url
from . import headers, sessions
from .accounts import HOME, welcome
from .demo_steps import STEPS, Step
from .edge import edge, form_of, see_other
from .guard import dress
from .languages import page_language, sentence
from .private import in_chosen
from .switch import language_links

demo = Blueprint("demo", __name__)


@demo.before_request
def guard() -> None:
    """Only there, and every form from a page of ours."""
    usecase.refuse_outside(edge().blog)
    if request.method == "POST":
        sessions.refuse_foreign_origin()


demo.after_request(dress)


@dataclass(frozen=True, slots=True)
class Shown:
    """A step on the page. look: where to look afterwards; "" for nowhere."""

    step: Step
    look: str


@demo.get("/")
def tour() -> str:
    """The numbered steps."""
    return _tour_page()


@demo.post("/entrar/<who>")
def enter(who: str) -> ResponseReturnValue:
    """Be one of the invented people, in the language of the tour: at one of its steps or at the
    first screen."""
    here, sent = edge(), form_of("step")
    signed_in = usecase.sign_in_as(
        here.blog, who, page_language(), now=here.clock(), agent=sessions.agent()
    )
    step = next((each for each in _offered() if each.name == sent["step"]), None)
    response = welcome(signed_in)
    target = see_other(_page_of(step) if step else HOME)
    response.headers["Location"] = target.headers["Location"]
    return response


@demo.post("/aspecto")
def look() -> ResponseReturnValue:
    """Another name and colour; the site is made anew before the answer."""
    here, sent = edge(), form_of("name", "colour")
    try:
        usecase.change_look(here.blog, sent["name"], sent["colour"], now=here.clock())
    except InvalidComment as error:
        return _tour_page(error), 422
    return see_other(in_chosen("/demo/", request.args.get("idioma", "")) + "#aspecto")


@demo.get("/parado")
def stopped() -> str:
    """What the site's process shows while the service is stopped; it keeps a copy."""
    return _away_page("demo/stopped.html")


@demo.get("/preparando")
def beginning() -> str:
    """The same while everything is made anew."""
    return _away_page("demo/beginning.html")


def _away_page(template: str) -> str:
    languages = language_links("/demo/", edge().blog.site.languages)
    return render_template(template, languages=languages, action=_action("arrancar"))


def _tour_page(error: InvalidComment | None = None) -> str:
    headers.run_script()
    blog = edge().blog
    session = sessions.open_session()
    faults = error.by_field if error else {}
    return render_template(
        "demo/tour.html",
        steps=[Shown(step, _look_of(step)) for step in _offered()],
        people=usecase.WHO,
        words=PEOPLE,
        signed_in=session.person.login if session else "",
        name=blog.site.named(page_language()),
        languages=language_links("/demo/", blog.site.languages),
        faults={field: sentence(fault) for field, fault in faults.items()},
        action=_action,
    )


def _action(word: str) -> str:
    return edge().blog.site_url + in_chosen(f"/demo/{word}", request.args.get("idioma", ""))


def _offered() -> list[Step]:
    """The steps whose screens are there."""
    views = current_app.view_functions
    return [step for step in STEPS if not step.needs or step.needs in views]


def _page_of(step: Step) -> str:
    """The screen on which a step is taken."""
    if not step.author:
        return step.path or HOME
    return f"/gestion/comentario/{usecase.reference_of(edge().blog, step.author)}{step.path}"


def _look_of(step: Step) -> str:
    """Where its effect is seen: the article, the trial mailbox or the reader's private page."""
    blog = edge().blog
    if step.look == "reader":
        try:
            case = case_by_reference(blog, usecase.reference_of(blog, step.author))
        except UnknownComment:
            return ""
        return f"{blog.site_url}/seguimiento/{case.reference}/{receipt_for(blog, case).token}"
    if step.look.startswith("mail:"):
        return f"{blog.site_url}/correos#correo-{_newest_to(step.look.removeprefix('mail:'))}"
    if step.look.startswith("/"):
        return blog.site_url + step.look
    return (thread_url(blog, step.look, page_language()) or "") if step.look else ""


def _newest_to(reader: str) -> int:
    """Where in the trial mailbox the last mail to this reader stands, from 1."""
    mails = edge().blog.mailbox.newest()
    return next((n for n, each in enumerate(mails, 1) if reader in str(each["To"])), 1)


PEOPLE = {
    "gestora": N_("The community manager"),
    "moderador": N_("A moderator"),
    "moderadora": N_("Another moderator"),
    "jefe": N_("The head of a department"),
    "autora": N_("The author of a post"),
    "dpd": N_("The data protection officer"),
}
