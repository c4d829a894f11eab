"""A judge of a comment's HTML that shares no code with what makes it.

It reads the HTML with html5lib, as a browser would, and names everything that is not on a
list written here a second time, on purpose.
"""

import re
from collections.abc import Iterator

import html5lib

TAGS = {
    "p": set(),
    "br": set(),
    "em": set(),
    "strong": set(),
    "a": {"href", "rel"},
    "code": set(),
    "pre": set(),
    "blockquote": set(),
    "ul": set(),
    "ol": {"start"},
    "li": set(),
}
HREF = re.compile(
    r"https?://[a-z0-9_-]+(\.[a-z0-9_-]+)*(:[0-9]+)?([/?#][a-z0-9%._~:/?#@!$&'()*+,;=-]*)?",
    re.ASCII | re.IGNORECASE,
)
REL = "nofollow ugc noopener"


def findings(html: str) -> list[str]:
    """What a comment's HTML may not hold, in words; empty when all is well."""
    fragment = html5lib.parseFragment(html, treebuilder="etree", namespaceHTMLElements=False)
    found = [finding for element in fragment.iter() for finding in _of(element)]
    # Mutation: what a browser makes of its own writing must be the same again.
    once = html5lib.serialize(fragment, omit_optional_tags=False, quote_attr_values="always")
    again = html5lib.parseFragment(once, treebuilder="etree", namespaceHTMLElements=False)
    if html5lib.serialize(again, omit_optional_tags=False, quote_attr_values="always") != once:
        found.append("changes when it is written and read again")
    return found


def _of(element: object) -> Iterator[str]:
    tag, attributes = element.tag, element.attrib  # type: ignore[attr-defined]
    if tag == "DOCUMENT_FRAGMENT":
        return
    if tag not in TAGS:
        yield f"element {tag}"
        return
    for name, value in attributes.items():
        if name not in TAGS[tag]:
            yield f"attribute {name} of {tag}"
        if "{" in value or "|" in value:
            yield f"brace or bar in {name}"
    if tag == "a" and not HREF.fullmatch(attributes.get("href", "")):
        yield f"address {attributes.get('href')!r}"
    if tag == "a" and attributes.get("rel") != REL:
        yield f"rel {attributes.get('rel')!r}"
    if tag == "ol" and not attributes.get("start", "1").isdecimal():
        yield f"start {attributes['start']!r}"
