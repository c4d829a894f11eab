"""What ``?citar=`` puts into the form: the words of a published comment, as a quotation."""

from .. import markup
from .reading import published

MAX_LINES = 8
MAX_CHARS = 600
"""A quotation recalls what was said; all of it stands above the form."""


def quoted(thread: str, comment_id: str) -> str:
    """The comment's plain words behind ``>``, and an empty line to go on; "" for none."""
    said = published(thread, comment_id)
    if said is None:
        return ""
    whole = markup.plain(said.body, said.markup).strip()
    short = "\n".join(whole[:MAX_CHARS].split("\n")[:MAX_LINES]).rstrip()
    if short != whole:
        short = short.rsplit(" ", 1)[0] + "…" if " " in short else short + "…"
    return "".join(f"> {line.strip()}".rstrip() + "\n" for line in short.split("\n")) + "\n"
