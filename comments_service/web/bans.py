"""Taking no comments of somebody for a while: the form, the list, and what they read themselves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from ..domain.bans import MAX_DAYS, TERMS, BanKind, end_of_network
from ..domain.cases import Case, Event
from ..errors import Banned
from ..site.manifest import ThreadInfo
from ..usecases import bans
from ..usecases.bans import Wanted
from . import permitted, rules, sessions
from .edge import Decide, address, edge, form_of, in_language, number_of
from .languages import page_language
from .settings_forms import page, saved

FIELDS = "ban_rule", "ban_reason", "ban_term", "ban_until"
KINDS = {"by_address": BanKind.ADDRESS, "by_network": BanKind.NETWORK}


@dataclass(frozen=True, slots=True)
class Told:
    """Why nothing is taken of somebody, as ``_parts.reasons`` has it. last: the last moment.
    review: whom to ask. change: what they could do, of which nothing is said."""

    rule: rules.ShownRule | None
    reason: str
    last: datetime
    review: str
    change: str = ""


def install(staff: Blueprint, decide: Decide) -> None:
    """The form of a comment, and the list with all that hold, beside the pages of ``staff``."""

    @staff.post("/comentario/<reference>/no-admitir")
    def ban(reference: str) -> ResponseReturnValue:
        """Take no new comments of whoever wrote this."""
        sent = form_of("csrf", "anyway", *KINDS, *FIELDS)
        kinds = frozenset(kind for name, kind in KINDS.items() if sent[name])
        rule, reason = rules.chosen(sent["ban_rule"]), sent["ban_reason"]
        wanted = Wanted(kinds, rule, reason, sent["ban_term"], sent["ban_until"])

        def act(case: Case) -> None:
            here, by = edge(), sessions.the_session().person
            bans.ban(here.blog, case.id, wanted, by=by, now=here.clock())

        return decide(reference, act, "no-admitir", sent)

    @staff.get("/ajustes/no-admitidos")
    def list_bans() -> ResponseReturnValue:
        """All that hold."""
        found = bans.in_force(edge().blog, edge().clock())
        held = [(each, last_of(each.ban.until), rules.of(each.ban.rule)) for each in found]
        return page("settings_bans", values={}, held=held)

    @staff.post("/ajustes/no-admitidos/admitir")
    def lift_ban() -> ResponseReturnValue:
        """Take their comments again before the term is over."""
        sent = form_of("csrf", "ban")
        here, by = edge(), sessions.the_session().person
        bans.lift(here.blog, number_of(sent["ban"]), by=by, now=here.clock())
        return saved("admitir", "no-admitidos")


def part(case: Case, record: Sequence[Event]) -> Mapping[str, object]:
    """For the page of a case: what the form offers, and what holds already."""
    may, here = permitted.may("close", case), edge()
    now = here.clock()
    here_held = bans.of_case(here.blog, case, now) if may else []
    return {
        "ban_choices": bans.offered(here.blog, case, now) if may else (),
        "ban_terms": TERMS,
        "ban_most_days": MAX_DAYS,
        "ban_rules": rules.in_force() if may else [],
        "ban_network_ends": last_of(end_of_network(now)),
        "bans_here": [(each, last_of(each.until)) for each in here_held],
    }


def for_reader(case: Case) -> list[Told]:
    """For the private page of whoever wrote it: what was decided because of this comment."""
    found = bans.of_case(edge().blog, case, edge().clock())
    longest = sorted(found, key=lambda each: each.until)[-1:]
    return [_told(each.rule, each.reason, each.until) for each in longest]


def not_taken(thread: ThreadInfo, why: Banned, kept: str) -> str:
    """The page of whoever is banned and wrote: why, until when, whom to ask, and their words."""
    return render_template(
        "banned.html",
        told=_told(why.rule, why.reason, why.until),
        title=in_language(thread.title, page_language()),
        article=address(in_language(thread.urls, page_language())),
        kept=kept,
    )


def last_of(until: datetime) -> datetime:
    """The last minute of a term that ends with this instant."""
    return until - timedelta(minutes=1)


def _told(rule: tuple[int, int] | None, reason: str, until: datetime) -> Told:
    return Told(rules.of(rule), reason, last_of(until), bans.review_at(edge().blog))
