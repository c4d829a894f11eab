"""How much is let in, seen from outside: addresses, floods, bodies that nobody can read.

Nothing ends in a 500, every answer is a page that says what to do, and no text is lost.
"""

import socket
from collections.abc import Callable, Iterator

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from comments_service.config.settings import Settings
from comments_service.usecases.blog import Blog, open_blog
from comments_service.web import bodies, create_app
from tests.support.fixtures import Clock
from tests.support.service import Service, copy_of_the_blog, running
from tests.support.waiting import to_decide
from tests.web.pages import by_id, fields, title, tree, words

BODY = "  Primera línea\ncon «comillas» & <b>signos</b>\n\n\nÚltima."
GOOD = {"author": "Aitor", "body": BODY, "lang": "es", "website": ""}
BOUNDARY = "multipart/form-data; boundary=x"
Client = Callable[..., FlaskClient]


@pytest.fixture
def client(settings: Settings, clock: Clock) -> Iterator[Client]:
    """A browser of the same blog under other limits, each time from a fresh start of it."""
    opened: list[Blog] = []

    def start(**limits: int) -> FlaskClient:
        blog = open_blog(settings.model_copy(update=limits))
        opened.append(blog)
        return create_app(blog, clock=clock).test_client()

    yield start
    for blog in opened:
        blog.store.close()


def post(client: FlaskClient, number: int, **headers: str) -> TestResponse:
    data = {"author": "Aitor", "body": f"Comentario {number}"}
    return client.post("/comentar/hola", data=data, headers=headers)


class TestAForwardedAddress:
    FORGED = (
        "X-Forwarded-For",
        "X-Real-IP",
        "Forwarded",
        "CF-Connecting-IP",
        "True-Client-IP",
        "Client-IP",
    )

    def test_counts_for_nothing_where_no_proxy_is_trusted(self, client: Client) -> None:
        reader = client(max_per_network=1)
        codes = [
            post(reader, number, **{name: f"for=192.0.2.{number}, 192.0.2.{number}"}).status_code
            for number, name in enumerate(self.FORGED)
        ]
        assert codes == [303, *[429] * (len(self.FORGED) - 1)]

    def test_is_the_last_one_behind_one_proxy(self, client: Client) -> None:
        reader = client(max_per_network=1, trusted_proxies=1)

        def code(number: int, addresses: str) -> int:
            return post(reader, number, **{"X-Forwarded-For": addresses}).status_code

        assert code(1, "198.51.100.1, 192.0.2.1") == 303
        assert code(2, "198.51.100.2, 192.0.2.1") == 429
        assert code(3, "192.0.2.1, 192.0.2.2") == 303

    def test_is_the_last_but_one_behind_two(self, client: Client) -> None:
        reader = client(max_per_network=1, trusted_proxies=2)

        def code(number: int, addresses: str) -> int:
            return post(reader, number, **{"X-Forwarded-For": addresses}).status_code

        assert code(1, "1.1.1.1, 192.0.2.1, 10.0.0.1") == 303
        assert code(2, "2.2.2.2, 192.0.2.1, 10.0.0.2") == 429
        assert code(3, "192.0.2.1, 192.0.2.2, 10.0.0.1") == 303

    @pytest.mark.parametrize("name", ["X-Real-IP", "Forwarded", "CF-Connecting-IP"])
    def test_in_another_header_never_counts(self, client: Client, name: str) -> None:
        reader = client(max_per_network=1, trusted_proxies=1)
        codes = [post(reader, n, **{name: f"192.0.2.{n}"}).status_code for n in range(2)]
        assert codes == [303, 429]

    def test_that_is_none_counts_as_unknown(self, client: Client) -> None:
        reader = client(max_per_network=2, trusted_proxies=1)
        garbage = ["unknown", "_hidden", "' OR 1=1 --", "1.2.3.4.5", "x" * 4_000, "ñ"]
        codes = [
            post(reader, number, **{"X-Forwarded-For": each}).status_code
            for number, each in enumerate(garbage)
        ]
        assert codes == [303, 303, 429, 429, 429, 429]
        assert post(reader, 9, **{"X-Forwarded-For": "192.0.2.9"}).status_code == 303

    def test_of_ipv6_counts_with_its_neighbours(self, client: Client) -> None:
        reader = client(max_per_network=1, trusted_proxies=1)
        addresses = ["2001:db8::1", "2001:db8::ffff:1", "2001:db8:0:1::1", "::ffff:192.0.2.1"]
        addresses.append("192.0.2.1")
        codes = [
            post(reader, number, **{"X-Forwarded-For": each}).status_code
            for number, each in enumerate(addresses)
        ]
        assert codes == [303, 429, 303, 303, 429]


