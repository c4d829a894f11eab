"""What templates see of a conversation.

Plain values; every text in them is untrusted and escaped where it is printed, except
``CommentView.html``, ``CommentView.linked``, ``Thread.message`` and ``Thread.why_closed``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from markupsafe import Markup

from comments_service import markup
from comments_service.domain.comments import Comment, Entry, Kind, Tombstone
from comments_service.domain.names import name_key
from comments_service.domain.opening import Phase
from comments_service.domain.threads import Order, branches, linkbacks

from . import mentions
from .reading import Filed

NO_TEXT = Markup("")


# Compared by identity: a chain of parents may be two thousand long.
@dataclass(slots=True, eq=False, kw_only=True)
class CommentView:
    """One comment, or the place of a withdrawn one.

    html: safe, made by ``markup.render``; empty when withdrawn.
    linked: the same for its own page, where ``@Aitor`` leads to Aitor's comment.
    kind: ``comment``, ``answer``, ``webmention``, ``trackback``, ``pingback``.
    digest: 16 hex digits of the file's SHA-256: the wording that the page shows.
    by_author: the institution's answer, signed by an author of the article.
    parent: what it replies to, if that still stands. replies: the other way, in the order of
        the page.
    moderated: why something was cut out of it; None where nothing was.
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
    linked: Markup = NO_TEXT
    lang: str | None = None
    position: str | None = None
    department: str | None = None
    withdrawn: str = ""
    edited: datetime | None = None
    moderated: str | None = None
    by_author: bool = False
    parent: "CommentView | None" = field(default=None, repr=False)
    replies: "list[CommentView]" = field(default_factory=list, repr=False)

    @property
    def anchor(self) -> str:
        return f"comment-{self.id}"

    @property
    def is_answer(self) -> bool:
        return self.kind == Kind.ANSWER

    @property
    def is_answered(self) -> bool:
        """The institution answered it."""
        return any(reply.is_answer for reply in self.replies)


