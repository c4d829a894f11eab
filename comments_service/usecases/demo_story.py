"""What happened in the demonstration before it was opened: told in ``story.toml``, done by the
use cases with a clock that walks from some weeks ago to now.

So every event, seal, promise and mail of it is one that the service made; no table is written.
"""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from ulid import ULID

from .. import signing
from ..content_repo import no_step, open_place
from ..domain.cases import Case
from ..errors import TertuliaError
from ..store import people as stored_people
from ..store.people import Person
from . import (
    answering,
    attend,
    clocks,
    departments,
    invitations,
    moderate,
    people,
    reader,
    replies,
    search,
    submit,
    subscriptions,
    terms,
    track,
)
from .blog import Blog
from .demo_times import Kept, Times, keep_back, times
from .log_seals import seal_all
from .person_form import PersonForm
from .publish import publish
from .sending import send_waiting
from .take_in import take_in

FILE = "story.toml"
BEGINS = "22d 09:00"
_OURS = re.compile(r"/correo/direccion/(\d+)/([^\s/]+)")

Entry = Mapping[str, Any]
Progress = Callable[[int, int], None]


@dataclass(slots=True)
class _Story:
    """The telling of it. people: by login; told: the references of comments, by their author."""

    blog: Blog
    times: Times
    now: datetime
    people: dict[str, Person] = field(default_factory=dict)
    told: dict[str, track.Receipt] = field(default_factory=dict)

    def clock(self) -> datetime:
        return self.now

    def case(self, author: str) -> Case:
        return moderate.case_by_reference(self.blog, self.told[author].case.reference)


def tell(blog: Blog, folder: Path, end: datetime, progress: Progress) -> dict[str, str]:
    """Do all of it, up to now; the references of the comments, by author.

    The site must have been built once; mails go to the mailbox.
    """
    written = tomllib.loads((folder / FILE).read_text("utf-8"))
    told_at = times(blog.settings.blog, end)
    story = _Story(blog, told_at, told_at.at(BEGINS))
    later = list(keep_back(blog.settings.content_folder, story.now, told_at))
    _begin(story, written)
    acts = sorted((*_acts(story, written), *_files(story, later)), key=lambda act: act[0])
    for done, (at, act) in enumerate(acts, 1):
        story.now = max(story.now, at)
        act()
        _pass_time(story)
        progress(done, len(acts))
    story.now = end
    publish(blog, story.clock)
    _pass_time(story)
    search.take_in(blog)
    seal_all(blog, end)
    return {author: receipt.case.reference for author, receipt in story.told.items()}


def _pass_time(story: _Story) -> None:
    """What the tick does of it; publishing has moments of its own."""
    clocks.run(story.blog, story.now)
    send_waiting(story.blog, story.clock, no_step)
    _answer_mails(story)


def _answer_mails(story: _Story) -> None:
    """Readers who gave an address say that it is theirs, as the first mail asks them to."""
    for mail in story.blog.mailbox.newest()[:5]:
        for number, token in _OURS.findall(mail.get_content()):
            found = subscriptions.address_at(story.blog, number, token)
            if not found.confirmed_at and not found.stopped_at:
                subscriptions.confirm_address(story.blog, number, token, story.now)
                send_waiting(story.blog, story.clock, no_step)


def _begin(story: _Story, written: Entry) -> None:
    """The people, and what they set before anybody wrote."""
    blog, now = story.blog, story.now
    first, *others = written["people"]
    token = people.first_administrator_token(blog, now)
    if token is None:
        raise AssertionError("a demonstration that was told already")
    account = people.Account(
        login=first["login"],
        name=first["name"],
        position=first["position"],
        password=signing.random_token(),
    )
    by = people.make_first_administrator(blog, token, account, now=now).person
    numbers: dict[str, int] = {}
    for name in written["departments"]:
        number = numbers[name] = departments.add(blog, name, by=by, now=now)
        email = f"departamento{number}@villaejemplo.example"
        departments.change(blog, number, name, closed=False, by=by, now=now, email=email)
    for topic, department in written["topics"].items():
        departments.add_topic(blog, topic, numbers[department], by=by, now=now)
    for each in others:
        _welcome(story, each, numbers[each["department"]], by)
    for each in written["replies"]:
        replies.keep(blog, each["name"], each["lang"], each["body"], by=by, now=now)
    terms.keep(blog, "\n".join(written["terms"]), by=by, now=now)
    with blog.store.read() as connection:
        everybody = stored_people.everybody(connection)
    story.people.update({each.login: each for each in everybody})


