"""The privacy page prints what the service declares."""

import re

import pytest

from comments_service.domain.personal_data import DECLARED

from .conftest import NewBlog, SmallBlog, text_of


class TestThePrivacyPage:
    def test_lists_every_kind_of_data_that_is_declared(self, small_blog: SmallBlog) -> None:
        small_blog.page("privacidad", "Así lo hacemos.", template="privacy")
        page = small_blog.built().page("/privacidad/")
        assert page.count('<th scope="row">') == len(DECLARED)
        words = text_of(page)
        assert "Si no, 6 meses; la publicidad, 30 días." in words
        assert "12 meses desde el último comentario o aviso" in words

    @pytest.mark.parametrize(
        ("lang", "words"),
        [("eu", "Zortzi egun; egin zuen gakoa ere orduan"), ("en", "Eight days; the key that")],
    )
    def test_speaks_the_language_of_its_text(
        self, small_blog: SmallBlog, lang: str, words: str
    ) -> None:
        small_blog.page("privacidad", template="privacy", lang=lang)
        assert words in text_of(small_blog.built().page(f"/{lang}/privacidad/"))

    @pytest.mark.parametrize("lang", ["es", "eu"])
    def test_leaves_no_word_of_the_declaration_in_english(
        self, small_blog: SmallBlog, lang: str
    ) -> None:
        small_blog.page("privacidad", template="privacy", lang=lang)
        page = small_blog.built().page(f"{'' if lang == 'es' else f'/{lang}'}/privacidad/")
        words = text_of(page)
        for data in DECLARED:
            for said in (data.what, data.purpose, data.kept):
                longest = max(re.split(r"%\(\w+\)s", said), key=len)
                assert longest not in words

    def test_tells_the_terms_that_site_toml_sets(self, new_blog: NewBlog) -> None:
        blog = new_blog(
            'name = "X"\naddress = "https://x.example"\nlanguages = ["es"]\n'
            "[retention]\nunpublished_months = 3\n"
        )
        blog.article("una")
        blog.page("privacidad", template="privacy")
        assert "Si no, 3 meses;" in text_of(blog.built().page("/privacidad/"))
