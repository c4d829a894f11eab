"""Deciding on several comments of a list at once: what it would do, doing it, and undoing it.

Looking at what it would do changes nothing, so it has an address: what is marked in a list stands
in it, each with the revision that was on the screen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from ..domain.cases import REFERENCE_PATTERN, Case
from ..domain.filters import LAST_ID
from ..errors import N_, AlreadyDecided, InvalidComment, TertuliaError, UnknownComment
from ..usecases import moderate, taken_together, together
from ..usecases.together import Left, What
from ..usecases.tray import PAGE, filters_of, held
from . import keys_form, rules, sessions
from .edge import edge, form_of, number_of, see_other
from .failures import heading_of, status_of
from .languages import sentence
from .permitted import case_named
from .reading import excerpt, shown
from .tray import MARK, and_back, back

SEVERAL = "/gestion/varios"
NOTHING = N_("Nothing was done: none of them stands as it did.")


@dataclass(frozen=True, slots=True)
class Asked:
    """what is to be done, and to which. listed: the query of the list that they stand in.

    last: the highest number of a whole list that was shown; None where some were marked.
    """

    what: What
    marked: together.Marked
    listed: str
    last: int | None = None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """why: in the page's language; "" where nothing stands against it any more."""

    case: Case
    why: str


def install(staff: Blueprint) -> None:
    """The pages, beside the others of ``staff``."""

    @staff.get("/varios")
    def several() -> ResponseReturnValue:
        """What deciding on the marked ones would do; the list for an address that asks nothing."""
        word, listed = request.args.get("hacer", ""), request.args.get("lista", "")
        if word not in list(What):
            return see_other(back(listed))
        if request.args.get("todo") and word == What.ADVERTISING:
            return _page(_whole(listed, LAST_ID))
        return _page(Asked(What(word), _marked(_in_list(request.args)), listed))

    @staff.post("/varios/decidir")
    def decide_several() -> ResponseReturnValue:
        """Do it; what does not stand as it did is left out, and named."""
        sent = form_of("csrf", "list", "do", "which", "last", "digest", "rule", "reason", "change")
        asked = _sent(sent)
        try:
            done = _decide(asked, sent)
        except (InvalidComment, AlreadyDecided) as error:
            return _page(asked, error, sent), status_of(error)
        edge().wake()
        return see_other(_done_at(done.name, asked.listed, _written(done.left, asked.marked)))

    @staff.get("/varios/hecho")
    def several_done() -> ResponseReturnValue:
        """What was decided together, what was left out, and the way to undo it."""
        name, listed = request.args.get("juntos", ""), request.args.get("lista", "")
        out = _marked(_read(request.args.get("fuera", "")))
        return _done_page(name, listed, out) or see_other(back(listed))

    @staff.post("/varios/deshacer")
    def undo_several() -> ResponseReturnValue:
        """Take all of it back; what changed since stays, and is named."""
        sent = form_of("csrf", "list", "together")
        here, by = edge(), sessions.the_session().person
        try:
            taken_together.take_back(here.blog, sent["together"], by=by, now=here.clock())
        except AlreadyDecided as error:
            page = _done_page(sent["together"], sent["list"], {}, error)
            if page is None:
                raise
            return page, status_of(error)
        here.wake()
        return see_other(_done_at(sent["together"], sent["list"]))


def _decide(asked: Asked, sent: Mapping[str, str]) -> together.Decided:
    """Raises InvalidComment; AlreadyDecided when nothing can be done."""
    here, what, by = edge(), asked.what, sessions.the_session().person
    _refuse_another_list(asked, sent["digest"])
    why = _refusing(sent, here.clock()) if what is What.REFUSE else None
    done = together.decide(here.blog, what, asked.marked, why, by=by, now=here.clock())
    if done.name:
        return done
    if name := taken_together.sent_before(here.blog, what, asked.marked, by):
        return together.Decided(name, ())
    raise AlreadyDecided(NOTHING)


def _page(
    asked: Asked, error: TertuliaError | None = None, sent: Mapping[str, str] | None = None
) -> str:
    """error: why what was ``sent`` was not done; it stands in the form again."""
    here, looked, listed = edge(), _looked(asked), asked.listed
    faults = error.by_field if isinstance(error, InvalidComment) else {}
    return render_template(
        "staff/several.html",
        here="waiting",
        session=sessions.the_session(),
        what=asked.what,
        count=len(looked.cases),
        comments=[shown(case) for case in looked.cases[:PAGE]],
        others=[(case, excerpt(case.body, case.markup)) for case in looked.cases[PAGE:]],
        **_which(asked, looked),
        left=_told(looked.left),
        mails=looked.mails,
        listed=listed,
        back=_back_with_marks(asked, looked),
        rules=rules.in_force() if asked.what is What.REFUSE else [],
        days=here.blog.site.retention.spam_days,
        values=sent or {},
        faults={field: sentence(fault) for field, fault in faults.items()},
        heading=gettext(heading_of(error)) if error else "",
        alert=sentence(error) if error and not faults else "",
        **keys_form.on_page(),
    )


