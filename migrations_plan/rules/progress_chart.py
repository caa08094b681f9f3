"""Progress per day as geometry: a panel of stacked bars for people, plain bars for keys and calls;
hatched is what nobody knows. The template draws it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

WIDTH, PANEL, CAPTION, DATES = 600, 84, 26, 22
FILLED = 0.8
LEAST_BAR = 2.0
# What one colour stands for, from the ground up.
GROUPS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("done", "ready, disabled or retired", ("ready", "disabled", "retired")),
    ("under-way", "assigned or in parallel", ("assigned", "parallel")),
    ("begun", "unmapped or mapped", ("unmapped", "mapped")),
    ("regressed", "regressed", ("regressed",)),
)


@dataclass(frozen=True, slots=True)
class ProgressPoint:
    """One day. states None: nobody judged on it. keys None: not known. calls None: not known;
    calls_whole False: a lower bound."""

    day: date
    states: Mapping[str, int] | None
    keys: int | None = None
    keys_unknown: int = 0
    calls: int | None = None
    calls_whole: bool = False

    def group(self, states: Sequence[str]) -> int:
        """People in these states."""
        return sum((self.states or {}).get(word, 0) for word in states)

    @property
    def groups(self) -> list[tuple[str, int]]:
        """Style and number of each group."""
        return [(style, self.group(states)) for style, _, states in GROUPS]


@dataclass(frozen=True, slots=True)
class Block:
    """A rectangle. style '': hatched."""

    x: float
    y: float
    width: float
    height: float
    style: str
    title: str


@dataclass(frozen=True, slots=True)
class ProgressPanel:
    """One series: caption, highest value in words, ground line, blocks."""

    title: str
    highest: str
    text_y: float
    base: float
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class ProgressChart:
    """The whole drawing; desc says in words what it shows."""

    width: int
    height: int
    panels: tuple[ProgressPanel, ...]
    first: str
    last: str
    desc: str


Stack = Sequence[tuple[str, int]]


def chart(points: Sequence[ProgressPoint]) -> ProgressChart:
    """Three panels one under the other over the same days."""
    each = CAPTION + PANEL
    people = [p.groups if p.states is not None else None for p in points]
    keys = [[("keys", p.keys)] if p.keys is not None else None for p in points]
    calls = [[("calls", p.calls)] if p.calls is not None else None for p in points]
    series: list[tuple[str, list[Stack | None]]] = [
        ("People by state", list(people)),
        ("Access keys alive", list(keys)),
        ("Calls over the old path", list(calls)),
    ]
    panels = tuple(
        _panel(title, stacks, points, place * each) for place, (title, stacks) in enumerate(series)
    )
    days = [p.day.isoformat() for p in points]
    return ProgressChart(
        WIDTH, each * len(panels) + DATES, panels, days[0] if days else "",
        days[-1] if days else "", _desc(points),
    )  # fmt: skip


def _panel(
    title: str, stacks: Sequence[Stack | None], points: Sequence[ProgressPoint], above: float
) -> ProgressPanel:
    top = max((sum(n for _, n in stack) for stack in stacks if stack), default=0)
    base, step = above + CAPTION + PANEL, WIDTH / max(len(stacks), 1)
    blocks: list[Block] = []
    for place, (stack, point) in enumerate(zip(stacks, points, strict=True)):
        x, width = round(place * step, 2), round(step * FILLED, 2)
        if stack is None:
            words = f"{point.day}: {title.lower()}: unknown"
            blocks.append(Block(x, base - PANEL, round(step, 2), PANEL, "", words))
        else:
            blocks += _bars(stack, top, x, width, base, f"{point.day}")
    highest = f"most on a day: {top:,}" if top else "none known"
    return ProgressPanel(title, highest, above + CAPTION - 8, base, tuple(blocks))


def _bars(stack: Stack, top: int, x: float, width: float, base: float, day: str) -> list[Block]:
    found, y = [], base
    for style, number in stack:
        if number:
            height = max(round(PANEL * number / top, 2), LEAST_BAR)
            y = round(y - height, 2)
            found.append(Block(x, y, width, height, style, f"{day}: {style}: {number:,}"))
    return found


def _desc(points: Sequence[ProgressPoint]) -> str:
    known = [p for p in points if p.states is not None]
    if not known:
        return "No day was judged yet."
    first, last = known[0], known[-1]
    done = GROUPS[0][2]
    return (
        f"People who are ready or further: {first.group(done)} on {first.day}, "
        f"{last.group(done)} on {last.day}. Days not judged: {len(points) - len(known)}."
    )
