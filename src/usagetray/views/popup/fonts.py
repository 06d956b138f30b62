"""Letters: the desktop's own font in our sizes, and what fits where."""

from __future__ import annotations

from PySide6.QtGui import QFont, QFontMetricsF

from usagetray.views.popup.tokens import TypeStyle

ELLIPSIS = "…"


class Letters:
    """Fonts and measures of one font family, kept because both are asked for at every layout."""

    def __init__(self, base: QFont) -> None:
        self._base = base
        self._fonts: dict[TypeStyle, QFont] = {}
        self._metrics: dict[TypeStyle, QFontMetricsF] = {}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Letters) and other._base == self._base

    def __hash__(self) -> int:
        return hash(self._base.key())

    def font(self, style: TypeStyle) -> QFont:
        if style not in self._fonts:
            font = QFont(self._base)
            font.setPixelSize(style.size)
            font.setWeight(QFont.Weight(style.weight))
            # Digits of one width: a countdown must not make its line wobble.
            font.setFeature(QFont.Tag("tnum"), 1)
            self._fonts[style] = font
        return self._fonts[style]

    def metrics(self, style: TypeStyle) -> QFontMetricsF:
        if style not in self._metrics:
            self._metrics[style] = QFontMetricsF(self.font(style))
        return self._metrics[style]

    def width(self, text: str, style: TypeStyle) -> float:
        return self.metrics(style).horizontalAdvance(text)

    def fit(self, text: str, style: TypeStyle, width: float) -> str:
        """The text, or as much of it as fits with an ellipsis; empty where not even that fits."""
        if self.width(text, style) <= width:
            return text
        for end in range(len(text) - 1, 0, -1):
            shorter = text[:end].rstrip() + ELLIPSIS
            if self.width(shorter, style) <= width:
                return shorter
        return ""

    def first_that_fits(self, texts: tuple[str, ...], style: TypeStyle, width: float) -> str:
        """The first of several wordings, longest first, that fits; the last one cut if none does."""
        for text in texts:
            if self.width(text, style) <= width:
                return text
        return self.fit(texts[-1], style, width) if texts else ""

    def wrap(self, text: str, style: TypeStyle, width: float, most: int = 4) -> tuple[str, ...]:
        """Lines broken at ordinary spaces (no-break ones hold), the last one cut if `most` lines do not suffice."""
        lines: list[str] = []
        rest = [word for word in text.split(" ") if word]
        while rest and len(lines) < most:
            taken = 1
            while taken < len(rest) and self.width(" ".join(rest[: taken + 1]), style) <= width:
                taken += 1
            if len(lines) == most - 1:
                taken = len(rest)
            lines.append(self.fit(" ".join(rest[:taken]), style, width))
            rest = rest[taken:]
        return tuple(lines)
