"""Small plots as SVG: lines over an axis, and bars. Equal values give equal text."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 860, 340, 72, 190, 44, 46
COLOURS = ("#1b6ca8", "#c0392b", "#2e8b57", "#8e5ea2", "#d98c00", "#4d4d4d")
MOST_POINTS = 600


@dataclass(frozen=True, slots=True)
class Line:
    """Points with ascending x."""

    name: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Axis:
    """From `low` to `high`, in powers of ten if `by_decades`."""

    name: str
    low: float
    high: float
    by_decades: bool = False

    def at(self, value: float) -> float:
        """Where a value lies, 0 to 1."""
        low, high, here = self.low, self.high, min(max(value, self.low), self.high)
        if self.by_decades:
            low, high, here = log10(low), log10(high), log10(here)
        return (here - low) / (high - low)

    def ticks(self) -> list[float]:
        """Round values to be named."""
        if self.by_decades:
            return [10.0**n for n in range(ceil(log10(self.low)), floor(log10(self.high)) + 1)]
        step = 10 ** floor(log10((self.high - self.low) / 4))
        step *= next(n for n in (1, 2, 5, 10) if (self.high - self.low) / (step * n) <= 6)
        return [n * step for n in range(ceil(self.low / step), floor(self.high / step) + 1)]


def lines(title: str, x: Axis, y: Axis, drawn: Sequence[Line]) -> str:
    """A plot of lines, each with its name at the side."""
    parts = [*_frame(title, x, y)]
    for number, line in enumerate(drawn):
        colour = COLOURS[number % len(COLOURS)]
        points = " ".join(f"{_x(x, a):.1f},{_y(y, b):.1f}" for a, b in _fewer(line.points))
        parts.append(
            f'<polyline fill="none" stroke="{colour}" stroke-width="1.6" points="{points}"/>'
        )
        parts.append(_text(WIDTH - RIGHT + 12, TOP + 16 * number + 8, line.name, fill=colour))
    return _document(parts)


def bars(
    title: str, y: Axis, names: Sequence[str], drawn: Sequence[tuple[str, Sequence[float]]]
) -> str:
    """A group of bars for each name; `drawn` has what they show and a value for each name."""
    x = Axis("", 0, len(names))
    parts = [*_frame(title, x, y, named=False)]
    wide = (WIDTH - LEFT - RIGHT) / len(names) / (len(drawn) + 0.6)
    for number, (name, values) in enumerate(drawn):
        colour = COLOURS[number % len(COLOURS)]
        parts.append(_text(WIDTH - RIGHT + 12, TOP + 16 * number + 8, name, fill=colour))
        for at, value in enumerate(values):
            left, top = _x(x, at) + wide * (number + 0.3), _y(y, value)
            size = f'width="{wide:.1f}" height="{HEIGHT - BOTTOM - top:.1f}"'
            parts.append(f'<rect x="{left:.1f}" y="{top:.1f}" {size} fill="{colour}"/>')
    for at, name in enumerate(names):
        left, down = _x(x, at + 0.5) + 3, HEIGHT - BOTTOM + 8
        turn = f'transform="rotate(-90 {left:.1f} {down})" text-anchor="end"'
        parts.append(f'<text x="{left:.1f}" y="{down}" font-size="9" {turn}>{escape(name)}</text>')
    return _document(parts)


def _frame(title: str, x: Axis, y: Axis, *, named: bool = True) -> list[str]:
    parts = [_text(LEFT, 20, title, size=14), _text(LEFT, TOP - 8, y.name, size=10)]
    for value in y.ticks():
        down = _y(y, value)
        parts.append(f'<path d="M{LEFT} {down:.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>')
        parts.append(_text(LEFT - 6, down + 4, f"{value:,g}", size=10, anchor="end"))
    for value in x.ticks() if named else ():
        parts.append(
            _text(_x(x, value), HEIGHT - BOTTOM + 16, f"{value:,g}", size=10, anchor="middle")
        )
    parts.append(_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, x.name, size=11, anchor="middle"))
    down = HEIGHT - BOTTOM
    parts.append(f'<path d="M{LEFT} {TOP}V{down}H{WIDTH - RIGHT}" fill="none" stroke="#555"/>')
    return parts


def _fewer(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Of each stretch its lowest and its highest point: no peak is lost."""
    size = max(1, ceil(2 * len(points) / MOST_POINTS))
    kept = []
    for start in range(0, len(points), size):
        stretch = points[start : start + size]
        ends = {min(stretch, key=lambda p: p[1]), max(stretch, key=lambda p: p[1])}
        kept += sorted(ends)
    return kept


def _x(axis: Axis, value: float) -> float:
    return LEFT + axis.at(value) * (WIDTH - LEFT - RIGHT)


def _y(axis: Axis, value: float) -> float:
    return HEIGHT - BOTTOM - axis.at(value) * (HEIGHT - TOP - BOTTOM)


def _text(
    x: float, y: float, text: str, *, size: int = 11, anchor: str = "start", fill: str = "#222"
) -> str:
    where = f'x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" fill="{fill}"'
    return f"<text {where}>{escape(text)}</text>"


def _document(parts: Sequence[str]) -> str:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif">'
    return "\n".join(
        [head, f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>', *parts, "</svg>", ""]
    )
