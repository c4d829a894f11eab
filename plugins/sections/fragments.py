"""Parts of pages that are the same wherever they stand in one language: rendered once.

In templates: ``fragment("_footer.html")``. Such a template sees the site and the values it
is given, and nothing of the page around it; a blog's own in its place does too.
"""

from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup
from pelican.generators import Generator

from ..languages import page_language


def share_templates(generator: Generator) -> None:
    """One environment for all generators: each would compile the same templates anew."""
    generator.env = generator.context.setdefault("environment", generator.env)


def install(generator: Generator) -> None:
    """Give the templates of ``generator`` the function; all generators share what it keeps."""
    site: dict[str, Any] = generator.context
    kept: dict[tuple[object, ...], Markup] = site.setdefault("fragments", {})

    @pass_context
    def fragment(context: Context, name: str, **values: Any) -> Markup:
        """The template ``name``, with ``values`` as its variables, each hashable."""
        address: str = context["SITEURL"]  # a path that depends on the page, if RELATIVE_URLS
        key = (name, page_language(context), address, *sorted(values.items(), key=_by_name))
        if key not in kept:
            # The language is known by the file.
            page = {"SITEURL": address, "output_file": context["output_file"]}
            template = context.environment.get_template(name)
            kept[key] = Markup(template.render({**site, **page, **values}))  # noqa: S704 (ours)
        return kept[key]

    generator.env.globals["fragment"] = fragment


def _by_name(item: tuple[str, object]) -> str:
    return item[0]
