"""What templates see of a conversation.

Plain values; every text in them is untrusted and escaped where it is printed, except
``CommentView.html``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from markupsafe import Markup

from comments_service import markup
from comments_service.domain.comments import Comment, Entry, Kind, Tombstone
from comments_service.domain.threads import Order, branches, linkbacks

from .reading import Filed

NO_TEXT = Markup("")


# Compared by identity: a chain of parents may be two thousand long.
@dataclass(slots=True, eq=False, kw_only=True)
class CommentView:
    """One comment, or the place of a withdrawn one.

    html: safe, made by ``markup.render``; empty when withdrawn.
    kind: ``comment``, ``answer``, ``webmention``, ``trackback``, ``pingback``.
    digest: 16 hex digits of the file's SHA-256: the wording that the page shows.
    parent: what it replies to, if that still stands.
    withdrawn: "", ``reader`` or ``institution``: whose decision it was.
    """

    id: str
    number: int
    date: datetime
    digest: str
    kind: str = Kind.COMMENT.value
    author: str = ""
    url: str | None = None
    html: Markup = NO_TEXT
    lang: str | None = None
    position: str | None = None
    department: str | None = None
    withdrawn: str = ""
    edited: datetime | None = None
    parent: "CommentView | None" = field(default=None, repr=False)

    @property
    def anchor(self) -> str:
        return f"comment-{self.id}"

    @property
    def is_answer(self) -> bool:
        return self.kind == Kind.ANSWER


@dataclass(frozen=True, slots=True, eq=False)
class BranchView:
    """A comment at the top level and everything said below it, in reading order."""

    top: CommentView
    replies: tuple[CommentView, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Talk:
    """What was said about one text; the same for all its languages.

    count: comments and answers whose text stands; no linkbacks.
    last: the newest of these.
    """

    comments: tuple[BranchView, ...] = ()
    linkbacks: tuple[CommentView, ...] = ()
    count: int = 0
    last: CommentView | None = None


SILENCE = Talk()


@dataclass(frozen=True, slots=True, eq=False)
class Thread:
    """The conversation of one page.

    key: ``[a-z0-9][a-z0-9-]{0,99}``.
    site_url: address of the site, without a closing slash.
    lang: of the page; "" for the default language.
    open: takes comments.
    feed_path: of the feed from the site's root; "" when there is none.
    """

    key: str
    site_url: str
    lang: str = ""
    open: bool = False
    talk: Talk = SILENCE
    feed_path: str = ""

    def __str__(self) -> str:
        return self.key

    @property
    def comments(self) -> tuple[BranchView, ...]:
        return self.talk.comments

    @property
    def linkbacks(self) -> tuple[CommentView, ...]:
        return self.talk.linkbacks

    @property
    def count(self) -> int:
        return self.talk.count

    @property
    def last(self) -> CommentView | None:
        return self.talk.last

    @property
    def feed_url(self) -> str:
        return f"{self.site_url}/{self.feed_path}" if self.feed_path else ""

    def form_url(self, id: str | None = None) -> str:  # noqa: A002 (the template's word)
        """Address of the form page, for a new comment or for a reply to ``id``."""
        wanted = {"responder": id, "idioma": self.lang}
        query = "&".join(f"{name}={value}" for name, value in wanted.items() if value)
        mark = "?" if query else ""
        return f"{self.site_url}/comentar/{self.key}{mark}{query}#comentar"


def talk(filed: Sequence[Filed], order: Order, numbering: Literal["permanent", "position"]) -> Talk:
    """Stand the comments of one thread in reading order."""
    views = {each.entry.id: _view(each) for each in filed}
    entries = [each.entry for each in filed]
    said = [
        BranchView(views[branch.top.id], tuple(views[reply.id] for reply in branch.replies))
        for branch in branches(entries, order)
    ]
    links = tuple(views[entry.id] for entry in linkbacks(entries))
    _set_parents(entries, views)
    shown = [view for branch in said for view in (branch.top, *branch.replies)]
    if numbering == "position":
        for series in (shown, links):
            for number, view in enumerate(series, start=1):
                view.number = number
    with_text = [view for view in shown if not view.withdrawn]
    last = max(with_text, key=lambda view: (view.date, view.id), default=None)
    return Talk(tuple(said), links, len(with_text), last)


def _set_parents(entries: Sequence[Entry], views: Mapping[str, CommentView]) -> None:
    talk_ids = {entry.id for entry in entries if not _is_linkback(views[entry.id])}
    for entry in entries:
        parent = entry.in_reply_to
        if parent in talk_ids and parent != entry.id and entry.id in talk_ids:
            views[entry.id].parent = views[parent]


def _is_linkback(view: CommentView) -> bool:
    return Kind(view.kind).is_linkback


def _view(filed: Filed) -> CommentView:
    entry, digest = filed.entry, filed.digest
    if isinstance(entry, Tombstone):
        return CommentView(
            id=entry.id,
            number=entry.number,
            date=entry.date,
            digest=digest,
            withdrawn=entry.reason.value,
        )
    return _comment_view(entry, digest)


def _comment_view(comment: Comment, digest: str) -> CommentView:
    return CommentView(
        id=comment.id,
        number=comment.number,
        date=comment.date,
        digest=digest,
        kind=comment.kind.value,
        author=comment.author,
        url=comment.url,
        html=Markup(markup.render(comment.body, comment.markup)),  # noqa: S704 (cleaned there)
        lang=comment.lang,
        position=comment.position,
        department=comment.department,
        edited=comment.edited,
    )
