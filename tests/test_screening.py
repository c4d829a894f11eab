"""The notes that automatic checks write for staff."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments_service import screening
from tests import hostile


def notes(
    body: str = "Una idea: abrid también por la tarde.",
    author: str = "Aitor",
    trap: str = "",
    earlier: int = 0,
) -> list[str]:
    return screening.screen(author=author, body=body, trap=trap, earlier_same_text=earlier)


class TestScreening:
    def test_has_nothing_to_say_about_a_plain_comment(self) -> None:
        assert notes() == []

    @pytest.mark.parametrize("name", hostile.HONEST)
    def test_has_nothing_to_say_about_honest_texts(self, name: str) -> None:
        assert notes(hostile.HONEST[name], author="Ñ. O'Brien-Etxeberria (vecina)") == []

    def test_notes_the_field_that_only_a_machine_sees(self) -> None:
        assert notes(trap="https://example.org") == ["trap"]
        assert notes(trap=" ") == []

    def test_notes_more_than_two_addresses(self) -> None:
        two = "Mirad https://a.example.org y www.b.example.org, que lo explican bien."
        assert notes(two) == []
        assert notes(f"{two} Y HTTP://c.example.org/d.") == ["links"]

    def test_notes_a_text_of_addresses_only(self) -> None:
        assert notes("Buy: https://example.org/pills") == ["only_links"]
        assert notes("[Buy now](https://example.org/pills)") == ["only_links"]
        assert notes("Sí") == []

    @pytest.mark.parametrize("author", ["https://example.org", "www.example.es", "Cheap-Pills.com"])
    def test_notes_an_address_in_the_place_of_a_name(self, author: str) -> None:
        assert notes(author=author) == ["address_as_name"]

    def test_notes_a_text_in_capitals(self) -> None:
        assert notes("¡ESTO ES UNA VERGÜENZA PARA EL PUEBLO!") == ["capitals"]
        assert notes("La OTAN, la ONU, la UE y la OMS.") == []
        assert notes("¡NO!") == []
        assert (
            notes("Este es el enlace: https://example.org/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA") == []
        )

    def test_notes_a_text_that_was_sent_before(self) -> None:
        assert notes(earlier=1) == ["repeated"]

    def test_gives_every_note_that_applies_in_the_order_of_the_table(self) -> None:
        body = " ".join(["HTTPS://EXAMPLE.ORG"] * 3)
        assert notes(body, author="a.com", trap="x", earlier=3) == [
            "trap",
            "links",
            "only_links",
            "address_as_name",
            "repeated",
        ]

    def test_has_a_sentence_for_every_note(self) -> None:
        assert all(sentence.endswith(".") for sentence in screening.NOTES.values())

    @given(st.text(), st.text(), st.text(), st.integers(min_value=0))
    def test_of_any_text_gives_notes_of_the_table(
        self, author: str, body: str, trap: str, earlier: int
    ) -> None:
        assert set(notes(body, author, trap, earlier)) <= set(screening.NOTES)


class TestTheNameOfAColleague:
    def noted(self, author: str, *colleagues: str) -> list[str]:
        return screening.screen(
            author=author, body="Hola", trap="", earlier_same_text=0, colleagues=colleagues
        )

    @pytest.mark.parametrize(
        "author",
        [
            "Ana Peña Ruiz",
            "ANA  PEÑA RUIZ",
            "ana peña ruíz",
            "Ana\u200b Peña Ruiz",
            "Ana Peña-Ruiz",
            "\u0410n\u0430 Pe\u00f1\u0430 Ruiz",
            "An\u03b1 Peña Rui\u0396",
            "Ana Peña Ru1z",
            "\uff21na Peña Ruiz",
        ],
    )
    def test_is_noted_however_it_is_spelled(self, author: str) -> None:
        assert self.noted(author, "Otra Persona", "Ana Peña Ruiz") == ["colleague"]

    @pytest.mark.parametrize("author", ["Ana", "Ana Pena Ruiz", "Ana Peña", "Peña Ruiz", "李明"])
    def test_is_not_seen_in_other_names(self, author: str) -> None:
        assert self.noted(author, "Ana Peña Ruiz") == []
        assert self.noted(author) == []
