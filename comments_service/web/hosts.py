"""Which requests are for us: host, path below the site's address.

Links are made from the site's address alone, so a foreign ``Host`` could only confuse
caches; it is refused all the same.
"""

from collections.abc import Iterable
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from flask import Flask, abort, request
from werkzeug import Response

from .edge import Edge

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PATH_SAFE = "/!$&'()*+,;=:@~-._"


def install(app: Flask, edge: Edge) -> None:
    """Let ``app`` refuse what is not for it, before any view runs."""
    own = (urlsplit(edge.blog.site_url).hostname or "").lower()
    trial = edge.blog.is_trial

    @app.before_request
    def look_at_the_host() -> Response | None:
        host = _host_of(request.environ.get("HTTP_HOST", ""))
        if host == own:
            return None
        if not (trial and is_loopback(host)):
            abort(400)
        if request.method not in ("GET", "HEAD"):
            return None
        # One name for the trial: cookies and the check of origins know no other.
        response = Response(status=302)
        response.headers["Location"] = edge.blog.site_url + _path_and_query()
        return response


def below(prefix: str, app: "WSGIApplication") -> "WSGIApplication":
    """``app`` for a site at ``https://host/prefix``, whether or not a proxy cuts the prefix."""

    def cut(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == prefix or path.startswith(prefix + "/"):
            environ["PATH_INFO"] = path[len(prefix) :] or "/"
        return app(environ, start)

    return cut


def is_loopback(host: str) -> bool:
    """Whether a name can only mean this machine (RFC 6761 for ``localhost``)."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _host_of(header: str) -> str:
    """The name in a ``Host`` header, in lower case; empty when it is not one."""
    try:
        parts = urlsplit(f"//{header}")
        return "" if parts.path or parts.username or parts.query else (parts.hostname or "").lower()
    except ValueError:
        return ""


def _path_and_query() -> str:
    query = request.query_string.decode("ascii", "replace")
    return quote(request.path, safe=PATH_SAFE) + (f"?{quote(query, safe='=&%+')}" if query else "")
