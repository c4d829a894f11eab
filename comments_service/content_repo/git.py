"""Git by its command line, and nothing of it from anywhere else.

An argument list, never a shell; the environment and the settings of each call are written
here, so that no hook, signature, prompt, helper for remote addresses or variable of whoever
started the service takes part. Every call has a process group of its own and an end: when
its time is up, the whole group ends.

Sources: git(1), git-config(1); `GIT_CONFIG_COUNT` carries the settings (Git 2.31) so that
git-filter-repo, which calls Git itself, works under the same ones.
"""

import os
import re
import signal
import subprocess
import tempfile
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import IO

from ..errors import N_, GitFailed, RemoteUnavailable
from .addresses import masked
from .told import explained

NETWORK_SECONDS = 60.0
FIRST_FETCH_SECONDS = 600.0
"""A whole history comes in one piece or not at all: its first fetch may take longer."""

LOCAL_SECONDS = 600.0
MAX_FILE_BYTES = 1024 * 1024
"""Larger files are no comments: they are named, never read into memory."""

MAX_PATH_BYTES = 4096
"""Longer ones fit on no disk (Linux' PATH_MAX)."""

OLDEST = (2, 31)
"""An older Git would ignore the settings of a call, and run hooks."""

COMMIT_ID = re.compile(r"[0-9a-f]{40}")
NAME = "Tertulia"
EMAIL = "comments@localhost"

