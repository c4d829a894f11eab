"""How long a wrong sign-in takes for a name that somebody has and for one that nobody has.

    python -m tests.benchmarks.sign_in            200 of each, in turns

Prints both medians and their difference, which must stay below a tenth: whoever measures
answers must not learn who has an account. Only its own blog in a temporary folder is used.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from comments_service import signing
from comments_service.config.settings import Settings
from comments_service.errors import SignInFailed
from comments_service.store import people
from comments_service.usecases.blog import Blog, open_blog
from comments_service.usecases.sign_in import sign_in

SITE = 'name = "Consejo"\naddress = "https://blog.example.org"\nlanguages = ["es"]\n'
MOST = 0.10


def blog_in(folder: Path) -> Blog:
    (folder / "content").mkdir(parents=True)
    (folder / "content" / "site.toml").write_text(SITE, "utf-8")
    blog = open_blog(Settings(blog=folder))
    stored = signing.password_hash("una frase muy larga")
    values = {"login": "ada", "name": "Ada", "language": "es", "role": "admin"}
    with blog.store.write() as connection:
        people.add_person(connection, datetime.now(UTC), password_hash=stored, **values)
    return blog


def timed(blog: Blog, login: str, turn: int, at: datetime) -> float:
    """Seconds of one refusal; each comes from a network and at a time of its own."""
    began = time.perf_counter()
    try:
        sign_in(blog, login, "otra frase distinta", address=f"2001:db8:{turn:x}::1", now=at)
    except SignInFailed:
        return time.perf_counter() - began
    raise AssertionError("let in")


def medians(blog: Blog, rounds: int, say: Callable[[str], object]) -> tuple[float, float]:
    """Of the known name and of the unknown one, asked in turns."""
    now, taken = datetime.now(UTC), {"ada": [], "eva": []}  # type: ignore[var-annotated]
    for turn in range(rounds):
        for login, times in taken.items():
            times.append(timed(blog, login, turn, now + turn * timedelta(days=2)))
    known, unknown = (statistics.median(times) for times in taken.values())
    say(f"known   {known * 1000:7.2f} ms")
    say(f"unknown {unknown * 1000:7.2f} ms")
    return known, unknown


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=200)
    with tempfile.TemporaryDirectory() as folder:
        blog = blog_in(Path(folder) / "blog")
        known, unknown = medians(blog, parser.parse_args().rounds, print)
        blog.store.close()
    apart = abs(known - unknown) / max(known, unknown)
    print(f"apart   {apart:7.1%} (at most {MOST:.0%})")
    return int(apart > MOST)


if __name__ == "__main__":
    sys.exit(main())
