"""The single keys by which a person goes through the lists: off until they turn them on."""

import json
from collections.abc import Mapping
from string import ascii_lowercase
from types import MappingProxyType

from ..errors import N_, Fault, InvalidComment
from ..store import people
from ..store.people import Person
from .blog import Blog

KEYS: Mapping[str, str] = MappingProxyType(
    {
        "next": "j",
        "previous": "k",
        "publish": "a",
        "refuse": "r",
        "pass_on": "d",
        "answer": "c",
        "no_answer": "n",
        "mark": "x",
        "undo": "u",
        "help": "?",
    }
)
"""What each does, and the key that it has at first."""


def of(blog: Blog, person: Person) -> Mapping[str, str] | None:
    """By what they do; empty: turned off. None: the person was never asked."""
    with blog.store.read() as connection:
        kept = people.keys_of(connection, person.id)
    if not kept:
        return {} if kept == "" else None
    return _filled({name: str(key) for name, key in json.loads(kept).items()})


def turn_off(blog: Blog, person: Person) -> None:
    with blog.store.write() as connection:
        people.change(connection, person.id, keys="")


def choose(blog: Blog, person: Person, keys: Mapping[str, str]) -> None:
    """Raises InvalidComment for what is not one sign each, and none of them twice."""
    chosen = _filled({name: key.strip().lower() for name, key in keys.items()})
    signs = list(chosen.values())
    wrong = [
        name
        for name, sign in chosen.items()
        if len(sign) != 1 or not sign.isprintable() or signs.count(sign) > 1
    ]
    if wrong:
        fault = N_("Write one sign for each, and none twice.")
        raise InvalidComment(N_("There is a problem"), [Fault(name, fault) for name in wrong])
    with blog.store.write() as connection:
        people.change(connection, person.id, keys=json.dumps(chosen, ensure_ascii=False))


def _filled(chosen: Mapping[str, str]) -> dict[str, str]:
    """With a key for each that has none: its own, or, where that does something else here, the
    first letter that does nothing."""
    found = {name: chosen[name] for name in KEYS if chosen.get(name)}
    for name, key in KEYS.items():
        others = (each for each in ascii_lowercase if each not in KEYS.values())
        free = (each for each in (key, *others) if each not in found.values())
        found.setdefault(name, next(free))
    return {name: found[name] for name in KEYS}
