"""System calls of the real program, as strace saw them (strace(1), `-f -y`)."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.support.skips import need

CALLS = (
    "write,pwrite64,fsync,fdatasync,rename,renameat,renameat2,link,linkat,sendto,sendmsg,ftruncate"
)
_LINE = re.compile(r"(?P<pid>\d+) +(?P<call>[a-z0-9_]+)\((?P<rest>.*)", re.DOTALL)
_RESUMED = re.compile(r"(?P<pid>\d+) +<\.\.\. (?P<call>[a-z0-9_]+) resumed>(?P<rest>.*)", re.DOTALL)
_PATH = re.compile(r"^-?\d+<([^>]*)>")


@dataclass(frozen=True)
class Call:
    """One finished call. rest: its arguments and result as strace prints them."""

    pid: int
    name: str
    rest: str

    @property
    def path(self) -> str:
        """Of the descriptor that is its first argument."""
        found = _PATH.match(self.rest)
        return found[1] if found else ""

    @property
    def worked(self) -> bool:
        return not re.search(r"= -1 E[A-Z]+ ", self.rest)

    @property
    def names(self) -> list[str]:
        """The paths of a rename, whole where a descriptor of a folder tells."""
        whole = []
        for folder, name in re.findall(
            r'(?:(?:AT_FDCWD|\d+)<([^>]*)>, )?"((?:[^"\\]|\\.)*)"', self.rest
        ):
            whole.append(name if name.startswith("/") or not folder else f"{folder}/{name}")
        return whole


def strace(to: Path, *more: str) -> tuple[str, ...]:
    """The command to put before a program's."""
    need(shutil.which("strace"), "strace", "apt-get install strace")
    return (
        "strace",
        "-f",
        "--seccomp-bpf",
        "-y",
        "-s",
        "80",
        "-o",
        str(to),
        "-e",
        f"trace={CALLS}",
        *more,
    )


def calls(file: Path) -> Iterator[Call]:
    """Every finished call in order of its end."""
    begun: dict[int, str] = {}
    for line in file.read_text("utf-8", "replace").splitlines():
        if found := _RESUMED.match(line):
            pid = int(found["pid"])
            yield Call(pid, found["call"], begun.pop(pid, "") + found["rest"])
        elif found := _LINE.match(line):
            if found["rest"].endswith("<unfinished ...>"):
                begun[int(found["pid"])] = found["rest"].removesuffix("<unfinished ...>")
            else:
                yield Call(int(found["pid"]), found["call"], found["rest"])
