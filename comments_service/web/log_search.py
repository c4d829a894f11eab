"""What words that somebody types may stand for in the log: an entry holds every one of them.

A word is found in what happened, as it reads in the page's language, in the names of who did it
or to whom, in a reference, and in words that the log still keeps: those that were erased are
nowhere to be found.
"""

from collections.abc import Mapping

from flask_babel import gettext

from .. import markup
from ..domain.cases import id_in
from ..domain.names import folded
from ..errors import N_, Fault
from ..store.log_pages import Word
from . import log_words
from .event_words import NOTED, NOTED_OF_ANSWERS

MOST_WORDS = 8
MOST_CHARS = 60


def asked(typed: str, names: Mapping[str, str]) -> tuple[Word, ...]:
    """names: by actor, of who works here. Raises Fault about ``palabras``."""
    found = list(dict.fromkeys(markup.clean_line(typed).split()))
    if len(found) > MOST_WORDS or any(len(each) > MOST_CHARS for each in found):
        raise Fault("palabras", N_("Write at most %(most)s words."), most=MOST_WORDS)
    actors = {**log_words.actors(), **names}
    return tuple(_word(each, actors) for each in found)


def _word(typed: str, actors: Mapping[str, str]) -> Word:
    wanted = folded(typed)
    tables = (log_words.WORDS, NOTED, NOTED_OF_ANSWERS)
    kinds = {
        str(kind) for table in tables for kind, said in table.items() if _in(wanted, gettext(said))
    }
    return Word(
        typed=typed,
        kinds=frozenset(kinds),
        actors=frozenset(actor for actor, name in actors.items() if _in(wanted, name)),
        case_id=id_in(typed),
    )


def _in(wanted: str, said: str) -> bool:
    return bool(wanted) and wanted in folded(said)
