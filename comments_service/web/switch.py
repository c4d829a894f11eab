"""From a page for readers to the same page in another language, as the site's header has it."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from ..config.site_toml import LANGUAGE_NAMES
from .edge import address, edge
from .languages import page_language


@dataclass(frozen=True, slots=True)
class LanguageLink:
    """One entry of the switch. name: the language's own. url: absolute."""

    lang: str
    name: str
    url: str
    current: bool


def language_links(path: str, languages: Iterable[str], **query: str) -> list[LanguageLink]:
    """The page at ``path`` in each of these languages; none where there is nothing to choose."""
    current = page_language()
    offered = {current, *languages}
    if len(offered) < 2:
        return []
    return [
        LanguageLink(
            lang=each,
            name=LANGUAGE_NAMES[each],
            url=address(f"{path}?{urlencode({**query, 'idioma': each})}"),
            current=each == current,
        )
        for each in edge().blog.site.languages
        if each in offered
    ]


def spoken_on_the_site() -> list[str]:
    """The institution's languages in which the site has posts."""
    blog = edge().blog
    return [each for each in blog.site.languages if blog.manifest.menu(each)]
