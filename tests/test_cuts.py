"""Leaving out words of a reader's text: never any other word than the reader's own."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments_service.domain.cuts import MARK, cut, pieces
from comments_service.errors import Fault

WORDS = st.sampled_from(["no", "sí", "farola", "**calle**", "Ane", "[…]", "-", "600123456"])
SPACES = st.sampled_from([" ", "  ", "\n", "\n\n", "\n  "])


@st.composite
def texts(draw: st.DrawFn) -> str:
    words = draw(st.lists(WORDS, min_size=1, max_size=14))
    return "".join(word + draw(SPACES) for word in words).strip()


def is_subsequence(some: list[str], of: list[str]) -> bool:
    rest = iter(of)
    return all(word in rest for word in some)


class TestACut:
    @pytest.mark.parametrize(
        ("original", "left", "then"),
        [
            ("Ane es tonta y la calle está sucia.", "Ane y la calle está sucia.",
             "Ane […] y la calle está sucia."),
            ("Vivo en Bide Luze 3. Falta luz.", "Falta luz.", "[…] Falta luz."),
            ("Falta luz. Vivo en Bide Luze 3.", "Falta luz.", "Falta luz. […]"),
            ("Uno.\n\nDos.\n\nTres.", "Uno.\n\nTres.", "Uno.\n\n[…]\n\nTres."),
            ("a b a c", "[…] a c", "[…] a c"),
            ("a b a c", "a [...] c", "a […] c"),
            ("a b c", "a […] c", "a […] c"),
            ("a […] b c", "a […] c", "a […] c"),
            ("a […] b c", "a c", "a […] c"),
            ("Eres tonta, vecina.", "Eres […], vecina.", "Eres […] vecina."),
            ("Eres tonta.", "Eres [...].", "Eres […]"),
        ],
    )  # fmt: skip
    def test_leaves_a_mark_where_words_are_missing(
        self, original: str, left: str, then: str
    ) -> None:
        assert cut(original, left) == then

    @pytest.mark.parametrize("left", ["Ane sabe mucho.", "tonta es Ane", "Ane es tont"])
    def test_of_a_word_that_its_author_did_not_write_there_is_refused(self, left: str) -> None:
        with pytest.raises(Fault):
            cut("Ane es tonta", left)

    @pytest.mark.parametrize("left", ["Ane es tonta", " Ane  es\ntonta ", "", "[…]", "[...]"])
    def test_of_nothing_or_of_everything_is_refused(self, left: str) -> None:
        with pytest.raises(Fault):
            cut("Ane es tonta", left)

    @given(texts(), st.data())
    def test_has_only_its_authors_words_in_their_order_and_a_mark_for_each_gap(
        self, original: str, data: st.DataObject
    ) -> None:
        words = original.split()
        chosen = [word for word in words if data.draw(st.booleans())]
        try:
            then = cut(original, " ".join(chosen))
        except Fault:
            assert not [word for word in chosen if word != MARK] or chosen == words or MARK in words
            return
        assert is_subsequence([each for each in then.split() if each != MARK], words)
        assert MARK in then.split()
        assert any(each.is_cut for each in pieces(original, then)), "it can be told later too"
        found = pieces(original, " ".join(chosen))
        assert "".join(each.space + each.text for each in found) == original.rstrip()
        assert not re.search(rf"{re.escape(MARK)}\s+{re.escape(MARK)}", then) or _doubled(original)

    @given(texts(), texts())
    def test_of_whatever_is_sent_takes_no_word_from_it(self, original: str, sent: str) -> None:
        try:
            then = cut(original, sent)
        except Fault:
            return
        assert is_subsequence([each for each in then.split() if each != MARK], original.split())


def _doubled(original: str) -> bool:
    """Its author wrote two marks in a row."""
    return bool(re.search(rf"{re.escape(MARK)}\s+{re.escape(MARK)}", original))
