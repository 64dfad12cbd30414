"""Shades of the brand's colour with enough contrast to read: at least 4.5 to 1 against light and dark paper (WCAG 2.2, 1.4.3)."""

from __future__ import annotations

import colorsys

FALLBACK = "#3c6e47"
LIGHT, DARK = "#efefea", "#23272b"
"""The backgrounds with the least contrast: those of code blocks in `marronnier.css`."""
CONTRAST = 4.6


def stylesheet(colour: str | None) -> str:
    """The CSS variables that depend on the brand's colour."""
    own = colour or FALLBACK
    return (
        ":root {\n"
        f"  --mr-brand: {own};\n"
        f"  --mr-brand-on-light: {readable_shade(own, LIGHT)};\n"
        f"  --mr-brand-on-dark: {readable_shade(own, DARK)};\n"
        f"  --mr-on-brand: {'#ffffff' if contrast(own, '#ffffff') >= contrast(own, '#000000') else '#000000'};\n"
        "}\n"
    )


def readable_shade(colour: str, paper: str) -> str:
    """The nearest shade of the colour with a contrast of at least CONTRAST on that paper."""
    hue, light, saturation = colorsys.rgb_to_hls(*_channels(colour))
    step = -0.01 if _luminance(paper) > 0.5 else 0.01
    for _ in range(101):
        shade = _hex(colorsys.hls_to_rgb(hue, light, saturation))
        if contrast(shade, paper) >= CONTRAST:
            return shade
        light = min(max(light + step, 0.0), 1.0)
    return "#000000" if step < 0 else "#ffffff"


def contrast(colour: str, paper: str) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    light, dark = sorted((_luminance(colour), _luminance(paper)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _channels(colour: str) -> tuple[float, float, float]:
    return int(colour[1:3], 16) / 255, int(colour[3:5], 16) / 255, int(colour[5:7], 16) / 255


def _hex(channels: tuple[float, float, float]) -> str:
    return "#" + "".join(f"{round(value * 255):02x}" for value in channels)
