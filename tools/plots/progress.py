"""Progress: best so far per experiment beside the band of random campaigns, with rounds, failures and goals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from eutectic.tools.plots.canvas import (
    BLUE,
    GREEN,
    INK,
    MUTED,
    ORANGE,
    PAPER,
    SHADE,
    new_figure,
    style,
    to_svg,
    wrapped,
)


@dataclass(frozen=True)
class RoundSpan:
    """The experiments of one round, first and last counted from 1."""

    number: int
    first: int
    last: int


@dataclass(frozen=True)
class Band:
    """Random campaigns: median and 90 % band of their best so far, at numbers of experiments `x`."""

    x: tuple[int, ...]
    median: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True)
class ProgressPanel:
    """One axis: what was measured in each experiment and the best so far."""

    label: str
    trials: tuple[str, ...]
    values: tuple[float | None, ...]
    """None where the experiment gave no value."""
    best: tuple[float | None, ...]
    best_note: str = ""
    """What stands at the end of the curve, such as the trial's id."""
    goals: tuple[tuple[float, str], ...] = ()
    band: Band | None = None
    lower_is_better: bool = False
    is_derived: bool = False
    """Whether the values are made from the curve, so that no points are drawn."""
    every: int = 1
    """Draw every so many points; the curve stays whole."""


def progress_svg(panels: Sequence[ProgressPanel], rounds: Sequence[RoundSpan], *, alt: str) -> str:
    """The progress figure, one panel above the other on one axis of experiments."""
    with style():
        figure = new_figure(7.6, 3.4 if len(panels) == 1 else 0.6 + 2.35 * len(panels))
        axes = figure.subplots(len(panels), 1, sharex=True, squeeze=False)[:, 0]
        titles: dict[str, list[str]] = {}
        for number, (axis, panel) in enumerate(zip(axes, panels, strict=True)):
            _panel(axis, panel, rounds, number, titles)
        axes[-1].set_xlabel("experiment")
        handles, labels = axes[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper left", ncols=5, handlelength=1.6, columnspacing=1.4)
        return to_svg(figure, "progress", alt, titles)


def _panel(
    axis: Any, panel: ProgressPanel, rounds: Sequence[RoundSpan], number: int, titles: dict[str, list[str]]
) -> None:
    from matplotlib.ticker import MaxNLocator

    n = len(panel.values)
    _shade(axis, rounds, with_numbers=number == 0)
    if panel.band is not None:
        band = panel.band
        axis.fill_between(band.x, band.low, band.high, color=ORANGE, alpha=0.16, linewidth=0, step=None)
        axis.plot(band.x, band.median, color=ORANGE, linestyle=(0, (5, 2)), label="random, median and 90 % band")
    if not panel.is_derived:
        seen = [(i + 1, v) for i, v in enumerate(panel.values) if v is not None][:: panel.every]
        gid = f"measured{number}"
        axis.plot(*_columns(seen), "o", color=MUTED, markersize=3.6, alpha=0.75, label="measured", gid=gid)
        titles[gid] = [f"{panel.trials[x - 1]}: {v:.5g}" for x, v in seen]
    curve = [(i + 1, v) for i, v in enumerate(panel.best) if v is not None]
    if curve:
        if curve[-1][0] < n:
            curve.append((n, curve[-1][1]))
        axis.plot(*_columns(curve), color=BLUE, drawstyle="steps-post", linewidth=2.4, label="best so far")
    for value, text in panel.goals:
        axis.axhline(value, color=GREEN, linewidth=1.3, linestyle=(0, (1, 1.5)))
        axis.annotate(
            text, (0.004, value), xycoords=("axes fraction", "data"), xytext=(0, 3), textcoords="offset points",
            color=GREEN, fontsize=8.5,
        )  # fmt: skip
    _failed(axis, panel, number, titles)
    axis.set_xlim(0.4, n + 0.6)
    axis.margins(y=0.1)
    axis.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=10, min_n_ticks=1))
    axis.xaxis.grid(False)
    axis.set_ylabel(wrapped(panel.label))
    if curve and panel.best_note:
        _note(axis, panel, curve[-1])


def _note(axis: Any, panel: ProgressPanel, end: tuple[int, float]) -> None:
    low, high = axis.get_ylim()
    above = (end[1] - low) < 0.85 * (high - low) and not panel.lower_is_better
    axis.annotate(
        panel.best_note, end, xytext=(-2, 6 if above else -13), textcoords="offset points", ha="right",
        color=INK, fontsize=8.5, fontweight="bold",
        bbox={"facecolor": PAPER, "alpha": 0.8, "pad": 1, "linewidth": 0},
    )  # fmt: skip


def _shade(axis: Any, rounds: Sequence[RoundSpan], *, with_numbers: bool) -> None:
    step = max(1, len(rounds) // 24)
    for place, span in enumerate(rounds):
        if place % 2 == 0:
            axis.axvspan(span.first - 0.5, span.last + 0.5, color=SHADE, linewidth=0, zorder=0)
        if with_numbers and place % step == 0:
            axis.annotate(
                f"r{span.number:02d}", ((span.first + span.last) / 2, 1), xycoords=("data", "axes fraction"),
                xytext=(0, 2), textcoords="offset points", ha="center", color=MUTED, fontsize=7.5,
            )  # fmt: skip


def _failed(axis: Any, panel: ProgressPanel, number: int, titles: dict[str, list[str]]) -> None:
    lost = [i + 1 for i, value in enumerate(panel.values) if value is None][:: panel.every]
    if not lost:
        return
    gid = f"failed{number}"
    axis.plot(
        lost, [0.025] * len(lost), "x", color=ORANGE, markersize=5, markeredgewidth=1.5,
        transform=axis.get_xaxis_transform(), label="no value (failed or censored)", gid=gid,
    )  # fmt: skip
    titles[gid] = [f"{panel.trials[x - 1]}: no value" for x in lost]


def _columns(points: Sequence[tuple[int, float]]) -> tuple[list[int], list[float]]:
    return [x for x, _ in points], [y for _, y in points]
