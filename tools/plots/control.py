"""The control chart of a reference sample: what it read, round by round, and what the readings are corrected by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eutectic.tools.plots.canvas import BLUE, INK, MUTED, ORANGE, SHADE, new_figure, style, to_svg, wrapped


@dataclass(frozen=True)
class ReferencePoint:
    """One reading of the reference."""

    trial: str
    round: int
    value: float
    is_signal: bool
    is_set_aside: bool


@dataclass(frozen=True)
class ShiftPoint:
    """Where the reference is expected to read in a round, with its 90 % band."""

    round: int
    level: float
    low: float
    high: float


def control_svg(points: Sequence[ReferencePoint], shifts: Sequence[ShiftPoint], label: str, *, alt: str) -> str:
    """Readings of the reference over the band that the estimated shift gives; signals and those set aside marked."""
    with style():
        figure = new_figure(7.6, 3.0)
        axis = figure.subplots()
        x = [shift.round for shift in shifts]
        axis.fill_between(x, [s.low for s in shifts], [s.high for s in shifts], color=SHADE, linewidth=0)
        axis.plot(x, [s.level for s in shifts], color=MUTED, linewidth=1.4)
        kinds = (
            ("in-control", BLUE, "o", [p for p in points if not p.is_signal and not p.is_set_aside]),
            ("signal", ORANGE, "D", [p for p in points if p.is_signal and not p.is_set_aside]),
            ("set-aside", INK, "x", [p for p in points if p.is_set_aside]),
        )
        titles = {}
        for name, colour, marker, members in kinds:
            if members:
                drawn = axis.plot(
                    [p.round for p in members], [p.value for p in members], marker, color=colour, markersize=6
                )
                drawn[0].set_gid(f"control-{name}")
                titles[f"control-{name}"] = [f"{p.trial}: {p.value:.4g}" for p in members]
        axis.set_xlabel("round")
        axis.set_ylabel(wrapped(label))
        axis.xaxis.get_major_locator().set_params(integer=True)
        return to_svg(figure, "control", alt, titles)
