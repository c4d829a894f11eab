"""One blog, opened: everything that a use case may need of it."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from .. import signing
from ..config import SiteConfig, SiteReader
from ..config.settings import Settings, is_trial
from ..errors import N_, CannotStart
from ..mail.trial import Mailbox
from ..site import rules
from ..site.manifest import ManifestReader
from ..store import migrations
from ..store.engine import Store, open_store
from . import key_files
from .key_files import Keys
from .public_site import site_folder
from .set_by_staff import SetByStaff
from .withdraw import erase_again


@dataclass(frozen=True, slots=True)
class Blog:
    """The settings, the institution, the database, the built site's threads and rules, the keys.

    mailbox: where the mails of a trial stay.
    """

    settings: Settings
    set_by_staff: SetByStaff
    store: Store
    manifest: ManifestReader
    rules: rules.RulesReader
    link_key: bytes
    network_key: bytes
    address_key: bytes
    lookup_key: bytes
    staff_key: bytes
    kept_codes_key: bytes
    mailbox: Mailbox = field(default_factory=Mailbox)

    @property
    def site(self) -> SiteConfig:
        """The institution, as ``site.toml`` and what staff set say now."""
        return self.set_by_staff.site

    @property
    def comments_folder(self) -> Path:
        return self.settings.comments_folder

    @property
    def site_url(self) -> str:
        return self.settings.site_url or self.site.address

    @property
    def host(self) -> str:
        """Of the site's address, without port."""
        return urlsplit(self.site_url).hostname or ""

    @property
    def is_trial(self) -> bool:
        """Nobody but this machine can reach it: no second factor, drafts are built."""
        return is_trial(self.settings, self.site_url)

    @property
    def can_send(self) -> bool:
        """Mails reach their readers; in a trial without a mail server, ``mailbox`` takes them."""
        return self.settings.smtp_host is not None or self.is_trial

    @property
    def keeps_mails(self) -> bool:
        """A trial without a mail server: its mails are read at ``/correos``."""
        return self.settings.smtp_host is None and self.is_trial


def open_blog(settings: Settings) -> Blog:
    """Open the blog that the settings name, making database, tables and keys at first need.

    What was erased and came back with a backup is erased again before anything is served.

    Raises InvalidConfig, CannotStart, WrongDatabase.
    """
    read_site = SiteReader(settings.blog)
    _make_private_folder(settings.var_folder)
    key_files.begin(key_files.key_file(settings))
    store = open_store(settings.database)
    migrations.upgrade(store)
    blog = assembled(settings, read_site, store, key_files.settled(settings, store))
    erase_again(blog)
    return blog


def of_addresses(master: bytes) -> bytes:
    """The key that seals readers' e-mail."""
    return signing.derived(master, "readers' e-mail")


of_lookups = of_addresses
"""The key by which an address is found again; after a rotation that one of an earlier master."""


def of_staff(master: bytes) -> bytes:
    """The key that seals the secrets of staff's telephones."""
    return signing.derived(master, "staff's second factor")


def assembled(settings: Settings, read_site: SiteReader, store: Store, keys: Keys) -> Blog:
    """The blog of these parts; nothing is read, made or changed by putting them together."""
    return Blog(
        settings=settings,
        set_by_staff=SetByStaff(read_site, store),
        store=store,
        manifest=ManifestReader(
            site_folder(settings) / "threads.json",
            believed=settings.var_folder / "believed.json",
            fetched_from=_fetched_from(settings, read_site),
        ),
        rules=rules.RulesReader(site_folder(settings) / rules.FILE),
        link_key=signing.derived(keys.given_out, "reader links"),
        network_key=signing.derived(keys.master, "sign-in limits"),
        address_key=of_addresses(keys.master),
        lookup_key=of_lookups(keys.given_out),
        staff_key=of_staff(keys.master),
        kept_codes_key=of_staff(keys.given_out),
    )


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
