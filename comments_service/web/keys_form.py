"""The keys of the lists: offered once, used by ``teclas.js``, changed in one's account."""

from collections.abc import Mapping

from ..errors import N_
from ..store.people import Person
from ..usecases import own_keys
from . import sessions
from .edge import edge
from .headers import run_script

WORDS = {
    "next": N_("Next comment"),
    "previous": N_("Previous comment"),
    "publish": N_("Publish"),
    "refuse": N_("Do not publish"),
    "pass_on": N_("Pass it on"),
    "answer": N_("Answer"),
    "no_answer": N_("It needs no answer"),
    "mark": N_("Mark it, to decide on several at once"),
    "undo": N_("Undo the last decision"),
    "help": N_("Show the keys"),
}
"""What each key does."""


def on_page() -> dict[str, object]:
    """For a page where they work. keys: None where the person is to be asked."""
    kept = own_keys.of(edge().blog, sessions.the_session().person)
    if kept:
        run_script()
    return {"keys": kept, "key_words": WORDS}


def section(person: Person, values: Mapping[str, str] | None) -> dict[str, object]:
    """For the page of one's account. values: what came back with a fault."""
    kept = own_keys.of(edge().blog, person) or {}
    shown = values or kept or own_keys.KEYS
    return {"keys": kept, "key_words": WORDS, "key_values": shown}


def keep(person: Person, sent: Mapping[str, str]) -> None:
    """Raises InvalidComment."""
    if sent["use"] == "off":
        own_keys.turn_off(edge().blog, person)
    else:
        own_keys.choose(edge().blog, person, sent)
