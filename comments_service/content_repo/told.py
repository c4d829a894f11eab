"""What Git printed, as an error with a sentence for whoever runs the blog.

Git is always called with ``LC_ALL=C``, so its words are these; git-push(1) "OUTPUT" names
the summaries of a refused push. Passwords are gone from it before: see ``addresses``.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from ..errors import N_, GitFailed, PushRejected, RemoteUnavailable, RepositoryBusy

MAX_DETAIL_CHARS = 2_000

_FULL = re.compile(r"No space left on device|Disk quota exceeded|out of disk space", re.IGNORECASE)
_LOCKED = re.compile(
    r"\.lock': File exists|another git process|gc is already running", re.IGNORECASE
)
_SOMEBODY_ELSES = re.compile(r"dubious ownership|unsafe repository")
_IGNORED = re.compile(r"ignored by one of your \.gitignore files")
_NO_REPOSITORY = re.compile(r"not a git repository", re.IGNORECASE)
_MAY_NOT = re.compile(r"Permission denied|Read-only file system")
_BROKEN = re.compile(
    r"bad object|loose object|is corrupt|corrupted?\b|object file .* is empty|unable to read"
    r"|missing (?:blob|tree|commit|object)|did not send all necessary objects"
    r"|not a git repository|bad (?:config|index|signature|tree|ref)|index file (?:corrupt|smaller)"
    r"|unable to map index|broken (?:link|ref)"
    r"|unable to (?:resolve reference|parse)|packfile|not a valid object|invalid sha1 pointer",
    re.IGNORECASE,
)

_OVERTAKEN = re.compile(
    r"\[(?:remote )?rejected\][^\n]*\("
    r"(?:non-fast-forward|fetch first|stale info|needs force|cannot lock ref[^\n]*"
    r"|failed to update ref|incorrect old value provided|reference already exists"
    r"|failed to lock)"
)
_LOCKED = re.compile(r"Unable to create '[^']*\.lock': File exists")
_NO_FORCE = re.compile(r"denying non-fast-forward|force[- ]push", re.IGNORECASE)
_OF_REMOTE: Sequence[tuple["re.Pattern[str]", str]] = (
    (
        _NO_FORCE,
        N_(
            "%(remote)s does not let this service replace the history of the comments, which "
            "erasing one needs. Allow forced pushes to that branch until it is done."
        ),
    ),
    (
        re.compile(r"No space left|quota|unpacker error|unable to create temporary", re.IGNORECASE),
        N_("%(remote)s has no room left for the comments. They are safe here and go out later."),
    ),
    (
        re.compile(r"branch is currently checked out|refusing to update checked out"),
        N_(
            "%(remote)s has this very branch checked out and so does not take it from "
            "elsewhere. Give the comments a branch of their own: `tertulia comments separate`."
        ),
    ),
    (
        re.compile(
            r"hook declined|protected branch|GH006|pre-receive|\[remote rejected\]", re.IGNORECASE
        ),
        N_(
            "%(remote)s refused the comments by a rule of its own. Allow this service to push "
            "to the branch, or ask who looks after that repository."
        ),
    ),
    (
        re.compile(r"dubious ownership|unsafe repository"),
        N_("%(remote)s belongs to another user of this machine, so Git does not use it."),
    ),
    (
        re.compile(
            r"Permission denied|Authentication failed|could not read (?:Username|Password)"
            r"|Permission to |access denied|not authorized|Write access|Host key verification"
            r"|returned error: 40[13]|insufficient permission|terminal prompts disabled",
            re.IGNORECASE,
        ),
        N_(
            "%(remote)s does not let this service in. Check its key or password, and that it "
            "may write."
        ),
    ),
    (
        re.compile(
            r"not found|does not appear to be a git repository|does not exist"
            r"|not a git repository|no such file",
            re.IGNORECASE,
        ),
        N_("There is no Git repository at %(remote)s."),
    ),
    (
        re.compile(r"transport '[^']*' not allowed|strange (?:host|path)name"),
        N_("%(remote)s is not an address that comments are sent to."),
    ),
)
_UNREACHED = N_(
    "%(remote)s cannot be reached. The comments are safe here and go out as soon as it answers."
)


def is_broken(told: str) -> bool:
    """Whether Git complains of the repository it works in, not of anybody else.

    A full disk or a file that may not be read is no damage: a new clone would not help.
    """
    own = "\n".join(line for line in told.splitlines() if not line.startswith("remote:"))
    return bool(_BROKEN.search(own)) and not (_FULL.search(own) or _MAY_NOT.search(own))


def explained(told: str, folder: Path) -> GitFailed:
    """The error for a command that failed in the repository of ``folder``."""
    detail = told.strip()[-MAX_DETAIL_CHARS:]
    if _LOCKED.search(told):
        return RepositoryBusy(
            detail,
            N_(
                "Git is at work in %(folder)s. If nobody is, a command was cut short there: "
                "delete the file that ends in .lock."
            ),
            folder=folder,
        )
    for pattern, message in _OF_FOLDER:
        if pattern.search(told):
            return GitFailed(detail, message, folder=folder)
    return GitFailed(
        detail, N_("Git could not do its work in %(folder)s; what it said is below."), folder=folder
    )


_OF_FOLDER: Sequence[tuple["re.Pattern[str]", str]] = (
    (_FULL, N_("Git could not write in %(folder)s: the disk is full.")),
    (
        _SOMEBODY_ELSES,
        N_(
            "%(folder)s belongs to another user of this machine, so Git does not use it. "
            "Run the service as that user, or allow it: "
            "git config --global --add safe.directory %(folder)s"
        ),
    ),
    (
        _IGNORED,
        N_(
            "Git ignores the comments in %(folder)s: a .gitignore says so. Take that line out, "
            "or publish from a repository of their own (TERTULIA_COMMENTS_GIT=clone)."
        ),
    ),
    (
        _NO_REPOSITORY,
        N_("%(folder)s is in no Git repository; `git init` makes one."),
    ),
    (
        re.compile(r"invalid path '"),
        N_(
            "A file in the history of the comments has a name that Git does not take into "
            "%(folder)s. Remove it from the branch; what Git said of it is below."
        ),
    ),
    (_MAY_NOT, N_("The service may not write in the Git repository of %(folder)s.")),
)


def explained_remote(told: str, remote: str, folder: Path) -> GitFailed:
    """The error for a fetch or push that failed. remote: its address, masked."""
    detail = told.strip()[-MAX_DETAIL_CHARS:]
    if _LOCKED.search(told):
        # Of a push under way, or left by a machine that lost its power: not ours to remove.
        return RemoteUnavailable(
            detail,
            N_(
                "Another push to %(remote)s is under way, or one was cut short there. If none is,"
                " whoever looks after it deletes the file that ends in .lock; then all goes on."
            ),
            remote=remote,
        )
    if _OVERTAKEN.search(told) and not _NO_FORCE.search(told):
        return PushRejected(
            detail, N_("Somebody else pushed to %(remote)s meanwhile."), remote=remote
        )
    own = "\n".join(line for line in told.splitlines() if not line.startswith("remote:"))
    if _FULL.search(own) and "remote unpack failed" not in own:
        return explained(told, folder)
    for pattern, message in _OF_REMOTE:
        if pattern.search(told):
            return RemoteUnavailable(detail, message, remote=remote)
    return RemoteUnavailable(detail, _UNREACHED, remote=remote)