def _welcome(story: _Story, one: Entry, department: int, by: Person) -> None:
    """Somebody is invited, and comes; nobody ever learns the password."""
    said = {name: str(one[name]) for name in ("login", "name", "position", "role")}
    email = f"{one['login']}@villaejemplo.example"
    form = PersonForm({**said, "department": str(department), "email": email})
    made = invitations.invite(story.blog, form, by=by, now=story.now)
    invitations.accept(
        story.blog,
        made.token,
        name=one["name"],
        password=signing.random_token(),
        now=story.now,
    )


def _acts(story: _Story, written: Entry) -> Iterator[tuple[datetime, Callable[[], object]]]:
    for ago in written["published"]:
        yield story.times.at(ago), lambda: publish(story.blog, story.clock)
    for each in written["comment"]:
        yield story.times.at(each["at"]), _Act(_write, story, each)
        for name, act in _FOLLOWS.items():
            if name in each:
                ago, *rest = each[name]
                yield story.times.at(ago), _Act(act, story, each, *rest)


def _files(story: _Story, later: Sequence[Kept]) -> Iterator[tuple[datetime, Callable[[], object]]]:
    """The content's own comments of these weeks come in when somebody decided on them."""
    for each in later:
        yield each.at, partial(_take_in, story, each)


def _take_in(story: _Story, kept: Kept) -> None:
    kept.put_back()
    take_in(story.blog, open_place(story.blog.settings), None, story.now)


class _Act:
    """One thing that somebody did. A refusal by the program is a fault of the story."""

    def __init__(self, act: Callable[..., object], story: _Story, told: Entry, *rest: Any) -> None:
        self._act, self._story, self._told, self._rest = act, story, told, rest

    def __call__(self) -> None:
        try:
            self._act(self._story, self._told, *self._rest)
        except TertuliaError as error:
            raise AssertionError(f"{self._told['author']}: {error}") from error


def _write(story: _Story, said: Entry) -> None:
    to = story.told.get(said.get("to", ""))
    form = submit.Form(
        author=said["author"],
        body=said["text"],
        lang=said.get("lang", "es"),
        email=said.get("email", ""),
        private=said.get("private", False),
        in_reply_to=to.case.comment_id if to else "",
    )
    story.told[said["author"]] = submit.submit(
        story.blog,
        said["on"],
        form,
        address=f"192.0.2.{len(story.told) + 1}",  # RFC 5737: nobody's
        comment_id=_new_id(story.now),
        now=story.now,
    )


def _publish(story: _Story, said: Entry, who: str) -> None:
    case = story.case(said["author"])
    moderate.approve(story.blog, case.id, case.revision, by=story.people[who], now=story.now)
    if "answer" not in said:  # it asks for nothing more
        seen = len(track.record_of(story.blog, case).events)
        attend.close(story.blog, case.id, seen, by=story.people["gestora"], now=story.now)


def _answer(story: _Story, said: Entry, who: str, text: str) -> None:
    case = story.case(said["author"])
    answering.answer(
        story.blog,
        case.id,
        case.revision,
        text,
        by=story.people[who],
        answer_id=_new_id(story.now),
        now=story.now,
    )


def _reject(story: _Story, said: Entry, who: str, rule: int, why: str) -> None:
    case = story.case(said["author"])
    cited = {each.number: each for each in moderate.rules_in_force(story.blog, story.now)}[rule]
    moderate.reject(
        story.blog,
        case.id,
        case.revision,
        rule=(cited.number, cited.version),
        reason=why,
        by=story.people[who],
        now=story.now,
    )


def _appeal(story: _Story, said: Entry, text: str) -> None:
    of = _tracked(story, said)
    reader.appeal(story.blog, of, len(of.events), text, now=story.now)


def _rate(story: _Story, said: Entry, text: str) -> None:
    of = _tracked(story, said)
    answered = [str(e.data["answer"]) for e in of.events if "answer" in e.data]
    rating = reader.Rating(answered[0], useful=True, text=text)
    reader.rate(story.blog, of, rating, now=story.now)


def _tracked(story: _Story, said: Entry) -> track.Tracked:
    return track.record_of(story.blog, story.case(said["author"]))


def _new_id(now: datetime) -> str:
    return str(ULID.from_datetime(now)).lower()


_FOLLOWS: Mapping[str, Callable[..., object]] = {
    "publish": _publish,
    "answer": _answer,
    "reject": _reject,
    "appeal": _appeal,
    "rate": _rate,
}
