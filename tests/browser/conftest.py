"""A real browser against the real program, serving a copy of the demonstration."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from tests.support.service import Service, administrator, copy_of_the_blog, running
from tests.support.skips import need
from tests.support.visitor import Visitor

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2
UNRULY = f"""Title: {LONG}
Date: 2024-02-29 10:00
Author: {LONG}
Category: {LONG}
Tags: {LONG}
Slug: una-palabra-larga
Lang: es
Serie: {LONG}
Pregunta: ¿{LONG}?
Evento: {LONG}
Lugar: {LONG}
Fecha_evento: 2024-03-01 19:00
Summary: {LONG}

## {LONG}

{LONG} <https://example.org/{LONG}/{LONG}> `{LONG}`

| {" | ".join(f"Columna {n}" for n in range(24))} |
|{"---|" * 24}
| {" | ".join(f"número&nbsp;{n}" for n in range(24))} |

    {LONG} {LONG}

> {LONG}
>
> — {LONG}

![Los cubos]({{static}}/images/cubos.svg)
"""
"""An article that would push any page out of shape."""

WORDS = {
    "es": "archivo categorias categoria etiquetas etiqueta autores autor conversaciones".split(),
    "eu": "artxiboa kategoriak kategoria etiketak etiketa egileak egilea elkarrizketak".split(),
    "en": "archive categories category tags tag authors author conversations".split(),
}
"""Each language's words in addresses: archive, categories, category, tags, tag, authors, ..."""

TEXTS = {
    "es": ("normas", "privacidad", "accesibilidad"),
    "eu": ("arauak", "pribatutasuna", "irisgarritasuna"),
    "en": ("rules", "privacy", "accessibility"),
}
ARTICLES = {
    "es": ("/2025/12/moderar-sin-callar/", "/2026/06/hablar-del-presupuesto/"),
    "eu": (
        "/eu/2026/10/euskaraz-galdetu-euskaraz-erantzun/",
        "/eu/2026/11/arratsalde-bat-leihatilan/",
    ),
    "en": ("/en/2026/11/when-the-answer-is-no/", "/en/2026/11/an-afternoon-behind-the-counter/"),
}
"""Of each language one with a long conversation and one about an event."""


SETTINGS = (
    *("cierre", "palabras", "plazos", "festivos", "normas", "respuestas", "palabras-vigiladas"),
    *("estado", "servidor"),
)
"""The pages of Ajustes."""


def chromium() -> str:
    """The program."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    need(found, "Chromium", "apt-get install chromium")
    return str(found)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    launched = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
    yield launched
    launched.close()


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The demonstration, served; its comments are written into the copy."""
    blog = copy_of_the_blog(tmp_path_factory.mktemp("browser") / "blog")
    (blog / "content" / "articles" / "una-palabra-larga.md").write_text(UNRULY, "utf-8")
    # So that the pages of staff have something to warn of.
    broken = next((blog / "content" / "comments").glob("[!_]*/*.md"))
    broken.with_name(f"{'0' * 26}.md").write_text("nothing of use", "utf-8")
    with running(blog) as started:
        yield started


@pytest.fixture(scope="session")
def built(service: Service) -> dict[str, str]:
    """One page of each kind in each language, by name: addresses of the built site."""
    output = service.blog / "output"
    found = {"unruly": "/2024/02/una-palabra-larga/", "missing": "/404.html"}
    for language, words in WORDS.items():
        prefix = "" if language == "es" else f"{language}/"
        archive, categories, category, tags, tag, authors, author, conversations = words
        found |= {
            f"{language} home": f"/{prefix}",
            f"{language} article": ARTICLES[language][0],
            f"{language} event": ARTICLES[language][1],
            f"{language} year": f"/{prefix}2026/",
            f"{language} month": f"/{prefix}2026/11/",
            f"{language} rule": f"/{prefix}{TEXTS[language][0]}/4-v1/",
            **{f"{language} {page}": f"/{prefix}{page}/" for page in TEXTS[language]},
            **{
                f"{language} {name}": f"/{prefix}{name}/"
                for name in (archive, categories, tags, authors, conversations)
            },
            **{
                f"{language} {name}": _first_of(output, f"{prefix}{name}")
                for name in (category, tag, author)
            },
        }
    return {name: service.url + path for name, path in found.items()}


def _first_of(output: Path, folder: str) -> str:
    """Of the pages in a folder, the one that has most in it."""
    pages = sorted(output.glob(f"{folder}/*/index.html"), key=lambda page: page.stat().st_size)
    return f"/{folder}/{pages[-1].parent.name}/"


@pytest.fixture(scope="session")
def served(service: Service) -> dict[str, str]:
    """The service's pages for readers, by name."""
    threads = json.loads((service.blog / "output" / "threads.json").read_text("utf-8"))["threads"]
    key = next(key for key, thread in threads.items() if len(thread["urls"]) > 1)
    reader = Visitor()
    form = reader.get(f"{service.url}/comentar/{key}")
    receipt = reader.send(form, "/comentar/", author="Íñigo", body="Con **fuerza** y `código`.")
    tracking = receipt.url.removesuffix("/recibido")
    return {
        "form": form.url,
        "eu form": f"{form.url}?idioma=eu",
        "receipt": receipt.url,
        "tracking": tracking,
        **{each: f"{tracking}/{each}" for each in ("corregir", "retirar", "borrar", "enlace")},
        "find": f"{service.url}/seguimiento/",
        "erased": f"{service.url}/seguimiento/borrado",
        "sign-in": f"{service.url}/gestion/entrar",
    }


@pytest.fixture(scope="session")
def managed(service: Service, served: dict[str, str]) -> dict[str, str]:
    """The pages of staff, by name."""
    reference = re.search(r"/seguimiento/([^/]+)/", served["tracking"])
    assert reference
    return {
        "tray": f"{service.url}/gestion/",
        "decided": f"{service.url}/gestion/decididos",
        "case": f"{service.url}/gestion/comentario/{reference[1]}",
        "settings": f"{service.url}/gestion/ajustes/",
        "account": f"{service.url}/gestion/cuenta",
        "second factor": f"{service.url}/gestion/cuenta/codigo",
        "passkeys": f"{service.url}/gestion/cuenta/llaves",
        **{page: f"{service.url}/gestion/ajustes/{page}" for page in SETTINGS},
    }


@pytest.fixture(scope="session")
def staff_cookies(service: Service) -> list[Any]:
    """The cookies of the signed-in administrator, as a browser takes them."""
    return [
        {"name": cookie.name, "value": cookie.value, "url": service.url}
        for cookie in administrator(service).cookies
    ]


@pytest.fixture(scope="session")
def checkers() -> Path:
    """Folder of the installed Node checkers."""
    folder = Path(__file__).parent / "node_modules"
    need(
        shutil.which("node") and (folder / "axe-core").is_dir(),
        "Node and the HTML checkers",
        "npm ci --prefix tests/browser",
    )
    return folder


@pytest.fixture(scope="session")
def java() -> str:
    found = shutil.which("java")
    need(found, "Java", "apt-get install default-jre-headless")
    return str(found)
