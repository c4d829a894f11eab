"""What taking a comment costs, beside what its text alone costs, and how that grows.

    python -m tests.benchmarks.comment_cost [--few 1000] [--many 1000000] [--batches 12]

Prints three ratios, measured in one run, the sides taking turns in a process of one thread,
with the limits as they are where nobody sets them:

    a held comment / its text    cleaned, rendered and checked by two parsers; at most 1.35
    with many / with few         the same comment beside so many stored ones; at most 1.05
    p99 / p50                    of eight clients at once at the real server, on a disk that is
                                 written to for each comment; at most 6

A text is measured where a service meets it: after a held comment, one at a time. In a row, with
everything at hand in the processor, it costs half; that is printed too, and so is what each
share of a held comment costs. A cheaper text makes the first ratio greater: look at both.

Ends with 1 when one is too much.
"""

import argparse
import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from inspect import isgeneratorfunction, unwrap
from pathlib import Path
from statistics import mean, median, quantiles
from typing import Any
from unittest.mock import patch

from sqlalchemy import text

from comments_service import markup
from comments_service.config.settings import Settings
from comments_service.domain.comments import Markup
from comments_service.markup import second_opinion
from comments_service.store import comments, engine
from comments_service.usecases import codes, limits, promises, submit
from comments_service.usecases.blog import Blog, open_blog
from tests.faults.clients import ask
from tests.support.buildable import buildable_blog
from tests.support.fixtures import SITE_TOML, threads_json
from tests.support.ids import new_id
from tests.support.service import Service

MOST_OVER_TEXT = 1.35
MOST_GROWTH = 1.05
MOST_TAIL = 6.0
IN_A_BATCH = 50
THREADS = 50
CLIENTS = 8
SECONDS = 15.0

WORDS = (
    "la plaza el mercado una vecina pregunta por qué se cierra la calle y cuándo se abre otra vez "
    "contestamos que el lunes con un plano y un teléfono nadie se queda sin respuesta aunque tarde"
).split()

_FILL = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
INSERT INTO {table} SELECT {values} FROM n
"""
_ID = "printf('{:0>8}%018d', i)".replace("{:0>8}", "01jd0000")
_STORED = {
    "comment (id, thread, kind, lang, received_at, head_revision, network, fingerprint)": (
        f"{_ID}, 'hilo-' || (i % 500), 'comment', 'es', 1600000000 + i * 100, 1,"
        " printf('%064x', i % 9999), printf('%064x', i)"
    ),
    "revision (comment_id, revision, author, body, markup, created_at, decision)": (
        f"{_ID}, 1, 'Persona ' || (i % 999), 'Un comentario, el ' || i, 'markdown',"
        " 1600000000 + i * 100, 'approved'"
    ),
    "cases (year, comment_id, attention)": f"2025, {_ID}, 'answered'",
}


def a_text(chance: random.Random) -> str:
    """About sixty words with what people use of Markdown."""
    words = chance.choices(WORDS, k=50)
    words[5], words[20], words[30] = f"**{words[5]}**", f"*{words[20]}*", f"`{words[30]}`"
    quote, link = " ".join(words[:8]), "[el plano](https://ejemplo.example/plano)"
    return f"> {quote}\n\n{' '.join(words[8:30])} {link}\n\n- {words[30]}\n- {' '.join(words[31:])}"


def a_blog(folder: Path, stored: int) -> Blog:
    """With so many decided comments."""
    (folder / "content" / "comments").mkdir(parents=True)
    (folder / "content" / "site.toml").write_text(SITE_TOML, "utf-8")
    (folder / "output").mkdir()
    threads = threads_json(*(f"hilo-{number}" for number in range(THREADS)))
    (folder / "output" / "threads.json").write_text(threads, "utf-8")
    blog = open_blog(Settings(blog=folder))
    with blog.store.write() as connection:
        for table, values in _STORED.items():
            connection.execute(text(_FILL.format(count=stored, table=table, values=values)))
        connection.execute(text("ANALYZE"))
    return blog


def cpu_of(act: Callable[[str], object], body: str) -> float:
    """Milliseconds of this thread."""
    started = time.thread_time()
    act(body)
    return (time.thread_time() - started) * 1000


def text_alone(body: str) -> None:
    cleaned = markup.clean_body(body)
    markup.check(cleaned)
    second_opinion.agrees(cleaned, Markup.MARKDOWN)


def into(blog: Blog) -> Callable[[str], object]:
    """Sends comments to many conversations, each from a network of its own."""
    count = 0

    def send(body: str) -> object:
        nonlocal count
        count += 1
        now = datetime.now(UTC)
        thread, address = f"hilo-{count % THREADS}", f"10.0.{count // 250}.{count % 250}"
        form = submit.Form(author="Aitor", body=body, lang="es")
        return submit.submit(blog, thread, form, address=address, comment_id=new_id(now), now=now)

    return send


def in_turn(few: Blog, many: Blog, batches: int) -> dict[str, float]:
    """Each side's median over the batches, which are other texts for each side."""
    chance = random.Random(1)
    send = into(few)
    sides = {
        "text in a row": (None, text_alone),
        "text": (send, text_alone),
        "few": (None, send),
        "many": (None, into(many)),
    }
    took: dict[str, list[float]] = {name: [] for name in sides}
    for number in range(batches + 1):
        for name in sorted(sides, reverse=number % 2 == 1):
            before, act = sides[name]
            spent = []
            for _ in range(IN_A_BATCH):
                if before:
                    before(a_text(chance))
                spent.append(cpu_of(act, a_text(chance)))
            if number:  # the first warms up
                took[name].append(mean(spent))
    return {name: median(times) for name, times in took.items()}


