"""Lighthouse over three pages of the demonstration, served by the real program.

    npm ci --prefix tests/benchmarks
    python -m tests.benchmarks.lighthouse

Home, an archive, and an article with fifty comments. Prints a table; ends with 1 when a
category of a page stays under 0.98. Lighthouse emulates a telephone on a slow line.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ulid import ULID

from comments_service import commentfile
from comments_service.domain.comments import Comment, Kind, Markup
from tests.support.service import copy_of_the_blog, running

LEAST = 0.98
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
THREAD = "moderar-sin-callar"
PAGES = {
    "home": "/",
    "article, 50 comments": "/2025/12/moderar-sin-callar/",
    "archive": "/archivo/",
}
PROGRAM = Path(__file__).parent / "node_modules" / ".bin" / "lighthouse"
FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-background-networking"


def write_comments(blog: Path, wanted: int) -> None:
    """Comments of a few sentences, until the thread has as many as ``wanted``."""
    folder = blog / "content" / "comments" / THREAD
    there = len(list(folder.glob("*.md")))
    began = datetime(2026, 2, 1, 9, 0, tzinfo=UTC)
    for number in range(there + 1, wanted + 1):
        date = began + timedelta(hours=number)
        comment = Comment(
            id=str(ULID.from_datetime(date)).lower(),
            thread=THREAD,
            revision=1,
            number=100 + number,
            kind=Kind.COMMENT,
            markup=Markup.MARKDOWN,
            author=f"Vecina {number}",
            date=date,
            body="¿Y esto quién lo decide? Lo pregunto **de verdad**.\n\n" + "Una frase más. " * 12,
            lang="es",
        )
        (folder / f"{comment.id}.md").write_bytes(commentfile.dumps(comment))


def measure(address: str, report: Path) -> dict[str, Any]:
    """What Lighthouse says of a page."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    done = subprocess.run(
        [
            *(PROGRAM, address, "--quiet", f"--chrome-flags={FLAGS}"),
            *("--output=json", f"--output-path={report}"),
            f"--only-categories={','.join(CATEGORIES)}",
        ],
        env={**os.environ, "CHROME_PATH": str(chromium)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(report.read_text("utf-8"))
    return told


def short_of(told: dict[str, Any]) -> list[str]:
    """The audits that cost points, worst first."""
    found = []
    for category in told["categories"].values():
        for part in category["auditRefs"]:
            audit = told["audits"][part["id"]]
            if part["weight"] and audit["score"] is not None and audit["score"] < 1:
                found.append((audit["score"], f"{audit['score']:.2f} {audit['title']}"))
    return [line for _, line in sorted(found)]


def main() -> int:
    if not PROGRAM.is_file():
        sys.exit("Lighthouse is missing: npm ci --prefix tests/benchmarks")
    too_low = False
    with tempfile.TemporaryDirectory() as folder:
        blog = copy_of_the_blog(Path(folder) / "blog")
        write_comments(blog, 50)
        print(f"{'':<24}" + "".join(f"{name:>16}" for name in CATEGORIES))
        with running(blog) as service:
            for name, path in PAGES.items():
                told = measure(f"{service.url}{path}", Path(folder) / "report.json")
                scores = [told["categories"][each]["score"] for each in CATEGORIES]
                print(f"{name:<24}" + "".join(f"{score:>16.2f}" for score in scores))
                for line in short_of(told):
                    print(f"    {line}")
                too_low = too_low or min(scores) < LEAST
    return 1 if too_low else 0


if __name__ == "__main__":
    sys.exit(main())
