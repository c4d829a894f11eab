"""Addresses of Git repositories: how they are reached, and what of them may be shown.

No password, token or user name of one stays in anything that is printed or kept.

Two ways at once: whatever looks like an address loses what may be secret in it; and of the
address that the settings name, each secret part is taken out wherever Git repeats it, also
where it read the address otherwise than it was meant (a `/` or `@` in a password).
"""

import re
from collections.abc import Iterator
from urllib.parse import unquote

from ..errors import N_, Fault, InvalidConfig

HIDDEN = "***"
SHORT_CHARS = 4
"""A shorter part of a password is hidden only where it stands as a word of its own; a shorter
user name (`git`) in addresses alone."""

_ADDRESS = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*://)(?P<rest>[^\s'\"<>]*)")
_SCP = re.compile(r"(?P<user>[^/\s]*:.*)@(?P<rest>.*)", re.DOTALL)
_QUERY = re.compile(r"[?#].*", re.DOTALL)
_SCHEMES = {
    "file": "file",
    "ssh": "ssh",
    "git+ssh": "ssh",
    "ssh+git": "ssh",
    "https": "https",
    "http": "http",
    "git": "git",
}


def protocol_of(remote: str) -> str:
    """The protocol that an address or folder is reached by, as `protocol.<name>.allow` has it.

    Raises InvalidConfig for an address that is none: an option, a helper like `ext::`.
    """
    scheme, found, _ = remote.partition("://")
    if found and scheme.lower() in _SCHEMES:
        return _SCHEMES[scheme.lower()]
    if not found and "::" not in remote and not remote.startswith("-") and remote.strip():
        # As Git reads it: a colon before any slash is `host:folder`.
        return "ssh" if ":" in remote.split("/", 1)[0] else "file"
    raise InvalidConfig(
        N_("The settings cannot be used:"),
        [
            Fault(
                "TERTULIA_COMMENTS_REMOTE", N_("must be the address or folder of a Git repository")
            )
        ],
    )


def masked_address(address: str) -> str:
    """The address without user, password, query and fragment."""
    scheme, found, rest = address.partition("://")
    if found:
        return f"{scheme}://{_bare(rest)}"
    if scp := _SCP.fullmatch(address):
        return f"{HIDDEN}@{scp['rest']}"
    return address


def masked(text: str, address: str = "") -> str:
    """The text without what is secret in any address, ``address`` above all."""
    if address:
        text = text.replace(address, masked_address(address))
        for secret in sorted(set(_secrets(address)), key=len, reverse=True):
            if len(secret) >= SHORT_CHARS:
                text = text.replace(secret, HIDDEN)
            else:
                text = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", HIDDEN, text)
    return _ADDRESS.sub(lambda found: found["scheme"] + _bare(found["rest"]), text)


def _bare(rest: str) -> str:
    """What is behind `://`: all up to the last `@` and from the first `?` or `#` is hidden."""
    before, found, after = rest.rpartition("@")
    if _QUERY.search(before):  # the `@` may be of a query, or the `?` of a password
        return HIDDEN
    if found:
        rest = f"{HIDDEN}@{after}"
    return _QUERY.sub(f"?{HIDDEN}", rest)


def _secrets(address: str) -> Iterator[str]:
    """Each part of the address that may be secret, as it is and decoded."""
    _, found, rest = address.partition("://")
    if not found:
        scp = _SCP.fullmatch(address)
        rest = address if scp else ""
    for each in _parts(rest):
        for form in (each, unquote(each)):
            if len(form) > 1:
                yield form


def _parts(rest: str) -> Iterator[str]:
    """What stands before the last `@` and behind the first `?`, whole and in words."""
    before, found, after = rest.rpartition("@")
    if _QUERY.search(before):
        yield from _with_words(rest)
    elif found:
        user, _, password = before.partition(":")
        yield before
        if len(user) >= SHORT_CHARS or not password:
            yield from _with_words(user)
        yield from _with_words(password)
    for query in re.findall(r"[?#](.*)", after if found else rest, re.DOTALL):
        yield query
        for pair in re.split(r"[&;?#]", query):
            yield from _with_words(pair.partition("=")[2] or pair)


def _with_words(secret: str) -> Iterator[str]:
    yield secret
    yield from re.split(r"[^A-Za-z0-9]+", secret)
