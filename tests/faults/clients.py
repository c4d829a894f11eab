"""A reader and a member of staff at the far end of the network, who write down what they try
and what they are told. What gets no answer is tried again, as people do.
"""

import random
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import TypeVar
from urllib.parse import urlencode

from comments_service.domain import totp
from comments_service.domain.comments import WithdrawnBy
from comments_service.errors import Unavailable
from comments_service.usecases.blog import Blog, open_blog
from comments_service.usecases.revise import revise
from comments_service.usecases.withdraw import erase, withdraw
from tests.faults.history import History, new_word
from tests.faults.world import THREADS, World
from tests.support.ids import new_id

T = TypeVar("T")
ANSWER_SECONDS = 40.0
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class Answer:
    status: int
    location: str
    text: str
    headers: Mapping[str, str]


def ask(
    port: int, method: str, path: str, fields: Mapping[str, str] | None = None, **headers: str
) -> Answer:
    """One request; no redirect is followed. Raises OSError, HTTPException."""
    connection = HTTPConnection("localhost", port, timeout=ANSWER_SECONDS)
    try:
        body = None if fields is None else urlencode(fields)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, (FORM if fields is not None else {}) | sent)
        answer: HTTPResponse = connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
        return Answer(answer.status, answer.getheader("Location", ""), text, dict(answer.headers))
    finally:
        connection.close()


def persist(what: Callable[[], T], seconds: float = 120) -> T:
    """Again until it is answered: the service may be down."""
    until = time.monotonic() + seconds
    while True:
        try:
            return what()
        except (OSError, HTTPException):
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


@dataclass
class Reader:
    """Sends comments. headers: more, for each request.

    references: by word, what was told. last: conversation and fields of the newest comment.
    """

    world: World
    port: int
    random: random.Random
    headers: dict[str, str] = field(default_factory=dict)
    references: dict[str, str] = field(default_factory=dict)
    last: tuple[str, dict[str, str]] = ("", {})

    @property
    def history(self) -> History:
        return self.world.history

    def write(self, thread: str | None = None, more: str = "") -> str:
        """A new comment, sent until it is taken; its word."""
        word = new_word(self.random)
        fields = {
            "author": f"Aitor {word[2:6]}",
            "body": f"Primera línea con {word}.\n\nSegundo *párrafo*, ñandú. {more}".strip(),
            "lang": "es",
        }
        self.last = (thread or self.random.choice(THREADS), fields)
        self.references[word] = self.send(word, *self.last)
        return word

    def send(self, word: str, thread: str, fields: dict[str, str]) -> str:
        """Send one form until it is taken; the reference that is told."""
        about = {"author": fields["author"], "body": fields["body"], "thread": thread}
        self.history.note("submit", word, told=False, **about)

        def post() -> Answer:
            answer = ask(self.port, "POST", f"/comentar/{thread}", fields, **self.headers)
            if answer.status == 503:
                assert answer.headers.get("Retry-After"), "503 without Retry-After"
                assert word in answer.text, "503 lost the text"
                raise OSError(answer.status)
            return answer

        answer = persist(post)
        found = re.search(r"/seguimiento/(20\d\d-\d+)/([^/]+)/", answer.location)
        assert answer.status == 303, (answer.status, answer.text)
        assert found, answer.location
        reference, token = found.groups()
        self.history.note("submit", word, told=True, reference=reference, token=token, **about)
        return reference


