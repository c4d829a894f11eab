"""Which HTML goes into pages as it is: that of staff's articles and pages, and no other.

Jinja escapes whatever a template prints. ``article.content``, ``article.summary`` and
``page.content`` are exempt; a comment's HTML, made and cleaned by ``markup.render``, is
marked by its own plugin.
"""

import re
from typing import Any

from pelican import contents, signals

from comments_service.errors import N_

from .report import note

_TAG = re.compile(r"<[A-Za-z][^<>]*>")
_ID = re.compile(r'\sid="[^"]*"')
# Python-Markdown's footnotes: the marks, and the list, which stands last.
_FOOTNOTES = re.compile(r'<sup id="fnref[^"]*">.*?</sup>|<div class="footnote">.*', re.DOTALL)


class TrustedHtml(str):
    """Printed unescaped by Jinja; every other operation gives a plain, untrusted ``str``.

    Markup would not do: Pelican cuts and joins the text, and Markup escapes what is joined.
    """

    __slots__ = ()

    def __html__(self) -> str:
        return str(self)


class _Linking:
    """What our articles and pages do with links to other files of the blog."""

    def _link_replacer(self: Any, siteurl: str, found: re.Match[str]) -> str:
        """Called by Pelican for each ``{filename}``, ``{static}``... of the text."""
        replaced = str(super()._link_replacer(siteurl, found))  # type: ignore[misc]
        if found["path"] in replaced:  # nothing was put in its place
            note(self, "", N_("the link to %(address)s leads nowhere"), address=found["path"])
        return replaced


class Article(_Linking, contents.Article):
    """An article whose HTML a template prints as it is."""

    @property
    def content(self) -> TrustedHtml:
        return TrustedHtml(super().content)

    @property
    def summary(self) -> TrustedHtml:
        return TrustedHtml(without_anchors(super().summary))

    @summary.setter
    def summary(self, value: str) -> None:
        """Set by Pelican while it reads the metadata; the text is kept elsewhere."""


class Page(_Linking, contents.Page):
    """A page whose HTML a template prints as it is.

    The name counts: Pelican makes the names of settings from it (``PAGE_URL``).
    """

    @property
    def content(self) -> TrustedHtml:
        return TrustedHtml(super().content)


def without_anchors(html: str) -> str:
    """Without footnotes and ids: many summaries stand on one page, and each id may once."""
    return _TAG.sub(lambda tag: _ID.sub("", tag[0]), _FOOTNOTES.sub("", html))


def trust(content: contents.Content) -> None:
    """Give a new article or page our class; Pelican offers no way to name it beforehand."""
    ours = {contents.Article: Article, contents.Page: Page}
    if type(content) in ours:
        content.__class__ = ours[type(content)]


def register() -> None:
    signals.content_object_init.connect(trust)
