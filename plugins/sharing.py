"""Where readers can pass an article on: plain links, nobody is told before they are followed.

Templates get ``share_links(article)``; the institution's ``share`` says which, in its order.
Each address is the one that the service documents for other sites' links.
"""

from dataclasses import dataclass
from urllib.parse import quote

from pelican import signals
from pelican.generators import Generator

from .texts import Text

_PLACES = {
    "email": ("", "mailto:?subject={title}&body={address}"),
    "whatsapp": ("WhatsApp", "https://wa.me/?text={title}%20{address}"),
    "telegram": ("Telegram", "https://t.me/share/url?url={address}&text={title}"),
    "mastodon": ("Mastodon", "https://share.joinmastodon.org/#text={title}%20{address}"),
    "bluesky": ("Bluesky", "https://bsky.app/intent/compose?text={title}%20{address}"),
    "linkedin": ("LinkedIn", "https://www.linkedin.com/sharing/share-offsite/?url={address}"),
    "facebook": ("Facebook", "https://www.facebook.com/sharer/sharer.php?u={address}"),
    "x": ("X", "https://x.com/intent/post?text={title}&url={address}"),
}


@dataclass(frozen=True, slots=True)
class ShareLink:
    """name: of the place; "" for e-mail, which every language names in its own way."""

    name: str
    url: str


def share_links(article: Text) -> list[ShareLink]:
    """A link for each place of the institution's choice."""
    address = quote(f"{article.settings['SITEURL']}/{article.url}")
    title = quote(str(article.title))
    chosen = [_PLACES[place] for place in article.settings["SITE"].share]
    return [ShareLink(name, url.format(title=title, address=address)) for name, url in chosen]


def install(generator: Generator) -> None:
    """Give the templates of ``generator`` the function."""
    generator.env.globals["share_links"] = share_links


def register() -> None:
    signals.generator_init.connect(install)
