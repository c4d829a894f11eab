"""The institution in staff's texts and in the colours of the site.

In articles and pages, in titles and texts, ``{institution}`` stands for the institution's
name and ``{institution.email}``, ``.phone``, ``.address``, ``.registry``, ``.dpo``,
``.tax_id`` and ``.accessibility_reviewed`` for what ``content/site.toml`` says about it. So a
page of legal notice names nobody and holds for every institution.
"""

import re
from collections.abc import Callable
from html import escape
from pathlib import Path

from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor
from pelican import Pelican, signals
from pelican.generators import Generator

from comments_service.config import SiteConfig, dates
from comments_service.config.site_toml import LANGUAGES
from comments_service.errors import N_, Fault, InvalidConfig

from .colours import tokens_css
from .report import note, refuse
from .texts import Text, is_text

NOTHING_SET = "—"
TOKENS = "theme/css/tokens.css"

_PLACEHOLDER = re.compile(r"\{institution(?:\.([a-z_]+))?\}")
_STAND_IN = re.compile(r"tertulia0institution0([a-z-]*)0")


def values(site: SiteConfig, language: str) -> dict[str, str | None]:
    """What each placeholder stands for in a text in ``language``, by the name after the dot
    ("" has none)."""
    reviewed = site.legal.accessibility_reviewed
    written = language if language in LANGUAGES else site.default_language
    return {
        "": site.named(language),
        "email": site.contact.email,
        "phone": site.contact.phone,
        "address": site.contact.address,
        "registry": site.contact.registry,
        "dpo": site.legal.dpo,
        "tax_id": site.legal.tax_id,
        "accessibility_reviewed": dates.short(reviewed, written) if reviewed else None,
    }


class _StandIns(Preprocessor):
    """Letters and digits in the place of each placeholder: Markdown leaves them alone.

    Braces would be taken for a list of attributes at the end of a heading, and a name put
    in before Markdown reads the text would be read as Markdown.
    """

    def run(self, lines: list[str]) -> list[str]:
        return [_PLACEHOLDER.sub(_stand_in, line) for line in lines]


def _stand_in(found: re.Match[str]) -> str:
    return f"tertulia0institution0{(found[1] or '').replace('_', '-')}0"


class Placeholders(Extension):
    """Markdown extension that carries the placeholders through."""

    def extendMarkdown(self, md: Markdown) -> None:
        # After the header lines were taken away (27), before blocks of code are (25).
        md.preprocessors.register(_StandIns(md), "institution", 26)


def fill_in(content: object) -> None:
    """Put the institution into the text, the summary and the title of an article or page.

    The address was made before: it keeps when the institution changes its name.
    """
    if not is_text(content):
        return

    def value(name: str) -> str:
        return _value(content, name)

    content._content = _filled(content._content, value)
    if "summary" in content.metadata:
        content.metadata["summary"] = _filled(content.metadata["summary"], value)
        content._summary = content.metadata["summary"]
    if hasattr(content, "title"):
        content.title = _PLACEHOLDER.sub(lambda found: value(found[1] or ""), content.title)
        content.metadata["title"] = content.title


def _filled(html: str, value: Callable[[str], str]) -> str:
    return _STAND_IN.sub(lambda found: escape(value(found[1].replace("-", "_"))), html)


def _value(content: Text, name: str) -> str:
    known = values(content.settings["SITE"], content.lang)
    if name not in known:
        refuse(content, "", N_("there is no {institution.%(name)s}"), name=name)
        return NOTHING_SET
    if known[name] is None:
        unset = N_("{institution.%(name)s} has no value: set it in content/site.toml")
        note(content, "", unset, name=name)
    return known[name] or NOTHING_SET


def check_settings(pelican: Pelican) -> None:
    """Refuse to build without what every page needs. Raises InvalidConfig."""
    settings = pelican.settings
    site = settings.get("SITE")
    if not isinstance(site, SiteConfig):
        why = N_("must come from tertulia_plugins.defaults.pelican_settings")
        raise _wrong(Fault("SITE", why))
    faults = []
    if not settings["SITEURL"]:
        faults.append(Fault("SITEURL", N_("must not be empty")))
    if settings["DEFAULT_LANG"] != site.default_language:
        faults.append(Fault("DEFAULT_LANG", N_("is the first of `languages` in site.toml")))
    if faults:
        raise _wrong(*faults)


def _wrong(*faults: Fault) -> InvalidConfig:
    return InvalidConfig(N_("The settings cannot be used:"), faults)


def write_tokens(generators: list[Generator]) -> None:
    """The stylesheet of the institution's colours; static files are copied after it."""
    path = Path(generators[0].output_path) / TOKENS
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(tokens_css(generators[0].settings["SITE"].colour), "utf-8")


def register() -> None:
    signals.initialized.connect(check_settings)
    signals.content_object_init.connect(fill_in)
    signals.all_generators_finalized.connect(write_tokens)
