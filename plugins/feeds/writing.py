"""Feeds as files of the built site."""

from pathlib import Path

from ..compressed import copy_of
from .addresses import FeedAddress
from .atom import atom
from .json_feed import json_feed
from .values import Feed


def write(output: Path, path: FeedAddress, feed: Feed) -> None:
    """Write the forms of a feed. path: from the site's root."""
    _put(output / path.atom, atom(feed))
    _put(output / path.json, json_feed(feed))


def remove(output: Path, path: FeedAddress) -> None:
    """Where there is no feed, none of an earlier build stays: its words may be withdrawn."""
    _remove(output / path.atom)
    _remove(output / path.json)


def _remove(path: Path) -> None:
    for file in (path, copy_of(path)):
        file.unlink(missing_ok=True)


def _put(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except FileNotFoundError:  # its folder; that of a page stands already
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
