"""What readers follow a comment by, and what they do with it: receipt, code, private page.

A route here is open to everybody or authorised by the secret in its address, so there is
nothing that another site's page could borrow. No GET changes anything.
"""

from collections.abc import Callable, Mapping

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from .. import signing
from ..domain.comments import ID_PATTERN
from ..errors import AlreadyDecided, InvalidComment, TertuliaError, TooMany
from ..usecases import another_person, codes, reader, track
from ..usecases.acts import Act
from ..usecases.reader import Rating
from ..usecases.track import Receipt, Tracked
from . import headers, private
from .edge import edge, form_of, number_of, see_other
from .failures import retry_headers, status_of
from .languages import page_language, sentence
from .switch import language_links, spoken_on_the_site

follow = Blueprint("follow", __name__)

Wish = Callable[[Tracked], None]

REFUSALS = (AlreadyDecided, InvalidComment, TooMany)


follow.after_request(headers.keep_secret)


@follow.get("/seguimiento/")
def find_form() -> ResponseReturnValue:
    """For whoever has the code and not the link."""
    return _find_page()


@follow.post("/seguimiento/")
def find() -> ResponseReturnValue:
    """From the code to the private page; every wrong code is answered alike."""
    here, code = edge(), form_of("code")["code"]
    try:
        found = codes.find(here.blog, code, address=request.remote_addr or "", now=here.clock())
    except (InvalidComment, TooMany) as error:
        return _find_page(error, code), status_of(error), retry_headers(error)
    return see_other(_path(found))


def _find_page(error: TertuliaError | None = None, code: str = "") -> str:
    faults = error.by_field if isinstance(error, InvalidComment) else {}
    return render_template(
        "find.html",
        values={"code": code},
        languages=[] if error else language_links("/seguimiento/", spoken_on_the_site()),
        faults={field: sentence(fault) for field, fault in faults.items()},
        alert=sentence(error) if error and not faults else "",
        action=private.address_in("/seguimiento/"),
    )


@follow.get("/seguimiento/borrado")
def erased() -> ResponseReturnValue:
    """After everything was erased: nothing here says whose comment it was."""
    return render_template(
        "erased.html", languages=language_links("/seguimiento/borrado", spoken_on_the_site())
    )


@follow.get("/seguimiento/<reference>/<token>/recibido")
def receipt(reference: str, token: str) -> ResponseReturnValue:
    """What was received, what comes next, and the private link to keep."""
    tracked = _open(reference, token)
    if tracked.case.withdrawn:  # nothing of what it announces comes any more
        return see_other(_path(tracked))
    return private.page("receipt.html", tracked, "/recibido")


@follow.get("/seguimiento/<reference>/<token>")
def tracking(reference: str, token: str) -> ResponseReturnValue:
    """Where the comment stands, everything that happened to it, and what its reader may do."""
    return private.page("tracking.html", _open(reference, token))


@follow.post("/seguimiento/<reference>/<token>/anadir")
def add(reference: str, token: str) -> ResponseReturnValue:
    """Tell the institution something more."""
    sent = form_of("seen", "body")
    seen = number_of(sent["seen"])

    def act(of: Tracked) -> None:
        reader.add(edge().blog, of, seen, sent["body"], now=edge().clock())

    return _done(reference, token, act, "anadir", sent)


@follow.get("/seguimiento/<reference>/<token>/corregir")
def edit_form(reference: str, token: str) -> ResponseReturnValue:
    """The comment in a form, as its reader wrote it last."""
    tracked = _open(reference, token)
    if Act.EDIT not in private.offered(tracked):
        return see_other(_path(tracked))
    return private.page("edit.html", tracked, "/corregir", sent={"body": tracked.case.body})


@follow.post("/seguimiento/<reference>/<token>/corregir")
def edit(reference: str, token: str) -> ResponseReturnValue:
    """Write it anew; a person reads it before anybody else does."""
    sent = form_of("seen", "body")
    seen = number_of(sent["seen"])

    def act(of: Tracked) -> None:
        reader.edit(edge().blog, of, seen, sent["body"], now=edge().clock())

    return _done(reference, token, act, "corregir", sent, form="edit.html")


@follow.post("/seguimiento/<reference>/<token>/reclamar")
def appeal(reference: str, token: str) -> ResponseReturnValue:
    """Ask for a second look."""
    sent = form_of("seen", "body")
    seen = number_of(sent["seen"])

    def act(of: Tracked) -> None:
        reader.appeal(edge().blog, of, seen, sent["body"], now=edge().clock())

    return _done(reference, token, act, "reclamar", sent)


