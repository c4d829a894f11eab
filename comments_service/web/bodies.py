"""Which bodies of requests are read: short forms in UTF-8, each field once.

All of it is looked at before any view runs, and what is counted is counted before it is
parsed. Werkzeug alone would take what it cannot read for a form without fields, and the
reader would be told that they forgot their text.
"""

from urllib.parse import unquote_to_bytes

import flask
from flask import Flask, abort, request
from werkzeug.formparser import FormDataParser

MAX_BYTES = 64 * 1024
"""The longest comment, 16 KB of text, has three times as many characters once encoded."""

MAX_FIELDS = 20

URLENCODED = "application/x-www-form-urlencoded"
FORMS = ("", URLENCODED, "multipart/form-data")


class Request(flask.Request):
    """A request whose form, when it is broken, is an error (ValueError) and not empty."""

    def make_form_data_parser(self) -> FormDataParser:
        """Called by Werkzeug."""
        parser = super().make_form_data_parser()
        parser.silent = False
        return parser


def install(app: Flask) -> None:
    """Let ``app`` refuse every other body, with a page that says so."""
    app.request_class = Request
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_BYTES,
        MAX_FORM_PARTS=MAX_FIELDS,
    )
    app.before_request(_look)


def _look() -> None:
    if request.method != "POST":
        return
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        abort(415)
    if request.mimetype not in FORMS:
        abort(415)
    data = _whole()
    if request.mimetype == URLENCODED:
        if data.count(b"&") >= MAX_FIELDS:
            abort(400)
        data = unquote_to_bytes(data)
    try:
        data.decode("utf-8")
        fields = list(request.form.lists())
    except ValueError:  # another encoding, or cut off
        abort(415)
    # No form of ours has a file or a field twice: two would be read differently by two readers.
    if request.files or any(len(values) > 1 for _, values in fields):
        abort(400)


def _whole() -> bytes:
    """The body as it was sent, or no body at all.

    Behind a server that ends the stream itself, Werkzeug cuts a body in chunks at the limit,
    and takes the beginning of one whose sender went away for all of it. Both would be kept
    as a comment that its author never wrote.
    """
    data = request.get_data(parse_form_data=False)
    if request.content_length is None:
        if len(data) >= MAX_BYTES:
            abort(413)
    elif len(data) != request.content_length:
        abort(400)
    return data
