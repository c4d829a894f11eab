"""One trial's world: a small blog in one mode of Git, its remote, staff's own clone of it.

world/blog/            the blog, with `content/`, `var/`, `output/`
world/remote.git/      mode `clone`: the bare repository that counts
world/staff/           mode `clone`: a member of staff's clone of the comments
world/history.jsonl    what clients were told (``history``)
world/service.log      what every run of the program printed
world/steps.txt        each named step of web and publisher, as it was reached
"""

import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from comments_service.config.settings import Settings
from tests.faults.history import History
from tests.support.fixtures import SITE_TOML

ROOT = Path(__file__).parent.parent.parent
MODES = ("off", "here", "clone")
BRANCH = "comments"
THREADS = ("hola", "otra")

CONF = """
from pathlib import Path
from tertulia_plugins.defaults import pelican_settings
globals().update(pelican_settings(Path(__file__).parent, production={production}))
"""

ARTICLE = """Title: Sobre {slug}
Date: 2026-11-01 10:00
Author: Ada Ejemplo
Category: Escucha
Slug: {slug}

Un texto sobre {slug}.
"""

STAFF = ("-c", "user.name=Ada Ejemplo", "-c", "user.email=ada@blog.invalid")


def git(folder: Path, *arguments: str, check: bool = True, stdin: str | None = None) -> str:
    """Git as a member of staff calls it, whatever settings this machine has."""
    done = subprocess.run(
        ["git", *STAFF, *arguments],
        cwd=folder,
        env=os.environ | {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"},
        input=stdin,
        text=True,
        errors="replace",
        capture_output=True,
    )
    if check and done.returncode:
        raise AssertionError(f"git {' '.join(arguments)}: {done.stdout}{done.stderr}")
    return done.stdout


@dataclass
class World:
    """A blog and everything round it.

    mode: off, here or clone. below: folder of the comments in the remote's branch, "" for a
    history of their own. database_url: None for SQLite in `var`. more: further settings.
    canaries: personal texts that must be found nowhere.
    """

    root: Path
    mode: str
    below: str = ""
    database_url: str | None = None
    more: dict[str, str] = field(default_factory=dict)
    canaries: list[str] = field(default_factory=list)

    @property
    def blog(self) -> Path:
        return self.root / "blog"

    @property
    def remote(self) -> Path:
        return self.root / "remote.git"

    @property
    def staff(self) -> Path:
        return self.root / "staff"

    @property
    def log(self) -> Path:
        return self.root / "service.log"

    @property
    def steps(self) -> Path:
        return self.root / "steps.txt"

    @property
    def history(self) -> History:
        return History(self.root / "history.jsonl")

    @property
    def output(self) -> Path:
        return self.settings().output_folder

    @property
    def clone(self) -> Path:
        return self.blog / "var" / "comments"

    @property
    def repository(self) -> Path | None:
        """The repository whose branch counts."""
        return {"off": None, "here": self.blog, "clone": self.remote}[self.mode]

    @property
    def head(self) -> str:
        """The name of what counts in ``repository``."""
        return "HEAD" if self.mode == "here" else f"refs/heads/{BRANCH}"

    @property
    def tree(self) -> str:
        """The folder of the comments in ``repository``."""
        return "content/comments" if self.mode == "here" else self.below

    @property
    def environment(self) -> dict[str, str]:
        """The settings, as the program gets them."""
        known = {
            "TERTULIA_COMMENTS_GIT": self.mode,
            "TERTULIA_TICK_SECONDS": "0.3",
            "TERTULIA_UNDO_SECONDS": "0",  # what was decided leaves at once
            "TERTULIA_MAX_PER_NETWORK": "1000000",
            "TERTULIA_MAX_PER_THREAD": "1000000",
            "TERTULIA_MAX_PER_HOUR": "1000000",
            "TERTULIA_MAX_WAITING": "1000000",
        }
        if self.mode == "clone":
            known["TERTULIA_COMMENTS_REMOTE"] = str(self.remote)
            known["TERTULIA_COMMENTS_PATH"] = self.below
        if self.database_url:
            known["TERTULIA_DATABASE_URL"] = self.database_url
        return known | self.more

    def settings(self, site_url: str = "http://localhost:8000") -> Settings:
        """The same settings for use cases that the test calls itself."""
        names = {
            name.removeprefix("TERTULIA_").lower(): value
            for name, value in self.environment.items()
        }
        return Settings(blog=self.blog, site_url=site_url, **names)  # type: ignore[arg-type]

    @property
    def database(self) -> str:
        return self.settings().database

    def files(self) -> dict[str, bytes]:
        """What counts: ``<thread>/<id>.md`` -> bytes, of HEAD or of the folder."""
        if self.repository is None:
            folder = self.blog / "content" / "comments"
            return {
                str(path.relative_to(folder)): path.read_bytes()
                for path in sorted(folder.rglob("*.md"))
            }
        return tree_files(self.repository, self.head, self.tree)


def tree_files(repository: Path, commit: str, below: str) -> dict[str, bytes]:
    """The comment files of one commit, by their path below ``below``."""
    if subprocess.run(
        ["git", "rev-parse", "-q", "--verify", commit], cwd=repository, capture_output=True
    ).returncode:
        return {}
    found = {}
    place = ["--", f"{below}/"] if below else []
    listed = git(repository, "ls-tree", "-r", "-z", "--full-tree", commit, *place)
    for line in filter(None, listed.split("\0")):
        about, _, path = line.partition("\t")
        if path.endswith(".md"):
            data = subprocess.run(
                ["git", "cat-file", "blob", about.split()[2]],
                cwd=repository,
                capture_output=True,
                check=True,
            ).stdout
            found[path.removeprefix(f"{below}/" if below else "")] = data
    return found


def make_world(root: Path, mode: str, *, below: str = "", database_url: str | None = None) -> World:
    """A blog with two articles, and what its mode needs."""
    world = World(root, mode, below, database_url)
    blog = world.blog
    (blog / "content" / "articles").mkdir(parents=True)
    (blog / "content" / "comments").mkdir()
    (blog / "content" / "site.toml").write_text(SITE_TOML, "utf-8")
    (blog / "pelicanconf.py").write_text(CONF.format(production=False))
    (blog / "publishconf.py").write_text(CONF.format(production=True))
    for slug in THREADS:
        (blog / "content" / "articles" / f"{slug}.md").write_text(ARTICLE.format(slug=slug))
    if mode == "here":
        (blog / ".gitignore").write_text("/var/\n/output/\n/.output.*\n")
        git(blog, "init", "--quiet", "--initial-branch=main")
        git(blog, "add", "--all")
        git(blog, "commit", "--quiet", "--message=The blog")
    if mode == "clone":
        git(root, "init", "--quiet", "--bare", f"--initial-branch={BRANCH}", str(world.remote))
        git(world.remote, "config", "core.logAllRefUpdates", "always")
        git(root, "clone", "--quiet", str(world.remote), str(world.staff))
    return world
