"""Headers of every answer: what a browser may do with our pages, which is little.

Source: OWASP's HTTP Headers cheat sheet; CSP level 3; Fetch's rules on ``Origin``.
"""

from flask import Flask, after_this_request
from werkzeug import Response

from .edge import Edge

_LITTLE = "default-src 'none'; style-src 'self'; img-src 'self'"
_NOBODY = "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
SERVICE_POLICY = f"{_LITTLE}; {_NOBODY}"
_SITES_OWN = "script-src 'self'; font-src 'self'; media-src 'self'; connect-src 'self'"
SITE_POLICY = f"{_LITTLE}; {_SITES_OWN}; {_NOBODY}"
"""Pages of the site may carry sound, film and a theme's own type, and run the theme's script,
which asks the service for a seal and a look at the comment."""

FOR_ALL = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Content-Security-Policy": SERVICE_POLICY,
    # Whatever says nothing about it may hold what one person wrote.
    "Cache-Control": "no-store",
}
HSTS = "max-age=31536000"

PRIVATE = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}
"""Pages whose address is a secret."""

STAFF = {
    "Cache-Control": "no-store",
    "Vary": "Cookie",
    "X-Robots-Tag": "noindex",
    # Not no-referrer: browsers would then send `Origin: null` with our own forms.
    "Referrer-Policy": "same-origin",
}


def keep_secret(response: Response) -> Response:
    """For a blueprint whose addresses are secrets: nobody keeps its pages, nor passes them on."""
    response.headers.update(PRIVATE)
    return response


def run_script() -> None:
    """Let the page that is being made run a script of ours, as pages of the site do."""

    @after_this_request
    def allow(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = SITE_POLICY
        return response


def install(app: Flask, edge: Edge) -> None:
    """Every answer of ``app`` gets the headers that its view did not set itself."""
    for_all = FOR_ALL | ({"Strict-Transport-Security": HSTS} if edge.is_https else {})

    @app.after_request
    def dress(response: Response) -> Response:
        for name, value in for_all.items():
            response.headers.setdefault(name, value)
        return response
