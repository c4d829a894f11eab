"""How the server is: the lines of ``tertulia doctor``, and its settings, shown and not edited."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from ..usecases import doctor
from ..usecases.doctor import Health
from ..usecases.server import WORDS as WHERE
from ..usecases.server import shown
from . import sessions
from .edge import edge
from .server_words import PLAINLY, SETTINGS

HEALTH = {
    Health.GOOD: ("+", doctor.WORDS[Health.GOOD], "notice notice--good"),
    Health.ATTENTION: ("!", doctor.WORDS[Health.ATTENTION], "notice"),
    Health.WRONG: ("x", doctor.WORDS[Health.WRONG], "notice notice--bad"),
}
"""Sign, word and classes: never colour alone."""


def install(blueprint: Blueprint) -> None:
    """Add the two pages to those of Ajustes."""
    blueprint.get("/ajustes/estado")(state)
    blueprint.get("/ajustes/servidor")(server)


def state() -> ResponseReturnValue:
    """Whether all is well, and what to do where it is not."""
    here = edge()
    return render_template(
        "staff/server_state.html",
        here="settings",
        session=sessions.the_session(),
        done=None,
        faults={},
        heading="",
        lines=doctor.examine(here.blog.settings, here.clock()),
        health=HEALTH,
        plainly=PLAINLY,
    )


def server() -> ResponseReturnValue:
    """Addresses, mail, Git, keys: where each is set; secrets are not shown."""
    return render_template(
        "staff/server_settings.html",
        here="settings",
        session=sessions.the_session(),
        done=None,
        faults={},
        heading="",
        settings=shown(edge().blog.settings),
        where=WHERE,
        words=SETTINGS,
    )
