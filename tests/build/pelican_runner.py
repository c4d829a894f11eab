"""Runs Pelican for the tests: imported once, then forked for each build.

Each build is a process of its own, as a user's is, without the second that the imports
take. One JSON object a line on stdin: cwd, env, argv, log; one line with the exit code back.
"""

import json
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pelican
import tertulia_plugins.comments
import tertulia_plugins.defaults
from tertulia_plugins import languages

from comments_service.config import load_catalog

sys.path.append(str(Path(__file__).parent.parent.parent))

from tests.support import templates

THEME = Path(tertulia_plugins.defaults.__file__).parent.parent / "theme"


def run(cwd: str, env: dict[str, str], argv: list[str], log: str) -> None:
    """Become ``pelican ARGV``; never returns."""
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(out, 1)
    os.dup2(out, 2)
    code = 0
    try:
        pelican.main(argv)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def main() -> None:
    for language in ("es", "eu"):
        load_catalog(THEME / "translations", language)
        languages.service_catalog(language)
    with TemporaryDirectory(prefix="tertulia-templates-") as folder:
        templates.share(Path(folder))
        for line in sys.stdin:
            build(json.loads(line))


def build(wanted: dict[str, Any]) -> None:
    child = os.fork()
    if not child:
        run(**wanted)
    _, status = os.waitpid(child, 0)
    print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
