"""Composition maps: a ternary diagram zoomed to where the trials lie, and parallel coordinates for many components."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from eutectic.tools.plots.canvas import INK, LINE, MUTED, PAPER, new_figure, style, to_svg

_HEIGHT = 3**0.5 / 2
Background = Callable[[Sequence[tuple[float, float, float]]], Sequence[float] | None]
"""Predicted values at shares of the three corners (adding up to 1), or None where there is no model."""


@dataclass(frozen=True)
class MapPoint:
    """A trial: its coordinates (shares, or positions on the axes) and its value; None where there is none."""

    trial: str
    at: tuple[float, ...]
    value: float | None
    is_best: bool = False


@dataclass(frozen=True)
class Axis:
    """One vertical axis of the parallel coordinates with tick labels at positions between 0 and 1."""

    name: str
    ticks: tuple[tuple[float, str], ...]


def ternary_svg(
    points: Sequence[MapPoint],
    corners: tuple[str, str, str],
    colour_label: str,
    *,
    background: Background | None = None,
    low_is_good: bool = False,
    alt: str,
) -> str:
    """Trials in the triangle of three components whose shares add up to 1, zoomed to the part that was searched.

    Points are drawn in the order given: put the best last. Bright colours are good ones.
    """
    floor, span = _zoom([p.at for p in points])
    with style():
        figure = new_figure(6.8, 4.7)
        axis = figure.subplots()
        axis.set_axis_off()
        axis.set_aspect("equal")
        axis.set_xlim(-0.1, 1.1)
        axis.set_ylim(-0.08, 0.93)
        _grid(axis, corners, floor, span)
        values = [p.value for p in points if p.value is not None]
        scale = _scale(values, low_is_good)
        if background is not None:
            _field(axis, background, floor, span, scale)
        titles = _scatter(axis, points, lambda at: _project(at, floor, span), scale)
        _bar(figure, axis, scale, colour_label, bool(values))
        return to_svg(figure, "map", alt, titles)


def parallel_svg(
    points: Sequence[MapPoint], axes: Sequence[Axis], colour_label: str, *, low_is_good: bool = False, alt: str
) -> str:
    """One line a trial across the axes of components and process variables, coloured by value, in the order given."""
    from matplotlib.collections import LineCollection

    with style():
        figure = new_figure(max(7.2, 1.0 + 0.72 * len(axes)), 3.8)
        axis = figure.subplots()
        axis.grid(False)
        for spine in axis.spines.values():
            spine.set_visible(False)
        shown = [p for p in points if p.value is not None]
        scale = _scale([p.value for p in shown if p.value is not None], low_is_good)
        x = range(len(axes))
        axis.add_collection(
            LineCollection(
                [list(zip(x, p.at, strict=True)) for p in shown],
                colors=[scale.to_rgba(p.value) for p in shown],
                linewidths=[1.1] * len(shown),
                alpha=0.75 if len(shown) < 80 else 0.4,
            )
        )
        for best in (p for p in shown if p.is_best):
            axis.plot(x, best.at, color=PAPER, linewidth=5.5)
            axis.plot(x, best.at, color=INK, linewidth=2.6, marker="o", markersize=5)
            axis.annotate(best.trial, (x[-1], best.at[-1]), xytext=(7, 0), textcoords="offset points", va="center",
                          fontsize=8.5, fontweight="bold", annotation_clip=False)  # fmt: skip
        for place, item in enumerate(axes):
            axis.axvline(place, color=MUTED, linewidth=0.8, zorder=0.5)
            for position, text in item.ticks:
                axis.annotate(text, (place, position), xytext=(-3, 0), textcoords="offset points", fontsize=7.5,
                              color=MUTED, ha="right", va="center",
                              bbox={"facecolor": PAPER, "alpha": 0.75, "pad": 0.6, "linewidth": 0})  # fmt: skip
        axis.set_xticks(list(x), [item.name for item in axes], rotation=0 if len(axes) < 9 else 35)
        axis.tick_params(axis="x", length=0)
        axis.set_yticks([])
        axis.set_xlim(-0.55, len(axes) - 0.35)
        axis.set_ylim(-0.06, 1.06)
        _bar(figure, axis, scale, colour_label, bool(shown))
        return to_svg(figure, "map", alt)


def _zoom(places: Sequence[tuple[float, ...]]) -> tuple[tuple[float, ...], float]:
    low = [min(p[i] for p in places) for i in range(3)]
    low = [max(0.0, int(20 * value - 1e-9) / 20) for value in low]
    return tuple(low), max(1 - sum(low), 0.05)


def _project(at: Sequence[float], floor: Sequence[float], span: float) -> tuple[float, float]:
    _, b, c = ((value - low) / span for value, low in zip(at, floor, strict=True))
    return b + c / 2, c * _HEIGHT


def _grid(axis: Any, corners: tuple[str, str, str], floor: Sequence[float], span: float) -> None:
    def line(a: Sequence[float], b: Sequence[float], **look: Any) -> None:
        ends = [_project(a, floor, span), _project(b, floor, span)]
        axis.plot([e[0] for e in ends], [e[1] for e in ends], **look)

    def corner(index: int) -> list[float]:
        return [low + (span if i == index else 0.0) for i, low in enumerate(floor)]

    step = next(s for s in (0.01, 0.02, 0.05, 0.1, 0.2) if span / s <= 6 or s == 0.2)
    for i in range(3):
        j, k = (i + 1) % 3, (i + 2) % 3
        line(corner(i), corner(j), color=MUTED, linewidth=1)
        count = round(span / step)
        for tick in range(1, count + (0 if abs(count * step - span) < 1e-9 else 1)):
            share = tick * step
            if share >= span - 1e-9:
                continue
            a, b = corner(j), corner(k)
            a[i], a[j] = floor[i] + share, a[j] - share
            b[i], b[k] = floor[i] + share, b[k] - share
            line(a, b, color=LINE, linewidth=0.7, zorder=0.6)
            x, y = _project(b, floor, span)
            away = {0: (-5, 3), 1: (1, -8), 2: (5, 3)}[i]
            side = {0: "right", 1: "center", 2: "left"}[i]
            axis.annotate(f"{100 * (floor[i] + share):g}", (x, y), xytext=away, textcoords="offset points",
                          fontsize=7.5, color=MUTED, ha=side, va="center")  # fmt: skip
    for i, (shift, side) in enumerate((((-4, -14), "right"), ((4, -14), "left"), ((0, 10), "center"))):
        axis.annotate(f"{corners[i]} {100 * (floor[i] + span):g} %", _project(corner(i), floor, span), xytext=shift,
                      textcoords="offset points", ha=side, fontweight="bold")  # fmt: skip


def _field(axis: Any, background: Background, floor: Sequence[float], span: float, scale: Any) -> None:
    n = 48
    steps = [(i, j, n - i - j) for i in range(n + 1) for j in range(n + 1 - i)]
    shares = [(floor[0] + span * a / n, floor[1] + span * b / n, floor[2] + span * c / n) for a, b, c in steps]
    values = background(shares)
    if values is None:
        return
    low, high = scale.get_clim()
    places = [_project(s, floor, span) for s in shares]
    axis.tricontourf([p[0] for p in places], [p[1] for p in places], [min(max(v, low), high) for v in values],
                     levels=12, cmap=scale.get_cmap(), norm=scale.norm, alpha=0.32, zorder=0.3)  # fmt: skip


def _scatter(axis: Any, points: Sequence[MapPoint], project: Callable[..., Any], scale: Any) -> dict[str, list[str]]:
    lost = [p for p in points if p.value is None]
    shown = [p for p in points if p.value is not None]
    for number, group in ((0, lost), (1, shown)):
        for point in group:
            x, y = project(point.at)
            colour = MUTED if number == 0 else scale.to_rgba(point.value)
            axis.plot([x], [y], "x" if number == 0 else "o", color=colour, markersize=10 if point.is_best else 6,
                      markeredgecolor=MUTED if number == 0 else INK, gid=f"pt{point.trial}",
                      markeredgewidth=1.8 if point.is_best else 0.7)  # fmt: skip
            if point.is_best:
                axis.annotate(point.trial, (x, y), xytext=(9, 6), textcoords="offset points", fontsize=9,
                              fontweight="bold")  # fmt: skip
    return {f"pt{p.trial}": [f"{p.trial}: {'no value' if p.value is None else format(p.value, '.5g')}"] for p in points}


def _scale(values: Sequence[float], low_is_good: bool) -> Any:
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    return ScalarMappable(Normalize(low, high if high > low else low + 1e-9), "viridis_r" if low_is_good else "viridis")


def _bar(figure: Any, axis: Any, scale: Any, text: str, has_values: bool) -> None:
    if has_values:
        bar = figure.colorbar(scale, ax=axis, shrink=0.75, pad=0.04, aspect=24)
        bar.outline.set_visible(False)
        bar.set_label(text)
