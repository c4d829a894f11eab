"""The handbook in each language: the same pages, the same parts, links that lead somewhere."""

import re

import pytest
from flask.testing import FlaskClient

from comments_service.web.handbook import FOLDER, PAGES

LANGUAGES = ("es", "eu", "en")


def written(language: str, name: str) -> str:
    return (FOLDER / language / f"{name}.md").read_text("utf-8")


class TestPages:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_the_contents_lead_to_every_page_in_its_language(
        self, reader: FlaskClient, language: str
    ) -> None:
        contents = reader.get(f"/ayuda/?idioma={language}").get_data(as_text=True)
        for name in PAGES:
            assert f"/ayuda/{name}?idioma={language}" in contents
            shown = reader.get(f"/ayuda/{name}?idioma={language}")
            assert shown.status_code == 200
            assert f'<html lang="{language}">' in shown.get_data(as_text=True)

    def test_a_page_has_one_heading_of_the_first_level_and_no_markdown_left(
        self, reader: FlaskClient
    ) -> None:
        page = reader.get("/ayuda/moderacion").get_data(as_text=True)
        assert page.count("<h1") == 1
        assert "**" not in page
        assert "<h2>" in page

    def test_a_page_that_is_none_is_like_any_unknown_one(self, reader: FlaskClient) -> None:
        assert reader.get("/ayuda/otra").status_code == 404
        assert reader.get("/ayuda/..%2f..%2fsecrets").status_code == 404

    def test_links_stand_below_the_address_of_the_site(self, reader: FlaskClient) -> None:
        page = reader.get("/ayuda/lectores").get_data(as_text=True)
        assert 'href="http://localhost:8000/seguimiento/"' in page

    def test_every_page_for_readers_leads_to_it(self, reader: FlaskClient) -> None:
        for path in ("/seguimiento/", "/comentar/hola", "/gestion/entrar"):
            assert "/ayuda/" in reader.get(path).get_data(as_text=True)


class TestTexts:
    @pytest.mark.parametrize("name", PAGES)
    def test_a_page_has_the_same_parts_in_each_language(self, name: str) -> None:
        shapes = {
            language: re.findall(r"^(#+|- |    \S+:)", written(language, name), re.MULTILINE)
            for language in LANGUAGES
        }
        assert shapes["es"] == shapes["eu"] == shapes["en"]

    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("name", PAGES)
    def test_what_is_typed_as_code_is_the_same_in_each_language(
        self, language: str, name: str
    ) -> None:
        assert sorted(re.findall(r"`[^`]+`", written(language, name))) == sorted(
            re.findall(r"`[^`]+`", written("es", name))
        )
