"""The page on which readers tell of a problem with a published comment. See ``others``."""

from collections.abc import Mapping

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from ulid import ULID

from ..domain.reports import Ground
from ..errors import InvalidComment, TertuliaError, TooMany, Unavailable
from ..usecases import report
from ..usecases.submit import Form
from . import rules
from .edge import edge, see_other
from .failures import retry_headers, status_of
from .languages import page_language, sentence
from .others import Other, other, page

reporting = Blueprint("reporting", __name__)

RULE = "rule:"
"""Before the name of a rule that was chosen, among the other grounds."""


@reporting.get("/comentar/<thread>/<comment_id>/avisar")
def report_form(thread: str, comment_id: str) -> ResponseReturnValue:
    """The comment, and what may be wrong with it."""
    return _page(_reportable(thread, comment_id), {})


@reporting.post("/comentar/<thread>/<comment_id>/avisar")
def send_report(thread: str, comment_id: str) -> ResponseReturnValue:
    """Take the report; 303 to its receipt, or the same form with everything that is wrong."""
    of, here, sent = _reportable(thread, comment_id), edge(), request.form
    try:
        receipt = report.report(
            here.blog,
            of.info.keys,
            comment_id,
            _told(sent),
            address=request.remote_addr or "",
            report_id=str(ULID()).lower(),
            now=here.clock(),
        )
    except (InvalidComment, TooMany, Unavailable) as error:
        return _page(of, sent, error), status_of(error), retry_headers(error)
    return see_other(f"/seguimiento/{receipt.case.reference}/{receipt.token}/recibido")


def _told(sent: Mapping[str, str]) -> report.Report:
    ground, rule = sent.get("ground", ""), None
    if ground.startswith(RULE):
        ground, rule = Ground.RULE.value, rules.chosen(ground.removeprefix(RULE))
    words = Form(
        author=sent.get("author", ""),
        body=sent.get("body", ""),
        lang=page_language(),
        trap=sent.get("website", ""),
        email=sent.get("email", ""),
    )
    return report.Report(
        words=words,
        ground=Ground(ground) if ground in set(Ground) else None,
        rule=rule,
        good_faith="good_faith" in sent,
        nameless=gettext("Somebody who gave no name"),
    )


def _reportable(thread: str, comment_id: str) -> Other:
    if not edge().blog.site.comments.reports:
        abort(404)
    return other(thread, comment_id)


def _page(of: Other, sent: Mapping[str, str], error: TertuliaError | None = None) -> str:
    faults = error.by_field if isinstance(error, InvalidComment) else {}
    return page(
        "report.html",
        of,
        "avisar",
        values=sent,
        rules=rules.in_force(),
        rule_prefix=RULE,
        faults={field: sentence(fault) for field, fault in faults.items()},
        alert=sentence(error) if error and not faults else "",
    )
