"""The built site, for every address that the service does not use itself.

Only plain files inside the folder are answered with: each part of a path is opened from
the folder above it, without following links, so that no name leads outside. The tag of a
file is the digest of its content: a new build of the same pages is no reason to fetch them
again.

A text may have a smaller copy beside it, ``index.html.gz`` (``plugins/compressed.py``): it is
what a browser gets that takes gzip and wants the whole file. It has a tag of its own.
"""

import contextlib
import hashlib
import os
import stat
from dataclasses import dataclass, field
from io import BufferedReader
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from flask import Blueprint, abort, request
from werkzeug import Response
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.wsgi import wrap_file

from . import headers
from .edge import address, edge
from .hosts import PATH_SAFE
from .languages import speak

NOT_FOR_READERS = frozenset({"build-report.json", "build-report.json.gz"})
WELL_KNOWN = ".well-known"

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".atom.xml": "application/atom+xml; charset=utf-8",
    ".rss.xml": "application/rss+xml; charset=utf-8",
    ".xml": "application/xml; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".pdf": "application/pdf",
    ".mp3": "audio/mpeg",
    ".ogg": "audio/ogg",
    ".mp4": "video/mp4",
    ".webm": "video/webm",
    ".vtt": "text/vtt; charset=utf-8",
    ".ics": "text/calendar; charset=utf-8",
}
"""Written out: what a machine knows of types differs. Anything else is only downloaded."""

COMPRESSED = (".html", ".css", ".js", ".xml", ".json", ".svg", ".txt")
"""What may have a smaller copy: of these a cache must ask who wants which."""

Stamp = tuple[int, int, int]
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK  # a named pipe must not hold us


@dataclass(slots=True)
class Files:
    """A folder whose files are answered with. _tags: by path, with mtime_ns, inode, size."""

    root: Path
    hidden: frozenset[str] = frozenset()
    _tags: dict[str, tuple[Stamp, str]] = field(default_factory=dict)

    def answer(self, path: str, status: int = 200) -> Response | None:
        """The file at ``path`` (from the root, without its first slash), or None.

        Only an answer of 200 has a tag: the page for 404 is not what was asked for.
        """
        # By any case: there are filesystems to which upper and lower are one.
        file = None if path.lower() in self.hidden else _opened(self.root, path)
        if file is None:
            return None
        response = Response(status=status, content_type=type_of(path))
        response.headers["Cache-Control"] = "no-cache"
        response.headers["Content-Security-Policy"] = headers.SITE_POLICY
        if path.lower().endswith(COMPRESSED):
            response.headers["Vary"] = "Accept-Encoding"
            if copy := self._smaller(path, file):
                path, file = f"{path}.gz", copy
                response.headers["Content-Encoding"] = "gzip"
        if status == 200:
            response.set_etag(self._tag(path, file))
        size = os.fstat(file.fileno()).st_size
        if status == 200 and request.if_none_match.contains_weak(response.get_etag()[0] or ""):
            response.status_code = 304
            file.close()
        elif request.method == "HEAD":
            response.content_length = size
            file.close()
        else:
            _send(response, file, size)
        return response

    def has_page(self, path: str) -> bool:
        """Whether ``path`` is a folder with a page of its own."""
        file = _opened(self.root, f"{path}/index.html")
        if file is None:
            return False
        file.close()
        return True

    def _smaller(self, path: str, file: BufferedReader) -> BufferedReader | None:
        """The copy in the place of ``file``, which is closed then; None to send that itself.

        A part of a file is a part of the file itself. A copy older than its file is of another.
        """
        encodings = request.accept_encodings.best_match(["gzip", "identity"])
        if encodings != "gzip" or "Range" in request.headers:
            return None
        copy = _opened(self.root, f"{path}.gz")
        if copy is None:
            return None
        if os.fstat(copy.fileno()).st_mtime_ns < os.fstat(file.fileno()).st_mtime_ns:
            copy.close()
            return None
        file.close()
        return copy

    def _tag(self, path: str, file: BufferedReader) -> str:
        about = os.fstat(file.fileno())
        stamp = about.st_mtime_ns, about.st_ino, about.st_size
        known = self._tags.get(path)
        if known and known[0] == stamp:
            return known[1]
        tag = hashlib.file_digest(file, "sha256").hexdigest()[:32]
        file.seek(0)
        self._tags[path] = stamp, tag
        return tag


def type_of(path: str) -> str:
    """The media type of a file by its name."""
    suffixes = PurePosixPath(path.lower()).suffixes
    for suffix in ("".join(suffixes[-2:]), *suffixes[-1:]):
        if suffix in TYPES:
            return TYPES[suffix]
    return "application/octet-stream"


def _send(response: Response, file: BufferedReader, size: int) -> None:
    response.response = wrap_file(request.environ, file)
    response.direct_passthrough = True
    response.content_length = size
    if "Range" not in request.headers:
        return
    try:
        response.make_conditional(request, accept_ranges=True, complete_length=size)
    except RequestedRangeNotSatisfiable:
        file.close()
        raise
    response.headers.pop("Date", None)  # the server's to say


def _opened(root: Path, path: str) -> BufferedReader | None:
    """The plain file below ``root``; None when there is none, or a link on the way to it."""
    parts = path.split("/")
    if not all(map(_is_plain_name, parts)):
        return None
    with contextlib.ExitStack() as stack:
        try:
            folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
            stack.callback(os.close, folder)
            for part in parts[:-1]:
                folder = os.open(part, _FOLDER, dir_fd=folder)
                stack.callback(os.close, folder)
            file = os.fdopen(os.open(parts[-1], _FILE, dir_fd=folder), "rb")
        except (OSError, ValueError):  # ValueError: a name that the system cannot spell
            return None
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            file.close()
            return None
        return file


def _is_plain_name(part: str) -> bool:
    if part.startswith("."):
        return part == WELL_KNOWN
    return bool(part) and "\\" not in part


def blueprint(output: Path, *, serve: bool) -> Blueprint:
    """Our own stylesheet and, with ``serve``, the site in the folder ``output``."""
    site = Blueprint("site", __name__)
    assets = Files(Path(__file__).parent / "static")
    built = Files(output, hidden=NOT_FOR_READERS)

    @site.get("/servicio/<path:name>")
    def asset(name: str) -> Response:
        return assets.answer(name) or abort(404)

    @site.get("/", defaults={"path": ""})
    @site.get("/<path:path>")
    def page(path: str) -> Response:
        if not serve:
            abort(404)
        name = f"{path}index.html" if not path or path.endswith("/") else path
        return built.answer(name) or _moved(path) or _lost(path) or abort(404)

    def _moved(path: str) -> Response | None:
        if not built.has_page(path):
            return None
        query = f"?{quote(request.query_string, safe='=&%+')}" if request.query_string else ""
        response = Response(status=301)
        response.headers["Location"] = address(f"/{quote(path, safe=PATH_SAFE)}/{query}")
        return response

    def _lost(path: str) -> Response | None:
        """The site's own page for what is not there, in the language of the address."""
        first = path.partition("/")[0]
        if first not in edge().blog.site.languages:
            return built.answer("404.html", 404)
        speak(first)
        return built.answer(f"{first}/404.html", 404) or built.answer("404.html", 404)

    return site
