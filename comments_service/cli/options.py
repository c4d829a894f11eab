"""What several commands take, and the settings they start from."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from ..config.settings import Settings, load_settings
from ..errors import N_

AnyFunction = TypeVar("AnyFunction", bound=Callable[..., Any])


def with_blog(function: AnyFunction) -> AnyFunction:
    """``--blog``: which blog, when it is not the one of the current folder."""
    option = click.option(
        "--blog",
        type=click.Path(path_type=Path),
        help=N_("Folder of the blog; else the current one."),
    )
    return option(function)


def with_address(function: AnyFunction) -> AnyFunction:
    """``--host`` and ``--port``: where to listen."""
    host = click.option("--host", help=N_("Address to listen on; else this machine alone."))
    port = click.option("--port", type=int, help=N_("Port to listen on; else 8000."))
    return port(host(function))


def now() -> datetime:
    """The clock, read at the edge."""
    return datetime.now(UTC)


def trial_settings(**given: Any) -> Settings:
    """The settings, for an address on this machine unless one is set.

    Raises InvalidConfig.
    """
    settings = load_settings(**given)
    if settings.site_url is not None:
        return settings
    return settings.model_copy(update={"site_url": f"http://localhost:{settings.port}"})
