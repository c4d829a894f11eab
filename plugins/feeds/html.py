"""The HTML of an article outside its page: in a feed, beside those of other sites.

Staff may write any HTML. A feed reader shows it in a page of its own, so nothing goes out that
runs, frames, asks for input or dresses up; what is read, seen and heard stays.
"""

from functools import cache

import nh3

_MEDIA = {
    "audio": {"src", "controls"},
    "video": {"src", "controls", "poster", "width", "height"},
    "source": {"src", "type"},
    "track": {"src", "kind", "srclang", "label"},
}
_SHAPES = {"picture", "section", "main"}
_EVERYWHERE = {"lang", "dir", "title"}


def portable(html: str, address: str) -> str:
    """The same text, safe in a foreign page, its links and pictures with whole addresses.

    address: of the page that it comes from.
    """
    return _cleaner(address).clean(html).strip()


def _cleaner(address: str) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(nh3.ALLOWED_TAGS | _MEDIA.keys() | _SHAPES),
        # Of these the content is no text either.
        clean_content_tags={"script", "style", "template", "noscript", "iframe", "object"},
        attributes=_attributes(),
        link_rel=None,
        url_relative=("rewrite_with_base", address),
    )


@cache
def _attributes() -> dict[str, set[str]]:
    # nh3 makes no whole address of `cite`, and no reader of feeds shows it.
    plain = {tag: names - {"cite"} for tag, names in nh3.ALLOWED_ATTRIBUTES.items()}
    return plain | _MEDIA | {"*": _EVERYWHERE}
