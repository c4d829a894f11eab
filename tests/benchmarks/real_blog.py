"""The whole loop on a real blog, through the real program over HTTP.

    python -m tests.benchmarks.real_blog ARTICLES COMMENTS.jsonl [--kills 10] [--seed 1]

ARTICLES: folder of Markdown posts. COMMENTS: one JSON object a line with ``source_id, thread,
kind, author, in_reply_to, body``; those of kind ``comment`` are posted one by one through
the public form, approved, published and built, with twenty bodies of our own after them.
Then everything is compared: each comment once, on the right page, in order, under its
parent, its file's body as posted, its text on the page as Markdown renders it.

With ``--kills`` the program is killed (-9) at random moments and started again; what was
acknowledged must survive. Prints the seed, the pace and the time from the last approval to
the last anchor on disk; ends with 1 when anything differs.
"""

import argparse
import json
import random
import re
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any, TypeVar

import html5lib
from markdown_it import MarkdownIt

from comments_service import commentfile
from comments_service.domain.comments import Comment
from tests.support.service import Service, administrator, copy_of_the_blog
from tests.support.visitor import Page, Visitor

T = TypeVar("T")

UNLIMITED = [f"TERTULIA_MAX_PER_{each}" for each in ("NETWORK", "THREAD", "HOUR")]

OWN_BODIES = [
    "¿Cuándo abrirá la piscina? Lo dice la señora Íñiguez, y también Begoña.",
    "El «silencio administrativo» no es una respuesta, ¿verdad?",
    "Escribo <b>en negrita</b> como me enseñaron.",
    "Si a < b y b < c, entonces a < c; y 3 > 2.",
    "Primera línea.\nSegunda línea.\nTercera línea.",
    "Primer párrafo.\n\nSegundo párrafo.\n\nTercero.",
    "Una mezcla:\nlínea dos.\n\nPárrafo dos & final.",
    "AT&T, P&R, &amp; y &lt;b&gt; tal cual.",
    "Más vale tarde que nunca… ¡y más vale pronto!",
    "Kaixo! Eskerrik asko erantzuteagatik, benetan.",
    "Precio: 3.000 € (IVA incluido), 20 % menos que antes.",
    "«Lo importante —dijo— es escuchar»; «y contestar».",
    "Ñandú, pingüino, corazón, útil, él, sí, qué.",
    "Mi abuela tiene 70 años.\nNo usa ordenador.\n\n¿Y ahora qué?",
    "<script>alert('hola')</script>",
    "Adjunto enlace: https://www.example.org/?a=1&b=2",
    "Llaves {{ 7*7 }} y {% raw %} y {static}/secreto y |filename|x.",
    "Comillas \"dobles\" y 'simples', y un apóstrofo: l'Hospitalet.",
    "Emoji: 👩🏽‍🚀 y bandera 🇪🇺.",
    "Fin.\n\n\n\nTras cuatro saltos de línea.",
]


@dataclass(frozen=True)
class Post:
    """One comment to send. source: its name in the input; parent: another post's."""

    source: str
    thread: str
    author: str
    body: str
    parent: str | None


def posts_from(path: Path) -> list[Post]:
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    real = [
        Post(row["source_id"], row["thread"], row["author"], row["body"], row["in_reply_to"])
        for row in rows
        if row["kind"] == "comment"
    ]
    known = {post.source for post in real}
    lost = [post.source for post in real if post.parent and post.parent not in known]
    if lost:
        print(f"replies to something that is no comment: {lost}")
    threads = sorted({post.thread for post in real})
    own = [
        Post(f"own-{n}", threads[n % len(threads)], "Íñigo Ñúñez", body, None)
        for n, body in enumerate(OWN_BODIES)
    ]
    return [*real, *own]


class Killer(threading.Thread):
    """Kills the service at random moments and starts it again, a given number of times."""

    def __init__(self, service: Service, kills: int, seed: int) -> None:
        super().__init__(daemon=True)
        self.service, self.left, self.random = service, kills, random.Random(seed)

    def run(self) -> None:
        while self.left:
            time.sleep(self.random.uniform(0.3, 4.0))
            self.service.kill()
            self.service.start()
            self.left -= 1


