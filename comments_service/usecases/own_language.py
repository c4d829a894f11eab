"""The language of the pages and mails of somebody who works here, as they choose it themselves."""

from datetime import datetime

from ..domain.cases import person_actor
from ..domain.chain import Data
from ..domain.journal import JournalKind
from ..errors import N_, Fault, InvalidComment
from ..store import people
from ..store.people import Person
from .blog import Blog
from .journal import note


def choose(blog: Blog, person: Person, language: str, *, now: datetime) -> None:
    """Raises InvalidComment for one that the site does not have."""
    if language not in blog.site.languages:
        fault = Fault("language", N_("Choose one of the list."))
        raise InvalidComment(N_("There is a problem"), [fault])
    if language == person.language:
        return
    with blog.store.write() as connection:
        people.change(connection, person.id, language=language)
        data: Data = {"person": person.id, "fields": "language"}
        actor = person_actor(person.id)
        note(connection, JournalKind.PERSON_CHANGED, actor=actor, now=now, data=data)
