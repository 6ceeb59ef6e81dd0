"""Predicted against measured: out-of-fold predictions with their 90 % intervals around the line of agreement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from eutectic.tools.plots.canvas import BLUE, INK, MUTED, ORANGE, new_figure, style, to_svg


@dataclass(frozen=True)
class Pair:
    """One left-out trial: measured, predicted, and half the width of the 90 % interval."""

    trial: str
    measured: float
    predicted: float
    half: float


@dataclass(frozen=True)
class ParityPanel:
    """The pairs of one property."""

    label: str
    pairs: tuple[Pair, ...]
    note: str
    """Printed inside, such as coverage and error."""


def parity_svg(panels: Sequence[ParityPanel], *, alt: str) -> str:
    """One square panel a property, side by side up to three in a row."""
    with style():
        columns = min(len(panels), 3)
        rows = -(-len(panels) // columns)
        figure = new_figure(4.6 if columns == 1 else 2.95 * columns + 0.3, (4.5 if columns == 1 else 3.3) * rows)
        grid = figure.subplots(rows, columns, squeeze=False).ravel()
        titles: dict[str, list[str]] = {}
        for number, (axis, panel) in enumerate(zip(grid, panels, strict=False)):
            _panel(axis, panel, number, titles)
        for axis in grid[len(panels) :]:
            axis.set_visible(False)
        return to_svg(figure, "parity", alt, titles)


def _panel(axis: Any, panel: ParityPanel, number: int, titles: dict[str, list[str]]) -> None:
    inside = [p for p in panel.pairs if abs(p.measured - p.predicted) <= p.half]
    outside = [p for p in panel.pairs if abs(p.measured - p.predicted) > p.half]
    ends = [v for p in panel.pairs for v in (p.measured, p.predicted)]
    low, high = min(ends), max(ends)
    pad = 0.08 * (high - low or 1.0)
    axis.plot([low - pad, high + pad], [low - pad, high + pad], color=MUTED, linewidth=1)
    for group, colour, marker, name in ((inside, BLUE, "o", "inside"), (outside, ORANGE, "D", "outside")):
        if not group:
            continue
        gid = f"{name}{number}"
        x, y = [p.measured for p in group], [p.predicted for p in group]
        axis.errorbar(x, y, yerr=[p.half for p in group], fmt="none", ecolor=colour, elinewidth=0.9, alpha=0.45)
        axis.plot(x, y, marker, color=colour, markersize=4.2, gid=gid, label=f"measured {name} the interval")
        titles[gid] = [f"{p.trial}: {p.measured:.4g}, predicted {p.predicted:.4g} ± {p.half:.2g}" for p in group]
    axis.set_xlim(low - pad, high + pad)
    bottom = min([low - pad, *(p.predicted - p.half for p in panel.pairs)])
    top = max([high + pad, *(p.predicted + p.half for p in panel.pairs)])
    span = high - low + 2 * pad
    axis.set_ylim(max(bottom, low - pad - 0.6 * span), min(top, high + pad + 0.6 * span))
    axis.set_title(panel.label, fontsize=9.5)
    axis.set_xlabel("measured")
    axis.set_ylabel("predicted, left out")
    axis.text(0.03, 0.97, panel.note, transform=axis.transAxes, va="top", fontsize=8.5, color=INK)
