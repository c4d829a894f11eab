"""How much is let in: from one network, into one conversation, in all, into the queue.

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
from ..store import crowd, day_keys
from ..store.crowd import Caps, Crowd
from ..store.engine import Connection
from .blog import Blog

HOUR = timedelta(hours=1)
REPEATED_WITHIN = timedelta(days=30)
UNKNOWN = "unknown"
"""The network of everybody whose address cannot be read: they count together."""

SOON_SECONDS = 600
LATER_SECONDS = 3600


def network_hashes(connection: Connection, address: str, now: datetime) -> list[str]:
    """The network under the key of now and of an hour ago: two around midnight."""
    network = network_of(address)
    keys = [day_keys.key_of_day(connection, moment) for moment in (now, now - HOUR)]
    return [signing.keyed_hash(key, ["network", network]) for key in dict.fromkeys(keys)]


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
    """How much came lately, beside this comment."""
    settings = blog.settings
    return crowd.count(
        connection,
        Caps(
            network=settings.max_per_network,
            thread=settings.max_per_thread,
            waiting=settings.max_waiting,
            lately=settings.max_per_hour,
        ),
        networks=networks,
        thread=thread,
        body=body,
        since=now - HOUR,
        alike_since=now - REPEATED_WITHIN,
    )


def refuse_floods(blog: Blog, came: Crowd) -> None:
    """Let one more comment in, or say why not and when to try again.

    Raises TooMany (this network, this conversation), Unavailable (all together).
    """
    settings = blog.settings
    if came.network >= settings.max_per_network:
        raise TooMany(
            SOON_SECONDS,
            N_("Many comments came from your network within an hour. Try again later."),
        )
    if came.thread >= settings.max_per_thread:
        raise TooMany(
            SOON_SECONDS,
            N_("Many comments came to this conversation within an hour. Try again later."),
        )
    if came.waiting >= settings.max_waiting:
        raise Unavailable(
            LATER_SECONDS,
            N_("So many comments wait for us that we cannot take yours now. Try later."),
        )
    if came.lately >= settings.max_per_hour:
        raise Unavailable(
            SOON_SECONDS, N_("Very many comments came within an hour. Try again later.")
        )
