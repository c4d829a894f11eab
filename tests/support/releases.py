"""A blog as an earlier release left it, on any database."""

import json
import shutil
from pathlib import Path
from typing import Any

from comments_service.config.settings import Settings
from comments_service.store import dump, migrations
from comments_service.store.engine import open_store

RELEASES = Path(__file__).parent.parent / "releases"
SCHEMA_OF = {"0.1.0": ("0001", 9)}
"""Schema revision and highest case number of each release."""


def release(version: str, folder: Path, database_url: str) -> Settings:
    """Put the blog of a release into ``folder``, its rows into an empty database."""
    kept = RELEASES / version
    shutil.copytree(kept / "blog", folder)
    shutil.copytree(kept / "site", folder / "output")
    secrets = folder / "var" / "secrets"
    secrets.mkdir(parents=True)
    key = bytes.fromhex((kept / "master.key.hex").read_text().strip())
    (secrets / "master.key").write_bytes(key)
    settings = Settings(blog=folder, database_url=database_url, site_url="http://localhost:8000")
    schema, last_case = SCHEMA_OF[version]
    store = open_store(settings.database)
    with store.write() as connection, (kept / "database.jsonl").open("rb") as lines:
        migrations.make(connection, schema)
        dump.read(connection, lines, lambda _rows: None, last_case=last_case)
    store.close()
    return settings


def expected(version: str) -> Any:
    """What a release's blog must still show and do: see ``tests/releases/README.md``."""
    return json.loads((RELEASES / version / "expected.json").read_text("utf-8"))
