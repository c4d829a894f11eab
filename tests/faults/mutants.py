"""A test of the tests: the program is broken on purpose, and some test must notice.

    python -m tests.faults.mutants [NAME ...]

Each mutant is one exact replacement of text in a copy of the tree; a text that is not found
exactly once ends the run, so that a mutant does not quietly become none when the code moves.
Prints a table; ends with 1 when one survives.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

from tests.faults.desk_mutants import DESK_MUTANTS
from tests.faults.mutant import Mutant
from tests.faults.sign_in_mutants import SIGN_IN_MUTANTS
from tests.faults.world import ROOT

MAX_SECONDS = 300
AT_ONCE = 2
"""Much of a test's time it waits for other programs."""


FAULTS = "tests/faults"
MUTANTS = [
    Mutant(
        "acknowledges before the commit",
        "comments_service/store/engine.py",
        "            with _translated(), self.engine.begin() as connection:\n"
        '                connection.exec_driver_sql("BEGIN IMMEDIATE")\n'
        "                yield connection\n",
        "            with _translated():\n"
        "                connection = self.engine.connect()\n"
        "                ours = connection.begin()\n"
        '                connection.exec_driver_sql("BEGIN IMMEDIATE")\n'
        "                yield connection\n"
        "                def late() -> None:\n"
        "                    ours.commit()\n"
        "                    connection.close()\n"
        "                threading.Timer(0.05, late).start()\n",
        (f"{FAULTS}/test_power.py::TestAnAnswer",),
    ),
    Mutant(
        "lets SQLite answer before the disk",
        "comments_service/store/engine.py",
        '"synchronous=FULL"',
        '"synchronous=NORMAL"',
        (f"{FAULTS}/test_power.py::TestAnAnswer",),
    ),
    Mutant(
        "has no unique key on the outbox",
        "comments_service/store/migrations/versions/0001_first_tables.py",
        "        sa.UniqueConstraint(\n"
        '            "kind", "comment_id", "revision", '
        'name=op.f("uq_outbox_kind_comment_id_revision")\n'
        "        ),\n",
        "",
        (
            "tests/test_store.py",
            f"{FAULTS}/test_races.py::test_fifty_people_at_once_get_one_decision_each_and_clear_conflicts[sqlite]",
        ),
    ),
    Mutant(
        "forces its push",
        "comments_service/content_repo/clone.py",
        '*("push", "--porcelain", "--no-verify", *options, "origin", refs),',
        '*("push", "--porcelain", "--no-verify", "--force", *options, "origin", refs),',
        (
            f"{FAULTS}/test_staff.py::TestBetweenCommitAndPush::test_staff_change_the_remote_and_both_stay",
            "-k",
            "own and push",
        ),
    ),
    Mutant(
        "does not wait for the disk",
        "comments_service/content_repo/files.py",
        "            os.fsync(file.fileno())\n",
        "",
        (f"{FAULTS}/test_power.py::TestAFile", "-k", "off"),
    ),
    Mutant(
        "publishes before approval",
        "comments_service/usecases/submit.py",
        "    _record(connection, case, more, now)\n",
        "    _record(connection, case, more, now)\n"
        "    from ..store import outbox\n"
        '    number = comments.next_number(connection, case.thread, "comments", 0)\n'
        "    comments.make_public(connection, case.comment_id, 1, number)\n"
        "    outbox.add(connection, outbox.Job.PUBLISH, case.comment_id, 1, now)\n",
        (f"{FAULTS}/test_twice.py::TestAJob", "-k", "off"),
    ),
    Mutant(
        "believes an anchor without its digest",
        "comments_service/usecases/public_site.py",
        "return bool(digest) and digest in (self.comments(url) or {}).get(comment_id, ())",
        "return bool(digest) and comment_id in (self.comments(url) or {})",
        (f"{FAULTS}/test_twice.py::TestACorrection",),
    ),
    Mutant(
        "resurrects what staff deleted",
        "comments_service/domain/publication.py",
        "    return Act.WRITE if of.known is None else Act.REMOVED\n",
        "    return Act.WRITE\n",
        (f"{FAULTS}/test_staff.py::TestBetweenTwoRuns", "-k", "own and removed"),
    ),
    Mutant(
        "removes staff's lock in mode here",
        "comments_service/content_repo/here.py",
        "    for name, message in _UNFINISHED.items():\n",
        '    (own / "index.lock").unlink(missing_ok=True)\n'
        "    for name, message in _UNFINISHED.items():\n",
        (f"{FAULTS}/test_staff.py::TestInTheBlogsCheckout", "-k", "index"),
    ),
    Mutant(
        "commits what staff staged",
        "comments_service/content_repo/here.py",
        'git.commit(message, "--only", *_FROM_STDIN',
        'git.commit(message, "--include", *_FROM_STDIN',
        (f"{FAULTS}/test_staff.py::TestInTheBlogsCheckout", "-k", "staged"),
    ),
    Mutant(
        "lets a withdrawn text stay",
        "comments_service/store/publication.py",
        "        return TOMBSTONE if self.is_withdrawn else self.public_revision\n",
        "        return self.public_revision\n",
        (f"{FAULTS}/test_twice.py::TestAJob", "-k", "off"),
    ),
    Mutant(
        "notes before the push",
        "comments_service/usecases/writing.py",
        "        try:\n            head = _commit(run, written, brought)\n",
        "        _record(run, written, brought, None)\n"
        "        try:\n            head = _commit(run, written, brought)\n",
        (f"{FAULTS}/test_kills.py::TestThePublisher", "-k", "each and clone"),
        (("FAULTS_AT", "commit.push"),),
    ),
    Mutant(
        "erases without the ledger",
        "comments_service/usecases/withdraw.py",
        "    ledger.append(blog.settings.erasures_file, comment_id, now)\n",
        "",
        (f"{FAULTS}/test_twice.py::TestAJob", "-k", "off"),
    ),
    Mutant(
        "takes a double click for two comments",
        "comments_service/usecases/submit.py",
        "    if case is not None:\n        return case, False\n",
        "",
        (f"{FAULTS}/test_twice.py::TestAPost",),
    ),
    Mutant(
        "lets two decide on one wording",
        "comments_service/usecases/moderate.py",
        "    if not seen_is_head or not comments.decide(\n",
        "    if not comments.decide(\n",
        ("tests/test_moderate.py",),
    ),
    Mutant(
        "keeps the claims of a dead publisher",
        "comments_service/usecases/publish.py",
        "            outbox.release(connection)\n",
        "            pass\n",
        (f"{FAULTS}/test_kills.py::TestThePublisher", "-k", "each and off"),
        (("FAULTS_AT", "write.temp"),),
    ),
    Mutant(
        "goes on after a rewritten history",
        "comments_service/content_repo/clone.py",
        "        if believed is None or (head is not None and head == allowed):\n",
        "        if believed is None or head is not None:\n",
        (f"{FAULTS}/test_staff.py::TestRewrittenHistory", "-k", "own"),
    ),
    *SIGN_IN_MUTANTS,
    *DESK_MUTANTS,
]


