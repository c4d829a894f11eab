"""How much is let in: from one network, into one conversation, in all, into the queue; and how
many ask to follow a conversation.

All is counted in the database, so that every process and every node counts the same and a
restart forgets nothing. What a count costs has an end at its limit, however many comments
are stored. A reader's address is only ever seen here, and leaves as hashes under random keys
of the day.
"""

import ipaddress
from collections.abc import Sequence
from datetime import datetime, timedelta

from .. import signing
from ..errors import N_, TooMany, Unavailable
from ..store import crowd, day_keys, tries
from ..store.crowd import Caps, Crowd
from ..store.engine import Connection
from .blog import Blog

HOUR = timedelta(hours=1)
REPEATED_WITHIN = timedelta(days=30)
MOST_FOLLOWING_PER_NETWORK = 20
"""Requests to follow a conversation by e-mail, from one network within an hour."""

MOST_ME_TOO_PER_NETWORK = 30
"""Comments that somebody wants answered too, from one network within an hour."""

UNKNOWN = "unknown"
"""The network of everybody whose address cannot be read: they count together."""

SOON_SECONDS = 600
LATER_SECONDS = 3600


def network_hashes(connection: Connection, address: str, now: datetime) -> list[str]:
    """The network under the key of now and of an hour ago: two around midnight."""
    keys = day_keys.keys_of_days(connection, now, now - HOUR)
    return [hashed(key, address) for key in keys]


def hashed(key: bytes, address: str) -> str:
    """The network of an address under the key of a day."""
    return signing.keyed_hash(key, ["network", network_of(address)])


def network_of(address: str) -> str:
    """An IPv4 address, or the /64 that one subscriber of IPv6 has."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return UNKNOWN
    if isinstance(ip, ipaddress.IPv6Address):
        mapped = ip.ipv4_mapped
        # A zone (``%eth0``) names an interface of ours, and whoever sends it chooses it.
        plain = ipaddress.IPv6Address(int(ip))
        return str(mapped or ipaddress.ip_network((plain, 64), strict=False))
    return str(ip)


def look(
    connection: Connection,
    blog: Blog,
    thread: str,
    body: str,
    networks: Sequence[str],
    now: datetime,
) -> Crowd:
    """Which limits are reached, and how often this text came before."""
    settings = blog.settings
    return crowd.count(
        connection,
        Caps(
            network=settings.max_per_network,
            thread=settings.max_per_thread,
            waiting=settings.max_waiting,
            hour=settings.max_per_hour,
        ),
        networks=networks,
        thread=thread,
        body=body,
        since=now - HOUR,
        alike_since=now - REPEATED_WITHIN,
    )


def refuse_floods(came: Crowd) -> None:
    """Let one more comment in, or say why not and when to try again.

    Raises TooMany (this network, this conversation), Unavailable (all together).
    """
    if came.network_full:
        raise TooMany(
            SOON_SECONDS,
            N_("Many comments came from your network within an hour. Try again later."),
        )
    if came.thread_full:
        raise TooMany(
            SOON_SECONDS,
            N_("Many comments came to this conversation within an hour. Try again later."),
        )
    if came.waiting_full:
        raise Unavailable(
            LATER_SECONDS,
            N_("So many comments wait for us that we cannot take yours now. Try later."),
        )
    if came.hour_full:
        raise Unavailable(
            SOON_SECONDS, N_("Very many comments came within an hour. Try again later.")
        )


def refuse_following(blog: Blog, connection: Connection, network: str, now: datetime) -> None:
    """Note one more request to follow a conversation by e-mail, or say why not and when to try
    again: each is a mail to an address that anybody may have typed in.

    network: address of whoever asks; a keyed hash of it is kept for a day.
    Raises TooMany (this network), Unavailable (all together).
    """
    most = MOST_FOLLOWING_PER_NETWORK, blog.settings.max_following_per_hour
    _refuse_many(blog, connection, "follow", network, most, now)


def refuse_me_too(blog: Blog, connection: Connection, network: str, now: datetime) -> None:
    """The same for saying that one wants a comment answered too, which nobody reads first."""
    most = MOST_ME_TOO_PER_NETWORK, blog.settings.max_following_per_hour
    _refuse_many(blog, connection, "me too", network, most, now)


def _refuse_many(
    blog: Blog,
    connection: Connection,
    what: str,
    network: str,
    most: tuple[int, int],
    now: datetime,
) -> None:
    """most: from one network, and from all together."""
    one = signing.keyed_hash(blog.network_key, [what, network_of(network)])
    came = tries.counted(connection, [one, what], now - HOUR)
    if one in came and came[one].count >= most[0]:
        raise TooMany(
            SOON_SECONDS,
            N_("Many requests came from your network within an hour. Try again later."),
        )
    if what in came and came[what].count >= most[1]:
        raise Unavailable(
            SOON_SECONDS, N_("Very many requests came within an hour. Try again later.")
        )
    tries.note(connection, [one, what], now)
