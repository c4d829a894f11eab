"""Many ids in one statement, in few sizes.

A list of another length is another statement, and SQLAlchemy and the driver keep each that they
have seen: a server that asks for 1, 2, ... 500 ids would hold hundreds of them in memory.
"""

from collections.abc import Iterator, Sequence
from typing import TypeVar

MOST = 512

Id = TypeVar("Id", int, str)


def batches(ids: Sequence[Id]) -> Iterator[list[Id]]:
    """The ids in lists of at most ``MOST``, each as long as a power of two: the last id of a
    list is repeated, which means the same to ``IN``."""
    for start in range(0, len(ids), MOST):
        some = list(ids[start : start + MOST])
        yield some + some[-1:] * (_power_of_two(len(some)) - len(some))


def _power_of_two(count: int) -> int:
    return 1 << (count - 1).bit_length()
