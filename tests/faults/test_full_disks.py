"""F03: no room left, for the database, the private clone, the site, the comment files, the
publisher's temporary files: nothing half-written, and it goes on by itself once there is room.
"""

import random
import sqlite3
from pathlib import Path

import pytest

from comments_service import commentfile
from comments_service.usecases import status
from comments_service.usecases.showing import build_site
from tests.faults import in_database
from tests.faults.clients import Reader, Staff, ask
from tests.faults.direct import now, opened
from tests.faults.disks import small_disk
from tests.faults.history import new_word
from tests.faults.invariants import assert_holds
from tests.faults.service import running
from tests.faults.world import World, make_world


def new_world(folder: Path, mode: str) -> World:
    root = folder / "world"
    root.mkdir()
    return make_world(root, mode)


class TestTheDatabase:
    def test_without_room_a_reader_keeps_the_text_and_is_asked_to_come_back(
        self, tmp_path: Path, dice: random.Random
    ) -> None:
        world = new_world(tmp_path, "off")
        with small_disk(tmp_path / "database", "2m") as disk:
            world.more["TERTULIA_DATABASE_URL"] = f"sqlite:///{disk.folder}/blog.sqlite3"
            with running(world, command="up") as program:
                staff = Staff(world, program.port, dice)
                staff.sign_in(program.administrator_link())
                reader = Reader(world, program.port, dice)
                first = reader.write()
                disk.fill()
                refused = [post(program.port, world, dice) for _ in range(12)]
                told = [a for a in world.history.acts() if a["word"] == first and a["told"]]
                decided = ask(
                    program.port,
                    "POST",
                    f"/gestion/comentario/{told[0]['reference']}/publicar",
                    {"csrf": staff.csrf, "revision": "1"},
                    Cookie=staff.cookie,
                )
                assert 503 in refused, f"the disk was not full: {refused}"
                assert set(refused) <= {303, 503}, refused
                assert decided.status in (303, 503), decided.status
                integrity(disk.folder / "blog.sqlite3")
                disk.free()
                staff.approve(first, told[0]["reference"]) if decided.status == 503 else (
                    world.history.note("approve", first, told=True)
                )
                reader.write()
                assert_holds(world, "the database's disk was full", 60)
                program.cut_power()


def post(port: int, world: World, dice: random.Random) -> int:
    """Send a long comment; what is told is written down. The status."""
    word = new_word(dice)
    body = f"{word} " + " ".join(f"palabra{n}" for n in range(700))
    about = {"author": "Maite", "body": body, "thread": "hola"}
    world.history.note("submit", word, told=False, **about)
    fields = {"author": "Maite", "body": body, "lang": "es"}
    answer = ask(port, "POST", "/comentar/hola", fields)
    if answer.status == 303:
        _, _, reference, token, _ = answer.location.removeprefix(f"http://localhost:{port}").split(
            "/"
        )
        world.history.note("submit", word, told=True, reference=reference, token=token, **about)
    elif answer.status == 503:
        assert int(answer.headers["Retry-After"]) > 0
        assert body in answer.text, "the text was lost"
    return answer.status


def integrity(database: Path) -> None:
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


WHERE = {
    "off, the comment files": ("off", "content/comments", {}),
    "here, the comment files": ("here", "content/comments", {}),
    "here, the repository": ("here", ".git", {}),
    "clone, the private clone": ("clone", "var", {}),
    "off, the site": ("off", "site", {"TERTULIA_OUTPUT": "site/output"}),
    "clone, the temporary files": ("clone", "temporary", {}),
}


@pytest.mark.parametrize("place", WHERE)
def test_without_room_for_the_publisher_submissions_go_on_and_staff_are_told(
    place: str, tmp_path: Path, dice: random.Random, monkeypatch: pytest.MonkeyPatch
) -> None:
    mode, folder, more = WHERE[place]
    world = new_world(tmp_path, mode)
    world.more.update(more)
    (tmp_path / "database").mkdir()
    world.more["TERTULIA_DATABASE_URL"] = f"sqlite:///{tmp_path}/database/blog.sqlite3"
    if folder == "temporary":
        monkeypatch.setenv("TMPDIR", str(world.blog / folder))
    with small_disk(world.blog / folder) as disk, opened(world, dice) as direct:
        build_site(direct.blog, now=now())
        stays = direct.approve(direct.write())
        direct.drain()
        site = (world.output / "index.html").read_bytes()
        for leave in (0, 4096, 20480):
            disk.fill(leave)
            direct.approve(direct.write("hola"))
            direct.answer(stays)
            direct.hurry()
            direct.hurry()
            whole(world, site)
            if leave == 0 and folder != "temporary":
                alarms = status.alarms(direct.blog, now())
                assert alarms.stopped or alarms.queue.problem, "nobody is told"
                assert in_database.waiting(world) >= 2
            disk.free()
        direct.withdraw(stays)
        direct.drain()
        assert_holds(world, f"no room: {place}", 5)


def whole(world: World, site: bytes) -> None:
    """Every file that counts is a whole one; the site is there."""
    for path, data in world.files().items():
        commentfile.loads(data, path)
    assert len((world.output / "index.html").read_bytes()) > len(site) // 2
