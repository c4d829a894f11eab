"""A blog that Pelican can build, with two articles: `hola` and `otra`."""

from pathlib import Path

from tests.support.fixtures import SITE_TOML

CONF = """
from pathlib import Path
from tertulia_plugins.defaults import pelican_settings
globals().update(pelican_settings(Path(__file__).parent, production={production}))
"""

ARTICLE = """Title: Sobre {slug}
Date: 2026-11-01 10:00
Author: Ada Ejemplo
Category: Escucha
Slug: {slug}

Un texto.
"""


def buildable_blog(blog: Path, *slugs: str) -> Path:
    """The folder, with what a build needs."""
    (blog / "content" / "articles").mkdir(parents=True)
    (blog / "content" / "comments").mkdir()
    (blog / "content" / "site.toml").write_text(SITE_TOML, "utf-8")
    (blog / "pelicanconf.py").write_text(CONF.format(production=False))
    (blog / "publishconf.py").write_text(CONF.format(production=True))
    for slug in slugs or ("hola", "otra"):
        (blog / "content" / "articles" / f"{slug}.md").write_text(ARTICLE.format(slug=slug))
    return blog
