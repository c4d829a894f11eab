"""What a browser calls itself, in the two words by which its owner knows it again."""

import re

_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Vivaldi", "Vivaldi"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrom", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)
"""In this order: most browsers name others, too."""

_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
_OTHER = re.compile(r"[A-Za-z][A-Za-z.-]{1,20}")


def in_two_words(user_agent: str) -> str:
    """``Firefox, Windows``; empty for a browser that says nothing of use."""
    words = [_first(user_agent, names) for names in (_BROWSERS, _SYSTEMS)]
    if not any(words) and (named := _OTHER.match(user_agent)):
        words = [named[0]]
    return ", ".join(filter(None, words))


def _first(user_agent: str, names: tuple[tuple[str, str], ...]) -> str:
    return next((name for mark, name in names if mark in user_agent), "")
