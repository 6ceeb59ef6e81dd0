"""What mattered: bars of how much each component or process variable moves each property, with direction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from eutectic.tools.plots.canvas import BLUE, MUTED, ORANGE, PURPLE, new_figure, style, to_svg

_LOOK = {"raises": (BLUE, "▲ raises"), "lowers": (ORANGE, "▼ lowers"), "mixed": (PURPLE, "◆ mixed")}


@dataclass(frozen=True)
class Effect:
    """The share of a property's explained variation that one factor carries."""

    property: str
    factor: str
    share: float
    direction: Literal["raises", "lowers", "mixed"]


def effects_svg(effects: Sequence[Effect], *, most: int = 8, alt: str) -> str:
    """Horizontal bars, one panel a property, the `most` influential factors each."""
    properties = list(dict.fromkeys(effect.property for effect in effects))
    with style():
        columns = min(len(properties), 3)
        rows = -(-len(properties) // columns)
        bars = min(most, max(sum(e.property == p for e in effects) for p in properties))
        figure = new_figure(5.6 if columns == 1 else 2.95 * columns + 0.3, (0.75 + 0.3 * bars) * rows)
        grid = figure.subplots(rows, columns, squeeze=False).ravel()
        for axis, name in zip(grid, properties, strict=False):
            chosen = sorted((e for e in effects if e.property == name), key=lambda e: -e.share)[:most]
            _panel(axis, name, chosen)
        for axis in grid[len(properties) :]:
            axis.set_visible(False)
        return to_svg(figure, "effects", alt)


def _panel(axis: Any, name: str, effects: Sequence[Effect]) -> None:
    shares = [100 * e.share for e in effects]
    axis.barh(range(len(effects)), shares, color=[_LOOK[e.direction][0] for e in effects], height=0.62)
    axis.set_yticks(range(len(effects)), [e.factor for e in effects])
    axis.invert_yaxis()
    axis.tick_params(axis="y", length=0)
    axis.yaxis.grid(False)
    axis.spines["left"].set_visible(False)
    axis.set_xlim(0, max([*shares, 1]) * 1.6)
    for place, (effect, share) in enumerate(zip(effects, shares, strict=True)):
        colour, word = _LOOK[effect.direction]
        axis.annotate(f"{share:.0f} %  {word}", (share, place), xytext=(4, 0), textcoords="offset points",
                      va="center", fontsize=8.5, color=colour)  # fmt: skip
    axis.set_title(name, fontsize=9.5)
    axis.set_xlabel("share of explained variation (%)", color=MUTED)