def persist(what: Callable[[], T], seconds: float = 120) -> T:
    """Try again while the service is down."""
    until = time.monotonic() + seconds
    while True:
        try:
            return what()
        except (OSError, HTTPException):
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def send_all(service: Service, posts: list[Post], staff: Visitor) -> dict[str, tuple[str, str]]:
    """Post each through the form; gives (reference, comment id) by source."""
    reader, acknowledged = Visitor(), {}
    for post in posts:
        parent = acknowledged[post.parent][1] if post.parent in acknowledged else ""
        address = f"{service.url}/comentar/{post.thread}?responder={parent}"

        def fill(address: str = address, post: Post = post) -> Page:
            page = reader.get(address)
            return reader.send(page, "/comentar/", author=post.author, body=post.body)

        receipt = persist(fill)
        assert receipt.status == 200, (post, receipt.status, receipt.text)
        reference = re.search(r"/seguimiento/(20\d\d-\d+)/", receipt.url)
        assert reference, receipt.url
        case = persist(lambda r=reference[1]: staff.get(f"{service.url}/gestion/comentario/{r}"))
        comment_id = re.search(r'id="comment-([0-9a-z]{26})"', case.text)
        assert comment_id, case.text
        acknowledged[post.source] = (reference[1], comment_id[1])
    assert not list(reader.cookies), "a reader was given a cookie"
    return acknowledged


def approve_all(service: Service, staff: Visitor, references: list[str]) -> None:
    for reference in references:
        address = f"{service.url}/gestion/comentario/{reference}"

        def press(address: str = address) -> Page:
            page = staff.get(address)
            if "/publicar" not in page.text:
                return page  # the answer to an earlier press was lost in a kill
            return staff.send(page, "/publicar")

        page = persist(press)
        assert page.status in (200, 409), (reference, page.status, page.text)


def article_pages(blog: Path) -> list[Path]:
    """The built articles, in every language."""
    output = blog / "output"
    return [*output.glob("20*/*/*/index.html"), *output.glob("e?/20*/*/*/index.html")]


def anchors_on_disk(blog: Path) -> dict[str, str]:
    """Comment id -> digest, of every built page."""
    shown = {}
    for page in article_pages(blog):
        for tag in re.findall(r'<[a-z]+ [^>]*id="comment-[^>]*>', page.read_text("utf-8")):
            anchor = re.search(r'id="comment-([0-9a-z]{26})"', tag)
            digest = re.search(r'data-digest="([0-9a-f]{16})"', tag)
            if anchor and digest:
                assert anchor[1] not in shown, f"{anchor[1]} stands twice"
                shown[anchor[1]] = digest[1]
    return shown


def wait_for(blog: Path, ids: set[str], seconds: float = 120) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            if ids <= anchors_on_disk(blog).keys():
                return
        except FileNotFoundError:
            pass  # the site was swapped while we read
        time.sleep(0.2)
    missing = sorted(ids - anchors_on_disk(blog).keys())
    raise AssertionError(f"{len(missing)} not shown: {missing[:5]}")


def text_of(html: Any) -> str:
    return "".join(html.itertext()) if html is not None else ""


def words(text: str) -> str:
    return " ".join(text.split())


