"""Why something could not be done, as the database keeps it: a message and its values.

Translated when it is shown, so that each person reads it in their own language.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from ..errors import BuildFailed, Faults, GitFailed, TertuliaError


@dataclass(frozen=True, slots=True)
class Problem:
    """message: of the catalogue, with named values; detail: what a program printed, or ""."""

    message: str
    values: Mapping[str, str | int | float]
    detail: str = ""


def problem_of(error: TertuliaError) -> Problem:
    """What is kept of an error."""
    values = {
        name: value if isinstance(value, int | float) else str(value)
        for name, value in error.values.items()
    }
    detail = error.detail if isinstance(error, BuildFailed | GitFailed) else ""
    if isinstance(error, Faults):
        detail = "\n".join(f"{fault.where}: {fault}" for fault in error.faults)
    return Problem(error.message, values, detail)


def dumps(problem: Problem) -> str:
    """The stored form."""
    return json.dumps([problem.message, dict(problem.values), problem.detail])


def loads(stored: str | None) -> Problem | None:
    return None if stored is None else Problem(*json.loads(stored))
