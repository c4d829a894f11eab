"""How long our build takes beside stock Pelican's, over the same articles without comments.

    python -m tests.benchmarks.build_ratio [--articles 1000] [--rounds 5] [--profile FILE]

Stock is Pelican with its own settings and its ``simple`` theme, asked for the pages that we
make too and it can make: lists of ten a page, archives by year and month, feeds. The compressed
copies, which it cannot make, are told apart. All take turns, so that what else the machine does
falls on each; what counts is the ratio of the medians, at most 1.3. Ours is built over a quarter
of the articles too: the time must not grow faster than their number. Ends with 1 when either is
too much.
"""

import argparse
import cProfile
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import NamedTuple

MOST = 1.3
MOST_GROWTH = 1.15
"""By which the time of one article may grow from a quarter of the articles to all."""

OURS = """
from pathlib import Path
from tertulia_plugins.defaults import pelican_settings
globals().update(pelican_settings(Path(__file__).parent, production=True))
"""
PLAIN = f"{OURS}COMPRESSED = False\n"
STOCK = """
SITENAME = "Consejo de Pruebas"
SITEURL = "https://blog.pruebas.example"
PATH = "content"
ARTICLE_PATHS = ["articles"]
THEME = "simple"
TIMEZONE = "Europe/Madrid"
DEFAULT_LANG = "es"
PLUGINS = []
USE_FOLDER_AS_CATEGORY = False
ARTICLE_URL = "{date:%Y}/{date:%m}/{slug}/"
ARTICLE_SAVE_AS = "{date:%Y}/{date:%m}/{slug}/index.html"
YEAR_ARCHIVE_SAVE_AS = "{date:%Y}/index.html"
MONTH_ARCHIVE_SAVE_AS = "{date:%Y}/{date:%m}/index.html"
DEFAULT_PAGINATION = 10
"""
SITE = """
name = "Consejo de Pruebas"
address = "https://blog.pruebas.example"
languages = ["es"]
"""
WORDS = (
    "la plaza el mercado una vecina pregunta por qué se cierra la calle y cuándo se abre otra vez "
    "contestamos que el lunes con un plano y un teléfono nadie se queda sin respuesta aunque tarde "
    "presupuesto biblioteca horario árbol sombra parque escuela autobús parada agua recibo carta"
).split()


class Took(NamedTuple):
    """Seconds of one build: by the clock, and of the processors."""

    wall: float
    cpu: float


def write_blog(folder: Path, articles: int) -> Path:
    """The same articles for both sides: about 450 words, one category, three tags."""
    chance = random.Random(articles)
    for number in range(articles):
        year, month, day = 2016 + number % 10, 1 + number % 12, 1 + number % 28
        place = folder / "content" / "articles" / str(year)
        place.mkdir(parents=True, exist_ok=True)
        tags = ", ".join(
            f"etiqueta {chance.randrange(1 + int(articles**0.5)):03}" for _ in range(3)
        )
        (place / f"entrada-{number}.md").write_text(
            f"Title: Entrada {number}: {_sentence(chance, 5)}\n"
            f"Date: {year}-{month:02}-{day:02} {number % 24:02}:{number % 60:02}\n"
            f"Author: Persona {number % 20:03}\nCategory: Asunto {number % 10:03}\nTags: {tags}\n"
            f"Slug: entrada-{number}\nLang: es\nSummary: {_sentence(chance, 25)}\n\n"
            f"{_body(chance, number)}",
            "utf-8",
        )
    (folder / "content" / "site.toml").write_text(SITE, "utf-8")
    (folder / "stock.py").write_text(STOCK, "utf-8")
    (folder / "ours.py").write_text(OURS, "utf-8")
    (folder / "plain.py").write_text(PLAIN, "utf-8")
    return folder


def _sentence(chance: random.Random, words: int) -> str:
    return f"{' '.join(chance.choices(WORDS, k=words)).capitalize()}."