SHARES = {
    "its text": ((submit, "_checked"), (second_opinion, "agrees")),
    "what is promised": ((promises, "promised"),),
    "the transaction": ((engine.Store, "write"),),
    "- whose network": ((limits, "network_hashes"),),
    "- sent before?": ((submit, "_first_of"),),
    "- limits": ((limits, "look"),),
    "- screening": ((submit, "_notes"),),
    "- three rows": ((comments, "receive"),),
    "- its record": ((submit, "_record"),),
    "- short code": ((codes, "keep"),),
}
"""Functions by what they are for; what is left of the transaction is to begin and commit it."""


def shares(blog: Blog) -> dict[str, float]:
    """Milliseconds of each, of one held comment."""
    took = dict.fromkeys(SHARES, 0.0)
    chance, send = random.Random(2), into(blog)
    with ExitStack() as patches:
        for name, places in SHARES.items():
            for owner, attribute in places:
                timed = _timed(getattr(owner, attribute), name, took)
                patches.enter_context(patch.object(owner, attribute, timed))
        whole = [cpu_of(send, a_text(chance)) for _ in range(2 * IN_A_BATCH)]
    return {"the whole": mean(whole)} | {name: each / len(whole) for name, each in took.items()}


def _timed(act: Callable[..., Any], name: str, took: dict[str, float]) -> Callable[..., Any]:
    def timed(*given: Any, **named: Any) -> Any:
        started = time.thread_time()
        result = act(*given, **named)
        took[name] += (time.thread_time() - started) * 1000
        return result

    @contextmanager
    def timed_whole(*given: Any, **named: Any) -> Iterator[Any]:
        started = time.thread_time()
        with act(*given, **named) as opened:
            yield opened
        took[name] += (time.thread_time() - started) * 1000

    return timed_whole if isgeneratorfunction(unwrap(act)) else timed


def tail(folder: Path) -> tuple[float, float, int]:
    """Seconds of the median and of the 99th percentile at eight clients; how many answers."""
    service = Service(buildable_blog(folder))
    service.environment = {
        "TERTULIA_MAX_PER_NETWORK": "1000000",
        "TERTULIA_MAX_WAITING": "1000000",
        "TERTULIA_MAX_PER_THREAD": "1000000",
    }
    service.start()
    took: list[float] = []
    until = time.monotonic() + SECONDS

    def client(number: int) -> None:
        chance = random.Random(number)
        while time.monotonic() < until:
            fields = {"author": f"Persona {number}", "body": a_text(chance), "lang": "es"}
            started = time.monotonic()
            answer = ask(service.port, "POST", "/comentar/hola", fields)
            took.append(time.monotonic() - started)
            assert answer.status == 303, answer.text

    try:
        threads = [threading.Thread(target=client, args=(n,)) for n in range(CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        service.stop()
    return median(took), quantiles(took, n=100)[98], len(took)


def tell(name: str, ratio: float, most: float) -> bool:
    print(f"{name:36} {ratio:5.2f}  (at most {most})", flush=True)
    return ratio <= most


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--few", type=int, default=1_000, metavar="COMMENTS")
    parser.add_argument("--many", type=int, default=1_000_000, metavar="COMMENTS")
    parser.add_argument("--batches", type=int, default=12)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tertulia-cost-") as made:
        folder = Path(made)
        few, many = a_blog(folder / "few", options.few), a_blog(folder / "many", options.many)
        took = in_turn(few, many, options.batches)
        print("CPU of one, ms:", *(f"  {name} {spent:.2f}" for name, spent in took.items()))
        for name, spent in shares(few).items():
            print(f"  {name:34} {spent:5.2f}")
        growth = f"with {options.many:,} stored / with {options.few:,}"
        well = [
            tell("a held comment / its text", took["few"] / took["text"], MOST_OVER_TEXT),
            tell(growth, took["many"] / took["few"], MOST_GROWTH),
        ]
        middle, late, count = tail(folder / "served")
        print(f"{count} answers to {CLIENTS} clients: median {middle:.3f} s, p99 {late:.3f} s")
        well.append(tell("p99 / p50", late / middle, MOST_TAIL))
    return 0 if all(well) else 1


if __name__ == "__main__":
    sys.exit(main())