@dataclass
class Staff:
    """Decides over HTTP; corrects, withdraws and erases as commands on the server do."""

    world: World
    port: int
    random: random.Random
    cookie: str = ""
    csrf: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def history(self) -> History:
        return self.world.history

    def sign_in(self, link: str) -> None:
        """Make the first account by the printed link, and keep its session."""
        path = re.sub(r"^http://[^/]+", "", link)
        account = {
            "login": "ada",
            "name": "Ada Ejemplo",
            "password": "una frase muy larga",
            "position": "Gestora de comunidad",
            "language": "es",
        }
        answer = ask(self.port, "POST", path, account)
        assert answer.status == 303, answer.text
        self.cookie = answer.headers["Set-Cookie"].split(";")[0]
        page = ask(self.port, "GET", "/gestion/", Cookie=self.cookie)
        self._read_token(page if page.status == 200 else self._set_code())

    def _read_token(self, page: Answer) -> None:
        found = re.search(r'name="csrf" value="([^"]+)"', page.text)
        assert found, page.text
        self.csrf = found[1]

    def _set_code(self) -> Answer:
        """The second factor, where the blog stands behind a proxy; the page after it."""
        path = "/gestion/cuenta/codigo"
        page = ask(self.port, "GET", path, Cookie=self.cookie)
        self._read_token(page)
        found = re.search(r'class="secret">([A-Z2-7 ]+)<', page.text)
        assert found, page.text
        secret = totp.read(found[1].replace(" ", ""))
        code = totp.code_at(secret, int(time.time()) // totp.STEP_SECONDS)
        sent = {"csrf": self.csrf, "code": code}
        done = ask(self.port, "POST", path, sent, Cookie=self.cookie)
        assert done.status in (200, 303), done.text
        self.cookie = done.headers["Set-Cookie"].split(";")[0]
        return ask(self.port, "GET", "/gestion/", Cookie=self.cookie)

    def approve(self, word: str, reference: str) -> None:
        self._decide("approve", word, reference, "publicar", {})

    def reject(self, word: str, reference: str) -> None:
        self._decide("reject", word, reference, "no-publicar", {"reason": "No cabe."})

    def answer(self, word: str, reference: str) -> str:
        """Answer a comment; the answer's own word."""
        new = new_word(self.random)
        body = f"Gracias, lo miramos: {new}"
        sent = {"body": body, "answer": new_id(datetime.now(UTC))}
        self._decide("answer", word, reference, "contestar", sent, new=new)
        return new

    def _decide(
        self, did: str, word: str, reference: str, verb: str, fields: dict[str, str], **about: str
    ) -> None:
        if "body" in fields:
            about["body"] = fields["body"]
        self.history.note(did, word, told=False, **about)

        def press() -> Answer:
            answer = ask(
                self.port,
                "POST",
                f"/gestion/comentario/{reference}/{verb}",
                {"csrf": self.csrf, "revision": "1", **fields},
                Cookie=self.cookie,
                **self.headers,
            )
            if answer.status == 503:
                raise OSError(answer.status)
            return answer

        tries = 0

        def press_once_more() -> Answer:
            nonlocal tries
            tries += 1
            return press()

        answer = persist(press_once_more)
        # The answer to an earlier press may have been lost in a kill.
        assert answer.status == 303 or (answer.status == 409 and tries > 1), (
            did,
            answer.status,
            answer.text,
        )
        self.history.note(did, word, told=True, **about)

    def revise(self, word: str, comment_id: str, seen: int = 1) -> str:
        """Correct a public comment; the new word."""
        new = new_word(self.random)
        body = f"Corregido: {new}"
        about = {"new": new, "body": body}
        self._command(
            "revise",
            word,
            lambda blog, now: revise(blog, comment_id, seen, body, by=None, now=now),
            **about,
        )
        return new

    def withdraw(self, word: str, comment_id: str) -> None:
        why = WithdrawnBy.READER
        self._command(
            "withdraw",
            word,
            lambda blog, now: withdraw(blog, comment_id, reason=why, by=None, now=now),
        )

    def erase(self, word: str, comment_id: str) -> None:
        self._command("erase", word, lambda blog, now: erase(blog, comment_id, by=None, now=now))

    def _command(
        self, did: str, word: str, act: Callable[[Blog, datetime], None], **about: str
    ) -> None:
        self.history.note(did, word, told=False, **about)
        blog = open_blog(self.world.settings())
        try:
            for _ in range(20):
                try:
                    act(blog, datetime.now(UTC))
                    break
                except Unavailable:
                    time.sleep(0.2)
            else:
                raise AssertionError(f"{did}: the database stayed locked")
        finally:
            blog.store.close()
        self.history.note(did, word, told=True, **about)
