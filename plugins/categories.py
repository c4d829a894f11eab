"""Several categories on one article: ``Category: Gestión pública, Referentes``.

``article.categories`` is the list, ``article.category`` its first. Their pages, and which
articles stand there, are the business of ``sections``.
"""

from pelican import signals
from pelican.generators import ArticlesGenerator
from pelican.readers import ensure_metadata_list
from pelican.urlwrappers import Category


def split(generator: ArticlesGenerator, metadata: dict[str, object]) -> None:
    """Make ``categories`` of one line, each once, the first being ``category``."""
    written = metadata.get("category")
    if not isinstance(written, Category):
        return
    names = ensure_metadata_list(written.name) or [written.name]
    categories = list(dict.fromkeys(Category(name, generator.settings) for name in names))
    metadata["categories"] = categories
    metadata["category"] = categories[0]


def register() -> None:
    signals.article_generator_context.connect(split)
