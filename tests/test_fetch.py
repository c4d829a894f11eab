"""Outgoing HTTP against real servers that are slow, endless, cut short or hostile."""

import datetime
import gzip
import socket
import ssl
import threading
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from comments_service import fetch
from comments_service.errors import SiteUnreachable
from comments_service.fetch import Answer
from tests.support.far_end import FarEnd, far_end

SECRET = "c4n4ry-t0k3n"


@pytest.fixture
def there() -> Iterator[FarEnd]:
    with far_end() as server:
        yield server


def get(url: str, etag: str | None = None, max_bytes: int = 100_000, timeout: float = 5) -> Answer:
    return fetch.get(url, etag=etag, max_bytes=max_bytes, timeout=timeout)


def refused(url: str, **given: float) -> str:
    """What is said about an address that cannot be used; never its path or query."""
    with pytest.raises(SiteUnreachable) as raised:
        get(f"{url}?token={SECRET}", **given)  # type: ignore[arg-type]
    error: BaseException | None = raised.value
    while error is not None:  # what a log would show with it
        assert SECRET not in f"{error} {error!r}"
        error = error.__cause__ or error.__context__
    return str(raised.value)


class TestAsking:
    def test_gives_the_whole_body_and_what_to_ask_with_next_time(self, there: FarEnd) -> None:
        there.page("/a/", b"Kaixo", '"1"', Last_Modified="Sun, 22 Nov 2026 10:00:00 GMT")
        assert get(f"{there.url}/a/") == Answer(
            200, '"1"', "Sun, 22 Nov 2026 10:00:00 GMT", b"Kaixo"
        )

    def test_with_the_etag_gives_304_and_no_body(self, there: FarEnd) -> None:
        there.page("/a/", b"Kaixo", '"1"')
        assert get(f"{there.url}/a/", etag='"1"') == Answer(304, '"1"', None, None)
        assert get(f"{there.url}/a/", etag='"0"').body == b"Kaixo"

    @pytest.mark.parametrize("status", [404, 410])
    def test_tells_that_a_page_is_gone(self, there: FarEnd, status: int) -> None:
        there.status("/a/", status, b"no")
        assert get(f"{there.url}/a/") == Answer(status, None, None, None)

    def test_says_who_we_are_and_sends_nothing_else_about_us(self, there: FarEnd) -> None:
        there.page("/a/", b"")
        get(f"{there.url}/a/")
        sent = dict(there.asked[0].headers.items())
        assert sent.pop("User-Agent").startswith("Tertulia/")
        assert sent == {"Host": f"localhost:{there.port}", "Accept-Encoding": "identity"}

    def test_keeps_no_cookie(self, there: FarEnd) -> None:
        there.page("/a/", b"", Set_Cookie="a=1; Path=/")
        get(f"{there.url}/a/")
        get(f"{there.url}/a/")
        assert there.asked[1].headers.get("Cookie") is None

    def test_takes_an_answer_in_chunks(self, there: FarEnd) -> None:
        there.raw(
            "/a/",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"3\r\nKai\r\n",
            b"2\r\nxo\r\n0\r\n\r\n",
        )
        assert get(f"{there.url}/a/").body == b"Kaixo"

    def test_takes_addresses_with_letters_of_any_language(self, there: FarEnd) -> None:
        there.page("/2026/a%C3%B1o/", b"si")
        assert get(f"{there.url}/2026/año/").body == b"si"

    def test_leaves_no_thread_and_no_connection(self, there: FarEnd) -> None:
        there.page("/a/", b"Kaixo")
        get(f"{there.url}/a/")
        before = {thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)}
        assert before == set()


