"""The checker of the invariants finds each kind of violation: one made by hand each."""

import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.faults.direct import opened
from tests.faults.invariants import Violation, violations
from tests.faults.trials import Series, series
from tests.faults.world import World, git

Break = Callable[[World, dict[str, str]], None]
"""Breaks a world. Given the words of its texts, by how they stand."""


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Series, dict[str, str]]]:
    """A world in mode `clone` with nothing wrong, and the words in it."""
    dice = random.Random(1)
    trials = series(tmp_path_factory.mktemp("checker"), "clone", dice)
    world = trials.world
    with opened(world, dice) as direct:
        direct.drain()
    words: dict[str, str] = {}
    for act in world.history.acts():
        words[act["did"]] = act["word"]
    words["held"] = [act["word"] for act in world.history.acts() if act["did"] == "submit"][4 * 2]
    assert violations(world) == []
    shutil.rmtree(trials.kept)
    shutil.copytree(world.root, trials.kept, symlinks=True)
    return trials, words


def sql(world: World, statement: str, **values: object) -> None:
    engine = create_engine(world.database)
    with engine.begin() as connection:
        connection.execute(text(statement), values)
    engine.dispose()


def page_with(world: World, word: str) -> Path:
    return next(
        path for path in world.output.rglob("20*/**/index.html") if word in path.read_text("utf-8")
    )


def commit(world: World, path: str, content: str) -> None:
    """A commit of staff's, pushed, that the history knows nothing of."""
    git(world.staff, "pull", "--quiet", "--rebase", "origin", "comments")
    file = world.staff / path
    file.parent.mkdir(exist_ok=True)
    file.write_text(content, "utf-8")
    git(world.staff, "add", "--all")
    git(world.staff, "commit", "--quiet", "--message=By hand")
    git(world.staff, "push", "--quiet", "origin", "HEAD:comments")


def a_lost_submission(world: World, words: dict[str, str]) -> None:
    world.history.note(
        "submit",
        "zz000000000000zz",
        told=True,
        reference="2026-000999",
        token="-",
        author="A",
        body="B",
        thread="hola",
    )


def another_text(world: World, words: dict[str, str]) -> None:
    sql(world, "UPDATE revision SET body = body || ' ' WHERE body LIKE :l", l=f"%{words['held']}%")


def an_approval_that_nobody_sees(world: World, words: dict[str, str]) -> None:
    page = page_with(world, words["approve"])
    page.write_text(page.read_text("utf-8").replace('id="comment-', 'id="x-'), "utf-8")


def another_digest(world: World, words: dict[str, str]) -> None:
    page = page_with(world, words["approve"])
    page.write_text(page.read_text("utf-8").replace('data-digest="', 'data-digest="0'), "utf-8")


def a_comment_twice_at_head(world: World, words: dict[str, str]) -> None:
    path, data = next(
        item for item in world.files().items() if words["approve"].encode() in item[1]
    )
    thread, name = path.split("/")
    commit(world, f"{'otra' if thread == 'hola' else 'hola'}/{name}", data.decode())


def a_comment_twice_on_the_site(world: World, words: dict[str, str]) -> None:
    page = page_with(world, words["approve"])
    (page.parent / "again.html").write_bytes(page.read_bytes())


def kept_twice(world: World, words: dict[str, str]) -> None:
    sql(
        world,
        "UPDATE revision SET body = (SELECT body FROM revision WHERE body LIKE :one LIMIT 1)"
        " WHERE body LIKE :other AND revision = 1",
        one=f"%{words['held']}%",
        other=f"%{words['reject']}%",
    )


def a_number_twice(world: World, words: dict[str, str]) -> None:
    sql(world, "UPDATE comment SET number = 1 WHERE number IS NOT NULL")


def an_unapproved_text_on_a_page(world: World, words: dict[str, str]) -> None:
    page = page_with(world, words["approve"])
    page.write_text(page.read_text("utf-8") + words["held"], "utf-8")


def an_unapproved_text_in_an_old_commit(world: World, words: dict[str, str]) -> None:
    commit(world, "hola/nota.md", words["reject"])
    commit(world, "hola/nota.md", "nada")


def a_withdrawn_text_on_a_page(world: World, words: dict[str, str]) -> None:
    (world.output / "feed.xml").write_text(words["withdraw"], "utf-8")


def a_withdrawn_text_at_head(world: World, words: dict[str, str]) -> None:
    old = git(world.remote, "log", "--format=%H", f"-S{words['withdraw']}", "comments").split()[-1]
    listed = git(world.remote, "grep", "--name-only", words["withdraw"], old)
    path = listed.split(":", 1)[1].strip()
    commit(world, path, git(world.remote, "show", f"{old}:{path}"))


