"""A member of staff who works on comment files by hand, and writes down what was shared.

Mode `clone`: in a clone of their own, pushed. Mode `here`: in the blog's checkout.
Mode `off`: in the folder itself.
"""

import random
from dataclasses import dataclass
from pathlib import Path

from tests.faults import in_database
from tests.faults.history import WORD, new_word
from tests.faults.world import BRANCH, World, git


@dataclass
class Editor:
    """Each method is one commit (and push), noted as told once it counts."""

    world: World
    random: random.Random
    count: int = 0

    @property
    def folder(self) -> Path:
        """Where the comment files lie that this person works on."""
        top = self.world.staff if self.world.mode == "clone" else self.world.blog
        return top / (self.world.tree if self.world.mode != "off" else "content/comments")

    def note_something_else(self) -> None:
        """A commit that touches no comment."""
        self._fetch()
        file = self.folder.parent / "notas.txt" if self.world.tree else self.folder / "notas.txt"
        file.write_text(f"nota {self.random.random()}\n")
        self._share()

    def edit(self, word: str) -> str:
        """Another wording for a public comment; its new word."""
        self._fetch()
        path = self._file(word)
        new = new_word(self.random)
        header, _, _ = path.read_text("utf-8").partition("\n\n")
        body = f"Editado a mano: {new}"
        self.world.history.note("staff_edit", word, told=False, new=new, body=body)
        path.write_text(f"{header}\n\n{body}\n", "utf-8")
        self._share()
        self.world.history.note("staff_edit", word, told=True, new=new, body=body)
        return new

    def remove(self, word: str) -> None:
        self._fetch()
        self.world.history.note("staff_remove", word, told=False)
        self._file(word).unlink()
        self._share()
        self.world.history.note("staff_remove", word, told=True)

    def move(self, word: str) -> None:
        """To the other conversation."""
        self._fetch()
        path = self._file(word)
        thread = "otra" if path.parent.name == "hola" else "hola"
        text = path.read_text("utf-8").replace(
            f'thread: "{path.parent.name}"', f'thread: "{thread}"', 1
        )
        self.world.history.note("staff_move", word, told=False, to=thread)
        (self.folder / thread).mkdir(exist_ok=True)
        (self.folder / thread / path.name).write_text(text, "utf-8")
        path.unlink()
        self._share()
        self.world.history.note("staff_move", word, told=True, to=thread)

    def rename_folder(self, old: str, new: str) -> None:
        """Give a whole conversation's folder another name, and leave its files as they are."""
        self._fetch()
        (self.folder / old).rename(self.folder / new)
        self._share()

    def rewrite(self) -> str:
        """Replace the last commit by another one, with force; the new head."""
        self._fetch()
        git(self.world.staff, "commit", "--quiet", "--amend", "--message=Rewritten by hand")
        git(self.world.staff, "push", "--quiet", "--force", "origin", f"HEAD:{BRANCH}")
        return self.head

    @property
    def head(self) -> str:
        assert self.world.repository
        return git(self.world.repository, "rev-parse", self.world.head).strip()

    def any_word(self, words: list[str]) -> str | None:
        """One of these whose file is there with a text."""
        self._fetch()
        there = [word for word in words if self._files(word)]
        return self.random.choice(there) if there else None

    def _files(self, word: str) -> list[Path]:
        id_of = self._ids()
        found = self.folder.rglob(f"{id_of[word]}.md") if word in id_of else iter(())
        return [path for path in found if WORD.search(path.read_text("utf-8"))]

    def _file(self, word: str) -> Path:
        found = self._files(word)
        assert found, f"{word} has no file with a text"
        return found[0]

    def _ids(self) -> dict[str, str]:
        rows = in_database.rows(
            self.world, "SELECT comment_id, body FROM revision WHERE revision = 1"
        )
        return {found[0]: row[0] for row in rows if (found := WORD.search(row[1]))}

    def _fetch(self) -> None:
        if self.world.mode == "clone":
            git(self.world.staff, "fetch", "--quiet", "origin")
            git(self.world.staff, "checkout", "--quiet", "-B", BRANCH, f"origin/{BRANCH}")

    def _share(self) -> None:
        """Commit, and push until nobody was faster."""
        if self.world.mode == "off":
            return
        self.count += 1
        subject = f"Staff's change {self.count} {self.random.getrandbits(32):08x}"
        top = self.world.staff if self.world.mode == "clone" else self.world.blog
        git(top, "add", "--all", "--", str(self.folder.parent if self.world.tree else "."))
        git(top, "commit", "--quiet", f"--message={subject}")
        if self.world.mode == "clone":
            for _ in range(20):
                try:
                    git(top, "push", "--quiet", "origin", f"HEAD:{BRANCH}")
                    break
                except AssertionError:
                    git(top, "pull", "--quiet", "--rebase", "origin", BRANCH)
            else:
                raise AssertionError("staff could not push")
        commit = git(top, "rev-parse", "HEAD").strip()
        self.world.history.note("commit", "-", told=True, commit=commit, subject=subject)
