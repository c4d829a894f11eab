"""One blog, opened: everything that a use case may need of it."""

import contextlib
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from .. import signing
from ..config import SiteConfig, SiteReader
from ..config.settings import Settings, is_trial
from ..errors import N_, CannotStart
from ..mail.trial import Mailbox
from ..site import rules
from ..site.manifest import ManifestReader
from ..store import migrations
from ..store.engine import Store, open_store
from .public_site import site_folder
from .withdraw import erase_again


@dataclass(frozen=True, slots=True)
class Blog:
    """The settings, the institution, the database, the built site's threads and rules, the keys.

    mailbox: where the mails of a trial stay.
    """

    settings: Settings
    read_site: Callable[[], SiteConfig]
    store: Store
    manifest: ManifestReader
    rules: rules.RulesReader
    link_key: bytes
    network_key: bytes
    address_key: bytes
    mailbox: Mailbox = field(default_factory=Mailbox)

    @property
    def site(self) -> SiteConfig:
        """The institution, as ``site.toml`` says now."""
        return self.read_site()

    @property
    def comments_folder(self) -> Path:
        return self.settings.comments_folder

    @property
    def site_folder(self) -> Path:
        """Where ``threads.json`` and ``build-report.json`` of the site are on this machine."""
        return site_folder(self.settings)

    @property
    def site_url(self) -> str:
        return self.settings.site_url or self.site.address

    @property
    def is_trial(self) -> bool:
        """Nobody but this machine can reach it: no second factor, drafts are built."""
        return is_trial(self.settings, self.site_url)

    @property
    def can_send(self) -> bool:
        """Mails reach their readers; in a trial without a mail server, ``mailbox`` takes them."""
        return self.settings.smtp_host is not None or self.is_trial


def open_blog(settings: Settings) -> Blog:
    """Open the blog that the settings name, making database, tables and keys at first need.

    What was erased and came back with a backup is erased again before anything is served.

    Raises InvalidConfig, CannotStart, WrongDatabase.
    """
    read_site = SiteReader(settings.blog)
    _make_private_folder(settings.var_folder)
    master = _master_key(settings.var_folder / "secrets" / "master.key")
    store = open_store(settings.database)
    migrations.upgrade(store)
    blog = Blog(
        settings=settings,
        read_site=read_site,
        store=store,
        manifest=ManifestReader(
            site_folder(settings) / "threads.json",
            believed=settings.var_folder / "believed.json",
            fetched_from=_fetched_from(settings, read_site),
        ),
        rules=rules.RulesReader(site_folder(settings) / rules.FILE),
        link_key=signing.derived(master, "reader links"),
        network_key=signing.derived(master, "sign-in limits"),
        address_key=signing.derived(master, "readers' e-mail"),
    )
    erase_again(blog)
    return blog


def _fetched_from(settings: Settings, read_site: SiteReader) -> str | None:
    """The address of a site that something else builds; None: this machine does."""
    return None if settings.build == "here" else settings.site_url or read_site().address


def _make_private_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)  # what waits for a decision is nobody else's to read
        (folder / "secrets").mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise CannotStart(
            N_("The folder %(folder)s cannot be made: %(why)s"), folder=folder, why=error.strerror
        ) from error


def _master_key(path: Path) -> bytes:
    """The key of this blog, made once and whole; the file is readable by its owner alone."""
    try:
        if not path.exists():
            _write_key(path)
        key = path.read_bytes()
    except OSError as error:
        raise CannotStart(
            N_("The folder %(folder)s cannot be made: %(why)s"),
            folder=path.parent,
            why=error.strerror,
        ) from error
    if len(key) != signing.MASTER_KEY_BYTES:
        raise CannotStart(
            N_(
                "%(path)s is not a whole key (%(size)s bytes). Restore it from a backup;"
                " without it readers' private links stop working."
            ),
            path=path,
            size=len(key),
        )
    return key


def _write_key(path: Path) -> None:
    """Whole or not at all; of two processes that start at once, the first one's stays."""
    with tempfile.NamedTemporaryFile(dir=path.parent) as file:  # made with mode 0600
        file.write(os.urandom(signing.MASTER_KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(file.name, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