class TestEachLimit:
    @pytest.mark.parametrize(
        ("limit", "status"),
        [
            ("max_per_network", 429),
            ("max_per_thread", 429),
            ("max_waiting", 503),
            ("max_per_hour", 503),
        ],
    )
    def test_keeps_every_field_and_says_when_also_after_a_restart(
        self, client: Client, clock: Clock, limit: str, status: int
    ) -> None:
        reader = client(**{limit: 1})
        assert post(reader, 1).status_code == 303
        for again in (reader, client(**{limit: 1})):
            answer = again.post("/comentar/hola", data=GOOD | {"lang": "eu"})
            assert answer.status_code == status
            assert int(answer.headers["Retry-After"]) > 0
            assert title(answer).startswith("Errorea: ")
            assert {**fields(answer), "body": _kept(answer)}.items() >= {
                "author": "Aitor",
                "body": BODY,
                "website": "",
            }.items()
        if limit != "max_waiting":
            clock.forward(hours=1, seconds=1)
            assert reader.post("/comentar/hola", data=GOOD).status_code == 303

    def test_lets_everything_be_read(self, client: Client) -> None:
        reader = client(max_per_network=1, max_waiting=1)
        post(reader, 1)
        assert reader.get("/comentar/hola").status_code == 200
        with reader.get("/2026/11/hola/") as page:
            assert page.status_code == 200


class TestALockedDatabase:
    def test_keeps_every_field(self, reader: FlaskClient, lock: Callable[[], None]) -> None:
        lock()
        answer = reader.post("/comentar/hola", data=GOOD)
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) > 0
        assert fields(answer)["author"] == "Aitor"
        assert _kept(answer) == BODY


def _kept(answer: TestResponse) -> str:
    return by_id(answer, "body").text or ""


def part(name: str, value: bytes, more: str = "") -> bytes:
    head = f'--x\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'
    return head.encode() + value + b"\r\n"


URLENCODED = "application/x-www-form-urlencoded"
HEAD = "author=Aitor&body=Hola&lang=es"
ODD_BODIES = {
    "many fields": (HEAD + "".join(f"&f{n}=" for n in range(30)), URLENCODED, 400),
    "30,000 fields": ("a&" * 30_000, URLENCODED, 400),
    "a field twice": (HEAD + "&body=Otra", URLENCODED, 400),
    "a field twice in parts": (
        part("body", b"a") + part("body", b"b") + b"--x--\r\n",
        BOUNDARY,
        400,
    ),
    "latin-1 escaped": (HEAD + "%F1", URLENCODED, 415),
    "latin-1 raw": (HEAD.encode() + b"\xf1", URLENCODED, 415),
    "utf-16": (HEAD.encode("utf-16"), URLENCODED, 415),
    "half a character": (HEAD.encode() + "ñ".encode()[:1], URLENCODED, 415),
    "surrogates": (HEAD + "%ED%A0%80", URLENCODED, 415),
    "latin-1 in parts": (part("body", b"\xf1") + b"--x--\r\n", BOUNDARY, 415),
    "cut off": (part("body", b"abc")[:-2], BOUNDARY, 415),
    "no part at all": (b"garbage", BOUNDARY, 415),
    "no boundary": (b"garbage", "multipart/form-data", 415),
    "many parts": (b"".join(part(f"f{n}", b"") for n in range(3_00)) + b"--x--", BOUNDARY, 413),
    "long head": (
        b"--x\r\n" + b"A: b\r\n" * 8_000 + part("body", b"a")[5:] + b"--x--\r\n",
        BOUNDARY,
        None,
    ),
    "a file": (part("body", b"a", '; filename="a.txt"') + b"--x--\r\n", BOUNDARY, 400),
    "a part without a name": (
        b"--x\r\nContent-Disposition: form-data\r\n\r\nabc\r\n--x--\r\n",
        BOUNDARY,
        None,
    ),
    "a megabyte": (HEAD + "a" * 1_000_000, URLENCODED, 413),
    "a megabyte in one part": (part("body", b"a" * 1_000_000) + b"--x--\r\n", BOUNDARY, 413),
    "json": ("[" * 10_000, "application/json", 415),
    "a type that is none": (HEAD, "\x00\x01", 415),
}


