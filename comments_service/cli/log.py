"""What is written while the service runs: events with ids, on standard error.

Never an address of a reader, a text, a link with its token: an exception is told by its
frames and the first line of its message, because the rest of a database's message holds
the values of the statement.
"""

import logging
import re
import sys
from traceback import format_tb
from types import TracebackType
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]

MAX_MESSAGE_CHARS = 300
_SECRET = re.compile(r"(/(?:seguimiento|correo|departamento|gestion/alta)/)[^\s'\"<>]+")


def configure() -> None:
    """Send the service's log and the warnings of libraries to standard error.

    Lines for a person at a terminal, JSON for whatever else reads it.
    """
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.ExceptionRenderer(told),
                without_secrets,
                _renderer(terminal=sys.stderr.isatty()),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger("comments_service").setLevel(logging.INFO)


def _renderer(*, terminal: bool) -> Any:
    if terminal:
        return structlog.dev.ConsoleRenderer(
            colors=False, exception_formatter=structlog.dev.plain_traceback
        )
    return structlog.processors.JSONRenderer(ensure_ascii=False)


def told(exc_info: ExcInfo) -> str:
    """The chain of exceptions, the first cause at the top, without what they hold."""
    parts: list[str] = []
    error: BaseException | None = exc_info[1]
    while error is not None:
        lines = str(error).splitlines() or [""]
        name = f"{type(error).__module__}.{type(error).__qualname__}"
        frames = "".join(format_tb(error.__traceback__))
        parts.insert(0, f"{frames}{name}: {lines[0][:MAX_MESSAGE_CHARS]}")
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\n".join(parts)


def without_secrets(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Cut the part of a path that opens a private page."""
    return {
        key: _SECRET.sub(r"\1…", value) if isinstance(value, str) else value
        for key, value in event.items()
    }
