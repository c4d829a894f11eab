"""The far end of the network: a real HTTP server on a loopback port, which may misbehave."""

import hashlib
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    headers: Message
    body: bytes


Behave = Callable[["Handler"], None]


@dataclass
class FarEnd:
    """What each path does; everything that was asked, in order.

    folder: a built site; what it holds is served at the paths that do nothing else.
    """

    port: int = 0
    scheme: str = "http"
    does: dict[str, Behave] = field(default_factory=dict)
    folder: Path | None = None
    asked: list[Asked] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"{self.scheme}://localhost:{self.port}"

    def paths(self) -> list[str]:
        return [each.path for each in self.asked]

    def page(self, path: str, body: bytes, etag: str | None = None, **headers: str) -> None:
        """Serve ``body`` at ``path``, and 304 to who knows its ETag."""

        def behave(handler: Handler) -> None:
            if etag and handler.headers.get("If-None-Match") == etag:
                handler.say(304, headers={"ETag": etag})
            else:
                handler.say(200, body, {"ETag": etag, **headers} if etag else headers)

        self.does[path] = behave

    def status(self, path: str, status: int, body: bytes = b"", **headers: str) -> None:
        self.does[path] = lambda handler: handler.say(status, body, headers)

    def raw(self, path: str, *pieces: bytes, pause: float = 0.0, hold: bool = False) -> None:
        """Send these bytes one after the other, then hang up, or ``hold`` the line."""

        def behave(handler: Handler) -> None:
            handler.close_connection = True
            for piece in pieces:
                handler.wfile.write(piece)
                handler.wfile.flush()
                if self.ended.wait(pause):
                    return
            if hold:
                self.ended.wait()

        self.does[path] = behave


class Handler(BaseHTTPRequestHandler):
    """Answers as the far end says; 404 where it says nothing."""

    protocol_version = "HTTP/1.1"
    far_end: FarEnd

    def do_GET(self) -> None:
        size = int(self.headers.get("Content-Length", 0))
        asked = Asked(self.command, self.path, self.headers, self.rfile.read(size))
        self.far_end.asked.append(asked)
        with suppress(ConnectionError):
            self.far_end.does.get(self.path, Handler.file)(self)

    do_POST = do_GET  # noqa: N815 - the library looks for this name

    def file(self) -> None:
        """What an ordinary web server does with a built site."""
        folder = self.far_end.folder
        path = folder / self.path.strip("/") if folder else None
        if path is not None and path.is_dir():
            path /= "index.html"
        if path is None or not path.is_file():
            self.say(404, b"no")
            return
        body = path.read_bytes()
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        same = self.headers.get("If-None-Match") == etag
        self.say(304 if same else 200, body, {"ETag": etag})

    def say(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name.replace("_", "-"), value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if status != 304:
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: what was asked is in ``far_end.asked``."""


@contextmanager
def far_end(context: ssl.SSLContext | None = None) -> Iterator[FarEnd]:
    """A running server, with TLS if there is a ``context``."""
    state = FarEnd()
    server = ThreadingHTTPServer(
        ("127.0.0.1", 0), type("FarHandler", (Handler,), {"far_end": state})
    )
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    if context is not None:
        state.scheme = "https"
        server.socket = context.wrap_socket(server.socket, server_side=True)
    state.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield state
    finally:
        state.ended.set()
        server.shutdown()
        server.server_close()
        thread.join()
