"""What a mutant is: one exact replacement of text, and the tests that must notice."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutant:
    """name: what the program does wrong. tests: the smallest selection that must fail."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]
    environment: tuple[tuple[str, str], ...] = ()