def _body(chance: random.Random, number: int) -> str:
    paragraphs = [_sentence(chance, 70) for _ in range(4)]
    paragraphs.insert(1, f"## {_sentence(chance, 5)}")
    paragraphs.insert(3, "\n".join(f"- **{_sentence(chance, 4)}** {word}" for word in WORDS[:6]))
    paragraphs.insert(4, f"> {_sentence(chance, 30)}\n>\n> — Una *vecina*")
    if number:
        earlier = chance.randrange(number)
        paragraphs.append(
            f"Lo contamos [aquí]({{filename}}/articles/{2016 + earlier % 10}/entrada-{earlier}.md)."
        )
    return "\n\n".join([*paragraphs, _sentence(chance, 80)]) + "\n"


def build(blog: Path, side: str) -> Took:
    """Build afresh, in a process of its own."""
    output = blog / f"output-{side}"
    shutil.rmtree(output, ignore_errors=True)
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "pelican", "content", "-s", f"{side}.py", "-o", output],
        cwd=blog,
        env={**os.environ, "TERTULIA_NOW": "2026-11-22T10:00:00+01:00", "COLUMNS": "999"},
        capture_output=True,
        text=True,
    )
    wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(list(output.rglob("*/entrada-*/index.html"))) == _written(blog), "articles missing"
    return Took(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def _written(blog: Path) -> int:
    return sum(1 for _ in (blog / "content" / "articles").rglob("*.md"))


def in_turn(rounds: int, *sides: Callable[[], Took]) -> list[list[Took]]:
    """Each side's times; in every other round the last side begins."""
    times: list[list[Took]] = [[] for _ in sides]
    for number in range(rounds):
        order = list(enumerate(sides))
        for place, side in reversed(order) if number % 2 else order:
            times[place].append(side())
    return times


def tell(name: str, times: list[Took], articles: int) -> Took:
    """Print one side's line; gives its medians."""
    middle = Took(median(took.wall for took in times), median(took.cpu for took in times))
    each = " ".join(f"{took.wall:.2f}" for took in times)
    print(
        f"{name:<25}{articles:>6} articles {middle.wall:7.2f} s {middle.cpu:7.2f} s CPU  [{each}]"
    )
    return middle


def profile(blog: Path, report: Path) -> None:
    """Where our time goes, for ``python -m pstats``."""
    os.environ["TERTULIA_NOW"] = "2026-11-22T10:00:00+01:00"
    os.chdir(blog)
    import pelican

    with cProfile.Profile() as seen:
        pelican.main(["content", "-s", "ours.py", "-o", str(blog / "output-profile"), "-q"])
    seen.dump_stats(report)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--articles", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--profile", type=Path, help="only profile ours, into this file")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        whole = write_blog(Path(folder) / "whole", options.articles)
        if options.profile:
            profile(whole, options.profile.resolve())
            return 0
        few = options.articles // 4
        part = write_blog(Path(folder) / "part", few)
        one = write_blog(Path(folder) / "one", 1)
        stock, ours, quarter, start, packed = in_turn(
            options.rounds,
            lambda: build(whole, "stock"),
            lambda: build(whole, "plain"),
            lambda: build(part, "plain"),
            lambda: build(one, "plain"),
            lambda: build(whole, "ours"),
        )
        theirs = tell("stock Pelican", stock, options.articles)
        mine = tell("Tertulia", ours, options.articles)
        small = tell("Tertulia", quarter, few)
        least = tell("Tertulia", start, 1)
        tell("  with compressed copies", packed, options.articles)
    return verdict(theirs, mine, small, least, options.articles)


def verdict(stock: Took, ours: Took, quarter: Took, start: Took, articles: int) -> int:
    """Print the ratios; 1 when one is too much. start: a build of one article."""
    ratio = ours.wall / stock.wall
    print(f"ratio of the medians: {ratio:.2f} (CPU {ours.cpu / stock.cpu:.2f}); at most {MOST}")
    by_article = [
        (took.cpu - start.cpu) / count
        for took, count in ((quarter, articles // 4), (ours, articles))
    ]
    growth = by_article[1] / by_article[0]
    print(
        f"an article costs {1000 * by_article[0]:.2f} ms CPU among {articles // 4}, "
        f"{1000 * by_article[1]:.2f} among {articles}: x {growth:.2f}; at most {MOST_GROWTH}"
    )
    return 1 if ratio > MOST or growth > MOST_GROWTH else 0


if __name__ == "__main__":
    sys.exit(main())