def an_erased_text_in_history(world: World, words: dict[str, str]) -> None:
    commit(world, "hola/nota.md", words["erase"])
    commit(world, "hola/nota.md", "nada")


def an_erased_text_in_the_database(world: World, words: dict[str, str]) -> None:
    sql(world, "UPDATE revision SET reason = :word WHERE body = ''", word=words["erase"])


def a_forced_push(world: World, words: dict[str, str]) -> None:
    git(world.staff, "pull", "--quiet", "--rebase", "origin", "comments")
    git(world.staff, "reset", "--quiet", "--hard", "HEAD~1")
    (world.staff / "otro").write_text("x")
    git(world.staff, "add", "otro")
    git(world.staff, "commit", "--quiet", "--message=Forced")
    git(world.staff, "push", "--quiet", "--force", "origin", "HEAD:comments")


def a_lost_commit_of_staff(world: World, words: dict[str, str]) -> None:
    world.history.note("commit", "-", told=True, commit="0" * 40, subject="Mine")


def a_damaged_repository(world: World, words: dict[str, str]) -> None:
    packs = [*(world.clone / ".git" / "objects").rglob("*.pack")]
    loose = list((world.clone / ".git/objects").glob("??/*"))
    victim = (packs or loose)[0]
    victim.chmod(0o600)
    data = bytearray(victim.read_bytes())
    data[len(data) // 2] ^= 0xFF
    victim.write_bytes(bytes(data))


def a_damaged_record(world: World, words: dict[str, str]) -> None:
    sql(world, "UPDATE event SET actor = 'person:9' WHERE seq = 1")


def a_broken_key(world: World, words: dict[str, str]) -> None:
    sql(world, "UPDATE outbox SET comment_id = 'nobody' WHERE id = 1")


def a_temporary_file(world: World, words: dict[str, str]) -> None:
    (world.clone / "hola").mkdir(exist_ok=True)
    (world.clone / "hola" / ".x.tmp").write_text("")


def a_lock_of_git(world: World, words: dict[str, str]) -> None:
    (world.clone / ".git" / "index.lock").write_text("")


def something_that_waits(world: World, words: dict[str, str]) -> None:
    sql(world, "UPDATE outbox SET done_at = NULL WHERE id = 1")


def a_canary_in_a_file(world: World, words: dict[str, str]) -> None:
    world.canaries.append("canary")
    (world.blog / "content" / "nota.txt").write_text("canary")


def a_canary_in_an_unreachable_commit(world: World, words: dict[str, str]) -> None:
    world.canaries.append("canary")
    git(world.remote, "hash-object", "-w", "--stdin", stdin="canary")


def a_canary_in_the_log(world: World, words: dict[str, str]) -> None:
    world.canaries.append("canary")
    world.log.write_text("canary")


def a_canary_in_the_outbox(world: World, words: dict[str, str]) -> None:
    world.canaries.append("canary")
    sql(world, "UPDATE outbox SET problem = 'canary' WHERE id = 1")


BREAKS: list[tuple[str, Break]] = [
    ("I1", a_lost_submission),
    ("I1", another_text),
    ("I2", an_approval_that_nobody_sees),
    ("I2", another_digest),
    ("I3", a_comment_twice_at_head),
    ("I3", a_comment_twice_on_the_site),
    ("I3", kept_twice),
    ("I3", a_number_twice),
    ("I4", an_unapproved_text_on_a_page),
    ("I4", an_unapproved_text_in_an_old_commit),
    ("I5", a_withdrawn_text_on_a_page),
    ("I5", a_withdrawn_text_at_head),
    ("I5", an_erased_text_in_history),
    ("I5", an_erased_text_in_the_database),
    ("I6", a_forced_push),
    ("I6", a_lost_commit_of_staff),
    ("I7", a_damaged_repository),
    ("I7", a_damaged_record),
    ("I7", a_broken_key),
    ("I8", a_temporary_file),
    ("I8", a_lock_of_git),
    ("I9", something_that_waits),
    ("I10", a_canary_in_a_file),
    ("I10", a_canary_in_an_unreachable_commit),
    ("I10", a_canary_in_the_log),
    ("I10", a_canary_in_the_outbox),
]


@pytest.mark.parametrize(
    ("invariant", "broken"), BREAKS, ids=lambda each: getattr(each, "__name__", each)
)
def test_a_violation_is_found(
    invariant: str, broken: Break, settled: tuple[Series, dict[str, str]]
) -> None:
    trials, words = settled
    world = trials.again()
    world.canaries.clear()
    assert violations(world) == []
    broken(world, words)
    found = violations(world)
    assert invariant in {each.invariant for each in found}, found


def test_a_world_without_fault_has_none(settled: tuple[Series, dict[str, str]]) -> None:
    trials, _ = settled
    none: list[Violation] = []
    assert violations(trials.again()) == none
