"""``tertulia init``: a new blog of an institution."""

from pathlib import Path

import click

from ..content_repo import begin
from ..errors import N_, GitFailed
from .comments import tell_production
from .new_blog import Answers, check_folder, make_blog
from .options import now
from .speech import Command, complain, say, told

COLOUR = "#1f5f5b"


@click.command(
    "init",
    cls=Command,
    help=N_("Make a new blog in FOLDER, asking what its institution is."),
    example="tertulia init my-blog --languages es,eu",
)
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--name", help=N_("Name of the institution."))
@click.option("--tagline", help=N_("What stands below its name; may be left empty."))
@click.option("--address", help=N_("Web address that the blog will have."))
@click.option("--languages", help=N_("es, eu, en; the first one is that of the home page."))
@click.option("--colour", help=N_("Its colour, like #1f5f5b."))
@click.option("--logo", help=N_("Its logo: an SVG, PNG, JPEG or WebP file."))
@click.option("--contact", help=N_("E-mail address where people answer."))
@click.option("--yes", is_flag=True, help=N_("Ask nothing: what is not given is left out."))
def init(
    folder: Path,
    name: str | None,
    tagline: str | None,
    address: str | None,
    languages: str | None,
    colour: str | None,
    logo: str | None,
    contact: str | None,
    yes: bool,
) -> None:
    """Every answer that cannot be used is named at once, and nothing is written then."""
    folder = folder.expanduser().absolute()
    check_folder(folder)

    def answer(given: str | None, question: str, default: str = "") -> str:
        if given is not None or yes:
            return default if given is None else given
        return str(click.prompt(told(question), default=default, show_default=bool(default)))

    answers = Answers(
        name=answer(name, N_("Name of the institution")),
        tagline=answer(tagline, N_("What stands below its name (nothing: press Enter)")),
        address=answer(address, N_("Web address that the blog will have")),
        languages=_listed(answer(languages, N_("Languages, the main one first"), "es")),
        colour=answer(colour, N_("Its colour"), COLOUR),
        logo=_file(answer(logo, N_("File of its logo (none: press Enter)"))),
        contact=answer(contact, N_("E-mail address where people answer")),
    )
    make_blog(folder, answers, now())
    say(N_("The blog is in %(folder)s"), folder=folder)
    say(N_("The pages in content/pages are short models: have them read by who answers for them."))
    say(N_("See it: %(command)s"), command=f"tertulia up --blog {folder}")
    _begin_history(folder)


def _begin_history(folder: Path) -> None:
    """Comments of a new blog have a branch of their own; without Git the blog works too."""
    try:
        begun = begin(folder)
    except GitFailed as error:
        complain(error.message, **error.values)
        begun = None
    if begun is not None:
        tell_production(begun)
    else:
        say(
            N_("For production, give the comments a history first: %(command)s"),
            command=f"tertulia comments separate --blog {folder}",
        )


def _listed(languages: str) -> list[str]:
    return languages.replace(",", " ").split()


def _file(name: str) -> Path | None:
    return Path(name).expanduser() if name.strip() else None
