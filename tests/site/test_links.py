"""Every address in the built demonstration leads somewhere, down to the anchor."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit
from xml.etree import ElementTree

import pytest

from tests.support.html import read_html

from .conftest import URL, Site

LOST = {"/404.html", "/eu/404.html", "/en/404.html"}
"""The server itself leads to these."""


def dead(site: Site, base: str, links: list[str]) -> list[tuple[str, str]]:
    """Those of ``links`` that lead nowhere, with where they stand."""
    whole = [urljoin(f"{URL}{base}", link) for link in dict.fromkeys(links)]
    return [(base, link) for link in whole if site.leads_nowhere(link)]


class TestEveryLink:
    def test_of_a_page_leads_somewhere(self, demonstration: Site) -> None:
        found = [
            fault
            for address, page in demonstration.pages.items()
            for fault in dead(demonstration, address, page.links)
        ]
        assert found == []

    def test_of_a_feed_leads_somewhere(self, demonstration: Site) -> None:
        feeds = [*demonstration.files(".atom.xml"), *feeds_in_json(demonstration)]
        assert len(feeds) > 10
        found = [
            fault
            for feed in feeds
            for fault in dead(demonstration, demonstration.address(feed), links_of(feed))
        ]
        assert found == []

    def test_of_the_sitemap_leads_to_a_page(self, demonstration: Site) -> None:
        listed = links_of(demonstration.folder / "sitemap.xml")
        assert len(listed) > 20
        assert [each for each in listed if urlsplit(each).path not in demonstration.pages] == []

    def test_of_the_style_sheets_leads_to_a_file(self, demonstration: Site) -> None:
        for sheet in demonstration.files(".css"):
            assert "url(" not in sheet.read_text("utf-8"), sheet


class TestEveryPage:
    def test_can_be_reached_from_the_home_page(self, demonstration: Site) -> None:
        reached, waiting = set(LOST), ["/"]
        while waiting:
            address = waiting.pop()
            if address in reached or address not in demonstration.pages:
                continue
            reached.add(address)
            links = demonstration.pages[address].links
            whole = (urlsplit(urljoin(f"{URL}{address}", link)) for link in links)
            waiting += [unquote(each.path) for each in whole if each.netloc in URL]
        assert sorted(demonstration.pages.keys() - reached) == []

    @pytest.mark.parametrize(
        "broken",
        [
            "/2026/11/nada/",
            "/#nada",
            "/comentar/nada",
            "/seguir/nada",
            "/comentar/nada/01k5f6shhrxy25xwa324ftbht4/avisar",
            "/images/nada.png",
            "javascript:void(0)",
        ],
    )
    def test_that_is_missing_would_be_noticed(self, demonstration: Site, broken: str) -> None:
        assert dead(demonstration, "/", ["/", "/archivo/", broken]) != []


def feeds_in_json(site: Site) -> Iterator[Path]:
    for path in site.files(".json"):
        if "jsonfeed" in path.read_text("utf-8")[:200]:
            yield path


def links_of(path: Path) -> list[str]:
    """Every address in a feed or in the sitemap, those in its texts too."""
    if path.suffix == ".json":
        return list(_in_json(json.loads(path.read_text("utf-8"))))
    return list(_in_xml(ElementTree.parse(path).getroot()))  # noqa: S314 - our own


def _in_xml(root: ElementTree.Element) -> Iterator[str]:
    for element in root.iter():
        name = element.tag.rpartition("}")[2]
        if "href" in element.attrib:
            yield element.attrib["href"]
        if name in ("loc", "uri"):
            yield (element.text or "").strip()
        elif element.get("type") == "html":
            yield from read_html(element.text or "").links


def _in_json(data: Any) -> Iterator[str]:
    if isinstance(data, list):
        for each in data:
            yield from _in_json(each)
    elif isinstance(data, dict):
        for key, value in data.items():
            if key.endswith("url"):
                yield value
            elif key == "content_html":
                yield from read_html(value).links
            else:
                yield from _in_json(value)
