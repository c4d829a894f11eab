"""``tertulia audit verify``: whole or not, in one line, with an exit code that a script reads."""

import os

import pytest
from click.testing import CliRunner, Result

from comments_service.cli import main
from comments_service.usecases.blog import Blog
from comments_service.usecases.log_seals import seal_all
from tests.support.fixtures import Clock
from tests.support.hands import received


def verify(blog: Blog, *words: str, language: str = "C") -> Result:
    clean = {name: None for name in os.environ if name.startswith("TERTULIA_")}
    where = {"TERTULIA_DATABASE_URL": blog.settings.database_url, "LC_ALL": language}
    command = ["audit", "verify", "--blog", str(blog.settings.blog), *words]
    return CliRunner().invoke(main, command, env={**clean, **where})


@pytest.fixture
def written(blog: Blog, clock: Clock) -> Blog:
    for n in range(3):
        received(blog, clock, f"Número {n}.")
    seal_all(blog, clock())
    return blog


def change(blog: Blog, statement: str) -> None:
    with blog.store.write() as connection:
        connection.exec_driver_sql(statement)


class TestVerifying:
    def test_ends_with_0_and_tells_the_newest_seal(self, written: Blog) -> None:
        done = verify(written)
        assert done.exit_code == 0, done.output
        assert "The log is whole. Cases: 3, entries: 3, seals: 1." in done.stdout
        newest = done.stdout.split()[-1]
        assert len(newest) == 64
        again = verify(written, "--seal", newest.upper())
        assert again.exit_code == 0
        assert "The seal that you gave is among them." in again.stdout

    def test_ends_with_1_for_a_seal_that_is_not_there(self, written: Blog) -> None:
        done = verify(written, "--seal", "0" * 64)
        assert done.exit_code == 1
        assert done.stderr == "The seal that you gave is not among those here.\n"
        assert "whole" not in done.stdout

    def test_ends_with_1_and_names_the_broken_case(self, written: Blog) -> None:
        change(written, "UPDATE event SET kind = 'nonsense' WHERE case_id = 2")
        done = verify(written)
        assert done.exit_code == 1
        assert done.stderr == (
            "Case 2026-000002: entry 1 was changed, or one before it is missing.\n"
        )

    def test_ends_with_1_and_names_the_broken_seal_in_the_terminals_language(
        self, written: Blog
    ) -> None:
        change(written, "UPDATE log_seal SET at = at + 1 WHERE id = 1")
        done = verify(written, language="es_ES.UTF-8")
        assert done.exit_code == 1
        assert done.stderr == "Sello 1: el sello se cambió, o falta alguno anterior.\n"

    def test_works_on_a_log_in_which_nothing_happened(self, blog: Blog) -> None:
        done = verify(blog)
        assert done.exit_code == 0
        assert "Cases: 0" in done.stdout
