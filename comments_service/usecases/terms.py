"""The list of words to look at twice: screening points them out and refuses nobody."""

from datetime import datetime

from .. import screening
from ..domain.cases import person_actor
from ..domain.characters import MISLEADING, UNSAFE
from ..domain.journal import JournalKind
from ..errors import N_, Fault, InvalidComment
from ..store import terms
from ..store.people import Person
from . import journal
from .blog import Blog

MAX_TERMS = 500
MAX_CHARS = 80


def written(blog: Blog) -> list[str]:
    """The words as somebody wrote them, in the order of the alphabet."""
    with blog.store.read() as connection:
        return list(terms.everything(connection).values())


def keep(blog: Blog, lines: str, *, by: Person, now: datetime) -> bool:
    """These words and no others, one on each line. Whether that is a change.

    Raises InvalidComment.
    """
    given = list(filter(None, (line.strip() for line in lines.splitlines())))
    wanted = {screening.folded_words(line): line for line in given}
    if faulty := next((line for line in given if not _is_good(line)), None):
        words = N_("“%(line)s” is no word that can be looked for.")
        raise _refused(Fault("terms", words, line=faulty[:MAX_CHARS]))
    if len(wanted) > MAX_TERMS:
        raise _refused(Fault("terms", N_("At most %(most)s words can be kept."), most=MAX_TERMS))
    with blog.store.write() as connection:
        if terms.everything(connection) == wanted:
            return False
        terms.replace(connection, wanted, now)
        told = {"terms": len(wanted)}
        actor, text = person_actor(by.id), "\n".join(wanted.values()) or None
        kind = JournalKind.TERM_CHANGED
        journal.note(connection, kind, actor=actor, now=now, data=told, text=text)
    blog.set_by_staff.forget()
    return True


def _is_good(line: str) -> bool:
    folded = screening.folded_words(line)
    short = len(line) <= MAX_CHARS and 0 < len(folded) <= MAX_CHARS
    return short and not UNSAFE.search(line) and not MISLEADING.search(line)


def _refused(fault: Fault) -> InvalidComment:
    return InvalidComment(N_("There is a problem with what was sent."), [fault])
