"""What the operator and the institution set: ``site.toml``, the environment, the catalogues.

Reads files once, when an edge asks; every fault is named at once. ``config.settings``, the
environment, is imported by name: a build of the blog needs none of it.
"""

from .catalogs import Catalog, load_catalog
from .rules import Rule
from .site_file import SiteReader, load_site
from .site_toml import SiteConfig

__all__ = [
    "Catalog",
    "Rule",
    "SiteConfig",
    "SiteReader",
    "load_catalog",
    "load_site",
]
