"""The one door for outgoing HTTP; only addresses that the operator set are asked.

An answer has a limit of size and one of time, whatever the other side does: it may be slow,
endless, cut short or compressed. Redirects lead to no other host, cookies are not kept,
certificates are checked, nothing is decompressed. What goes wrong is told with the host's
name alone: the path and the query of an address may be a secret.
"""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from types import TracebackType
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

import urllib3
from urllib3.exceptions import (
    HTTPError,
    NameResolutionError,
    NewConnectionError,
    SSLError,
    TimeoutError,  # noqa: A004 - urllib3's own, not the system's
)

from .errors import N_, SiteUnreachable

CONNECT_SECONDS = 10.0
MAX_REDIRECTS = 3
PIECE_BYTES = 65536

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_USABLE = frozenset({200, 304, 404, 410})
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Answer:
    """What an address answered.

    status: 200, 304 (as the ``etag`` says), 404 or 410.
    etag, last_modified: as sent, for the next question; None when not sent.
    body: of a 200, whole; else None.
    """

    status: int
    etag: str | None
    last_modified: str | None
    body: bytes | None


def get(url: str, *, etag: str | None = None, max_bytes: int, timeout: float) -> Answer:
    """Ask for ``url``; at most three redirects are followed, on the same host.

    etag: of the copy at hand; the answer is 304 when that is still good.
    max_bytes: of the body. timeout: seconds for everything together.

    Raises SiteUnreachable for any other status, and when no whole answer came in time.
    """
    with _Deadline(timeout, urlsplit(url)) as deadline:
        for _ in range(MAX_REDIRECTS + 1):
            with _asked("GET", url, {"If-None-Match": etag} if etag else {}, None, deadline) as got:
                if got.status not in _REDIRECTS:
                    return _answer(got, etag, max_bytes, deadline)
                url = _followed(url, got.headers.get("Location", ""))
    raise SiteUnreachable(
        N_("%(host)s sends us from one address to the next without an end."), host=deadline.host
    )


def post(url: str, body: bytes, headers: Mapping[str, str], *, timeout: float) -> int:
    """Send ``body``; the status of the answer, whatever it is. No redirect is followed.

    Raises SiteUnreachable when no answer came in time.
    """
    deadline = _Deadline(timeout, urlsplit(url))
    with deadline, _asked("POST", url, headers, body, deadline) as got:
        return got.status


def post_for_answer(
    url: str, body: bytes, headers: Mapping[str, str], *, max_bytes: int, timeout: float
) -> tuple[int, bytes]:
    """As ``post``, with the body of the answer, which must be whole."""
    deadline = _Deadline(timeout, urlsplit(url))
    with deadline, _asked("POST", url, headers, body, deadline) as got:
        return got.status, _body(got, max_bytes, deadline)


@cache
def user_agent() -> str:
    """How we name ourselves to others."""
    return f"Tertulia/{version('tertulia')}"


class _Deadline:
    """The time that one question may take, over all its connections.

    A socket's own time limit starts anew with each byte that arrives. So when the time is
    over, the connections are cut off from here, which ends whatever waits for them.
    """

    def __init__(self, seconds: float, address: SplitResult) -> None:
        self.host = _host(address)
        self.is_over = False
        self._seconds = seconds
        self._until = time.monotonic() + seconds
        self._sockets: list[socket.socket] = []
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    def __enter__(self) -> "_Deadline":
        self._timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._timer.cancel()
        self._timer.join()
        for each in self._sockets:
            each.close()

    @property
    def left(self) -> float:
        """Seconds; never 0, which means "do not wait" to a socket."""
        return max(0.001, self._until - time.monotonic())

    @property
    def late(self) -> SiteUnreachable:
        return SiteUnreachable(
            N_("%(host)s did not answer within %(seconds)s seconds."),
            host=self.host,
            seconds=f"{self._seconds:g}",
        )

    def watch(self, connection: socket.socket) -> None:
        """Cut this connection off at the end. The copy also serves when TLS takes the first."""
        self._sockets.append(connection.dup())
        if self.is_over:
            self._cut()

    def _cut(self) -> None:
        self.is_over = True
        for each in list(self._sockets):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