class TestAnAnswerThatIsNone:
    @pytest.mark.parametrize("status", [201, 204, 401, 403, 429, 500, 503])
    def test_by_its_status(self, there: FarEnd, status: int) -> None:
        there.status(f"/a/?token={SECRET}", status, b"")
        assert str(status) in refused(f"{there.url}/a/")

    def test_is_a_304_that_nobody_asked_for(self, there: FarEnd) -> None:
        there.status(f"/a/?token={SECRET}", 304)
        assert "304" in refused(f"{there.url}/a/")

    @pytest.mark.parametrize(
        "sent",
        [
            b"",
            b"\x16\x03\x01\x02\x00nonsense",
            b"HTTP/1.1 abc\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nKai",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nKai",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nKai\r\n",
            b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 1_000 + b"\r\n",
            b"HTTP/1.1 200 OK\r\nA: " + b"b" * 200_000 + b"\r\n\r\n",
        ],
    )
    def test_is_broken_or_cut_short(self, there: FarEnd, sent: bytes) -> None:
        there.raw(f"/a/?token={SECRET}", sent)
        assert "broke off" in refused(f"{there.url}/a/")

    @pytest.mark.parametrize("length", [b"", b"Content-Length: -5\r\n", b"Content-Length: x\r\n"])
    def test_is_one_of_which_nobody_knows_the_length(self, there: FarEnd, length: bytes) -> None:
        there.raw(f"/a/?token={SECRET}", b"HTTP/1.1 200 OK\r\n" + length + b"\r\nKaixo")
        assert f"localhost:{there.port}" in refused(f"{there.url}/a/")

    def test_is_longer_than_it_says_and_only_the_said_length_counts(self, there: FarEnd) -> None:
        there.raw("/a/", b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nKaixo")
        assert get(f"{there.url}/a/").body == b"Kai"

    def test_is_compressed_and_nothing_is_unpacked(self, there: FarEnd) -> None:
        bomb = gzip.compress(b"\0" * 30_000_000)
        there.page(f"/a/?token={SECRET}", bomb, Content_Encoding="gzip")
        tracemalloc.start()
        assert "compressed" in refused(f"{there.url}/a/")
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
        tracemalloc.stop()


class TestALimit:
    def test_of_size_stops_a_large_body(self, there: FarEnd) -> None:
        there.page(f"/a/?token={SECRET}", b"x" * 100_001)
        assert "0.1 MB" in refused(f"{there.url}/a/")

    def test_of_size_takes_what_is_exactly_as_large(self, there: FarEnd) -> None:
        there.page("/a/", b"x" * 100_000)
        assert len(get(f"{there.url}/a/").body or b"") == 100_000

    def test_of_size_stops_an_endless_body(self, there: FarEnd) -> None:
        head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        there.raw(f"/a/?token={SECRET}", head, *[b"ffff\r\n" + b"x" * 0xFFFF + b"\r\n"] * 1_000)
        assert "0.1 MB" in refused(f"{there.url}/a/")

    @pytest.mark.parametrize(
        "pieces",
        [
            [b"H"] * 1_000,
            [b"HTTP/1.1 200 OK\r\n", *[b"A: b\r\n"] * 1_000],
            [b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", *[b"x"] * 1_000],
            [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", *[b"1\r\nx\r\n"] * 1_000],
            [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", *[b"0"] * 1_000],
        ],
        ids=["status", "headers", "body", "chunks", "length of a chunk"],
    )
    def test_of_time_stops_who_drips(self, there: FarEnd, pieces: list[bytes]) -> None:
        """Each byte comes in time; all together would take 50 seconds."""
        there.raw(f"/a/?token={SECRET}", *pieces, pause=0.05)
        began = time.monotonic()
        assert "within 0.5 seconds" in refused(f"{there.url}/a/", timeout=0.5)
        assert time.monotonic() - began < 2

    def test_of_time_stops_who_says_nothing(self, there: FarEnd) -> None:
        there.raw(f"/a/?token={SECRET}", hold=True)
        assert "within 0.3 seconds" in refused(f"{there.url}/a/", timeout=0.3)

    def test_of_time_is_one_for_all_redirects(self, there: FarEnd) -> None:
        for n in range(3):
            there.raw(
                f"/{n}" if n else f"/0?token={SECRET}",
                *[b"HTTP/1.1 302 Found\r\n", f"Location: /{n + 1}\r\n".encode()],
                b"Content-Length: 0\r\n\r\n",
                pause=0.1,
            )
        there.raw("/3", hold=True)
        began = time.monotonic()
        assert "within 1 seconds" in refused(f"{there.url}/0", timeout=1)
        assert time.monotonic() - began < 3


class TestARedirect:
    def test_on_the_same_host_is_followed(self, there: FarEnd) -> None:
        there.status("/a", 301, Location="/b")
        there.status("/b", 308, Location=f"{there.url}/c")
        there.page("/c", b"Kaixo")
        assert get(f"{there.url}/a").body == b"Kaixo"

    def test_to_another_host_is_not(self, there: FarEnd) -> None:
        with far_end() as other:
            other.page("/", b"Kaixo")
            there.status(f"/a?token={SECRET}", 302, Location=f"{other.url}/")
            assert "another host" in refused(f"{there.url}/a")
            assert other.asked == []

    @pytest.mark.parametrize(
        "location",
        [
            "",
            "//example.org/",
            "http://example.org@localhost:{port}/",
            "http://127.0.0.1:{port}/",
            "https://localhost:{port}/",
            "ftp://localhost:{port}/",
            "file:///etc/passwd",
            "http://[::1/",
            "http://localhost:99999/",
        ],
    )
    def test_to_anything_else_is_not(self, there: FarEnd, location: str) -> None:
        there.status(f"/a?token={SECRET}", 302, Location=location.format(port=there.port))
        assert "another host" in refused(f"{there.url}/a")
        assert len(there.asked) == 1

    def test_without_an_end_is_not(self, there: FarEnd) -> None:
        there.status(f"/a?token={SECRET}", 302, Location=f"/a?token={SECRET}")
        assert "without an end" in refused(f"{there.url}/a")
        assert len(there.asked) == 4


class TestAHost:
    def test_that_is_not_there(self) -> None:
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{closed.getsockname()[1]}"
            assert "cannot be reached" in refused(f"{url}/a/")

    def test_that_has_no_name(self) -> None:
        assert "no host called" in refused("http://nowhere.invalid/a/", timeout=30)

    def test_with_a_certificate_of_its_own_making_is_not_trusted(self, tmp_path: Path) -> None:
        with far_end(tls(tmp_path)) as there:
            there.page(f"/a/?token={SECRET}", b"Kaixo")
            assert "cannot be trusted" in refused(f"{there.url}/a/")
            assert there.asked == []

    def test_with_a_certificate_of_a_known_authority_is(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with far_end(tls(tmp_path)) as there:
            there.page("/a/", b"Kaixo")
            monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
            assert get(f"{there.url}/a/").body == b"Kaixo"
            assert "cannot be trusted" in refused(f"https://127.0.0.1:{there.port}/a/")


class TestSending:
    def test_gives_the_status_whatever_it_is(self, there: FarEnd) -> None:
        there.status("/start", 422, b'{"message": "no"}')
        assert fetch.post(f"{there.url}/start", b"{}", {"A": "b"}, timeout=5) == 422
        (asked,) = there.asked
        assert (asked.method, asked.body, asked.headers["A"]) == ("POST", b"{}", "b")
        assert asked.headers["User-Agent"].startswith("Tertulia/")

    def test_follows_no_redirect(self, there: FarEnd) -> None:
        there.status("/start", 307, Location="/other")
        assert fetch.post(f"{there.url}/start", b"{}", {}, timeout=5) == 307
        assert there.paths() == ["/start"]

    def test_does_not_wait_for_a_body_that_never_ends(self, there: FarEnd) -> None:
        head = b"HTTP/1.1 204 No Content\r\n\r\n"
        there.raw("/start", head, hold=True)
        assert fetch.post(f"{there.url}/start", b"{}", {}, timeout=5) == 204

    def test_is_not_repeated_when_the_answer_is_lost(self, there: FarEnd) -> None:
        there.raw("/start", b"")
        with pytest.raises(SiteUnreachable):
            fetch.post(f"{there.url}/start", b"{}", {}, timeout=5)
        assert there.paths() == ["/start"]


def tls(folder: Path) -> ssl.SSLContext:
    """A server's context, with a certificate for `localhost` that signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public = certificate.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (folder / "certificate.pem").write_bytes(public)
    (folder / "both.pem").write_bytes(private + public)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "both.pem")
    return context
