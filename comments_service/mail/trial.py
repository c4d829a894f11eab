"""Where the mails of a trial stay: in memory, for whoever tries the blog on this machine."""

from collections import deque
from dataclasses import dataclass, field
from email.message import EmailMessage
from threading import Lock

KEPT = 200


@dataclass(slots=True)
class Mailbox:
    """The newest mails of this process. is_open: somebody can read them here."""

    is_open: bool = False
    _mails: deque[EmailMessage] = field(default_factory=lambda: deque(maxlen=KEPT))
    _lock: Lock = field(default_factory=Lock)

    def put(self, message: EmailMessage) -> None:
        """Keep a mail; one that is here already (its Message-ID) takes its place."""
        with self._lock:
            others = [each for each in self._mails if each["Message-ID"] != message["Message-ID"]]
            self._mails = deque([*others, message], maxlen=KEPT)

    def newest(self) -> list[EmailMessage]:
        """The mails, newest first."""
        with self._lock:
            return list(reversed(self._mails))
