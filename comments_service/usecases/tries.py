"""How often somebody may try to sign in: ever more slowly, and nobody is ever kept out.

A try is counted for the account as seen from one network, for the network, and for the account
as a whole. The first two wait for their own last try. An account that many networks try at once
has every network wait a little, each for itself: whoever knocked and waited is let in, however
often others try meanwhile. Names that nobody has are counted like those of accounts.

Source: OWASP's Authentication cheat sheet; NIST SP 800-63B, section 3.2.2.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from .. import signing
from ..errors import N_, TooMany
from ..store import tries
from ..store.engine import Connection
from ..store.tries import Tries
from .blog import Blog
from .limits import network_of

TRIES_KEPT = timedelta(days=1)
_NONE = Tries(0, datetime.min.replace(tzinfo=UTC))


@dataclass(frozen=True, slots=True)
class BackOff:
    """free: tries without a pause. first, most: seconds of pause, which doubles each time."""

    free: int
    first: int
    most: int

    def pause(self, count: int) -> timedelta:
        """After so many tries."""
        if count < self.free:
            return timedelta(0)
        return timedelta(seconds=min(self.first * 2 ** min(count - self.free, 20), self.most))


PAIR = BackOff(free=5, first=30, most=900)
NETWORK = BackOff(free=30, first=10, most=300)
"""Many people of one institution come from one address."""

ACCOUNT = BackOff(free=20, first=2, most=60)
CHALLENGES = BackOff(free=500, first=2, most=60)


@dataclass(frozen=True, slots=True)
class Subjects:
    """Whom a try is counted for: keyed hashes. knock: that this network waits already."""

    pair: str
    network: str
    account: str
    knock: str


def subjects_of(blog: Blog, login: str, address: str, *, doing: str = "") -> Subjects:
    """login: as it was typed, folded; whether somebody has it makes no difference.

    doing: what is counted apart from signing in, by its name.
    """
    network = network_of(address)

    def named(*parts: str) -> str:
        return signing.keyed_hash(blog.network_key, [*parts, doing] if doing else parts)

    return Subjects(
        pair=named("pair", login, network),
        network=named("network", network),
        account=named("account", login),
        knock=named("knock", login, network),
    )


def take(blog: Blog, of: Subjects, now: datetime) -> Sequence[int]:
    """Note one more try before it is judged, so that many at once are no way round.

    Raises TooMany: it is not this one's turn yet, and nothing was noted against them.
    """
    with blog.store.write() as connection:
        tries.one_by_one(connection)
        seconds = _wait(connection, of, now)
        if seconds <= 0:
            return tries.note(connection, [of.pair, of.network, of.account], now)
    raise too_many(seconds)


def take_challenge(blog: Blog, address: str, now: datetime) -> None:
    """Note that a network asks for a challenge, which costs us a row. Raises TooMany."""
    asks = signing.keyed_hash(blog.network_key, ["challenge", network_of(address)])
    with blog.store.write() as connection:
        found = tries.counted(connection, [asks], now - TRIES_KEPT).get(asks, _NONE)
        seconds = _left(CHALLENGES.pause(found.count), found, now)
        if seconds <= 0:
            tries.note(connection, [asks], now)
            return
    raise too_many(seconds)


def take_back(blog: Blog, of: Subjects, noted: Sequence[int]) -> None:
    """The try was right: it counts for nothing."""
    with blog.store.write() as connection:
        tries.take_back(connection, noted, of.pair)


def too_many(seconds: int) -> TooMany:
    """The error that says how long to wait."""
    wait = f"{seconds} s" if seconds <= 90 else f"{-(-seconds // 60)} min"
    return TooMany(seconds, N_("Too many tries. Wait %(wait)s and try again."), wait=wait)


def _wait(connection: Connection, of: Subjects, now: datetime) -> int:
    """Seconds until it is this one's turn."""
    subjects = [of.pair, of.network, of.account, of.knock]
    found = tries.counted(connection, subjects, now - TRIES_KEPT)
    pair, network = found.get(of.pair, _NONE), found.get(of.network, _NONE)
    own = max(
        _left(PAIR.pause(pair.count), pair, now),
        _left(NETWORK.pause(network.count), network, now),
    )
    return own if own > 0 else _turn(connection, of, found, now)


def _turn(connection: Connection, of: Subjects, found: Mapping[str, Tries], now: datetime) -> int:
    """Seconds until this network's turn at an account that many try; the first time it knocks."""
    pause = ACCOUNT.pause(found.get(of.account, _NONE).count)
    if not pause:
        return 0
    if before := found.get(of.pair) or found.get(of.knock):
        return _left(pause, before, now)
    tries.note(connection, [of.knock], now)
    return int(pause.total_seconds())


def _left(pause: timedelta, before: Tries, now: datetime) -> int:
    if not pause:
        return 0
    waited = abs(now - before.last)  # a clock that was ahead must keep nobody out
    return -int((waited - pause).total_seconds() // 1)