def compare(blog: Path, posts: list[Post], acknowledged: dict[str, tuple[str, str]]) -> list[str]:
    """Every difference between what was posted and what is there."""
    differences, consumed = [], []
    markdown = MarkdownIt("commonmark", {"html": False, "breaks": True})
    markdown.disable(["html_block", "html_inline", "image", "reference"])
    markdown.disable(["heading", "lheading", "hr"])
    files = {path.stem: path for path in (blog / "content" / "comments").rglob("*.md")}
    pages = {
        element.get("id"): (path.parent.name, element)
        for path in article_pages(blog)
        for element in html5lib.parse(path.read_text("utf-8"), namespaceHTMLElements=False).iter(
            "article"
        )
        if (element.get("id") or "").startswith("comment-")
    }
    if len(files) != len(posts) or len(pages) != len(posts):
        differences.append(f"{len(posts)} posted, {len(files)} files, {len(pages)} on pages")
    numbers: dict[str, list[int]] = {}
    for post in posts:
        _, comment_id = acknowledged[post.source]
        path = files[comment_id]
        data = path.read_bytes()
        entry = commentfile.loads(data, f"{post.thread}/{comment_id}.md")
        assert isinstance(entry, Comment)
        numbers.setdefault(post.thread, []).append(entry.number)
        if entry.body != post.body.strip("\n"):
            differences.append(f"{post.source}: the file's body differs")
        wanted = acknowledged[post.parent][1] if post.parent in acknowledged else None
        if entry.in_reply_to != wanted:
            differences.append(f"{post.source}: under {entry.in_reply_to}, not {wanted}")
        page, element = pages[f"comment-{comment_id}"]
        if page != post.thread:
            differences.append(f"{post.source}: on {page}, not {post.thread}")
        if element.get("data-digest") != commentfile.digest(data):
            differences.append(f"{post.source}: another digest on the page")
        content = next(
            each for each in element.iter() if "e-content" in (each.get("class") or "").split()
        )
        rendered = html5lib.parseFragment(markdown.render(entry.body), namespaceHTMLElements=False)
        shown = words(text_of(content))
        if shown != words(text_of(rendered)):
            differences.append(f"{post.source}: the page says {shown!r}")
        if shown != words(entry.body):
            consumed.append(post.source)
    differences += [
        f"{thread}: numbers {found}" for thread, found in numbers.items() if found != sorted(found)
    ]
    print(f"Markdown read marks of {len(consumed)} bodies: {', '.join(consumed)}")
    return differences


def snapshot(folder: Path) -> dict[Path, tuple[int, bytes]]:
    return {
        path: (path.stat().st_mtime_ns, path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def prepared(articles: Path, folder: Path) -> Path:
    """A blog of the demonstration's settings with other articles and no comments."""
    blog = copy_of_the_blog(folder / "blog")
    for part in ("articles", "comments"):
        shutil.rmtree(blog / "content" / part)
    shutil.copytree(articles, blog / "content" / "articles")
    (blog / "content" / "comments").mkdir()
    return blog


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("articles", type=Path)
    parser.add_argument("comments", type=Path)
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    options = parser.parse_args()
    print(f"seed {options.seed}")
    with tempfile.TemporaryDirectory() as folder:
        blog = prepared(options.articles, Path(folder))
        service = Service(blog, environment=dict.fromkeys(UNLIMITED, "100000"))
        try:
            return run(service, posts_from(options.comments), options.kills, options.seed)
        except AssertionError:
            print(service.printed)
            raise
        finally:
            if service.process and service.process.poll() is None:
                service.kill()


def run(service: Service, posts: list[Post], kills: int, seed: int) -> int:
    started = time.monotonic()
    service.start()
    print(
        f"first start with {len(list(service.blog.rglob('articles/**/*.md')))} articles: "
        f"{time.monotonic() - started:.1f} s"
    )
    staff = administrator(service)
    killer = Killer(service, kills, seed)
    killer.start()
    started = time.monotonic()
    acknowledged = send_all(service, posts, staff)
    posted = time.monotonic()
    approve_all(service, staff, [acknowledged[post.source][0] for post in posts])
    approved = time.monotonic()
    killer.join()  # what kills are left fall on writing and building
    wait_for(service.blog, {comment_id for _, comment_id in acknowledged.values()})
    shown = time.monotonic()
    print(f"{len(posts)} posted: {len(posts) / (posted - started):.1f} a second")
    print(f"{len(posts)} approved: {len(posts) / (approved - posted):.1f} a second")
    print(f"last approval to last anchor on disk: {shown - approved:.1f} s")
    print(f"kills: {kills}")
    differences = compare(service.blog, posts, acknowledged)
    before = snapshot(service.blog / "content")
    service.stop()
    service.start()
    time.sleep(3)
    if snapshot(service.blog / "content") != before:
        differences.append("publishing again changed a file")
    print("stopped with", service.stop())
    print("\n".join(differences) or "no difference")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
