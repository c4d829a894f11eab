"""The commands of ``tertulia``: parse, call one use case, tell the result.

speech      the language of the terminal; how faults are told
options     what several commands take
up          up, serve: the web server with its background work
demo        the demonstration; demo_service: its comment service
server      gunicorn
log         what is written while it runs, and what never is
building    build, preview
check       every fault of a blog at once
upkeep      tick, migrate, admin-link
init        a new blog
backup      backup, restore, upgrade
new_blog    its files
comments    the comments as a whole: a branch of their own
keys        a new key for what is stored sealed
doctor      is all well, on one screen
audit       whether the record of what was done is whole
reconcile   what database, files, Git and site disagree on
publish     checks for the machine that publishes
"""

import click

from ..errors import N_
from .audit import audit
from .backup import backup, restore, upgrade
from .building import build, preview
from .check import check
from .comments import comments
from .demo import demo
from .doctor import doctor
from .init import init
from .keys import keys
from .publish import publish
from .reconcile import reconcile
from .speech import Group
from .up import serve, up
from .upkeep import admin_link, migrate, tick

main = Group(
    "tertulia",
    help=N_("A blog in which the conversation ranks with the posts."),
    example="tertulia init my-blog && tertulia up --blog my-blog",
    commands=[
        up,
        demo,
        serve,
        build,
        preview,
        check,
        tick,
        migrate,
        admin_link,
        init,
        backup,
        restore,
        upgrade,
        comments,
        publish,
        reconcile,
        audit,
        doctor,
        keys,
    ],
    context_settings={"help_option_names": ["-h", "--help"]},
)
click.version_option(package_name="tertulia", message="%(prog)s %(version)s")(main)
