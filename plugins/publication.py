"""What is not yet public: drafts, and posts dated after the instant of the build."""

import copy
from typing import Any

from pelican import signals
from pelican.generators import ArticlesGenerator, PagesGenerator

from .texts import Text, is_article


def hold_back(content: object) -> None:
    """Make a draft of an article whose date is after NOW."""
    if is_article(content) and hasattr(content, "date") and content.date > content.settings["NOW"]:
        content.status = "draft"


def is_scheduled(text: Text) -> bool:
    """Whether this is an article that only waits for its day; its author wrote no draft."""
    if not is_article(text) or text.status != "draft":
        return False
    return str(text.metadata.get("status", "published")).lower() == "published"


def on_its_day(text: Text) -> Any:
    """The text as it is when it is public: its address is another then, unless it names one."""
    public: Any = copy.copy(text)
    public.status = "published"
    for name in {"url", "save_as"} - set(text.metadata):
        vars(public).pop(f"override_{name}", None)  # kept by ``sections.fix_addresses``
    return public


def drop_draft_articles(generator: ArticlesGenerator) -> None:
    """For readers, no draft exists; with a ``Save_as`` of its own it would be written."""
    if not generator.settings["DRAFT_SAVE_AS"]:
        generator.drafts.clear()
        generator.drafts_translations.clear()


def drop_draft_pages(generator: PagesGenerator) -> None:
    if not generator.settings["DRAFT_PAGE_SAVE_AS"]:
        generator.draft_pages.clear()
        generator.draft_translations.clear()


def register() -> None:
    signals.content_object_init.connect(hold_back)
    signals.article_generator_finalized.connect(drop_draft_articles)
    signals.page_generator_finalized.connect(drop_draft_pages)
