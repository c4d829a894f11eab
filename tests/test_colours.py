"""Readable in any colour an institution may have."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tertulia_plugins.colours import (
    EDGE_PAIRS,
    MIN_EDGE,
    MIN_TEXT,
    TEXT_PAIRS,
    Scheme,
    contrast,
    luminance,
    palette,
    tokens_css,
)

SCHEMES: tuple[Scheme, ...] = ("light", "dark")
AWKWARD = ("#000000", "#ffffff", "#777777", "#767676", "#ffff00", "#00ff00", "#0000ff", "#ff00ff")

colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def too_faint(colour: str, scheme: Scheme) -> list[str]:
    tokens = palette(colour, scheme)
    wanted = [(pair, MIN_TEXT) for pair in TEXT_PAIRS] + [(pair, MIN_EDGE) for pair in EDGE_PAIRS]
    return [
        f"{one} on {other}: {ratio:.2f}"
        for (one, other), minimum in wanted
        if (ratio := contrast(tokens[one], tokens[other])) < minimum
    ]


class TestContrast:
    """Figures from WCAG 2.2 itself, not from our own code."""

    @pytest.mark.parametrize(
        ("one", "other", "ratio"),
        [
            ("#000000", "#ffffff", 21.0),
            ("#ffffff", "#ffffff", 1.0),
            ("#767676", "#ffffff", 4.54),
            ("#ff0000", "#ffffff", 4.0),
            ("#0000ff", "#ffffff", 8.59),
        ],
    )
    def test_is_that_of_the_standard(self, one: str, other: str, ratio: float) -> None:
        assert contrast(one, other) == pytest.approx(ratio, abs=0.005)
        assert contrast(one, other) == contrast(other, one)

    def test_white_is_one_and_black_is_nothing(self) -> None:
        assert luminance("#ffffff") == pytest.approx(1.0)
        assert luminance("#000000") == 0.0


class TestPalette:
    @pytest.mark.parametrize("scheme", SCHEMES)
    @pytest.mark.parametrize("colour", AWKWARD)
    def test_reads_even_with_awkward_colours(self, colour: str, scheme: Scheme) -> None:
        assert too_faint(colour, scheme) == []

    @pytest.mark.parametrize("scheme", SCHEMES)
    @given(colour=colours)
    def test_reads_with_any_colour(self, scheme: Scheme, colour: str) -> None:
        assert too_faint(colour, scheme) == []

    def test_keeps_the_colour_of_the_institution_itself(self) -> None:
        assert palette("#C0392B", "light")["brand"] == "#c0392b"

    def test_keeps_a_colour_for_links_when_it_can_be_read(self) -> None:
        assert palette("#1f5f5b", "light")["accent"] == "#1f5f5b"


class TestTokens:
    def test_say_the_same_names_in_light_and_dark(self) -> None:
        light, dark = (set(palette("#1f5f5b", scheme)) for scheme in SCHEMES)
        assert light == dark

    def test_are_the_same_bytes_for_the_same_colour(self) -> None:
        assert tokens_css("#1f5f5b") == tokens_css("#1F5F5B")

    def test_hold_nothing_but_colours(self) -> None:
        values = re.findall(r"--[a-z-]+: ([^;]+);", tokens_css("#1f5f5b"))
        assert values
        assert all(re.fullmatch(r"#[0-9a-f]{6}", value) for value in values)
