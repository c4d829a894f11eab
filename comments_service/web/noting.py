"""Noting down what somebody said by telephone, at the counter or in a letter."""

from collections.abc import Mapping

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from ulid import ULID

from ..domain.comments import ID_PATTERN
from ..errors import N_, AlreadyDecided, InvalidComment, TertuliaError
from ..usecases import noting
from ..usecases.noting import Channel, Noted
from ..usecases.submit import Form
from . import sessions
from .edge import edge, form_of, in_language, see_other
from .failures import status_of
from .languages import page_language, sentence

CHANNELS = {
    Channel.PHONE: N_("By telephone"),
    Channel.COUNTER: N_("At the counter"),
    Channel.LETTER: N_("By letter"),
}
"""How a comment came that its author did not write here."""

FIELDS = ("channel", "author", "body", "thread", "lang", "public", "email")


def install(staff: Blueprint) -> None:
    """The page, beside the others of ``staff``."""

    @staff.get("/apuntar")
    def noting_form() -> ResponseReturnValue:
        """The form, empty."""
        return _page({"lang": page_language(), "entry": str(ULID()).lower()})

    @staff.post("/apuntar")
    def note_down() -> ResponseReturnValue:
        """Keep it; 303 to the receipt, which is printed for its author."""
        sent = form_of("csrf", "entry", *FIELDS)
        if not ID_PATTERN.fullmatch(sent["entry"]):
            abort(400)
        here, by = edge(), sessions.the_session().person
        try:
            receipt = noting.note(
                here.blog, _noted(sent), by=by, comment_id=sent["entry"], now=here.clock()
            )
        except (InvalidComment, AlreadyDecided) as error:
            return _page(sent, error), status_of(error)
        here.wake()
        return see_other(f"/seguimiento/{receipt.case.reference}/{receipt.token}/recibido")


def _noted(sent: Mapping[str, str]) -> Noted:
    words = Form(
        author=sent["author"],
        body=sent["body"],
        lang=sent["lang"],
        email=sent["email"],
        private=not sent["public"],
    )
    known = sent["channel"] in set(Channel)
    return Noted(
        words=words,
        thread=sent["thread"],
        channel=Channel(sent["channel"]) if known else None,
    )


def _page(values: Mapping[str, str], error: TertuliaError | None = None) -> str:
    faults = error.by_field if isinstance(error, InvalidComment) else {}
    return render_template(
        "staff/noting.html",
        here="waiting",
        session=sessions.the_session(),
        values=values,
        threads=_threads(),
        channels=CHANNELS,
        faults={field: sentence(fault) for field, fault in faults.items()},
        alert=sentence(error) if error and not faults else "",
    )


def _threads() -> list[tuple[str, str]]:
    """Every conversation, by title."""
    lang = page_language()
    found = [
        (each.key, in_language(each.title, lang)) for each in edge().blog.manifest.everything()
    ]
    return sorted(found, key=lambda each: each[1].casefold())
