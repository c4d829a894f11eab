"""Every setting of Pelican that a blog starts from.

A blog's ``pelicanconf.py`` takes them all with one line and changes what it likes below
it. The reasons that are not plain from Pelican's manual stand beside the setting.
"""

import logging
import os
from collections.abc import Mapping
from datetime import datetime
from importlib.resources import files
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from comments_service.config import SiteConfig, load_catalog, load_site
from comments_service.config.site_files import GOOD_SETTINGS, site_with_settings
from comments_service.config.site_toml import LANGUAGES
from comments_service.config.site_values import Address
from comments_service.errors import N_, Fault, InvalidConfig

from .institution import Placeholders
from .markdown_reader import MarkdownReader
from .posts.quotations import Quotations
from .posts.tables import ScrollingTables
from .sections.addresses import address_settings
from .sections.terms import GENERAL
from .texts import newest_first

LOCAL_ADDRESS = "http://localhost:8000"

PLUGINS = [
    "tertulia_plugins.tolerance",
    "tertulia_plugins.headers",
    "tertulia_plugins.institution",
    "tertulia_plugins.trusted",
    "tertulia_plugins.publication",
    "tertulia_plugins.languages",
    "tertulia_plugins.dates",
    "tertulia_plugins.words",
    "tertulia_plugins.privacy",
    "tertulia_plugins.categories",
    "tertulia_plugins.sections",
    "tertulia_plugins.rules",
    "tertulia_plugins.pictures",
    "tertulia_plugins.feeds",
    "tertulia_plugins.links",
    "tertulia_plugins.comments",
    "tertulia_plugins.posts",
    "tertulia_plugins.structured",
    "tertulia_plugins.sitemap",
    "tertulia_plugins.sharing",
    "tertulia_plugins.compressed",
]


def pelican_settings(blog: Path, *, production: bool) -> dict[str, object]:
    """All settings for the blog in the folder ``blog``.

    production: for readers: nothing that is not yet public is written.
    Raises InvalidConfig for a ``site.toml`` or an environment that cannot be used.
    """
    blog = blog.resolve()
    comments = Path(os.environ.get("TERTULIA_COMMENTS") or blog / "content" / "comments")
    site, faults = site_with_settings(load_site(blog), comments, _good_settings(os.environ))
    theme = Path(str(files("tertulia_theme")))
    return {
        "SITE": site,
        "SETTINGS_FAULTS": faults,
        "SITENAME": site.name,
        "SITESUBTITLE": site.text(site.tagline, site.default_language),
        "DEMONSTRATION": False,  # marks every page; set by the demonstration's own settings
        "SITEURL": _site_url(site, os.environ, production=production),
        "NOW": _now(site, os.environ),
        "DEFAULT_LANG": site.default_language,
        "TIMEZONE": site.timezone,
        "LOCALE": ["C"],  # the same output on every machine: dates are written by Babel
        "PLUGINS": list(PLUGINS),
        **_content(blog, comments, site),
        **_reading(),
        **_theme(blog, theme),
        **_addresses(site, production=production),
        **_feeds(),
        "DEFAULT_CATEGORY": load_catalog(theme / "translations", site.default_language).gettext(
            GENERAL
        ),
    }


def _site_url(site: SiteConfig, environ: Mapping[str, str], *, production: bool) -> str:
    """Never empty: feeds, the form and canonical links need a whole address."""
    given = environ.get("TERTULIA_SITE_URL")
    if not given:
        return site.address if production else LOCAL_ADDRESS
    try:
        return str(TypeAdapter(Address).validate_python(given))
    except ValidationError as error:
        why = N_("must be a web address like https://blog.example.org")
        raise _unusable(Fault("TERTULIA_SITE_URL", why)) from error


def _now(site: SiteConfig, environ: Mapping[str, str]) -> datetime:
    """The instant of the build, in the institution's time: the only one it depends on."""
    given = environ.get("TERTULIA_NOW")
    try:
        now = datetime.fromisoformat(given) if given else datetime.now(site.zone)
    except ValueError:
        now = None
    if now is None or now.tzinfo is None:
        why = N_("must be a time with its offset, like 2026-11-22T10:00:00+01:00")
        raise _unusable(Fault("TERTULIA_NOW", why))
    return now.astimezone(site.zone).replace(microsecond=0)


def _good_settings(environ: Mapping[str, str]) -> Path | None:
    """The copy of what staff set that stands in for a file that cannot be read."""
    folder = environ.get("TERTULIA_LAST_GOOD")
    return Path(folder) / GOOD_SETTINGS if folder else None


def _unusable(fault: Fault) -> InvalidConfig:
    return InvalidConfig(N_("The settings cannot be used:"), [fault])


