"""A quotation with its source: Markdown's ``>``, with a last line of its own for the source.

    > «La conversación es el rey.»
    > -- Cory Doctorow, en [BoingBoing](https://boingboing.net)

A line that begins with ``-- `` or ``— `` becomes the caption of a figure. No character of
the quotation is changed: quotation marks stay as they were typed.
"""

import re
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

_SOURCE = re.compile(r"(?:--|—)[ \t]+(\S.*)")


class _Sources(Treeprocessor):
    """Works on the blocks, before anything inside their lines is read."""

    def run(self, root: Element) -> None:
        parents = [(parent, child) for parent in root.iter() for child in parent]
        for parent, child in parents:
            if child.tag == "blockquote" and (source := _take_source(child)):
                figure = Element("figure", {"class": "quotation"})
                figure.tail, child.tail = child.tail, None
                parent[list(parent).index(child)] = figure
                figure.append(child)
                SubElement(SubElement(figure, "figcaption"), "cite").text = source


def _take_source(quotation: Element) -> str:
    """Take the source out of a quotation; "" for one without, or with nothing else in it."""
    last = quotation[-1] if len(quotation) else None
    if last is None or last.tag != "p" or len(last) or not last.text:
        return ""
    said, _, line = last.text.rstrip().rpartition("\n")
    found = _SOURCE.fullmatch(line.strip())
    if not found or not (said.strip() or len(quotation) > 1):
        return ""
    if said.strip():
        last.text = said.rstrip()
    else:
        quotation.remove(last)
    return found[1]


class Quotations(Extension):
    """Markdown extension for the source of a quotation."""

    def extendMarkdown(self, md: Markdown) -> None:
        # Footnotes (50) have found their list by then; the inside of lines (20) comes next.
        md.treeprocessors.register(_Sources(md), "quotations", 30)
