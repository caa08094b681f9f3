"""The chart of usage as geometry: one panel per series, a bar per day, hatching for what was not
read. The template draws it; sizes are in the units of the drawing's own viewBox."""

from collections.abc import Sequence
from dataclasses import dataclass

from migrations_plan.rules.usage_days import COVERED, UNREAD, UsageDay

LEAST_BAR = 2.0  # a day with one call among days of thousands must still be seen
LEAST_GAP = 6.0  # as must one account of five hundred that was not read
FILLED = 0.8  # of a day's width, the rest is air
MOST_TICKS = 3


@dataclass(frozen=True, slots=True)
class Series:
    """What one panel shows. scale: panels with the same word share their scale."""

    path: str
    title: str
    style: str
    scale: str


SERIES = (
    Series("old", "Old path", "old", "people"),
    Series("new", "New path", "new", "people"),
    Series("workload", "Workloads", "workload", "workload"),
)


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes: width of the drawing, height of a panel, of its caption above it, of the dates."""

    width: int = 600
    panel: int = 84
    caption: int = 26
    dates: int = 22


SMALL = Shape(width=180, panel=18, caption=4, dates=0)


@dataclass(frozen=True, slots=True)
class Box:
    """A bar or a gap. style: '' for a gap. open: the day's number may still grow."""

    x: float
    y: float
    width: float
    height: float
    title: str
    open: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """One series. highest: words for the top of the scale. text_y, base: where caption and ground
    line are."""

    series: Series
    highest: str
    text_y: float
    base: float
    bars: tuple[Box, ...]
    gaps: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    """A date under the chart. anchor: SVG's text-anchor."""

    x: float
    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """The whole drawing; desc says in words what it shows."""

    width: int
    height: int
    panels: tuple[Panel, ...]
    ticks: tuple[Tick, ...]
    desc: str


def chart(
    days: Sequence[UsageDay], series: Sequence[Series] = SERIES, shape: Shape | None = None
) -> Chart:
    """Panels one under the other over the same days."""
    shape = shape or Shape()
    tops = _tops(days, series)
    each = shape.caption + shape.panel
    panels = tuple(
        _panel(days, one, tops[one.scale], shape, number * each)
        for number, one in enumerate(series)
    )
    return Chart(
        width=shape.width,
        height=each * len(panels) + shape.dates,
        panels=panels,
        ticks=_ticks(days, shape) if shape.dates else (),
        desc=_desc(days, series),
    )


def _tops(days: Sequence[UsageDay], series: Sequence[Series]) -> dict[str, int]:
    tops: dict[str, int] = {}
    for one in series:
        most = max((day.events.get(one.path, 0) for day in days), default=0)
        tops[one.scale] = max(most, tops.get(one.scale, 0))
    return tops


def _panel(days: Sequence[UsageDay], one: Series, top: int, shape: Shape, above: float) -> Panel:
    step = shape.width / max(len(days), 1)
    base = above + shape.caption + shape.panel
    bars, gaps = [], []
    for number, day in enumerate(days):
        x, width = round(number * step, 2), round(step * FILLED, 2)
        count = day.events.get(one.path, 0)
        if day.state != COVERED:
            height = max(round(shape.panel * day.coverage.share_missing, 2), LEAST_GAP)
            gaps.append(Box(x, base - shape.panel, round(step, 2), height, words(day, one)))
        if count:
            height = max(round(shape.panel * count / top, 2), LEAST_BAR)
            bars.append(Box(x, base - height, width, height, words(day, one), day.open))
    most = max((day.events.get(one.path, 0) for day in days), default=0)
    return Panel(one, _highest(days, most), above + shape.caption - 8, base, _t(bars), _t(gaps))


def _t(boxes: list[Box]) -> tuple[Box, ...]:
    return tuple(boxes)


def _highest(days: Sequence[UsageDay], most: int) -> str:
    if most:
        return f"most on a day: {most:,}"
    return (
        "none" if days and all(day.state == COVERED for day in days) else "none seen, not all read"
    )


def words(day: UsageDay, one: Series) -> str:
    """'2026-11-20, old path: at least 12 calls, so far; read: 10 of 12 whole'."""
    number = day.number(one.path)
    if number is None:
        said = "unknown"
    else:
        least = "at least " if day.at_least else ""
        said = f"{least}{number:,} call{'' if number == 1 else 's'}"
    so_far = ", so far" if day.open and number is not None else ""
    missing = f"; read: {read_words(day)}" if day.at_least else ""
    return f"{day.day.isoformat()}, {one.title.lower()}: {said}{so_far}{missing}"


def read_words(day: UsageDay) -> str:
    """What was read of a day: 'whole', 'nothing', '10 of 12 whole'."""
    if day.state == COVERED:
        return "whole"
    if day.state == UNREAD:
        return "nothing"
    if day.coverage.expected == 1:
        return "in part"
    return f"{day.coverage.whole:,} of {day.coverage.expected:,} whole"


def _ticks(days: Sequence[UsageDay], shape: Shape) -> tuple[Tick, ...]:
    """First and last day, and some between; none where two would touch."""
    if not days:
        return ()
    y_step = shape.width / len(days)
    last = len(days) - 1
    number = min(MOST_TICKS, len(days))
    places = sorted({round(i * last / max(number - 1, 1)) for i in range(number)})
    return tuple(
        Tick(
            x=shape.width if place == last and last else round(place * y_step, 2),
            anchor="end" if place == last and last else "start",
            text=days[place].day.isoformat(),
        )
        for place in places
    )


def _desc(days: Sequence[UsageDay], series: Sequence[Series]) -> str:
    if not days:
        return "No day was asked for."
    parts = [f"{one.title}: {_calls(days, one.path)}." for one in series]
    dark = sum(day.state == UNREAD for day in days)
    some = sum(day.state not in (UNREAD, COVERED) for day in days)
    missing = f" Days not read: {dark}; only in part: {some}." if dark or some else ""
    first, last = days[0].day.isoformat(), days[-1].day.isoformat()
    return f"Calls per day from {first} to {last}. {' '.join(parts)}{missing}"


def _calls(days: Sequence[UsageDay], path: str) -> str:
    calls = sum(day.events.get(path, 0) for day in days)
    least = any(day.at_least for day in days)
    if least and not calls:
        return "none seen, not all read"
    return f"{'at least ' if least else ''}{calls:,} call{'' if calls == 1 else 's'}"
