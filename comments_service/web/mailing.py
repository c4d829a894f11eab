"""What the links in our mails open, and following a conversation by e-mail.

Every GET only shows; a form acts. A route here is open to everybody or authorised by the secret
in its address: a mail program ends what is followed with one POST of its own, without a cookie
(RFC 8058). ``/correos`` shows the mails of a trial, on this machine alone.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup as Html
from markupsafe import escape
from werkzeug import Response

from ..config.site_toml import LANGUAGES
from ..errors import N_, InvalidComment, TertuliaError, TooMany, Unavailable
from ..usecases import mail_links, subscriptions
from ..usecases.track import thread_url
from . import headers
from .edge import edge, form_of, in_language, see_other, thread_or_none
from .failures import retry_headers, status_of
from .hosts import is_loopback
from .languages import page_language, sentence, speak
from .private import address_in, in_chosen
from .switch import language_links

mailing = Blueprint("mailing", __name__)

_LINK = re.compile(r"https?://[^\s<>]+[^\s<>.,;:!?)]")


@dataclass(frozen=True, slots=True)
class Said:
    """One page. heading, words, button, other: messages of the catalogue.

    button: what the form does, "" where nothing is left to do; other: a second choice.
    """

    heading: str
    words: str
    button: str = ""
    other: str = ""


OURS = Said(
    N_("Is this e-mail address yours?"),
    N_(
        "If you wrote us the comment that our e-mail names, say yes and we tell you here how it"
        " is doing. If you did not, nothing happens unless you press a button."
    ),
    N_("Yes, write to me"),
    N_("No, never write to me"),
)
CONFIRMED = Said(
    N_("Thank you, we will write to you"),
    N_("You will hear from us when something happens to your comment."),
    other=N_("Never write to me"),
)
NEVER = Said(
    N_("We will not write to you any more"),
    N_("No e-mail from here will go to this address. You may change your mind on this page."),
    N_("Write to me after all"),
)
STOP = Said(
    N_("No more e-mails about your comment?"),
    N_("You can still see how it is doing with your private link."),
    N_("No more e-mails"),
)
STOPPED = Said(
    N_("No more e-mails about your comment"),
    N_("There is nothing more to do here: we will not write to you about it."),
)
FOLLOW = Said(
    N_("Do you want to follow this conversation?"),
    N_("We will write to you when somebody comments. Every e-mail has a link to stop it."),
    N_("Yes, follow it"),
)
FOLLOWED = Said(
    N_("You follow this conversation"),
    N_("We will write to you when somebody comments. Every e-mail has a link to stop it."),
)
LEAVE = Said(
    N_("Stop following this conversation?"),
    N_("We will not write to you about it any more."),
    N_("Stop following"),
)
LEFT = Said(
    N_("You do not follow this conversation any more"),
    N_("We will not write to you about it any more."),
)

ASKED = Said(
    N_("Look at your e-mail"),
    N_("We wrote to the address that you gave. Open the link in that e-mail to say yes."),
)


mailing.after_request(headers.keep_secret)


@mailing.get("/correo/direccion/<number>/<token>")
def address_page(number: str, token: str) -> ResponseReturnValue:
    """Whether an address is theirs, as it stands."""
    found = subscriptions.address_at(edge().blog, number, token)
    said = NEVER if found.stopped_at else CONFIRMED if found.confirmed_at else OURS
    return _page(said, found.lang)


@mailing.post("/correo/direccion/<number>/<token>")
def address_said(number: str, token: str) -> ResponseReturnValue:
    """It is theirs and they want mail, or none at all."""
    here = edge()
    if form_of("what")["what"] == "other":
        subscriptions.stop_address(here.blog, number, token, here.clock())
    else:
        subscriptions.confirm_address(here.blog, number, token, here.clock())
        here.wake()
    return _again()


@mailing.get("/correo/caso/<reference>/<token>")
def case_page(reference: str, token: str) -> ResponseReturnValue:
    """Whether the mails about a comment go on; stopped or erased, the page is the same."""
    case = subscriptions.case_at(edge().blog, reference, token)
    if case.mails_stopped or not case.has_address:
        return _page(STOPPED, case.lang)
    return _page(STOP, case.lang, case.thread)


@mailing.post("/correo/caso/<reference>/<token>")
def case_said(reference: str, token: str) -> ResponseReturnValue:
    """They end."""
    here, _ = edge(), form_of("what")
    subscriptions.stop_case(here.blog, reference, token, here.clock())
    return _again()


@mailing.get("/correo/seguir/<number>/<token>")
def follow_page(number: str, token: str) -> ResponseReturnValue:
    """Whether they follow a conversation."""
    found = subscriptions.following_at(edge().blog, number, token, mail_links.FOLLOW)
    return _page(FOLLOWED if found.is_active else FOLLOW, found.lang, found.thread)


@mailing.post("/correo/seguir/<number>/<token>")
def follow_said(number: str, token: str) -> ResponseReturnValue:
    """They do."""
    here, _ = edge(), form_of("what")
    subscriptions.confirm(here.blog, number, token, here.clock())
    return _again()


@mailing.get("/correo/dejar/<number>/<token>")
def leave_page(number: str, token: str) -> ResponseReturnValue:
    """Whether they follow it still."""
    found = subscriptions.following_at(edge().blog, number, token, mail_links.LEAVE)
    return _page(LEAVE if found.is_active else LEFT, found.lang, found.thread)


@mailing.post("/correo/dejar/<number>/<token>")
def leave_said(number: str, token: str) -> ResponseReturnValue:
    """They do not; said by a person or by their mail program, which follows no redirect.

    Source of the field: RFC 8058, section 3.2.
    """
    here, _ = edge(), form_of("what", "List-Unsubscribe")
    subscriptions.leave(here.blog, number, token, here.clock())
    return leave_page(number, token)


def _page(said: Said, lang: str, thread: str | None = None) -> str:
    chosen = request.args.get("idioma", "")
    speak(chosen if chosen in LANGUAGES else lang)
    info = thread_or_none(thread) if thread else None
    return render_template(
        "mailing.html",
        said=said,
        title=in_language(info.title, page_language()) if info else "",
        url=thread_url(edge().blog, thread, page_language()) if thread else None,
        action=address_in(request.path),
        languages=language_links(request.path, edge().blog.site.languages),
    )


def _again() -> Response:
    """The same page, which says how it stands now."""
    return see_other(in_chosen(request.path, request.args.get("idioma", "")))


@mailing.get("/seguir/<thread>")
def form(thread: str) -> ResponseReturnValue:
    """Where somebody asks to follow a conversation."""
    return _form_page(thread, "")


@mailing.post("/seguir/<thread>")
def ask(thread: str) -> ResponseReturnValue:
    """Take the wish; the same answer for every address."""
    here, email = edge(), form_of("email")["email"]
    sender = request.remote_addr or ""
    try:
        subscriptions.follow(
            here.blog, thread, email, page_language(), network=sender, now=here.clock()
        )
    except (InvalidComment, TooMany, Unavailable) as error:
        return _form_page(thread, email, error), status_of(error), retry_headers(error)
    here.wake()
    return see_other(in_chosen(f"/seguir/{thread}/pedido", request.args.get("idioma", "")))


@mailing.get("/seguir/<thread>/pedido")
def asked(thread: str) -> ResponseReturnValue:
    """What comes next."""
    subscriptions.thread_to_follow(edge().blog, thread)
    return _page(ASKED, page_language(), thread)


def _form_page(thread: str, email: str, error: TertuliaError | None = None) -> str:
    blog = edge().blog
    info = blog.manifest.thread(subscriptions.thread_to_follow(blog, thread))
    faults = error.by_field if isinstance(error, InvalidComment) else {}
    return render_template(
        "follow_thread.html",
        title=in_language(info.title, page_language()),
        url=thread_url(blog, info.key, page_language()),
        action=address_in(f"/seguir/{info.key}"),
        languages=[] if error else language_links(f"/seguir/{info.key}", info.urls),
        values={"email": email},
        faults={field: sentence(fault) for field, fault in faults.items()},
        alert=sentence(error) if error and not faults else "",
    )


@mailing.get("/correos")
def trial() -> ResponseReturnValue:
    """The mails of a trial without a mail server, newest first."""
    blog = edge().blog
    if not blog.keeps_mails or not is_loopback(request.remote_addr or ""):
        abort(404)
    return render_template(
        "trial_mails.html", mails=[_shown(each) for each in blog.mailbox.newest()], languages=[]
    )


@dataclass(frozen=True, slots=True)
class Shown:
    """A mail of the trial on the screen."""

    to: str
    subject: str
    date: datetime
    text: Html


def _shown(mail: EmailMessage) -> Shown:
    return Shown(
        to=str(mail["To"]),
        subject=str(mail["Subject"]),
        date=mail["Date"].datetime,
        text=_with_links(mail.get_content()),
    )


def _with_links(text: str) -> Html:
    """The text with the addresses in it as links, everything else escaped."""
    parts, end = [], 0
    for found in _LINK.finditer(text):
        parts.append(escape(text[end : found.start()]))
        parts.append(Html('<a href="{0}">{0}</a>').format(found[0]))
        end = found.end()
    return Html("").join([*parts, escape(text[end:])])
