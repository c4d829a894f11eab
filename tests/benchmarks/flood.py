"""What it costs to set a flood of advertising aside, in times of an empty list of comments.

    python -m tests.benchmarks.flood [--flood 1000] [--cases 20000] [--rounds 7] [--only sqlite]

Two blogs on each kind of database, one without a comment, and one in which so many say the same
beside the others, asked in turns in one process. Prints how many times the empty list the steps
take, as medians, and the seconds:

    look     the page that shows all of them, which changes nothing
    decide   the one click that sets all of them aside
    undo     the one that takes it back

Each has a measure of its own: on a machine where the empty list takes 8 ms, deciding takes less
than 2 s. Ends with 1 when one takes longer.
"""

import argparse
import os
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

from flask.testing import FlaskClient
from sqlalchemy import text

from comments_service.usecases.blog import Blog
from tests.benchmarks.desk import CSRF, a_blog, took
from tests.support.databases import fresh_database, postgres_cluster
from tests.web.pages import fields

MOST = {"look": 100.0, "decide": 250.0, "undo": 500.0}
URL = "http://localhost"
LOOK = "/gestion/varios?" + urlencode(
    {"hacer": "publicidad", "todo": "1", "lista": "vista=por-leer&marca=repeated"}
)


def flood(blog: Blog, count: int) -> None:
    """Let so many of those that wait to be read say the same, as checks have noted."""
    with blog.store.write() as connection:
        held = "SELECT comment_id FROM revision WHERE decision = 'held' LIMIT :count"
        change = f"UPDATE revision SET notes = 'repeated' WHERE comment_id IN ({held})"
        connection.execute(text(change), {"count": count})


def sent(client: FlaskClient, path: str, form: dict[str, str]) -> tuple[float, str]:
    """The seconds that it took, and where it leads."""
    began = time.perf_counter()
    answer = client.post(path, data=form, base_url=URL)
    ended = time.perf_counter() - began
    assert answer.status_code == 303, (path, answer.status)
    return ended, answer.headers["Location"].removeprefix(URL)


def in_one_click(client: FlaskClient, count: int) -> dict[str, float]:
    """Look, decide, undo: at the end all is as before."""
    asked = {"base_url": URL, "buffered": True}
    times = {"look": took(client, LOOK, "digest")}
    form = fields(client.get(LOOK, **asked), "/decidir")
    times["decide"], place = sent(client, "/gestion/varios/decidir", form)
    page = client.get(place, **asked)
    assert f" {count} " in page.text
    form = fields(page, "/deshacer")
    assert form["csrf"] == CSRF
    times["undo"], _ = sent(client, "/gestion/varios/deshacer", form)
    return times


def holds(
    folder: Path, kind: str, urls: list[str | None], count: int, cases: int, rounds: int
) -> bool:
    """Whether every step keeps its measure on one kind of database."""
    times: dict[str, list[float]] = {"empty": [], **{name: [] for name in MOST}}
    with ExitStack() as stack:
        _, empty = stack.enter_context(a_blog(folder / f"{kind}-empty", urls[0], 0))
        blog, full = stack.enter_context(a_blog(folder / f"{kind}-full", urls[1], cases))
        flood(blog, count)
        for turn in range(rounds + 1):
            spent = {"empty": took(empty, "/gestion/", "Nadie")} | in_one_click(full, count)
            for name, seconds in spent.items() if turn else ():
                times[name].append(seconds)
    base = median(times.pop("empty"))
    print(f"{kind}: an empty list takes {base * 1000:.1f} ms", flush=True)
    kept = True
    for name, spent in times.items():
        seconds, ratio = median(spent), median(spent) / base
        kept = kept and ratio <= MOST[name]
        late = "" if ratio <= MOST[name] else "   TOO LONG"
        print(f"  {name:6} {ratio:6.0f} times  {seconds:5.2f} s{late}", flush=True)
    return kept


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--flood", type=int, default=1_000)
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    asked = parser.parse_args()
    os.environ["TERTULIA_UNDO_SECONDS"] = "600"  # enough for a busy machine
    held = []
    with tempfile.TemporaryDirectory(prefix="tertulia-flood-") as name, ExitStack() as stack:
        for kind in [asked.only] if asked.only else ["sqlite", "postgresql"]:
            urls: list[str | None] = [None, None]
            if kind == "postgresql":
                cluster = stack.enter_context(postgres_cluster())
                urls = [stack.enter_context(fresh_database(cluster)) for _ in range(2)]
            counts = asked.flood, asked.cases, asked.rounds
            held.append(holds(Path(name), kind, urls, *counts))
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
