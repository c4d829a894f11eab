"""What the operator and the institution set: ``site.toml``, the environment, the catalogues.

Reads files once, when an edge asks; every fault is named at once.
"""

from .catalogs import Catalog, load_catalog
from .settings import Settings, load_settings
from .site_file import SiteReader, load_site
from .site_toml import Author, CategoryInfo, Rule, SiteConfig

__all__ = [
    "Author",
    "Catalog",
    "CategoryInfo",
    "Rule",
    "Settings",
    "SiteConfig",
    "SiteReader",
    "load_catalog",
    "load_settings",
    "load_site",
]
