"""Comments as pages show them: rendered, with what they belong to and reply to."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from markupsafe import Markup as Html

from .. import content_repo, markup
from ..domain.cases import Case
from ..domain.comments import ID_PATTERN, Comment, Markup
from ..errors import InvalidCommentFile
from ..markup.staff import paragraphs
from ..site.manifest import ThreadInfo
from ..usecases.track import thread_url
from .edge import edge, in_language, thread_or_none
from .languages import page_language

EXCERPT_CHARS = 160
LONG_CHARS, LONG_LINES = 1_000, 16
"""From here on a list shows the beginning of a comment first."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A comment of a case on the screen. title, url: of its article, if it still is there, in
    the comment's language if it has one in it; title_lang: the title's, "" if not known.

    parent: the published comment that it replies to; excerpt: the beginning of that one.
    beginning: of the comment, for lists.
    marks: the reader used Markdown, so that the source differs from what is seen.
    article: the beginning of the article, "" where there is none.
    is_long: a list shows its beginning first.
    """

    case: Case
    html: Html
    title: str
    title_lang: str
    url: str | None
    parent: Comment | None
    excerpt: str
    beginning: str
    marks: bool
    article: str = ""
    is_long: bool = False


def shown(case: Case) -> Shown:
    """A case with everything that stands around its comment."""
    info = thread_or_none(case.thread)
    parent = published(case.thread, case.in_reply_to or "")
    plain = _words(markup.plain(case.body, case.markup))
    return Shown(
        case=case,
        html=html_of(case.body, case.markup),
        title=in_language(info.title, case.lang) if info else case.thread,
        title_lang=_found_in(info.title, case.lang) if info else "",
        url=thread_url(edge().blog, case.thread, case.lang),
        parent=parent,
        excerpt=excerpt(parent.body, parent.markup) if parent else "",
        beginning=_cut(plain),
        marks=plain != _words(case.body),
        article=_cut(_words(in_language(info.excerpt, case.lang))) if info else "",
        is_long=len(case.body) > LONG_CHARS or case.body.count("\n") >= LONG_LINES,
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """What staff say above the form of one text. lang: theirs.

    heading, question: "" for none; message: empty where the catalogue's words do.
    """

    heading: str
    message: Html
    question: str
    lang: str


def asked(info: ThreadInfo) -> Asked:
    """As the article itself has it, in the page's language if there is one in it."""
    site = edge().blog.site
    lang = _found_in(info.urls, page_language())
    message = info.message.get(lang) or site.text(site.comments.message, lang)
    return Asked(
        heading=info.heading.get(lang) or site.text(site.comments.heading, lang),
        message=Html(paragraphs(message)),  # noqa: S704 (safe: made there)
        question=info.question.get(lang, ""),
        lang=lang,
    )


def html_of(body: str, kind: Markup) -> Html:
    """The safe HTML of a text: ``markup.render`` is what makes it so."""
    return Html(markup.render(body, kind))  # noqa: S704


def excerpt(body: str, kind: Markup) -> str:
    """The beginning of what readers see, in one line, cut between words."""
    return _cut(_words(markup.plain(body, kind)))


def _cut(text: str) -> str:
    if len(text) <= EXCERPT_CHARS:
        return text
    return text[:EXCERPT_CHARS].rsplit(" ", 1)[0] + "…"


def published(thread: str, comment_id: str) -> Comment | None:
    """The comment in its file, or None: whether one waits or was refused shows nowhere."""
    if not ID_PATTERN.fullmatch(comment_id):
        return None
    for key in edge().blog.manifest.keys(thread):
        with suppress(InvalidCommentFile):
            entry = content_repo.read(edge().blog.comments_folder, key, comment_id)
            if isinstance(entry, Comment):
                return entry
    return None


def _found_in(texts: Mapping[str, str], language: str) -> str:
    """The language of what ``in_language`` gives."""
    return language if texts.get(language) else next(iter(texts), language)


def _words(text: str) -> str:
    return " ".join(text.split())