def _done_page(
    name: str, listed: str, out: together.Marked, error: TertuliaError | None = None
) -> str | None:
    """None: there is nothing under this name that the person decided."""
    here, by, now = edge(), sessions.the_session().person, edge().clock()
    found = taken_together.found(here.blog, name, by=by, now=now)
    if found is None:
        return None
    looked = together.look(here.blog, found.what, out, by=by, now=now)
    free = [LeftOut(case, "") for case in looked.cases]
    return render_template(
        "staff/several_done.html",
        here="waiting",
        session=sessions.the_session(),
        found=found,
        seconds=max(1, int((found.until - now).total_seconds())) if found.until else 0,
        left=[*_told(looked.left), *free],
        together=name,
        listed=listed,
        back=back(listed),
        heading=gettext(heading_of(error)) if error else "",
        alert=sentence(error) if error else "",
        **keys_form.on_page(),
    )


def _back_with_marks(asked: Asked, looked: together.Looked) -> str:
    """The path of the list, in which the same ones are marked, at the first of them."""
    cases = [*looked.cases, *(each.case for each in looked.left)]
    if asked.last is not None or not cases:
        return back(asked.listed)
    marks = {f"{MARK}{each.reference}": asked.marked[each.id] for each in cases[:PAGE]}
    return and_back(asked.listed, f"?{urlencode(marks)}") + f"#{MARK}{cases[0].reference}"


def _looked(asked: Asked) -> together.Looked:
    here, by = edge(), sessions.the_session().person
    return together.look(here.blog, asked.what, asked.marked, by=by, now=here.clock())


def _which(asked: Asked, looked: together.Looked) -> dict[str, object]:
    """As the form says it: the comments by name, or a whole list with the last one and a digest
    of those that are on the screen, so that nobody decides on what they did not see."""
    if asked.last is None:
        which = " ".join(f"{case.reference}.{case.revision}" for case in looked.cases)
        return {"which": which, "last": "", "digest": ""}
    last = max((case.id for case in looked.cases), default=0)
    return {"which": "", "last": last, "digest": together.digest(_seen(looked))}


def _seen(looked: together.Looked) -> together.Marked:
    return {case.id: case.revision for case in looked.cases}


def _whole(listed: str, last: int) -> Asked:
    """All that waits in a list of one kind of comments; of another, nothing."""
    filters, here, by = filters_of(dict(parse_qsl(listed))), edge(), sessions.the_session().person
    is_one = filters.is_alike
    found = held(here.blog, filters, by=by, now=here.clock(), last=last) if is_one else {}
    return Asked(What.ADVERTISING, found, listed, last)


def _sent(sent: Mapping[str, str]) -> Asked:
    """What the form is about. Raises BadRequest."""
    what = What(sent["do"]) if sent["do"] in list(What) else abort(400)
    if sent["digest"] and what is What.ADVERTISING:
        return _whole(sent["list"], number_of(sent["last"]))
    return Asked(what, _marked(_read(sent["which"])), sent["list"])


def _refuse_another_list(asked: Asked, digest: str) -> None:
    """Raises AlreadyDecided: a list that was sent whole holds others than were on the screen."""
    if asked.last is not None and together.digest(_seen(_looked(asked))) != digest:
        raise AlreadyDecided(N_("The list has changed meanwhile. Look at it again."))


def _told(left: Sequence[Left]) -> list[LeftOut]:
    return [LeftOut(each.case, sentence(each.why)) for each in left]


def _refusing(sent: Mapping[str, str], now: datetime) -> moderate.Refusing:
    rule = rules.chosen(sent["rule"])
    return moderate.refusing(edge().blog, rule, sent["reason"], sent["change"], now)


def _in_list(args: Mapping[str, str]) -> dict[str, int]:
    """What is marked, as checkboxes of the list say it."""
    marks = {name.removeprefix(MARK): args[name] for name in args if name.startswith(MARK)}
    return _read(" ".join(f"{reference}.{seen}" for reference, seen in marks.items()))


def _read(text: str) -> dict[str, int]:
    """References with their revisions, ``2026-000123.1 2026-000124.2``; a page of them at most,
    and nothing for what is none."""
    found = {}
    for each in text.split(" ")[:PAGE]:
        reference, _, seen = each.partition(".")
        if REFERENCE_PATTERN.fullmatch(reference) and seen.isascii() and seen.isdigit():
            found[reference] = int(seen[:9])
    return found


def _written(left: Sequence[Left], marked: together.Marked) -> str:
    return " ".join(f"{each.case.reference}.{marked[each.case.id]}" for each in left[:PAGE])


def _marked(named: Mapping[str, int]) -> together.Marked:
    """Of those that this person may decide on; of others nothing is told."""
    found = {}
    for reference, seen in named.items():
        try:
            found[case_named(reference).id] = seen
        except UnknownComment:
            continue
    return found


def _done_at(name: str, listed: str, out: str = "") -> str:
    said = {"juntos": name, "lista": listed, "fuera": out}
    return f"{SEVERAL}/hecho?" + urlencode({key: value for key, value in said.items() if value})
