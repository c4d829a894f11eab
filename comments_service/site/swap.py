"""Two folders change places in one step, so that readers always find a whole site.

Linux offers renameat2(RENAME_EXCHANGE), macOS renamex_np(RENAME_SWAP); neither is in
Python's ``os``. Where the system or the filesystem has no such call, two renames do it,
with a moment between them in which there is no site; ``recover`` heals a death there.
"""

import ctypes
import errno
import os
import shutil
import sys
from pathlib import Path

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2  # linux/fs.h
_RENAME_SWAP = 2  # macOS sys/stdio.h
_NOT_OFFERED = frozenset({errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP})


def swap(new: Path, live: Path) -> None:
    """Put the folder ``new`` in the place of ``live``, then remove the old one.

    Both stand in the same folder. Raises OSError, and then ``live`` is as it was.
    """
    if not os.path.lexists(live):
        new.rename(live)
        return
    if exchange(new, live):
        old = new
    else:
        old = _aside(live)
        live.rename(old)
        try:
            new.rename(live)
        except OSError:
            old.rename(live)
            raise
    # The new site is in place: what cannot be removed now is removed before the next build.
    shutil.rmtree(old, ignore_errors=True)


def recover(live: Path) -> None:
    """Undo a swap that died between its two renames, or finish its removal."""
    old = _aside(live)
    if old.is_dir() and not os.path.lexists(live):
        old.rename(live)
    remove(old)


def remove(path: Path) -> None:
    """Remove a folder and all that is in it, or whatever else has this name."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def exchange(one: Path, other: Path) -> bool:
    """Let two folders change names at once; False where this is not offered.

    Raises OSError when it is offered and fails.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    names = os.fsencode(one), os.fsencode(other)
    if sys.platform == "darwin" and hasattr(libc, "renamex_np"):
        failed = libc.renamex_np(*names, ctypes.c_uint(_RENAME_SWAP))
    elif hasattr(libc, "renameat2"):
        failed = libc.renameat2(
            _AT_FDCWD, names[0], _AT_FDCWD, names[1], ctypes.c_uint(_RENAME_EXCHANGE)
        )
    else:
        return False
    if not failed:
        return True
    code = ctypes.get_errno()
    if code in _NOT_OFFERED:
        return False
    raise OSError(code, os.strerror(code), str(one), None, str(other))


def _aside(live: Path) -> Path:
    return live.with_name(f".{live.name}.old")
