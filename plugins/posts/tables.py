"""Tables that are wider than a screen, in a box that the keyboard can move sideways.

The box is called after the heads of the columns: words of the text, in its own language.
"""

import re
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

_STASHED = re.compile("\x02[^\x03]*\x03")
"""What Markdown keeps elsewhere until the end, such as an entity."""


class _Boxes(Treeprocessor):
    def run(self, root: Element) -> None:
        tables = [(parent, child) for parent in root.iter() for child in parent]
        for parent, table in tables:
            if table.tag == "table":
                box = Element("div", {"class": "table-scroll", "role": "group", "tabindex": "0"})
                if name := _name(table):
                    box.set("aria-label", name)
                box.tail, table.tail = table.tail, None
                parent[list(parent).index(table)] = box
                box.append(table)


def _name(table: Element) -> str:
    heads = (_STASHED.sub("", "".join(head.itertext())).strip() for head in table.iter("th"))
    return ", ".join(head for head in heads if head)


class ScrollingTables(Extension):
    """Markdown extension for tables in a box of their own."""

    def extendMarkdown(self, md: Markdown) -> None:
        # When the inside of lines (20) was read: names are words, not marks.
        md.treeprocessors.register(_Boxes(md), "tables in boxes", 15)
