"""How the service is, for a program that watches it: ``GET /servicio/estado``.

JSON: ``{"ok": true, "problems": []}`` with 200 when all is well, else 503 with the codes of
what is wrong. Nothing of a person is in it, and nothing that tells how much is written here.

    stopped    nothing is published until its cause is gone; the staff's first screen says why
    late       a decision is not on the site half an hour after it was made
    silent     the background work does nothing any more: start the service again
    database   the database is locked, full or gone, so no comment can be taken
"""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from ..errors import Unavailable
from ..usecases import status
from .edge import edge

health = Blueprint("health", __name__)


@health.get("/servicio/estado")
def state() -> ResponseReturnValue:
    """Whether a person must look after the service."""
    problems = _problems()
    return jsonify(ok=not problems, problems=problems), 503 if problems else 200


def _problems() -> list[str]:
    here = edge()
    try:
        found = status.alarms(here.blog, here.clock())
    except Unavailable:
        return ["database"]
    seen = {"stopped": found.stopped is not None, "late": found.is_late, "silent": found.is_silent}
    return [code for code, is_so in seen.items() if is_so]
