"""What the clients of a trial tried and what they were told, one JSON object a line.

A line is written before a request is sent (``told`` false) and again when its answer came
(``told`` true). So the file says what must be true (what was told) and what may be (what
was tried); ``invariants`` holds both against what is there. Every text of a trial carries
a word of its own (``word``), so that wherever that word is found, its text is.

    did       submit, approve, reject, answer, revise, withdraw, erase, staff_edit,
              staff_remove, staff_move, commit (a commit of staff's)
    word      of the text that it is about, as it was first sent
    new       the word of a new text: an answer, a correction, staff's edit
"""

import json
import os
import random
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

WORD = re.compile(r"zz[0-9a-f]{12}zz")

Act = dict[str, Any]

_LOCK = threading.Lock()


def new_word(of: random.Random) -> str:
    """A word that stands in no other text."""
    return f"zz{of.getrandbits(48):012x}zz"


@dataclass(frozen=True)
class History:
    """The file. Only appended to; each line is on the disk before the call returns."""

    path: Path
    lock: threading.Lock = field(default=_LOCK, compare=False)

    def note(self, did: str, word: str, *, told: bool, **more: Any) -> None:
        line = json.dumps({"did": did, "word": word, "told": told, **more}, ensure_ascii=False)
        with self.lock, self.path.open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")
            file.flush()
            os.fsync(file.fileno())

    def acts(self) -> Iterator[Act]:
        """In order; a last line that was cut short is left out."""
        if not self.path.exists():
            return
        for line in self.path.read_text("utf-8").split("\n")[:-1]:
            yield json.loads(line)