class TestABodyThatWeDoNotRead:
    @pytest.mark.parametrize("shape", ODD_BODIES)
    def test_is_answered_with_a_page_and_stores_nothing(
        self, reader: FlaskClient, blog: Blog, shape: str
    ) -> None:
        data, kind, status = ODD_BODIES[shape]
        answer = reader.post("/comentar/hola", data=data, content_type=kind)
        assert answer.status_code == status or (status is None and answer.status_code < 500)
        assert answer.mimetype == "text/html"
        assert words(answer)
        assert to_decide(blog) == []

    @pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "identity, gzip", "x"])
    def test_is_refused_when_it_is_compressed(self, reader: FlaskClient, encoding: str) -> None:
        headers = {"Content-Encoding": encoding}
        assert reader.post("/comentar/hola", data=GOOD, headers=headers).status_code == 415

    def test_at_the_limit_of_bytes_is_one_that_we_read(self, reader: FlaskClient) -> None:
        head = "author=Aitor&website="
        fits = head + "a" * (bodies.MAX_BYTES - len(head))
        answer = reader.post("/comentar/hola", data=fits, content_type=URLENCODED)
        assert answer.status_code == 422
        answer = reader.post("/comentar/hola", data=fits + "a", content_type=URLENCODED)
        assert answer.status_code == 413
        assert "tu texto sigue allí" in words(answer)

    def test_gives_back_the_text_if_it_can_be_read(self, reader: FlaskClient) -> None:
        answer = reader.post("/comentar/hola", data=HEAD + "&lang=eu", content_type=URLENCODED)
        assert answer.status_code == 400
        assert next(tree(answer).iter("textarea")).text == "Hola"

    def test_is_the_same_in_parts_where_it_is_good(self, reader: FlaskClient, blog: Blog) -> None:
        answer = reader.post("/comentar/hola", data=GOOD, content_type="multipart/form-data")
        assert answer.status_code == 303
        assert to_decide(blog)[0].body == BODY


