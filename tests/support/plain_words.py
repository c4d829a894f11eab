"""The terms of DESIGN section 2 that are ours, and the word that people read instead."""

import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Term:
    """One term of ours. instead: what screens and mails say, in English and Spanish. The
    patterns find it in each language; "" where its word is an ordinary one with another meaning."""

    instead: str
    en: str
    es: str = ""
    eu: str = ""


TERMS = (
    Term(
        "comment; its reference / comentario; su referencia",
        r"(?<!\bin )(?<!\bin any )(?<!\bin that )\bcases?\b",
        r"(?<!en )(?<!en ese )(?<!en todo )(?<!en cualquier )(?<!hacer )(?<!al )\bcasos?\b",
        r"\bkasu(?!an\b|etan\b)\w*",
    ),
    Term("conversation / conversación", r"\bthreads?\b", r"\bhilos?\b", r"\bhari(?:a|ak|an|ko)\b"),
    Term("list / lista", r"\btrays?\b|\bqueues?\b", r"\bbandejas?\b|\bcolas?\b", r"\berretilu\w*"),
    Term("new wording / nueva redacción", r"\brevisions?\b"),
    Term("waits / espera", r"\bheld\b|\bon hold\b", r"\bretenid[oa]s?\b", r"\batxikita\b"),
    Term("how it stands / cómo está", r"\bstanding\b|\bvisibility\b", r"\bvisibilidad\b"),
    Term("why it was marked / por qué está marcado", r"\bscreening\b", r"\bcribado\b"),
    Term("in a moment, soon / enseguida", r"\boutbox\b|\bticks\b|\bthe tick\b", r"\btick\b"),
    Term("the articles / las entradas", r"\bmanifests?\b", r"\bmanifiestos?\b"),
    Term("once a day / una vez al día", r"\bdigests?\b", r"\bdigest\b"),
    Term("to read, to decide / leer, decidir", r"\btriage\b", r"\btriaje\b"),
    Term("link / enlace", r"\btokens?\b|\bslugs?\b|\bhash\b", r"\btokens?\b|\bslugs?\b|\bhash\b"),
    Term("is looking at it / lo está mirando", r"\bclaim(?:s|ed)?\b", r"\breclamad[oa]s?\b"),
    Term("sign in another way", r"\bWSGI\b|\bCSRF\b", r"\bWSGI\b|\bCSRF\b", r"\bWSGI\b|\bCSRF\b"),
    Term(
        "the page changes / la página cambia",
        r"\b(?:a|the|new|last) build\b|\bcommits?\b",
        r"\bbuild|\bcommits?\b",
    ),
    Term("withdrawn comment / comentario retirado", r"\btombstones?\b", r"\blápidas?\b"),
    Term("marked / marcado", r"\bflag(?:s|ged)?\b", r"\bflag\b"),
)


def found(text: str, language: str) -> Iterator[str]:
    """The terms of ours in a text, with what to say instead."""
    for term in TERMS:
        pattern = getattr(term, language)
        for match in re.finditer(pattern, text, re.IGNORECASE) if pattern else ():
            yield f"“{match[0]}”: say {term.instead}"
