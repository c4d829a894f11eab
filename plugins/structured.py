"""What a page says to machines (schema.org, as JSON-LD): plain values for ``tojson``.

An article's newest comments stand in its data with their first words: enough to be found by,
little enough not to carry the conversation twice.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup
from pelican import signals
from pelican.generators import Generator

from comments_service.config.dates import machine

from .comments.views import CommentView, Thread
from .languages import page_language
from .pictures import logo_of, picture_of
from .texts import Text, is_article
from .words import words

Data = dict[str, Any]
Trail = Sequence[tuple[str, str]]
"""Pairs of an address from the site's root and its name, from the first page on."""

MAX_COMMENTS = 20
MAX_WORDS_CHARS = 200
CONTEXT = "https://schema.org"


def posting(article: Any) -> Data:
    """A BlogPosting."""
    settings, thread, address = article.settings, article.thread, _address(article)
    site_url = settings["SITEURL"]
    return _present(
        **_named("BlogPosting", address, article.lang),
        headline=article.title,
        mainEntityOfPage=address,
        datePublished=machine(article.date),
        dateModified=machine(max(article.date, getattr(article, "modified", article.date))),
        author=[_person(each, site_url) for each in _list(article, "authors")],
        publisher=publisher(settings, article.lang),
        image=picture_of(article),
        articleSection=[category.name for category in _list(article, "categories")],
        keywords=[tag.name for tag in _list(article, "tags")],
        comment=[_comment(each, address) for each in _newest(thread)],
    ) | {"commentCount": thread.count}


def event(article: Any) -> Data:
    """An Event, in the box of an article that has one."""
    written, address = article.event, _address(article)
    return _present(
        **_named("Event", f"{address}#acto", article.lang),
        name=written.name,
        startDate=machine(written.starts),
        location={"@type": "Place", "name": written.place} if written.place else None,
    ) | {"url": address}


def web_page(page: Text) -> Data:
    """A WebPage."""
    modified = getattr(page, "modified", None)
    return _present(
        **_named("WebPage", _address(page), page.lang),
        name=page.title,
        dateModified=machine(modified) if modified else "",
        publisher=publisher(page.settings, page.lang),
    )


def publisher(settings: Mapping[str, Any], language: str) -> Data:
    """The institution, as it is called in ``language``."""
    site, site_url = settings["SITE"], settings["SITEURL"]
    # Search engines read an SVG; those that show shared addresses do not (``pictures``).
    logo = logo_of(settings) or (f"{site_url}/{site.logo}" if site.logo else "")
    return _present(
        **{"@type": "GovernmentOrganization"},
        name=site.named(language),
        url=f"{site_url}/",
        logo={"@type": "ImageObject", "url": logo} if logo else None,
    )


def breadcrumbs(trail: Trail, site_url: str) -> Data:
    """The way from the first page to this one, which stands last."""
    items = [
        {"@type": "ListItem", "position": position, "name": name, "item": f"{site_url}/{path}"}
        for position, (path, name) in enumerate(trail, start=1)
    ]
    return {"@context": CONTEXT, "@type": "BreadcrumbList", "itemListElement": items}


def listing(
    kind: str, name: str, path: str, language: str, articles: Iterable[Any], settings: Any
) -> Data:
    """A Blog (the first page) or a CollectionPage (any other list) with its articles."""
    member = "blogPost" if kind == "Blog" else "hasPart"
    return _present(
        **_named(kind, f"{settings['SITEURL']}/{path}", language),
        name=name,
        publisher=publisher(settings, language),
        **{member: [_mentioned(article) for article in articles]},
    )


def _mentioned(article: Any) -> Data:
    """An article in a list: without counts, so that a comment changes no list."""
    return {
        "@type": "BlogPosting",
        "@id": _address(article),
        "url": _address(article),
        "headline": article.title,
        "datePublished": machine(article.date),
        "inLanguage": article.lang,
    }


def _named(kind: str, address: str, language: str) -> Data:
    return {
        "@context": CONTEXT,
        "@type": kind,
        "@id": address,
        "url": address,
        "inLanguage": language,
    }


def _person(author: Any, site_url: str) -> Data:
    return _present(
        **{"@type": "Person"},
        name=author.name,
        url=f"{site_url}/{author.url}" if author.count else "",
        jobTitle=author.position,
    )


def _newest(thread: Thread) -> list[CommentView]:
    """Newest first: the last ones are what a page has that an earlier look at it had not."""
    said = (each for branch in thread.comments for each in (branch.top, *branch.replies))
    standing = [comment for comment in said if not comment.withdrawn]
    standing.sort(key=lambda comment: (comment.date, comment.id), reverse=True)
    return standing[:MAX_COMMENTS]


def _comment(comment: CommentView, page: str) -> Data:
    parent = comment.parent
    return _present(
        **{"@type": "Comment", "@id": f"{page}#{comment.anchor}"},
        url=f"{page}#{comment.anchor}",
        author=_present(
            **{"@type": "Person"}, name=comment.author, jobTitle=comment.position, url=comment.url
        ),
        dateCreated=machine(comment.date),
        text=_beginning(comment.html),
        inLanguage=comment.lang,
        parentItem=(
            {"@type": "Comment", "@id": f"{page}#{parent.anchor}"}
            if parent and not parent.withdrawn
            else None
        ),
    )


def _beginning(html: Markup) -> str:
    text = words(html)
    if len(text) <= MAX_WORDS_CHARS:
        return text
    return text[:MAX_WORDS_CHARS].rsplit(" ", 1)[0] + "…"


def _address(text: Text) -> str:
    return f"{text.settings['SITEURL']}/{text.url}"


def _list(article: Any, name: str) -> list[Any]:
    return getattr(article, name, None) or []


def _present(**members: Any) -> Data:
    """Without those that say nothing."""
    return {name: value for name, value in members.items() if value}


@pass_context
def text_data(context: Context, text: Any, home: tuple[str, str]) -> list[Data]:
    """For the page of an article or page. home: path and name of the section's first page."""
    site_url, here = context["SITEURL"], (text.url, text.title)
    ways = [[home, *between, here] for between in _between(text)]
    about = [posting(text) if is_article(text) else web_page(text)]
    if text.event:
        about.append(event(text))
    return [*about, *(breadcrumbs(way, site_url) for way in ways)]


def _between(text: Any) -> Iterator[list[tuple[str, str]]]:
    """One way for each category; one that only drafts have has no page."""
    categories = [category for category in _list(text, "categories") if category.count]
    yield from ([(category.url, category.name)] for category in categories)
    if not categories:
        yield []


@pass_context
def list_data(
    context: Context, kind: str, name: str, path: str, articles: Iterable[Any], trail: Trail = ()
) -> list[Data]:
    """For a list. trail: the whole way, when there is one."""
    language = page_language(context)
    about = listing(kind, name, path, language, articles, context.parent)
    return [about, *([breadcrumbs(trail, context["SITEURL"])] if trail else [])]


def install(generator: Generator) -> None:
    """Give the templates of ``generator`` the functions."""
    generator.env.globals.update(text_data=text_data, list_data=list_data)
    # Letters as they are: an escaped ñ weighs three times as much.
    generator.env.policies["json.dumps_kwargs"] = {"sort_keys": True, "ensure_ascii": False}


def register() -> None:
    signals.generator_init.connect(install)
