"""Each of Jinja's templates is compiled once, for all applications and builds that use it."""

import marshal
import os
from hashlib import sha256
from pathlib import Path
from types import CodeType
from typing import Any

from jinja2 import Environment


def share(folder: Path | None = None) -> None:
    """From here on. folder: where other processes find them too."""
    compiled: dict[str, CodeType] = {}
    compile_anew = Environment.compile

    def compile_once(self: Environment, source: Any, name: Any = None, *more: Any) -> Any:
        key = sha256(repr((source, name, more, *_ways(self))).encode()).hexdigest()
        if key not in compiled and folder and (folder / key).exists():
            compiled[key] = marshal.loads((folder / key).read_bytes())  # noqa: S302 - our own
        if key not in compiled:
            compiled[key] = compile_anew(self, source, name, *more)
            if folder:
                (folder / f"{key}.{os.getpid()}").write_bytes(marshal.dumps(compiled[key]))
                (folder / f"{key}.{os.getpid()}").rename(folder / key)
        return compiled[key]

    Environment.compile = compile_once  # type: ignore[assignment,method-assign]


def _ways(environment: Environment) -> tuple[object, ...]:
    """All that a template's code depends on beside its source."""
    return (
        environment.trim_blocks,
        environment.lstrip_blocks,
        environment.optimized,
        environment.is_async,
        _name(environment.autoescape),
        _name(environment.finalize),
        sorted(environment.extensions),
        # Called while compiling, where all that they are given is known by then.
        [(name, _name(each)) for name, each in environment.filters.items()],
        [(name, _name(each)) for name, each in environment.tests.items()],
    )


def _name(of: object) -> tuple[object, object]:
    """A function's name; what has none, by how it prints."""
    return getattr(of, "__module__", None), getattr(of, "__qualname__", of)
