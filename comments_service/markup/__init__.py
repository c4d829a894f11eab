"""From a reader's text to safe HTML: the one place for both the service and the build.

A text is cleaned at the door (``clean_line``, ``clean_body``), checked when it is sent
(``check``, ``second_opinion.agrees``), and made HTML each time it is shown (``render``). What is
stored is the text; no HTML is ever stored.

The way of a Markdown text: markdown-it-py without raw HTML, images, references and headings,
then nh3 under the table in ``policy``. At submission bleach reads the same HTML under the same
table, and the two must agree: the service asks ``second_opinion`` by name, a build need not.
"""

from .cleaning import clean_body, clean_line, is_visible
from .markdown import web_address
from .rendering import check, plain, render

__all__ = [
    "check",
    "clean_body",
    "clean_line",
    "is_visible",
    "plain",
    "render",
    "web_address",
]
