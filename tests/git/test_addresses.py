"""Nothing secret of an address stays in what is shown, however it is written."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments_service.content_repo.addresses import masked, masked_address

LETTERS = string.ascii_letters + string.digits
secrets = st.builds(
    lambda start, middle, end: start + middle + end,
    *(st.text(LETTERS, min_size=4, max_size=6), st.text("/@:?#&=;% '\"<>!$", max_size=2)),
    st.text(LETTERS, min_size=4, max_size=6).map(str.swapcase),
)
TOLD = [
    "fatal: unable to access '{}': The requested URL returned error: 403",
    "fatal: unable to access '{}/': Could not resolve host",
    "To {}\n! [rejected] main -> main (fetch first)",
    "fatal: repository '{}' not found",
    'ssh: Could not resolve hostname "{}"',
]
SHAPES = [
    "https://{user}:{secret}@git.example.org/x.git",
    "https://{secret}@git.example.org/x.git",
    "http://{user}:{secret}@127.0.0.1:9/x.git",
    "https://git.example.org/x.git?private_token={secret}",
    "https://git.example.org/x.git?a=b&private_token={secret}#{secret}",
    "https://{user}:{secret}@git.example.org/x.git?job={secret}",
    "ssh://{user}:{secret}@git.example.org:22/x.git",
    "git+ssh://{secret}@git.example.org/x.git",
    "file://{user}:{secret}@/srv/x.git",
    "{user}:{secret}@git.example.org:x.git",
]


def pieces(secret: str) -> set[str]:
    """The parts of letters that it is made of."""
    return {part for part in "".join(c if c in LETTERS else " " for c in secret).split() if part}


@given(secret=secrets, shape=st.sampled_from(SHAPES), told=st.sampled_from(TOLD))
def test_no_part_of_a_secret_stays(secret: str, shape: str, told: str) -> None:
    address = shape.format(user="bot", secret=secret)
    shown = masked(told.format(address), address)
    for text in (masked_address(address), shown):
        assert secret not in text
        assert not [part for part in pieces(secret) if part in text]
    assert "bot:" not in shown


@given(secret=secrets, shape=st.sampled_from(SHAPES[:8]))
def test_no_part_of_it_stays_where_git_read_the_address_otherwise(secret: str, shape: str) -> None:
    address = shape.format(user="bot", secret=secret)
    cut = [address.partition("://")[2][:at] for at in (8, 12, 20)]
    told = "\n".join([f"Failed to connect to {secret} port 9", *pieces(secret), *cut])
    shown = masked(told, address)
    assert not [part for part in pieces(secret) if part in shown]


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://bot:pa/ss@git.example.org/x.git", "https://***@git.example.org/x.git"),
        ("https://bot:p@ss@git.example.org/x.git", "https://***@git.example.org/x.git"),
        ("https://git.example.org/x.git?private_token=x", "https://git.example.org/x.git?***"),
        ("bot:one two@git.example.org:x.git", "***@git.example.org:x.git"),
        ("https://bot:p?ss@git.example.org/x.git", "https://***"),
        ("https://git.example.org/x.git", "https://git.example.org/x.git"),
        ("git@git.example.org:x.git", "git@git.example.org:x.git"),
        ("/srv/comments@home.git", "/srv/comments@home.git"),
        ("../remote.git", "../remote.git"),
    ],
)
def test_what_is_no_secret_is_shown(address: str, shown: str) -> None:
    assert masked_address(address) == shown
    assert masked(f"fatal: unable to access '{address}': no", address) == (
        f"fatal: unable to access '{shown}': no"
    )


def test_an_address_that_is_not_of_the_settings_is_masked_too() -> None:
    told = "warning: redirecting to https://x:y@other.example.org/x.git?token=z and more"
    assert (
        masked(told) == "warning: redirecting to https://***@other.example.org/x.git?*** and more"
    )


def test_a_percent_encoded_password_is_hidden_decoded_too() -> None:
    address = "https://bot:se%63ret%2Fword@127.0.0.1/x"
    shown = masked("no password secret/word for bot; secret; se%63ret%2Fword", address)
    assert "secret/word" not in shown
    assert "se%63ret" not in shown