_KEPT = (
    *("PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR"),
    *("SSH_AUTH_SOCK", "GIT_SSH_COMMAND", "GIT_SSL_CAINFO", "SSL_CERT_FILE", "SSL_CERT_DIR"),
    *("http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"),
    *("no_proxy", "NO_PROXY", "SYSTEMROOT"),
)
_CONSTANT = {
    "LC_ALL": "C",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_OPTIONAL_LOCKS": "0",  # looking must not take staff's index.lock
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_AUTHOR_NAME": NAME,
    "GIT_AUTHOR_EMAIL": EMAIL,
    "GIT_COMMITTER_NAME": NAME,
    "GIT_COMMITTER_EMAIL": EMAIL,
}
_SETTINGS = {
    "core.hooksPath": "/dev/null",
    "core.fsmonitor": "false",
    "core.fsync": "committed,reference,index",
    "core.autocrlf": "false",
    "core.protectNTFS": "true",
    "core.protectHFS": "true",
    "commit.gpgSign": "false",
    "push.gpgSign": "false",
    "push.followTags": "false",
    "push.recurseSubmodules": "no",
    "submodule.recurse": "false",
    "fetch.recurseSubmodules": "false",
    "gc.auto": "0",  # `Clone` packs on its own when a run is over; staff's commands pack `here`
    "maintenance.auto": "false",
    "advice.detachedHead": "false",
    "http.lowSpeedLimit": "1",
    "http.lowSpeedTime": "30",
    "protocol.allow": "never",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call gave: exit code and everything printed."""

    code: int
    out: bytes
    told: str


@dataclass(frozen=True, slots=True)
class Git:
    """Git at work in ``folder``.

    ceiling: folder above which no repository is looked for; None: Git's own way.
    more: settings beyond the constant ones, as ``key: value``.
    lock: descriptor of a lock that each child keeps open too: should this process die, the
        lock is held until the child has ended. The file holds the child's process group.
    """

    folder: Path
    ceiling: Path | None = None
    more: Mapping[str, str] = field(default_factory=dict)
    lock: int | None = None

    def run(self, *arguments: str, stdin: bytes = b"", index: str = "") -> bytes:
        """What the command printed. index: a file to use in place of the repository's.

        Raises GitFailed or its kin when it fails.
        """
        answer = self.ask(*arguments, stdin=stdin, index=index)
        if answer.code:
            raise explained(answer.told, self.folder)
        return answer.out

    def line(self, *arguments: str, stdin: bytes = b"", index: str = "") -> str:
        """The same as text, without the last line's end."""
        return os.fsdecode(self.run(*arguments, stdin=stdin, index=index)).rstrip("\n")

    def ask(
        self,
        *arguments: str,
        stdin: bytes = b"",
        seconds: float = LOCAL_SECONDS,
        program: Sequence[str] = ("git", "--no-pager"),
        index: str = "",
        literal: bool = True,
    ) -> Answer:
        """The answer, whatever the exit code.

        literal: False for a command that takes no patterns and refuses to be told so.

        Raises GitFailed when there is no Git, RemoteUnavailable when it took too long.
        """
        own = {"GIT_INDEX_FILE": index} if index else {}
        if not literal:
            own["GIT_LITERAL_PATHSPECS"] = "0"
        child = self._start([*program, *arguments], subprocess.PIPE, own)
        try:
            out, told = child.communicate(stdin, seconds)
        except subprocess.TimeoutExpired as error:
            raise RemoteUnavailable(
                " ".join(arguments[:1]),
                N_("Git took longer than %(seconds)g s and was stopped."),
                seconds=seconds,
            ) from error
        finally:
            _end(child)
        text = masked(told.decode("utf-8", "replace"), self.more.get("remote.origin.url", ""))
        return Answer(child.returncode, out, text)

    def parts(self, *arguments: str) -> Generator[bytes, None, None]:
        """What the command prints, cut at each NUL and read as it comes; for ``-z``.

        Raises GitFailed when it fails, or prints a part longer than any path.
        """
        child = self._start(["git", "--no-pager", *arguments], subprocess.DEVNULL, {})
        try:
            rest = b""
            while child.stdout is not None and (more := child.stdout.read(65536)):
                *whole, rest = (rest + more).split(b"\0")
                yield from whole
                if len(rest) > MAX_PATH_BYTES:
                    raise self.damaged(" ".join(arguments[:1]))
            child.wait(LOCAL_SECONDS)
        finally:
            _end(child)
        if child.returncode:
            raise self.damaged(" ".join(arguments[:1]))

    def commit(self, message: str, *options: str, stdin: bytes = b"") -> None:
        """Commit what is staged, or what the options say.

        message: see ``saying.refuse_message``.
        """
        self.run(
            *("commit", "--no-verify", "--no-gpg-sign", "--quiet", "--cleanup=verbatim"),
            *(f"--message={message}", *options),
            stdin=stdin,
        )

    def blobs(self, names: Iterable[str]) -> Iterator[bytes | None]:
        """The bytes of each object, in order; None for one above MAX_FILE_BYTES.

        names: object ids. One process for all of them, read as they come.
        """
        with tempfile.TemporaryFile() as wanted:
            # A file, no pipe: neither side ever waits for the other to read.
            wanted.writelines(f"{name}\n".encode() for name in names)
            wanted.seek(0)
            child = self._start(
                ["git", "cat-file", "--batch=%(objecttype) %(objectsize)", "--buffer"],
                wanted.fileno(),
                {},
            )
            try:
                if child.stdout is not None:
                    yield from self._read(child, child.stdout)
            finally:
                _end(child)

    def _read(self, child: "subprocess.Popen[bytes]", out: IO[bytes]) -> Iterator[bytes | None]:
        while header := out.readline():
            kind, _, size = header.rstrip().rpartition(b" ")
            if kind != b"blob":
                raise self.damaged(header.decode("utf-8", "replace"))
            left = int(size) + 1  # and the LF behind it
            if left > MAX_FILE_BYTES:
                while left and (part := out.read(min(left, 65536))):
                    left -= len(part)
                yield None
            else:
                data = out.read(left)
                if len(data) != left:
                    break
                yield data[:-1]
        child.wait(LOCAL_SECONDS)
        if child.returncode:
            raise self.damaged("cat-file")

    def damaged(self, detail: str) -> GitFailed:
        """The error for a repository that lacks something of its own."""
        return GitFailed(
            detail,
            N_("The Git repository in %(folder)s is damaged; `git fsck` there says where."),
            folder=self.folder,
        )

    def _start(
        self, command: Sequence[str], stdin: int, variables: dict[str, str]
    ) -> "subprocess.Popen[bytes]":
        if () < (found := _version(os.environ.get("PATH"))) < OLDEST:
            raise GitFailed(
                str(found),
                N_("This Git is too old: version %(oldest)s or a newer one is needed."),
                oldest=".".join(map(str, OLDEST)),
            )
        try:
            child = subprocess.Popen(
                command,
                cwd=self.folder,
                env=self._environment() | variables,
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE if stdin == subprocess.PIPE else subprocess.DEVNULL,
                pass_fds=() if self.lock is None else (self.lock,),
                start_new_session=True,
            )
        except FileNotFoundError as error:
            if not self.folder.is_dir():
                raise GitFailed(
                    str(error), N_("There is no folder %(folder)s."), folder=self.folder
                ) from error
            raise GitFailed(
                str(error), N_("Git is not installed, or not in PATH: install it.")
            ) from error
        if self.lock is not None:
            with suppress(OSError):  # a full disk: then its orphan could not be ended
                os.pwrite(self.lock, b"%-20d" % child.pid, 0)
        return child

    def _environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        kept |= _CONSTANT
        if self.ceiling is not None:
            kept["GIT_CEILING_DIRECTORIES"] = str(self.ceiling)
        settings = {**_SETTINGS, **self.more}
        kept["GIT_CONFIG_COUNT"] = str(len(settings))
        for number, (name, value) in enumerate(settings.items()):
            kept[f"GIT_CONFIG_KEY_{number}"] = name
            kept[f"GIT_CONFIG_VALUE_{number}"] = value
        return kept


@cache
def _version(path: str | None) -> tuple[int, ...]:
    """The numbers of the Git that is found in this PATH, () when none is."""
    try:
        told = subprocess.run(["git", "--version"], capture_output=True, check=False).stdout  # noqa: S607
    except OSError:
        return ()
    return tuple(int(part) for part in re.findall(rb"\d+", told)[:2])


def _end(child: "subprocess.Popen[bytes]") -> None:
    """End the whole group if it is still at work, and let go of its pipes."""
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
    for pipe in (child.stdin, child.stdout, child.stderr):
        if pipe:
            pipe.close()
