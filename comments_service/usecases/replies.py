"""Words ready to use: an answer begins from them, and a person changes what they like.

What stands in braces is filled in by ``filling`` or, as ``{día}``, by a person; an answer in
which such a place is still empty is not sent.
"""

from datetime import datetime

from ..config.site_toml import LANGUAGES
from ..domain.cases import Case, person_actor
from ..domain.characters import MISLEADING, UNSAFE, is_one_line
from ..domain.comments import MAX_BODY_CHARS
from ..domain.journal import JournalKind
from ..errors import N_, Fault, InvalidComment
from ..store import departments, replies
from ..store.engine import Connection
from ..store.people import Person
from ..store.replies import Reply
from . import journal
from .blog import Blog
from .filling import PLACE, PLACES, filled

MAX_NAME_CHARS = 80


def everything(blog: Blog) -> list[Reply]:
    """All of them, by name and language."""
    with blog.store.read() as connection:
        return replies.everything(connection)


def offered(blog: Blog, case: Case, by: Person) -> list[Reply]:
    """Those for an answer to this comment: of one's own department, of the one that it was
    passed on to or that knows its topic; then everybody's. In its language, else in all."""
    with blog.store.read() as connection:
        found = replies.everything(connection)
        topic = departments.topic_by_id(connection, case.topic_id) if case.topic_id else None
    near = {by.department_id, case.department_id, topic and topic.department_id} - {None}
    ours = [each for each in found if each.department_id in near]
    some = ours + [each for each in found if each.department_id is None]
    return [each for each in some if each.lang == case.lang] or some


def keep(
    blog: Blog,
    name: str,
    lang: str,
    body: str,
    *,
    by: Person,
    now: datetime,
    department_id: int | None = None,
) -> None:
    """These are the words of this name in this language. department_id: None: everybody's.

    Raises InvalidComment.
    """
    name, body = name.strip(), body.replace("\r\n", "\n").strip()
    faults = [*_faults_of_name(name), *_faults_of_body(body)]
    if lang not in LANGUAGES:
        faults.append(Fault("lang", N_("Choose a language.")))
    if faults:
        raise InvalidComment(N_("There is a problem with what was sent."), faults)
    with blog.store.write() as connection:
        if department_id and departments.by_id(connection, department_id) is None:
            fault = Fault("department", N_("Choose one of the list."))
            raise InvalidComment(N_("There is a problem with what was sent."), [fault])
        changed = replies.put(connection, name, lang, body, department_id, now)
        _note(connection, changed, by, now, text=body)


def remove(blog: Blog, reply_id: int, *, by: Person, now: datetime) -> None:
    """Offer it no more; nothing when somebody else removed it first."""
    with blog.store.write() as connection:
        if replies.remove(connection, reply_id):
            _note(connection, reply_id, by, now)


def begun(blog: Blog, reply_id: int, case: Case, by: Person) -> str:
    """An answer to this comment that begins from the reply; "" without it."""
    with blog.store.read() as connection:
        found = replies.one(connection, reply_id)
    return "" if found is None else filled(blog, found.body, case, by)


def refuse_unfilled(blog: Blog, body: str) -> None:
    """Raises InvalidComment for an answer in which a place of a reply is still to be filled;
    also of one that was removed meanwhile, where the service fills such places in."""
    places = set(PLACE.findall(body))
    if not places:
        return
    known = PLACES.union(*(PLACE.findall(each.body) for each in everything(blog)))
    for place in sorted(places & known):
        fault = Fault("body", N_("Fill in %(place)s, or take it out."), place=place)
        raise InvalidComment(N_("There is a problem with what was sent."), [fault])


def _faults_of_name(name: str) -> list[Fault]:
    if not name:
        return [Fault("name", N_("Write it here."))]
    if len(name) > MAX_NAME_CHARS or not is_one_line(name) or MISLEADING.search(name):
        words = N_("Write one line of at most %(most)s characters.")
        return [Fault("name", words, most=MAX_NAME_CHARS)]
    return []


def _faults_of_body(body: str) -> list[Fault]:
    if not body:
        return [Fault("body", N_("Write it here."))]
    if len(body) > MAX_BODY_CHARS:
        return [Fault("body", N_("must have at most %(most)s characters"), most=MAX_BODY_CHARS)]
    if UNSAFE.search(body) or MISLEADING.search(body):
        return [Fault("body", N_("holds a character that is no text"))]
    return []


def _note(
    connection: Connection, reply_id: int, by: Person, now: datetime, *, text: str = ""
) -> None:
    told = {"reply": reply_id, "removed": int(not text)}
    actor = person_actor(by.id)
    kind = JournalKind.REPLY_CHANGED
    journal.note(connection, kind, actor=actor, now=now, data=told, text=text or None)
