"""Every error raised on purpose, and what its handler needs to answer.

A message is an English template with named ``%(values)s``; the edges (web, cli)
translate the template through the catalogue and fill it in. Anything else that
escapes is a bug: a 500 with a traceback in the log.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime


def N_(message: str) -> str:
    """Mark a message for the catalogue; it is translated later, at the edge."""
    return message


class TertuliaError(Exception):
    """Base of all: a message template and its values."""

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message, values)
        self.message = message
        self.values = values

    def explain(self, gettext: Callable[[str], str] = str) -> str:
        """The sentence for a person, in the language of ``gettext``."""
        return gettext(self.message) % self.values if self.values else gettext(self.message)

    def __str__(self) -> str:
        return self.explain()


class Fault(TertuliaError):
    """One thing wrong in one place: part of the errors below that name all faults at once.

    where: field, key or file, as the person who mends it knows it.
    """

    def __init__(self, where: str, message: str, **values: object) -> None:
        super().__init__(message, **values)
        self.where = where


class Faults(TertuliaError):
    """Input that was checked in full; ``faults`` holds every reason, in order."""

    def __init__(self, message: str, faults: Sequence[Fault], **values: object) -> None:
        super().__init__(message, **values)
        self.faults = tuple(faults)

    def explain(self, gettext: Callable[[str], str] = str) -> str:
        lines = [f"  {fault.where}: {fault.explain(gettext)}" for fault in self.faults]
        return "\n".join([super().explain(gettext), *lines])


class InvalidConfig(Faults):
    """Settings or ``site.toml`` that cannot be used."""


class InvalidComment(Faults):
    """A submission with faults; ``fault.where`` is the field's name.

    ``by_field`` maps each field to its fault, so that a form shows it beside the field.
    """

    @property
    def by_field(self) -> Mapping[str, Fault]:
        return {fault.where: fault for fault in self.faults}


class InvalidCommentFile(TertuliaError):
    """A comment file that does not parse. file: its path; key: the header key, or ""."""

    def __init__(self, file: str, key: str, message: str, **values: object) -> None:
        super().__init__(message, **values)
        self.file = file
        self.key = key


class InvalidRuleFile(Faults):
    """A rule's file that does not parse. file: its path; ``fault.where``: line and key."""

    def __init__(self, file: str, faults: Sequence[Fault]) -> None:
        super().__init__(N_("%(file)s cannot be used:"), faults, file=file)
        self.file = file


class Unshowable(TertuliaError):
    """A reader's text that cannot be shown whole and safely."""


class UnknownThread(TertuliaError):
    """No article or page of the built site has this thread."""


class ThreadClosed(TertuliaError):
    """The thread takes no comments at this moment. thread: its key."""

    def __init__(self, thread: str, message: str, **values: object) -> None:
        super().__init__(message, **values)
        self.thread = thread


class UnknownComment(TertuliaError):
    """No such comment, or a wrong link token: the two are never told apart."""


class AlreadyDecided(TertuliaError):
    """Somebody decided this revision first; nothing was changed."""


class Claimed(AlreadyDecided):
    """A colleague is looking at it; whoever decides all the same says so."""


class Banned(TertuliaError):
    """No comments are taken of whoever sent this, for a while. rule: number and version, or
    None. reason: staff's words. until: first instant after it."""

    def __init__(
        self, rule: tuple[int, int] | None, reason: str, until: datetime, message: str
    ) -> None:
        super().__init__(message)
        self.rule = rule
        self.reason = reason
        self.until = until


class TooMany(TertuliaError):
    """This network or this conversation reached its limit. retry_after: seconds."""

    def __init__(self, retry_after: int, message: str, **values: object) -> None:
        super().__init__(message, **values)
        self.retry_after = retry_after


class Unavailable(TertuliaError):
    """The database is locked, full or gone, or too much waits; nothing was changed.

    retry_after: seconds.
    """

    def __init__(self, retry_after: int, message: str, **values: object) -> None:
        super().__init__(message, **values)
        self.retry_after = retry_after


class SignInFailed(TertuliaError):
    """Unknown name or wrong password: the two are never told apart."""


class NotHere(TertuliaError):
    """No account, department or topic has this number."""


class NotPermitted(TertuliaError):
    """Somebody who is signed in, but whose role does not reach so far; nothing was done."""


class LinkExpired(TertuliaError):
    """A one-time link that was used, replaced or is too old."""


class BuildFailed(TertuliaError):
    """Pelican did not build the site; the old one stays. detail: what it printed."""

    def __init__(self, detail: str, message: str, **values: object) -> None:
        super().__init__(message, **values)
        self.detail = detail


class GitFailed(TertuliaError):
    """Git did not do what it was asked for. detail: what it printed."""

    def __init__(self, detail: str, message: str, **values: object) -> None:
        super().__init__(message, **values)
        self.detail = detail


class RepositoryBusy(GitFailed):
    """Staff are in the middle of something in this repository: wait, and say so."""


class RemoteUnavailable(GitFailed):
    """The remote repository is down, slow, full or refuses us; trying again may help."""


class PushRejected(GitFailed):
    """Somebody pushed first: fetch, find out again what is wanted, and try once more."""


class HistoryRewritten(GitFailed):
    """The remote's history no longer holds what was seen of it: a person must decide."""


class SiteUnreachable(TertuliaError):
    """The public site, or the address that starts its build, did not answer as it should."""


class MailRefused(TertuliaError):
    """The mail server will never take this mail. code: its reply (RFC 5321)."""

    def __init__(self, code: int, message: str, **values: object) -> None:
        super().__init__(message, code=code, **values)
        self.code = code


class MailUnavailable(TertuliaError):
    """The mail server takes no mail now; trying again may help. alone: only not this one."""

    def __init__(self, message: str, *, alone: bool = False, **values: object) -> None:
        super().__init__(message, **values)
        self.alone = alone


class Unsealable(TertuliaError):
    """An encrypted text that this key does not open."""


class InvalidBackup(TertuliaError):
    """A backup that is not whole, or was changed since it was made."""


class WrongDatabase(TertuliaError):
    """The database cannot be used: newer than this program, unreachable, not ours."""


class CannotStart(TertuliaError):
    """The command cannot do its work: a busy port, a missing folder."""


class CannotWrite(TertuliaError):
    """A comment file could not be written or would leave its folder."""