class TestAText:
    @pytest.mark.parametrize(
        "body",
        [
            "a " * 4_500,
            "ñ" * 8_001,
            " ".join(f"<https://example.org/{n}>" for n in range(40)),
            ">" * 50 + " a",
            "".join("  " * n + "* a\n" for n in range(30)),
            "a\n" * 3_000,
        ],
        ids=["long", "long in bytes", "many links", "quotes in quotes", "lists in lists", "lines"],
    )
    def test_past_a_limit_is_refused_beside_its_field(
        self, reader: FlaskClient, blog: Blog, body: str
    ) -> None:
        answer = reader.post("/comentar/hola", data=GOOD | {"body": body})
        assert answer.status_code == 422
        assert by_id(answer, "body-error") is not None
        assert _kept(answer).replace("\r\n", "\n") == body
        assert to_decide(blog) == []

    def test_with_nul_and_controls_is_kept_without_them(
        self, reader: FlaskClient, blog: Blog
    ) -> None:
        data = {
            "author": "Ai\x00tor\x1b",
            "body": "Ho\x00la\x07\x85",
            "lang": "e\x00s",
            "in_reply_to": "\x00" * 26,
        }
        assert reader.post("/comentar/hola", data=data).status_code == 303
        (case,) = to_decide(blog)
        assert (case.author, case.body, case.in_reply_to) == ("Aitor", "Hola", None)

    def test_of_a_query_is_no_text(self, reader: FlaskClient, blog: Blog) -> None:
        answer = reader.post("/comentar/hola?author=A&body=B&body=%ff%00")
        assert answer.status_code == 422
        assert to_decide(blog) == []


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The demonstration, served by the real program."""
    blog = copy_of_the_blog(tmp_path_factory.mktemp("limits") / "blog")
    with running(blog) as service:
        yield service


class TestTheRealServer:
    def raw(self, service: Service, head: str, chunks: Iterator[bytes]) -> str:
        """The first line that it answers to a request that is sent bit by bit."""
        with socket.create_connection(("127.0.0.1", service.port), 20) as wire:
            wire.sendall(head.replace("\n", "\r\n").encode())
            try:
                for chunk in chunks:
                    wire.sendall(chunk)
                wire.shutdown(socket.SHUT_WR)
            except OSError:  # it had heard enough
                pass
            wire.settimeout(20)
            try:
                return wire.recv(4_096).split(b"\r\n")[0].decode()
            except ConnectionResetError:
                return "reset"

    def head(self, service: Service, *more: str) -> str:
        return "\n".join(
            [
                "POST /comentar/contestar-a-todos HTTP/1.1",
                f"Host: localhost:{service.port}",
                "Connection: close",
                *(more or [f"Content-Type: {URLENCODED}", "Transfer-Encoding: chunked"]),
                "",
                "",
            ]
        )

    def test_takes_a_comment_in_chunks(self, service: Service) -> None:
        def chunks() -> Iterator[bytes]:
            for each in ("author=Aitor&", "body=En+trozos", "&lang=es"):
                yield f"{len(each):x}\r\n{each}\r\n".encode()
            yield b"0\r\n\r\n"

        assert " 303 " in self.raw(service, self.head(service), chunks())

    def test_does_not_read_endless_chunks(self, service: Service) -> None:
        def chunks() -> Iterator[bytes]:
            for _ in range(160):
                yield b"10000\r\n" + b"a" * 65_536 + b"\r\n"
            yield b"0\r\n\r\n"

        said = self.raw(service, self.head(service), chunks())
        assert " 413 " in said or said == "reset"
        assert " 303 " not in said

    def test_does_not_take_the_beginning_of_a_text_for_the_text(self, service: Service) -> None:
        more = (f"Content-Type: {URLENCODED}", "Content-Length: 100")
        said = self.raw(service, self.head(service, *more), iter([b"author=A&body=Medio"]))
        assert " 400 " in said

    def test_goes_on_after_broken_requests(self, service: Service) -> None:
        broken = [
            (f"Content-Type: {URLENCODED}", "Content-Length: 99999999999"),
            (f"Content-Type: {URLENCODED}", "Content-Length: -1"),
            (f"Content-Type: {URLENCODED}", "Content-Length: 5", "Content-Length: 6"),
            (f"Content-Type: {URLENCODED}", "Content-Encoding: gzip", "Content-Length: 4"),
        ]
        for more in broken:
            said = self.raw(service, self.head(service, *more), iter([b"body"]))
            assert " 500 " not in said
            assert " 303 " not in said
        with socket.create_connection(("127.0.0.1", service.port), 20) as wire:
            host = f"Host: localhost:{service.port}\r\nConnection: close\r\n\r\n"
            wire.sendall(f"GET /comentar/contestar-a-todos HTTP/1.1\r\n{host}".encode())
            assert b" 200 " in wire.recv(4_096)
        assert "Traceback" not in service.printed
