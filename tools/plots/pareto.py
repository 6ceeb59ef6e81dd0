"""The Pareto front: every measured trial against two objectives, or each pair of several, with the front marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from eutectic.tools.plots.canvas import BLUE, GREEN, INK, MUTED, ORANGE, new_figure, style, to_svg, wrapped


@dataclass(frozen=True)
class ParetoPoint:
    """A recipe with its value of each objective, and whether nothing measured beats it."""

    trial: str
    values: tuple[float, ...]
    on_front: bool
    is_suggestion: bool = False
    keeps_limits: bool = True


def pareto_svg(
    points: Sequence[ParetoPoint],
    labels: Sequence[str],
    *,
    upward: Sequence[bool | None],
    goals: Sequence[Sequence[float]],
    alt: str,
) -> str:
    """The front for two objectives, or a row of every pair for three and more.

    Args:
        points: Measured recipes.
        labels: Axis label of each objective, with unit.
        upward: Whether more is better, of each objective; None for a target value.
        goals: Values drawn as lines, of each objective.
        alt: Text for readers who cannot see the figure.
    """
    pairs = list(combinations(range(len(labels)), 2))[:6]
    with style():
        columns = 1 if len(pairs) == 1 else min(len(pairs), 3)
        rows = -(-len(pairs) // columns)
        figure = new_figure(6.4 if columns == 1 else 9.0, 4.2 if columns == 1 else 0.6 + 3.0 * rows)
        grid = figure.subplots(rows, columns, squeeze=False).ravel()
        titles: dict[str, list[str]] = {}
        for number, (axis, (i, j)) in enumerate(zip(grid, pairs, strict=False)):
            _pair(axis, points, (i, j), upward, number, titles)
            axis.set_xlabel(wrapped(_with_arrow(labels[i], upward[i], "x"), 42))
            axis.set_ylabel(wrapped(_with_arrow(labels[j], upward[j], "y"), 36))
            for value in goals[i]:
                axis.axvline(value, color=GREEN, linewidth=1.2, linestyle=(0, (1, 1.5)))
            for value in goals[j]:
                axis.axhline(value, color=GREEN, linewidth=1.2, linestyle=(0, (1, 1.5)))
        for axis in grid[len(pairs) :]:
            axis.set_visible(False)
        handles, names = grid[0].get_legend_handles_labels()
        figure.legend(handles, names, loc="outside upper left", ncols=4, handlelength=1.4, columnspacing=1.4)
        return to_svg(figure, "pareto", alt, titles)


def _pair(
    axis: Any,
    points: Sequence[ParetoPoint],
    pair: tuple[int, int],
    upward: Sequence[bool | None],
    number: int,
    titles: dict[str, list[str]],
) -> None:
    i, j = pair
    broken = [p for p in points if not p.keeps_limits]
    rest = [p for p in points if not p.on_front and p.keeps_limits]
    front = sorted((p for p in points if p.on_front), key=lambda p: p.values[i])
    groups: tuple[tuple[list[ParetoPoint], str, dict[str, Any]], ...] = (
        (broken, "breaks a limit", {"marker": "x", "color": ORANGE, "markersize": 4.5}),
        (rest, "measured", {"marker": "o", "color": MUTED, "markersize": 4, "alpha": 0.7}),
        (front, "Pareto front", {"marker": "o", "color": BLUE, "markersize": 7}),
    )
    if len(upward) == 2 and None not in upward and len(front) > 1:
        axis.plot([p.values[i] for p in front], [p.values[j] for p in front], color=BLUE, linewidth=1.2,
                  drawstyle="steps-post" if upward[i] is False else "steps-pre", alpha=0.7)  # fmt: skip
    for group, name, look in groups:
        if group:
            gid = f"{name.replace(' ', '')}{number}"
            x, y = [p.values[i] for p in group], [p.values[j] for p in group]
            axis.plot(x, y, linestyle="", label=name, gid=gid, **look)
            titles[gid] = [f"{p.trial}: {p.values[i]:.4g}, {p.values[j]:.4g}" for p in group]
    for point in (p for p in front if p.is_suggestion):
        axis.plot([point.values[i]], [point.values[j]], "o", markersize=13, markerfacecolor="none",
                  markeredgecolor=INK, markeredgewidth=1.6, label="suggested compromise")  # fmt: skip
    axis.margins(0.1)
    _name_front(axis, front, pair, most=8 if len(upward) == 2 else 0)


def _name_front(axis: Any, front: Sequence[ParetoPoint], pair: tuple[int, int], *, most: int) -> None:
    """Write ids beside the suggestion and as many points of the front as have room."""
    i, j = pair
    (left, right), (bottom, top) = axis.get_xlim(), axis.get_ylim()
    taken: list[tuple[float, float]] = []
    for point in sorted(front, key=lambda p: not p.is_suggestion)[: 1 if not most else None]:
        x, y = (point.values[i] - left) / (right - left), (point.values[j] - bottom) / (top - bottom)
        if len(taken) >= max(most, 1) or any(abs(x - u) < 0.16 and abs(y - v) < 0.055 for u, v in taken):
            continue
        taken.append((x, y))
        axis.annotate(point.trial, (point.values[i], point.values[j]), textcoords="offset points", fontsize=8,
                      xytext=(9, 4) if x < 0.85 else (-9, 4), ha="left" if x < 0.85 else "right", color=INK,
                      fontweight="bold" if point.is_suggestion else "normal")  # fmt: skip


def _with_arrow(text: str, upward: bool | None, axis: str) -> str:
    arrows = {("x", True): "→ better", ("x", False): "← better", ("y", True): "→ better", ("y", False): "← better"}
    return text if upward is None else f"{text}  {arrows[axis, upward]}"