def main(names: list[str]) -> int:
    """Try each mutant, or those that are named."""
    chosen = [mutant for mutant in MUTANTS if not names or mutant.name in names]
    for mutant in chosen:  # all of them before the first long run
        _mutated(ROOT, mutant)
    with tempfile.TemporaryDirectory(prefix="tertulia-mutants-") as folder:
        trees = SimpleQueue[Path]()
        for number in range(AT_ONCE):
            trees.put(_copy(Path(folder) / f"tree-{number}"))
        print(f"{'mutant':60} {'caught by':72} seconds")
        with ThreadPoolExecutor(AT_ONCE) as pool:
            caught = list(pool.map(lambda each: _timed(trees, each), chosen))
    print(f"{sum(caught)} of {len(chosen)} caught")
    return 0 if all(caught) else 1


def _timed(trees: SimpleQueue[Path], mutant: Mutant) -> bool:
    """Whether it is caught, in a tree that no other mutant is in."""
    tree, begun = trees.get(), time.monotonic()
    try:
        caught = _try(tree, mutant)
    finally:
        trees.put(tree)
    took = time.monotonic() - begun
    print(f"{mutant.name:60} {caught or 'NOTHING':72} {took:7.1f}", flush=True)
    return caught is not None


def _mutated(root: Path, mutant: Mutant) -> str:
    """The file's text with the mutant in it. Ends the run when the place is not there."""
    text = (root / mutant.file).read_text("utf-8")
    count = text.count(mutant.old)
    if count != 1:
        raise SystemExit(f"“{mutant.name}”: its text stands {count} times in {mutant.file}")
    return text.replace(mutant.old, mutant.new)


def _copy(tree: Path) -> Path:
    left = (".git", ".venv", "node_modules", "__pycache__", "var", "output", "tertulia_*")
    kept = shutil.ignore_patterns(*left)
    shutil.copytree(ROOT, tree, ignore=kept, symlinks=True)
    for name in ("plugins", "theme"):  # before the ones of the editable installation
        (tree / f"tertulia_{name}").symlink_to(name)
    return tree


def _try(tree: Path, mutant: Mutant) -> str | None:
    """The first test that failed, None when all passed."""
    file = tree / mutant.file
    whole = file.read_text("utf-8")
    file.write_text(_mutated(tree, mutant), "utf-8")
    try:
        done = _run(tree, mutant, mutant.tests)
    finally:
        file.write_text(whole, "utf-8")
    failed = [
        line.split(" ")[1]
        for line in done.stdout.splitlines()
        if line.startswith(("FAILED ", "ERROR "))
    ]
    if done.returncode == 1 and failed:
        return failed[0].rsplit("/", 1)[-1][:72]
    if done.returncode not in (0, 1):
        raise SystemExit(f"“{mutant.name}”: its tests did not run:\n{done.stdout}{done.stderr}")
    return None


def _run(tree: Path, mutant: Mutant, tests: tuple[str, ...]) -> "subprocess.CompletedProcess[str]":
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-x",
        "-m",
        "faults or not faults",
        "--tb=no",
        *tests,
    ]
    more = {"PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1", "STRICT": "1"}
    return subprocess.run(
        command,
        cwd=tree,
        env=os.environ | more | dict(mutant.environment),
        capture_output=True,
        text=True,
        timeout=MAX_SECONDS,
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
