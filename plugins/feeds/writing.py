"""Feeds as files of the built site."""

from pathlib import Path

from .addresses import FeedAddress
from .atom import atom
from .json_feed import json_feed
from .values import Feed


def write(output: Path, path: FeedAddress, feed: Feed) -> None:
    """Write the forms of a feed. path: from the site's root."""
    _put(output / path.atom, atom(feed))
    if path.json:
        _put(output / path.json, json_feed(feed))


def _put(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except FileNotFoundError:  # its folder; that of a page stands already
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
