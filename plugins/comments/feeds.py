"""Comments as feeds: one for each conversation, one for each section with all of its own.

Newest first, without what was withdrawn. Who answers for the institution is named with
position and department. Nothing in a feed depends on the time of the build.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from markupsafe import Markup

from comments_service.config import Catalog, SiteConfig

from ..feeds import entry_id, permanent_id
from ..feeds.addresses import COMMENTS, FeedAddress, of_section, of_thread
from ..feeds.articles import BEGINNING, most_entries
from ..feeds.values import Author, Entry, Feed, Parent
from ..feeds.writing import remove as remove_feed
from ..feeds.writing import write as write_feed
from ..languages import catalog
from ..sections.section import Section
from ..texts import Text, beside
from .keys import Group, published_in
from .views import CommentView


@dataclass(frozen=True, slots=True)
class Said:
    """A comment, and the text that it is about, in one of its languages."""

    comment: CommentView
    about: Text

    @property
    def page(self) -> str:
        return f"{self.about.settings['SITEURL']}/{self.about.url}"

    @property
    def address(self) -> str:
        return f"{self.page}#{self.comment.anchor}"


def path_of(url: str) -> str:
    """Path of the feed for the text at ``url``, from the site's root."""
    return FeedAddress(beside(url, COMMENTS)).atom


def write(output: Path, groups: Sequence[Group], context: Mapping[str, Any]) -> None:
    """Write the feed of each conversation that has one, and those of the sections.

    context: Pelican's, in which the settings are too.
    """
    for group in groups:
        if group.original.thread.feed_path:
            path = of_thread(group.original.thread)
            write_feed(output, path, _of_thread(group, path, context))
        else:
            remove_feed(output, FeedAddress(beside(group.original.url, COMMENTS)))
    sections: Mapping[str, Section] = context["sections"]
    for section in sections.values():
        path = of_section(section.prefix, COMMENTS)
        texts = published_in(groups, section.lang)
        write_feed(output, path, _of_section(section, texts, path, context))


def _said(text: Text) -> Iterator[Said]:
    for branch in text.thread.comments:
        for comment in (branch.top, *branch.replies):
            if not comment.withdrawn:
                yield Said(comment, text)


def _of_thread(group: Group, path: FeedAddress, settings: Mapping[str, Any]) -> Feed:
    text, site = group.original, settings["SITE"]
    messages = catalog(settings, text.lang)
    address = path.below(settings["SITEURL"])
    return Feed(
        id=permanent_id(site, "comments", group.key),
        title=messages.gettext("Comments on “%(title)s”") % {"title": text.title},
        language=text.lang,
        page=f"{settings['SITEURL']}/{text.url}",
        atom_url=address.atom,
        json_url=address.json,
        author=site.named(text.lang),
        since=getattr(text, "date", BEGINNING),
        entries=_entries(_said(text), settings, messages),
    )


def _of_section(
    section: Section, texts: Sequence[Text], path: FeedAddress, settings: Mapping[str, Any]
) -> Feed:
    site: SiteConfig = settings["SITE"]
    messages, name = catalog(settings, section.lang), site.named(section.lang)
    address = path.below(settings["SITEURL"])
    is_default = section.lang == settings["DEFAULT_LANG"]
    return Feed(
        # A key of a conversation might be a language: another word before it.
        id=permanent_id(site, *(("comments",) if is_default else ("comments-in", section.lang))),
        title=messages.gettext("Comments on “%(title)s”") % {"title": name},
        language=section.lang,
        page=f"{settings['SITEURL']}/{section.home}",
        atom_url=address.atom,
        json_url=address.json,
        author=name,
        since=max((_since(text) for text in texts), default=BEGINNING),
        entries=_entries((said for text in texts for said in _said(text)), settings, messages),
    )


def _since(text: Text) -> datetime:
    date: datetime = getattr(text, "date", BEGINNING)
    return date


def _entries(
    said: Iterable[Said], settings: Mapping[str, Any], messages: Catalog
) -> tuple[Entry, ...]:
    # By date of writing: a correction moves nothing.
    newest = sorted(said, key=lambda each: (each.comment.date, each.comment.id), reverse=True)
    most = most_entries(settings)
    return tuple(_entry(each, settings["SITE"], messages) for each in newest[:most])


def _entry(said: Said, site: SiteConfig, messages: Catalog) -> Entry:
    comment = said.comment
    title = messages.gettext("%(author)s on “%(title)s”")
    return Entry(
        id=_id(site, comment),
        title=title % {"author": comment.author, "title": said.about.title},
        url=said.address,
        published=comment.date,
        updated=comment.edited or comment.date,
        html=str(_html(comment, messages)),
        authors=(Author(full_name(comment), comment.url or ""),),
        language=comment.lang or "",
        parents=tuple(_parents(said, site)),
    )


def _html(comment: CommentView, messages: Catalog) -> Markup:
    """With the note of the page where something was cut out of it."""
    if not comment.moderated:
        return comment.html
    note = messages.gettext("Edited by moderation: %(reason)s") % {"reason": comment.moderated}
    return comment.html + Markup("<p>{}</p>").format(note)


def full_name(comment: CommentView) -> str:
    """``Miren Etxeberria, directora de Medio Ambiente``; a reader's name alone."""
    return ", ".join(filter(None, (comment.author, comment.position, comment.department)))


def _parents(said: Said, site: SiteConfig) -> Iterator[Parent]:
    """The comment replied to, if it still says something, and the text."""
    parent = said.comment.parent
    if parent is not None and not parent.withdrawn:
        yield Parent(_id(site, parent), f"{said.page}#{parent.anchor}")
    yield Parent(entry_id(said.about), said.page)


def _id(site: SiteConfig, comment: CommentView) -> str:
    return permanent_id(site, "comment", comment.id)