@dataclass(frozen=True, slots=True, eq=False)
class BranchView:
    """A comment at the top level and everything said below it, in reading order."""

    top: CommentView
    replies: tuple[CommentView, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Talk:
    """What was said about one text; the same for all its languages.

    count: comments and answers whose text stands; no linkbacks.
    last: the newest of these. with_author: an author of the article has answered here.
    """

    comments: tuple[BranchView, ...] = ()
    linkbacks: tuple[CommentView, ...] = ()
    count: int = 0
    last: CommentView | None = None
    with_author: bool = False


SILENCE = Talk()


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Notice:
    """What staff decided about the conversation. state: ``paused`` or ``closed``.

    until: the last day, or the moment, of a pause. html: safe, made by ``markup.staff``.
    signature: name, position and department of who decided.
    """

    state: str
    since: datetime
    until: datetime | date | None
    html: Markup
    lang: str
    signature: str


@dataclass(frozen=True, slots=True, eq=False)
class Thread:
    """The conversation of one page.

    key: ``[a-z0-9][a-z0-9-]{0,99}``.
    site_url: address of the site, without a closing slash.
    lang: of the page; "" for the default language.
    phase: of ``domain.opening``: ``open``, ``closed``, ``ended``, ``paused``.
    opens, closes: first and last day, or moment, on which comments are taken; None for no such.
    why_closed: why not now, in staff's words; empty for none.
    question: the author's, to readers; "" for none.
    heading, message: of the form, "" and empty where the catalogue's words do.
    notice: what staff decided about the conversation and say above it; None for nothing.
    feed_path: of the feed from the site's root; "" when there is none.
    """

    key: str
    site_url: str
    lang: str = ""
    phase: str = Phase.CLOSED.value
    opens: datetime | date | None = None
    closes: datetime | date | None = None
    why_closed: Markup = NO_TEXT
    talk: Talk = SILENCE
    feed_path: str = ""
    question: str = ""
    heading: str = ""
    message: Markup = NO_TEXT
    notice: Notice | None = None

    def __str__(self) -> str:
        return self.key

    @property
    def open(self) -> bool:
        """Takes comments."""
        return self.phase == Phase.OPEN

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
    def with_author(self) -> bool:
        return self.talk.with_author

    @property
    def feed_url(self) -> str:
        return f"{self.site_url}/{self.feed_path}" if self.feed_path else ""

    def form_url(
        self,
        id: str | None = None,  # noqa: A002 (the template's word)
        way: str = "responder",
    ) -> str:
        """Address of the form page, for a new comment or for a reply to ``id``.

        way: ``citar`` to begin with a quotation of it.
        """
        wanted = {way: id, "idioma": self.lang}
        query = "&".join(f"{name}={value}" for name, value in wanted.items() if value)
        mark = "?" if query else ""
        return f"{self.site_url}/comentar/{self.key}{mark}{query}#comentar"

    def act_url(self, id: str, act: str) -> str:  # noqa: A002 (the template's word)
        """Address of a page about one comment: ``tambien``, ``avisar``."""
        mark = f"?idioma={self.lang}" if self.lang else ""
        return f"{self.site_url}/comentar/{self.key}/{id}/{act}{mark}"


def talk(
    filed: Sequence[Filed],
    order: Order,
    numbering: Literal["permanent", "position"],
    authors: Iterable[str] = (),
) -> Talk:
    """Stand the comments of one thread in reading order. authors: names of the article's."""
    views = {each.entry.id: _view(each) for each in filed}
    entries = [each.entry for each in filed]
    said = [
        BranchView(views[branch.top.id], tuple(views[reply.id] for reply in branch.replies))
        for branch in branches(entries, order)
    ]
    links = tuple(views[entry.id] for entry in linkbacks(entries))
    shown = [view for branch in said for view in (branch.top, *branch.replies)]
    _join(entries, shown)
    if numbering == "position":
        for series in (shown, links):
            for number, view in enumerate(series, start=1):
                view.number = number
    with_text = [view for view in shown if not view.withdrawn]
    _link_names(with_text)
    _mark_authors(with_text, authors)
    return Talk(
        comments=tuple(said),
        linkbacks=links,
        count=len(with_text),
        last=max(with_text, key=_moment, default=None),
        with_author=any(view.by_author for view in with_text),
    )


def _moment(view: CommentView) -> mentions.Moment:
    return view.date, view.id


def _join(entries: Iterable[Entry], shown: Sequence[CommentView]) -> None:
    """Join replies and parents both ways."""
    views = {view.id: view for view in shown}
    parents = {entry.id: entry.in_reply_to for entry in entries}
    for view in shown:
        parent = views.get(parents[view.id] or "")
        if parent and parent is not view:
            view.parent = parent
            parent.replies.append(view)


def _link_names(views: Sequence[CommentView]) -> None:
    if any("@" in view.html for view in views):
        spoke = mentions.speakers(
            mentions.Said(view.author, _moment(view), view.is_answer) for view in views
        )
        for view in views:
            view.linked = mentions.linked(view.html, spoke, _moment(view))


def _mark_authors(views: Iterable[CommentView], authors: Iterable[str]) -> None:
    """Only an answer proves who signs it: a reader can take any name."""
    names = {name_key(author) for author in authors}
    for view in views:
        view.by_author = view.is_answer and name_key(view.author) in names


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
    html = Markup(markup.render(comment.body, comment.markup))  # noqa: S704 (cleaned there)
    return CommentView(
        id=comment.id,
        number=comment.number,
        date=comment.date,
        digest=digest,
        kind=comment.kind.value,
        author=comment.author,
        url=comment.url,
        html=html,
        linked=html,
        lang=comment.lang,
        position=comment.position,
        department=comment.department,
        edited=comment.edited,
        moderated=comment.moderated,
    )
