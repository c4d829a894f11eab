"""A Git server at the far end of the network, that can be broken.

Git reaches it by `ssh://`; in ssh's place stands a program that runs the server's command
here, and that hangs, refuses or is unreachable when a file says so.
"""

import os
import stat
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults.world import World

SSH = """#!/bin/sh
case "$(cat {mood})" in
  hangs) sleep 1000 ;;
  down) echo "ssh: connect to host blog.invalid port 22: Connection refused" >&2; exit 255 ;;
  refuses) echo "git@blog.invalid: Permission denied (publickey)." >&2; exit 255 ;;
esac
for command; do :; done
exec sh -c "$command"
"""
HOOK = """#!/bin/sh
echo "{why}" >&2
exit 1
"""


@dataclass
class FarEnd:
    """mood: well, down, hangs or refuses."""

    world: World

    @property
    def _mood(self) -> Path:
        return self.world.root / "mood"

    def be(self, mood: str) -> None:
        self._mood.write_text(mood)

    def install(self, patch: pytest.MonkeyPatch) -> None:
        """Let the world's blog reach its remote by this server."""
        program = self.world.root / "ssh"
        program.write_text(SSH.format(mood=self._mood))
        program.chmod(0o755)
        self.be("well")
        patch.setenv("GIT_SSH_COMMAND", str(program))
        self.world.more["TERTULIA_COMMENTS_REMOTE"] = f"ssh://blog.invalid{self.world.remote}"

    def decline(self, why: str | None) -> None:
        """Refuse each push by a hook that says why; None: take pushes again."""
        hook = self.world.remote / "hooks" / "pre-receive"
        if why is None:
            hook.unlink()
            return
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(HOOK.format(why=why))
        hook.chmod(hook.stat().st_mode | stat.S_IXUSR)

    def hanging(self) -> list[int]:
        """Processes of the server's that still hang."""
        found = []
        for folder in Path("/proc").iterdir():
            try:
                command = (folder / "cmdline").read_bytes()
            except OSError:
                continue
            if folder.name.isdigit() and str(self.world.root / "ssh").encode() in command:
                found.append(int(folder.name))
        return [pid for pid in found if pid != os.getpid()]
