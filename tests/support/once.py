"""What each of thousands of tests would do again with the same result: done once, or cheaply.

Three things that do not depend on the test: Jinja's compiling of a template, Werkzeug's of a
route's address, and the cost of a password's hash, which ``tests/test_sign_in.py`` looks at.
"""

from typing import Any

from argon2 import PasswordHasher
from werkzeug.routing.rules import Rule

from comments_service import signing
from tests.support import templates

REAL_HASHER, REAL_NOBODYS_HASH = signing._hasher, signing.NOBODYS_HASH
"""As the program has them."""

CHEAP = "m=64,t=1,p=1"


def install() -> None:
    templates.share()
    _share_routes()
    signing._hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    parts = signing.NOBODYS_HASH.split("$")
    signing.NOBODYS_HASH = "$".join([*parts[:3], CHEAP, *parts[4:]])


def _share_routes() -> None:
    built: dict[object, Any] = {}
    build_anew = Rule._compile_builder

    def build_once(self: Rule, append_unknown: bool = True) -> Any:
        if self.defaults:
            return build_anew(self, append_unknown)
        key = (self.rule, tuple(self._trace), append_unknown)
        if key not in built:
            built[key] = build_anew(self, append_unknown)
        return built[key]

    Rule._compile_builder = build_once  # type: ignore[method-assign]