def _content(blog: Path, comments: Path, site: SiteConfig) -> dict[str, object]:
    """Where things are. Comments are in no list: Pelican's readers trust what they read."""
    logo = [site.logo] if site.logo else []
    return {
        "PATH": str(blog / "content"),
        # They may stand in a repository of their own; reports name them as if here.
        "COMMENTS_FOLDER": str(comments),
        "OUTPUT_PATH": str(blog / "output"),
        "ARTICLE_PATHS": ["articles"],
        "PAGE_PATHS": ["pages"],
        "STATIC_PATHS": ["images", *(path for path in logo if not path.startswith("images/"))],
        "IGNORE_FILES": [".*", "*~", "#*#", "__pycache__"],
        "USE_FOLDER_AS_CATEGORY": False,  # the folder is the year
    }


def _reading() -> dict[str, object]:
    languages = "|".join(LANGUAGES)
    return {
        # Both let raw HTML pass, and docutils has no Basque.
        "READERS": {
            **dict.fromkeys(("rst", "html", "htm")),
            **dict.fromkeys(MarkdownReader.file_extensions, MarkdownReader),
        },
        "MARKDOWN": {
            "extensions": [Placeholders(), Quotations(), ScrollingTables()],
            "extension_configs": {"markdown.extensions.extra": {}, "markdown.extensions.meta": {}},
            "output_format": "html",
        },
        # The name of the file, never the title, makes the address: a title may be corrected.
        "SLUGIFY_SOURCE": "basename",
        "FILENAME_METADATA": (
            r"(?:(?P<date>\d{4}-\d{2}-\d{2})-)?(?P<slug>[a-z0-9][a-z0-9-]*)"
            rf"(?:\.(?P<lang>{languages}))?$"
        ),
        "ARTICLE_ORDER_BY": newest_first,
        "ARTICLE_TRANSLATION_ID": "thread",
        "PAGE_TRANSLATION_ID": "thread",
        # Decoration has an empty alt on purpose; of a link that leads nowhere we tell the file,
        # too. Every other warning is a fault.
        "LOG_FILTER": [
            (logging.WARNING, "Empty alt attribute for image %s in %s"),
            (logging.WARNING, "Unable to find '%s', skipping url replacement."),
        ],
    }


def _theme(blog: Path, theme: Path) -> dict[str, object]:
    """The theme of the package; files of the same name in the blog's ``theme/`` stand over it."""
    own = blog / "theme"
    overrides = [own] if own.is_dir() and own.resolve() != theme.resolve() else []
    return {
        "THEME": str(theme),
        "THEME_TEMPLATES_OVERRIDES": [str(folder / "templates") for folder in overrides],
        "THEME_STATIC_PATHS": ["static", *(str(folder / "static") for folder in overrides)],
        "JINJA_ENVIRONMENT": {
            "autoescape": True,
            "extensions": ["jinja2.ext.i18n"],
            "auto_reload": False,  # no template changes within a build; asking costs a tenth of it
        },
        "DIRECT_TEMPLATES": ["404"],  # the others are written by `sections`
        "PAGINATED_TEMPLATES": dict.fromkeys(
            ["index", "category", "tag", "author", "conversations"]
        ),
        "DEFAULT_PAGINATION": 10,
    }


def _addresses(site: SiteConfig, *, production: bool) -> dict[str, object]:
    """Folders for addresses, so that no page's number runs into another page's name."""
    addresses = {
        "ARTICLE": "{date:%Y}/{date:%m}/{slug}/",
        "ARTICLE_LANG": "{lang}/{date:%Y}/{date:%m}/{slug}/",
        "PAGE": "{slug}/",
        "PAGE_LANG": "{lang}/{slug}/",
        "DRAFT": "borradores/{slug}/",
        "DRAFT_LANG": "borradores/{lang}/{slug}/",
        "DRAFT_PAGE": "borradores/paginas/{slug}/",
        "DRAFT_PAGE_LANG": "borradores/paginas/{lang}/{slug}/",
    }
    settings: dict[str, object] = {}
    for name, address in addresses.items():
        settings[f"{name}_URL"] = address
        hidden = production and name.startswith("DRAFT")
        settings[f"{name}_SAVE_AS"] = "" if hidden else f"{address}index.html"
    return {
        **settings,
        **address_settings(site.default_language, ""),
        "404_SAVE_AS": "404.html",
        "404_URL": "404.html",
        # Pelican's own check, by the clock, stands behind ours, by NOW: a blog built without
        # our plugins does not show tomorrow's post either.
        "WITH_FUTURE_DATES": False,
    }


def _feeds() -> dict[str, object]:
    """Pelican writes none: those of `feeds` hold one language each and have permanent ids."""
    kinds = ("FEED_ALL_ATOM", "TRANSLATION_FEED_ATOM", "CATEGORY_FEED_ATOM", "AUTHOR_FEED_ATOM")
    return {**dict.fromkeys([*kinds, "AUTHOR_FEED_RSS"]), "FEED_MAX_ITEMS": 50}
