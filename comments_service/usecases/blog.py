"""One blog, opened: everything that a use case may need of it."""

import os
from dataclasses import dataclass
from pathlib import Path

from .. import signing
from ..config import Settings, SiteConfig, load_site
from ..config.settings import is_trial
from ..errors import N_, CannotStart
from ..site.manifest import ManifestReader
from ..store import migrations
from ..store.engine import Store, open_store


@dataclass(frozen=True, slots=True)
class Blog:
    """The settings, the institution, the database, the built site's threads, the keys."""

    settings: Settings
    site: SiteConfig
    store: Store
    manifest: ManifestReader
    link_key: bytes
    network_key: bytes

    @property
    def comments_folder(self) -> Path:
        return self.settings.content_folder / "comments"

    @property
    def site_url(self) -> str:
        return self.settings.site_url or self.site.address

    @property
    def is_trial(self) -> bool:
        """Nobody but this machine can reach it: no second factor, drafts are built."""
        return is_trial(self.settings, self.site_url)


def open_blog(settings: Settings) -> Blog:
    """Open the blog that the settings name, making database, tables and keys at first need.

    Raises InvalidConfig, CannotStart, WrongDatabase.
    """
    site = load_site(settings.blog)
    _make_private_folder(settings.var_folder)
    master = _master_key(settings.var_folder / "secrets" / "master.key")
    store = open_store(settings.database)
    migrations.upgrade(store)
    return Blog(
        settings=settings,
        site=site,
        store=store,
        manifest=ManifestReader(settings.output_folder / "threads.json"),
        link_key=signing.derived(master, "reader links"),
        network_key=signing.derived(master, "sign-in limits"),
    )


def _make_private_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "secrets").mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise CannotStart(
            N_("The folder %(folder)s cannot be made: %(why)s"), folder=folder, why=error.strerror
        ) from error


def _master_key(path: Path) -> bytes:
    """The key of this blog, made once; the file is readable by its owner alone."""
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        key = path.read_bytes()
        if len(key) != signing.MASTER_KEY_BYTES:
            raise CannotStart(
                N_(
                    "%(path)s is not a whole key (%(size)s bytes). Restore it from a backup;"
                    " without it readers' private links stop working."
                ),
                path=path,
                size=len(key),
            ) from None
        return key
    key = os.urandom(signing.MASTER_KEY_BYTES)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    return key
