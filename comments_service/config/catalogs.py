"""gettext catalogues, read from their ``.po`` files: no compiled file to keep in step.

English is the language of the messages themselves; ``es`` and ``eu`` have a file each.
"""

import io
from functools import cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

Catalog = Translations


@cache
def load_catalog(folder: Path, language: str) -> Catalog:
    """The catalogue ``<folder>/<language>/LC_MESSAGES/messages.po``; empty if there is none."""
    path = folder / language / "LC_MESSAGES" / "messages.po"
    if not path.is_file():
        return Translations()
    with path.open("rb") as source:
        catalog = read_po(source, locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return Translations(compiled)