def _pool(address: SplitResult, deadline: _Deadline) -> urllib3.HTTPConnectionPool:
    """One connection to the host of ``address``, watched. Proxies of the environment are
    not asked; certificates are checked against the system's authorities."""

    class Plain(urllib3.connection.HTTPConnection):
        def _new_conn(self) -> socket.socket:
            made = super()._new_conn()
            deadline.watch(made)
            return made

    class Secure(urllib3.connection.HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            made = super()._new_conn()
            deadline.watch(made)
            return made

    if address.scheme == "https":
        pool = urllib3.HTTPSConnectionPool(address.hostname or "", address.port)
        pool.ConnectionCls = Secure
        return pool
    plain = urllib3.HTTPConnectionPool(address.hostname or "", address.port)
    plain.ConnectionCls = Plain
    return plain


@contextlib.contextmanager
def _asked(
    method: str, url: str, headers: Mapping[str, str], body: bytes | None, deadline: _Deadline
) -> Iterator[urllib3.BaseHTTPResponse]:
    """The answer to one request, its body unread.

    Raises SiteUnreachable, also for what goes wrong while the body is read.
    """
    address = urlsplit(url)
    pool = _pool(address, deadline)
    try:
        answer = pool.urlopen(
            method,
            urlunsplit(("", "", address.path or "/", address.query, "")),
            body=body,
            headers={"User-Agent": user_agent(), "Accept-Encoding": "identity", **headers},
            retries=False,
            redirect=False,
            timeout=urllib3.Timeout(
                connect=min(CONNECT_SECONDS, deadline.left), read=deadline.left
            ),
            preload_content=False,
            decode_content=False,
        )
        try:
            if deadline.is_over:  # headers that were cut off look as if they ended
                raise deadline.late
            yield answer
        finally:
            answer.close()
    except HTTPError as error:
        raise _why(error, deadline) from error
    finally:
        pool.close()


def _answer(
    got: urllib3.BaseHTTPResponse, etag: str | None, max_bytes: int, deadline: _Deadline
) -> Answer:
    """Raises SiteUnreachable for a status that says nothing about a page."""
    if got.status not in _USABLE or (got.status == 304 and etag is None):
        raise SiteUnreachable(
            N_("%(host)s answers with an error (%(status)s)."),
            host=deadline.host,
            status=got.status,
        )
    body = _body(got, max_bytes, deadline) if got.status == 200 else None
    return Answer(got.status, got.headers.get("ETag"), got.headers.get("Last-Modified"), body)


def _body(got: urllib3.BaseHTTPResponse, max_bytes: int, deadline: _Deadline) -> bytes:
    """Every byte, or SiteUnreachable: what is cut short must never be taken for a page."""
    headers = got.headers
    if headers.get("Content-Encoding", "identity").lower() != "identity":
        raise SiteUnreachable(
            N_("%(host)s sends compressed answers to who does not want them."), host=deadline.host
        )
    chunked = "chunked" in headers.get("Transfer-Encoding", "").lower()
    if not chunked and not headers.get("Content-Length", "").strip().isdigit():
        # It ends when the connection does, so that nobody can tell whether it is whole.
        raise SiteUnreachable(
            N_("%(host)s does not say how long its answers are."), host=deadline.host
        )
    data = bytearray()
    for piece in got.stream(PIECE_BYTES, decode_content=False):
        data += piece
        if len(data) > max_bytes:
            raise SiteUnreachable(
                N_("%(host)s sends more than %(megabytes)s MB for one page."),
                host=deadline.host,
                megabytes=f"{max_bytes / 1_000_000:g}",
            )
    if deadline.is_over:
        raise deadline.late
    return bytes(data)


def _followed(url: str, location: str) -> str:
    """The address that a redirect leads to. Raises SiteUnreachable for another host."""
    old = urlsplit(url)
    try:
        new = urlsplit(urljoin(url, location))
        same = bool(location) and new.username is None and _place(new) == _place(old)
        # A site may send us from http to https; the other way it never may.
        safer = (old.scheme, new.scheme) == ("http", "https") and new.hostname == old.hostname
    except ValueError:  # no address at all
        same = safer = False
    if not (same or (safer and _port(new) == _PORTS["https"] and _port(old) == _PORTS["http"])):
        raise SiteUnreachable(N_("%(host)s sends us to another host."), host=_host(old))
    return urlunsplit(new)


def _place(address: SplitResult) -> tuple[str, str | None, int | None]:
    return address.scheme, address.hostname, _port(address)


def _port(address: SplitResult) -> int | None:
    return address.port or _PORTS.get(address.scheme)


def _host(address: SplitResult) -> str:
    """For a person: without a name and password, path or query."""
    return address.netloc.rpartition("@")[2]


def _why(error: HTTPError, deadline: _Deadline) -> SiteUnreachable:
    """What went wrong, for a person. Never the library's words: they may hold the address."""
    if isinstance(error, NameResolutionError):
        return SiteUnreachable(N_("There is no host called %(host)s."), host=deadline.host)
    if isinstance(error, SSLError):
        return SiteUnreachable(
            N_("The certificate of %(host)s cannot be trusted."), host=deadline.host
        )
    if isinstance(error, NewConnectionError):
        return SiteUnreachable(N_("%(host)s cannot be reached."), host=deadline.host)
    if deadline.is_over or isinstance(error, TimeoutError):  # which those two are as well
        return deadline.late
    return SiteUnreachable(
        N_("%(host)s broke off in the middle of its answer."), host=deadline.host
    )
