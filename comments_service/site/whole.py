"""Small files of the service beside the site, replaced whole or not at all."""

import contextlib
import os
import tempfile
from pathlib import Path

LEFTOVER_SECONDS = 3600


def write_whole(path: Path, data: bytes) -> None:
    """Replace a file whole or not at all, also when the power fails. Raises OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as new:
        try:
            new.write(data)
            new.flush()
            os.fsync(new.fileno())
            Path(new.name).replace(path)
        except OSError:
            Path(new.name).unlink(missing_ok=True)
            raise
    _remove_leftovers(path)


def _remove_leftovers(path: Path) -> None:
    """What a writer that was killed left; another one may be at work right now."""
    now = path.stat().st_mtime
    for old in path.parent.glob(f".{path.name}.*"):
        with contextlib.suppress(OSError):
            if now - old.stat().st_mtime > LEFTOVER_SECONDS:
                old.unlink()