@follow.post("/seguimiento/<reference>/<token>/otra-persona")
def ask_another(reference: str, token: str) -> ResponseReturnValue:
    """Ask that somebody else look at what we are late with."""
    form_of()
    return _done(
        reference,
        token,
        lambda of: another_person.ask(edge().blog, of, now=edge().clock()),
        "otra-persona",
    )


@follow.post("/seguimiento/<reference>/<token>/valorar")
def rate(reference: str, token: str) -> ResponseReturnValue:
    """Say whether an answer helped."""
    sent = form_of("answer", "useful", "body")
    if not ID_PATTERN.fullmatch(sent["answer"]) or sent["useful"] not in ("0", "1"):
        abort(400)
    rating = Rating(sent["answer"], sent["useful"] == "1", sent["body"])

    def act(of: Tracked) -> None:
        reader.rate(edge().blog, of, rating, now=edge().clock())

    return _done(reference, token, act, "valorar", sent)


@follow.post("/seguimiento/<reference>/<token>/sin-correos")
def stop_mails(reference: str, token: str) -> ResponseReturnValue:
    """No more mails about it."""
    form_of()
    return _done(
        reference,
        token,
        lambda of: reader.stop_mails(edge().blog, of, now=edge().clock()),
        "sin-correos",
    )


@follow.get("/seguimiento/<reference>/<token>/retirar")
def withdraw_form(reference: str, token: str) -> ResponseReturnValue:
    """What withdrawing means, and the button."""
    tracked = _open(reference, token)
    if tracked.case.withdrawn:
        return see_other(_path(tracked))
    return private.page("withdraw.html", tracked, "/retirar")


@follow.post("/seguimiento/<reference>/<token>/retirar")
def withdraw(reference: str, token: str) -> ResponseReturnValue:
    """Take it off the page."""
    form_of()
    answer = _done(
        reference,
        token,
        lambda of: reader.withdraw(edge().blog, of, now=edge().clock()),
        "retirar",
    )
    edge().wake()
    return answer


@follow.get("/seguimiento/<reference>/<token>/borrar")
def erase_form(reference: str, token: str) -> ResponseReturnValue:
    """What erasing means, and the button."""
    return private.page("erase.html", _open(reference, token), "/borrar")


@follow.post("/seguimiento/<reference>/<token>/borrar")
def erase(reference: str, token: str) -> ResponseReturnValue:
    """Erase it with everything that its reader told us; a second click finds it erased."""
    form_of()
    here = edge()
    tracked = track.known(here.blog, reference, token) or _open(reference, token)
    private.speak_to(tracked.case)
    if not tracked.case.erased:
        reader.erase(here.blog, tracked, now=here.clock())
        here.wake()
    return see_other(f"/seguimiento/borrado?idioma={page_language()}")


@follow.get("/seguimiento/<reference>/<token>/enlace")
def link_form(reference: str, token: str) -> ResponseReturnValue:
    """What a new link means, and the button."""
    once = signing.random_token()
    return private.page("new_link.html", _open(reference, token), "/enlace", sent={"once": once})


@follow.post("/seguimiento/<reference>/<token>/enlace")
def renew_link(reference: str, token: str) -> ResponseReturnValue:
    """A new private link and code, in the place of those that somebody else may have."""
    here, once = edge(), form_of("once")["once"]
    found = reader.renewed_by(here.blog, reference, token, once)
    if found is None:
        found = reader.renew_link(here.blog, _open(reference, token), once, now=here.clock())
    return see_other(_path(found, "?hecho=enlace"))


def _open(reference: str, token: str) -> Tracked:
    """The case of a private link. Raises UnknownComment."""
    return track.track(edge().blog, reference, token)


def _done(
    reference: str,
    token: str,
    act: Wish,
    word: str,
    sent: Mapping[str, str] | None = None,
    form: str = "tracking.html",
) -> ResponseReturnValue:
    """Do it and go back to the private page, which says so; or how it stands now, and why not.

    form: the page to which a form with faults comes back.
    """
    tracked = _open(reference, token)
    try:
        act(tracked)
    except REFUSALS as error:
        again = form if isinstance(error, InvalidComment) else "tracking.html"
        page = private.page(again, _open(reference, token), error=error, sent=sent)
        page.status_code = status_of(error)
        page.headers.update(retry_headers(error))
        return page
    return see_other(_path(tracked, f"?hecho={word}"))


def _path(of: Tracked | Receipt, query: str = "") -> str:
    """Of the private page, in the language that its reader chose."""
    chosen = request.args.get("idioma", "")
    path = f"/seguimiento/{of.case.reference}/{of.token}{query}"
    return private.in_chosen(path, chosen)
