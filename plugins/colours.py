"""Every colour of the site from the institution's one colour, in light and in dark.

Neutrals are warm and fixed; what carries the institution's hue is moved in lightness
until it can be read on every ground that it may stand on. ``TEXT_PAIRS`` and
``EDGE_PAIRS`` are the promise, and the tests hold it for any colour.

Contrast is that of WCAG 2.2 (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio):
4.5 for text (1.4.3), 3 for the edges of controls and for the focus (1.4.11, 2.4.13).
"""

import colorsys
from collections.abc import Iterable, Mapping
from typing import Literal

Scheme = Literal["light", "dark"]
Palette = dict[str, str]
"""Token name, without its ``--``, to ``#rrggbb``."""

MIN_TEXT = 4.5
MIN_EDGE = 3.0
_CALM = 5.2
"""What we aim at for links and labels: a little over the minimum."""

GROUNDS = ("ground", "surface", "sunken", "tint")
"""What the pages stand on; all text colours can be read on all of them."""

TEXT_PAIRS = (
    *((text, ground) for text in ("ink", "ink-soft", "accent", "strong") for ground in GROUNDS),
    *((state, ground) for state in ("danger", "good") for ground in GROUNDS),
    ("danger", "danger-tint"),
    ("ink", "danger-tint"),
    ("good", "good-tint"),
    ("ink", "good-tint"),
    ("on-accent", "accent"),
    ("on-accent", "strong"),
    ("on-danger", "danger"),
    ("on-brand", "brand"),
    ("on-deep", "deep"),
    ("on-deep-soft", "deep"),
)
"""(text, its ground): at least MIN_TEXT."""

EDGE_PAIRS = (
    *((edge, ground) for edge in ("edge", "focus", "accent", "danger") for ground in GROUNDS),
    ("on-deep", "deep"),
)
"""(border of a control or focus ring, what it stands on): at least MIN_EDGE."""

_NEUTRALS: Mapping[Scheme, Palette] = {
    "light": {
        "ground": "#fbf9f5",
        "surface": "#ffffff",
        "sunken": "#f3efe7",
        "line": "#ded8cc",
        "edge": "#7d766a",
        "ink": "#211e1a",
        "ink-soft": "#5b554c",
        "danger": "#a3241f",
        "danger-tint": "#fcefed",
        "on-danger": "#ffffff",
        "good": "#1d6440",
        "good-tint": "#ecf5ef",
        "on-accent": "#ffffff",
        "on-deep": "#f8f5ee",
        "on-deep-soft": "#d3cec3",
    },
    "dark": {
        "ground": "#1a1815",
        "surface": "#23201c",
        "sunken": "#141210",
        "line": "#3d3831",
        "edge": "#90887b",
        "ink": "#ebe6dd",
        "ink-soft": "#b8b0a4",
        "danger": "#f49a90",
        "danger-tint": "#38201d",
        "on-danger": "#1a1815",
        "good": "#85cba2",
        "good-tint": "#1b2d23",
        "on-accent": "#141210",
        "on-deep": "#ebe6dd",
        "on-deep-soft": "#b8b0a4",
    },
}


def tokens_css(colour: str) -> str:
    """The stylesheet of custom properties for ``colour`` (``#rrggbb``).

    Paper is always light: dark is for screens alone.
    """
    return (
        "/* Made at each build from `colour` in content/site.toml; do not edit. */\n"
        f":root {{\n  color-scheme: light dark;\n{_declarations(palette(colour, 'light'))}}}\n"
        "@media screen and (prefers-color-scheme: dark) {\n"
        f":root {{\n{_declarations(palette(colour, 'dark'))}}}\n}}\n"
    )


def palette(colour: str, scheme: Scheme) -> Palette:
    """All tokens of one scheme, ``brand`` being ``colour`` itself."""
    tokens = dict(_NEUTRALS[scheme])
    calm = _toned(colour, saturation=0.75 if scheme == "light" else 0.55)
    tokens["brand"] = colour.lower()
    tokens["on-brand"] = max(("#ffffff", "#000000"), key=lambda text: contrast(text, colour))
    hint = _toned(calm, saturation=1.0, lightness=0.4 if scheme == "light" else 0.6)
    tokens["tint"] = _mix(hint, tokens["surface"], 0.09 if scheme == "light" else 0.12)
    grounds = [tokens[name] for name in GROUNDS]
    tokens["accent"] = _readable(calm, grounds, _CALM, scheme)
    tokens["strong"] = _readable(calm, grounds, 8.0, scheme)
    tokens["focus"] = tokens["strong"]
    deep = _toned(colour, saturation=0.5, lightness=0.16 if scheme == "light" else 0.11)
    tokens["deep"] = _readable(deep, [tokens["on-deep-soft"]], 7.0, "light")
    return tokens


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.2, https://www.w3.org/TR/WCAG22/#dfn-relative-luminance)."""
    red, green, blue = (_linear(channel) for channel in _rgb(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    # 0.04045 is the figure of sRGB that WCAG took over in 2021; no 8-bit value lies between
    # it and the older 0.03928.
    return float(channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4)


def _readable(colour: str, grounds: Iterable[str], minimum: float, scheme: Scheme) -> str:
    """``colour``, darker (light scheme) or lighter (dark) until it reads on all ``grounds``."""
    grounds = tuple(grounds)
    hue, lightness, saturation = colorsys.rgb_to_hls(*_rgb(colour))
    step, end = (-0.005, 0.0) if scheme == "light" else (0.005, 1.0)
    while min(contrast(colour, ground) for ground in grounds) < minimum and lightness != end:
        lightness = min(1.0, max(0.0, lightness + step))
        colour = _hex(colorsys.hls_to_rgb(hue, lightness, saturation))
    return colour


def _toned(colour: str, *, saturation: float, lightness: float | None = None) -> str:
    """``colour`` no more saturated than ``saturation``, at ``lightness`` if given (0 to 1)."""
    hue, own_lightness, own_saturation = colorsys.rgb_to_hls(*_rgb(colour))
    lightness = own_lightness if lightness is None else lightness
    return _hex(colorsys.hls_to_rgb(hue, lightness, min(own_saturation, saturation)))


def _mix(colour: str, ground: str, share: float) -> str:
    pairs = zip(_rgb(colour), _rgb(ground), strict=True)
    return _hex(share * one + (1 - share) * other for one, other in pairs)


def _rgb(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return red, green, blue


def _hex(channels: Iterable[float]) -> str:
    return "#" + "".join(f"{round(channel * 255):02x}" for channel in channels)


def _declarations(tokens: Palette) -> str:
    return "".join(f"  --{name}: {value};\n" for name, value in sorted(tokens.items()))
