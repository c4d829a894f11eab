"""What readers do about somebody else's published comment: the pages, and saying that one wants
it answered too.

No account and no cookie. The routes here are open to everybody, so there is nothing that
another site's page could borrow. No GET changes anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup as Html

from ..domain.cases import Case
from ..domain.comments import ID_PATTERN, Comment
from ..errors import N_, TertuliaError, TooMany, Unavailable, UnknownComment
from ..site.manifest import ThreadInfo
from ..usecases import me_too, on_the_page
from .edge import address, edge, form_of, in_language, see_other
from .failures import retry_headers, status_of
from .languages import page_language, sentence
from .reading import html_of, published
from .switch import language_links

others = Blueprint("others", __name__)


@dataclass(frozen=True, slots=True)
class Other:
    """A published comment as its page shows it. article: absolute address of that page."""

    case: Case
    comment: Comment
    html: Html
    title: str
    article: str
    info: ThreadInfo

    @property
    def path(self) -> str:
        """Of what readers may do about it, from the site's root."""
        return f"/comentar/{self.info.key}/{self.comment.id}"


def other(thread: str, comment_id: str) -> Other:
    """The comment of an address. Raises UnknownThread, UnknownComment."""
    info = edge().blog.manifest.thread(thread)
    shown = published(info.key, comment_id)
    if shown is None or not ID_PATTERN.fullmatch(comment_id):
        raise UnknownComment(N_("We find no comment at this address."))
    case = on_the_page.case_of(edge().blog, info.keys, comment_id)
    here = in_language(info.urls, page_language())
    return Other(
        case=case,
        comment=shown,
        html=html_of(shown.body, shown.markup),
        title=in_language(info.title, page_language()),
        article=f"{address(here)}#comment-{comment_id}",
        info=info,
    )


def page(template: str, of: Other, act: str, **values: object) -> str:
    """A page about it, in the languages of its text. act: the last part of its address."""
    path = f"{of.path}/{act}"
    languages = language_links(path, of.info.urls) if request.method == "GET" else []
    action = address(f"{path}?idioma={page_language()}")
    return render_template(template, of=of, languages=languages, action=action, **values)


@others.get("/comentar/<thread>/<comment_id>/tambien")
def me_too_form(thread: str, comment_id: str) -> ResponseReturnValue:
    """The comment, and the button; after it, the thanks; of an answered one, the way there."""
    return _me_too_page(_wanted(thread, comment_id), is_done=request.args.get("hecho") == "si")


@others.post("/comentar/<thread>/<comment_id>/tambien")
def count_me_too(thread: str, comment_id: str) -> ResponseReturnValue:
    """Count it once for each network and day; the answer is the same every time."""
    form_of()
    here, of = edge(), _wanted(thread, comment_id)
    try:
        me_too.count(
            here.blog,
            of.info.keys,
            comment_id,
            address=request.remote_addr or "",
            now=here.clock(),
        )
    except (TooMany, Unavailable) as error:
        return _me_too_page(of, error), status_of(error), retry_headers(error)
    return see_other(f"{of.path}/tambien?hecho=si&idioma={page_language()}")


def _wanted(thread: str, comment_id: str) -> Other:
    if not edge().blog.site.comments.me_too:
        abort(404)
    return other(thread, comment_id)


def _me_too_page(of: Other, error: TertuliaError | None = None, *, is_done: bool = False) -> str:
    values: Mapping[str, object] = {
        "is_done": is_done,
        "is_answered": me_too.is_answered(edge().blog, of.case),
        "alert": sentence(error) if error else "",
    }
    return page("me_too.html", of, "tambien", **values)
