"""Parts that need a missing component are skipped by name; ``STRICT=1`` makes that a failure."""

import os

import pytest


def need(present: object, component: str, install: str) -> None:
    """Skip the test when the component is missing, saying what to install."""
    if present:
        return
    message = f"needs {component}; install it: {install}"
    if os.environ.get("STRICT") == "1":
        pytest.fail(message, pytrace=False)
    pytest.skip(message)
