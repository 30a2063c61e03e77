"""The plots: plain data in, one `<svg>` out. Narrow on purpose, so that they can be read on a telephone without turning it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure

from checker.evaluation.page.svg import FIRST, INK, LINE, PAPER, SECOND, drawing, written

_WIDTH = 3.7
_LABEL = 44
_LINE = 0.36
# The first line and mark differ from the second in form too, not in colour alone.
_STYLES = ((FIRST, "-", "o"), (SECOND, "--", "s"))


@dataclass(frozen=True)
class Bar:
    """A share from 0 to 1 with its interval; `shown` is how the figure is written."""

    label: str
    value: float
    low: float
    high: float
    shown: str


@dataclass(frozen=True)
class Line:
    """Points to be joined. A y of None leaves a hole."""

    label: str
    x: tuple[float, ...]
    y: tuple[float | None, ...]


@dataclass(frozen=True)
class Names:
    """What stands at the axes, and at the line that would be ideal."""

    x: str
    y: str
    ideal: str = ""


@dataclass(frozen=True)
class Panel:
    """One small plot among several that share their x axis; `top` is where its y axis ends."""

    title: str
    lines: tuple[Line, ...]
    target: float | None = None
    top: float = 1.0


def bars(id: str, title: str, desc: str, rows: Sequence[Bar], comma: bool = False) -> str:
    """Horizontal bars from 0 to 1 with intervals, the label above its bar, in the order given."""
    labels = [wrap(row.label, _LABEL, max_lines=2, placeholder=" …") for row in rows]
    heights = [0.64 + _LINE * len(label) for label in labels]
    with drawing():
        figure, axes = _figure(0.36 * sum(heights) + 0.4)
        bottom = 0.0
        for row, label, height in zip(rows, labels, heights, strict=True):
            bottom += height
            _bar(axes, row, bottom - 0.32, "\n".join(label))
        axes.set_xlim(0, 1)
        axes.set_ylim(bottom + 0.1, 0)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        _decimals(axes.xaxis, comma)
        return written(figure, id, title, desc)


def _bar(axes: Axes, row: Bar, y: float, label: str) -> None:
    axes.vlines([0, 0.2, 0.4, 0.6, 0.8, 1], y - 0.22, y + 0.22, color=LINE, linewidth=0.6, zorder=0)
    axes.barh(y, row.value, height=0.34, color=FIRST, zorder=2)
    # An ink line on a wider one of paper: seen on the bar as well as beside it.
    for colour, width in ((PAPER, 3.4), (INK, 1.4)):
        axes.plot([row.low, row.high], [y, y], color=colour, linewidth=width, solid_capstyle="butt", zorder=3)
    axes.text(0, y - 0.26, label, va="bottom", ha="left", fontsize=9, linespacing=1.1)
    axes.text(1.02, y, row.shown, va="center", ha="left", fontsize=9)


def reliability(id: str, title: str, desc: str, lines: Sequence[Line], names: Names, comma: bool = False) -> str:
    """What was promised (x) against what came true (y); on the diagonal both are the same."""
    with drawing():
        figure, axes = _figure(3.9)
        axes.plot([0, 1], [0, 1], color=INK, linewidth=0.8, linestyle=":", label=names.ideal)
        _draw(axes, lines)
        axes.set(xlim=(0, 1.02), ylim=(0, 1.02), xlabel=names.x, ylabel=names.y)
        axes.legend(loc="upper left", fontsize=9)
        for axis in (axes.xaxis, axes.yaxis):
            _decimals(axis, comma)
        return written(figure, id, title, desc)


def risk_coverage(id: str, title: str, desc: str, lines: Sequence[Line], names: Names, comma: bool = False) -> str:
    """Share wrong among the share decided, most certain first."""
    with drawing():
        figure, axes = _figure(3.2)
        _draw(axes, lines, marks=False)
        top = max((y for line in lines for y in line.y if y is not None), default=0.0)
        axes.set(xlim=(0, 1.01), ylim=(0, max(0.05, top * 1.35)), xlabel=names.x, ylabel=names.y)
        axes.legend(loc="upper left", fontsize=9)
        _decimals(axes.xaxis, comma)
        _decimals(axes.yaxis, comma, places=2)
        return written(figure, id, title, desc)


def trend(id: str, title: str, desc: str, panels: Sequence[Panel], ticks: Sequence[str], comma: bool = False) -> str:
    """One small plot per metric, over committed runs."""
    with drawing():
        figure = Figure(figsize=(_WIDTH, 1.1 * len(panels) + 0.5), layout="constrained")
        rows = figure.subplots(len(panels), 1, sharex=True, squeeze=False)[:, 0]
        for axes, panel in zip(rows, panels, strict=True):
            _draw(axes, panel.lines)
            if panel.target is not None:
                axes.axhline(panel.target, color=INK, linewidth=0.8, linestyle=":")
            axes.set_title(panel.title)
            axes.set_ylim(0, 1.05 * panel.top)
            axes.grid(axis="y", color=LINE, linewidth=0.5)
            _decimals(axes.yaxis, comma, places=1 if panel.top == 1 else 2)
        step = max(1, (len(ticks) + 5) // 6)
        rows[-1].set_xticks(range(0, len(ticks), step), ticks[::step], fontsize=8)
        rows[-1].set_xlim(-0.4, len(ticks) - 0.6)
        rows[0].legend(loc="lower right", fontsize=8, ncols=2, bbox_to_anchor=(1.02, 0.96), borderaxespad=0.2)
        return written(figure, id, title, desc)


def _figure(height: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(_WIDTH, height), layout="constrained")
    axes: Axes = figure.subplots()
    return figure, axes


def _draw(axes: Axes, lines: Sequence[Line], marks: bool = True) -> None:
    for line, (colour, dash, mark) in zip(lines, _STYLES, strict=False):
        y = [float("nan") if v is None else v for v in line.y]
        axes.plot(line.x, y, color=colour, linestyle=dash, linewidth=1.6, marker=mark if marks else "", markersize=4.5, label=line.label)


def _decimals(axis: Axis, comma: bool, places: int = 1) -> None:
    """Danish writes 0,5 where English writes 0.5."""
    axis.set_major_formatter(lambda value, _: f"{value:.{places}f}".replace(".", "," if comma else "."))
