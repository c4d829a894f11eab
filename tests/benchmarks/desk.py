"""What the staff's pages cost beside 120,000 comments, in times of an empty list of them.

    python -m tests.benchmarks.desk [--cases 120000] [--rounds 40] [--only sqlite]

Two blogs on each kind of database, one without a comment and one with so many, asked in turns
in one process. Prints how many times the empty list the others take, as medians:

    tray     the first page of what waits for an answer
    one      a search for a word that stands in one comment
    some     in one of a hundred
    each     in every one
    case     the page of one comment

Each may take at most 3 times as long. Ends with 1 when one takes longer.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from flask.testing import FlaskClient
from sqlalchemy import insert, text

from comments_service.config.settings import Settings
from comments_service.store import people, schema, search, sessions
from comments_service.store.engine import Connection
from comments_service.usecases.blog import Blog, open_blog
from comments_service.web import create_app
from tests.support.databases import fresh_database, postgres_cluster
from tests.support.fixtures import SITE_TOML, threads_json

MOST = 3.0
AT_ONCE = 5_000
THREADS = 200
STARTED = 1_760_000_000
SESSION, CSRF = "a" * 32, "b" * 32

WORDS = (
    "la plaza el mercado una vecina pregunta por qué se cierra la calle y cuándo se abre otra vez "
    "contestamos que el lunes con un plano y un teléfono nadie se queda sin respuesta aunque tarde"
).split()


def a_text(number: int, chance: random.Random) -> str:
    """``comun`` stands in each, ``alguno`` in one of a hundred, ``unico7`` in that one."""
    some = " ".join(chance.choices(WORDS, k=40))
    rare = f" alguno unico{number}" if number % 100 == 0 else ""
    return f"comun {some} {number}{rare}."


def fill(connection: Connection, count: int) -> None:
    """As readers and staff leave them: one of ten waits to be read, two of ten for an answer."""
    chance = random.Random(1)
    for start in range(1, count + 1, AT_ONCE):
        numbers = range(start, min(start + AT_ONCE, count + 1))
        for table, rows in _rows(numbers, chance).items():
            connection.execute(insert(schema.metadata.tables[table]), rows)


def _rows(numbers: range, chance: random.Random) -> dict[str, list[dict[str, object]]]:
    rows: dict[str, list[dict[str, object]]] = {
        name: [] for name in ("comment", "revision", "cases", "event")
    }
    for number in numbers:
        comment_id, at, held = f"01jd{number:022}", STARTED + number * 60, number % 10 == 0
        rows["comment"].append(
            {
                "id": comment_id,
                "thread": f"hilo-{number % THREADS}",
                "kind": "comment",
                "lang": "es",
                "received_at": at,
                "head_revision": 1,
                "public_revision": None if held else 1,
                "number": None if held else number,
            }
        )
        rows["revision"].append(
            {
                "comment_id": comment_id,
                "revision": 1,
                "author": f"Persona {chance.randrange(9_000)}",
                "body": a_text(number, chance),
                "markup": "markdown",
                "created_at": at,
                "decision": "held" if held else "approved",
            }
        )
        is_open = number % 10 < 3
        attention = "received" if is_open else "answered"
        rows["cases"].append({"year": 2025, "comment_id": comment_id, "attention": attention})
        event = {"case_id": number, "seq": 1, "at": at, "kind": "received", "actor": "reader"}
        rows["event"].append({**event, "data": "{}", "previous": "", "hash": f"{number:064}"})
    return rows


@contextmanager
def a_blog(folder: Path, database: str | None, cases: int) -> Iterator[tuple[Blog, FlaskClient]]:
    """With so many comments that search knows, and a browser in which somebody is signed in."""
    (folder / "content" / "comments").mkdir(parents=True)
    (folder / "content" / "site.toml").write_text(SITE_TOML, "utf-8")
    (folder / "output").mkdir()
    threads = threads_json(*(f"hilo-{number}" for number in range(THREADS)))
    (folder / "output" / "threads.json").write_text(threads, "utf-8")
    (folder / "output" / "build-report.json").write_text('{"format": 1, "faults": []}', "utf-8")
    blog = open_blog(Settings(blog=folder, database_url=database, site_url="http://localhost"))
    now = datetime.now(UTC)
    with blog.store.write() as connection:
        values = {"login": "ada", "name": "Ada", "language": "es", "role": "admin"}
        person = people.add_person(connection, now, password_hash="-", **values)
        sessions.open_session(connection, SESSION, person, CSRF, now)
        fill(connection, cases)
        search.ensure(connection)
    while True:
        with blog.store.write() as connection:
            if not search.take_in(connection, AT_ONCE):
                break
    with blog.store.write() as connection:
        connection.execute(text("ANALYZE"))
    client = create_app(blog, clock=lambda: datetime.now(UTC), wake=lambda: None).test_client()
    client.set_cookie("tertulia-80", SESSION)
    yield blog, client
    blog.store.close()


def took(client: FlaskClient, address: str, holds: str) -> float:
    began = time.perf_counter()
    answer = client.get(address, base_url="http://localhost", buffered=True)
    ended = time.perf_counter() - began
    assert answer.status_code == 200, answer.status
    assert holds in answer.get_data(as_text=True), address
    return ended


def ratios(folder: Path, kind: str, urls: list[str | None], cases: int, rounds: int) -> bool:
    """Whether every page keeps its measure on one kind of database."""
    with ExitStack() as stack:
        _, empty = stack.enter_context(a_blog(folder / f"{kind}-empty", urls[0], 0))
        _, full = stack.enter_context(a_blog(folder / f"{kind}-full", urls[1], cases))
        rare = cases // 200 * 100
        pages = {
            "empty": (empty, "/gestion/", "Nadie"),
            "tray": (full, "/gestion/", "tray__item"),
            "one": (full, f"/gestion/?vista=todo&buscar=unico{rare}", f"2025-{rare:06}"),
            "some": (full, "/gestion/?vista=todo&buscar=alguno", "tray__item"),
            "each": (full, "/gestion/?vista=todo&buscar=comun", "tray__item"),
            "case": (full, f"/gestion/comentario/2025-{rare:06}", "comun"),
        }
        times: dict[str, list[float]] = {name: [] for name in pages}
        for turn in range(rounds + 3):
            for name, page in pages.items():
                spent = took(*page)
                if turn >= 3:
                    times[name].append(spent)
    base = median(times.pop("empty"))
    print(f"{kind}: an empty list takes {base * 1000:.1f} ms", flush=True)
    found = {name: median(spent) / base for name, spent in times.items()}
    for name, ratio in found.items():
        print(f"  {name:6} {ratio:5.2f} times{'' if ratio <= MOST else '   TOO LONG'}", flush=True)
    return max(found.values()) <= MOST


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=120_000)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    asked = parser.parse_args()
    kinds = [asked.only] if asked.only else ["sqlite", "postgresql"]
    held = []
    with tempfile.TemporaryDirectory(prefix="tertulia-desk-") as name, ExitStack() as stack:
        for kind in kinds:
            urls: list[str | None] = [None, None]
            if kind == "postgresql":
                cluster = stack.enter_context(postgres_cluster())
                urls = [stack.enter_context(fresh_database(cluster)) for _ in range(2)]
            held.append(ratios(Path(name), kind, urls, asked.cases, asked.rounds))
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
