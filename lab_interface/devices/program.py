"""Programs: what devices are asked to do for a plan, one command at a time, and the deck they do it on."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from eutectic.core.errors import BadInput
from eutectic.core.plan import Plan, Sample
from eutectic.core.record import Record

Action = Literal["pick_up_tip", "aspirate", "dispense", "drop_tip", "make", "measure"]
WELLS = tuple(f"{row}{column}" for column in range(1, 13) for row in "ABCDEFGH")
"""Wells of a 96-well plate, column by column, as robots go."""


class Command(Record):
    """One thing a device is asked to do for one trial; volumes in microlitres are finite and above zero."""

    trial: str
    action: Action
    place: str = ""
    """Tip position, stock or vessel."""
    volume_ul: float | None = Field(default=None, gt=0)
    doses_ul: dict[str, float] = {}
    """For `make`: the volume of each stock, for a device that makes whole samples by itself."""


class StockOnDeck(Record):
    """One stock solution as it stands on the deck."""

    volume_ul: float = Field(gt=0, le=1e7)
    """What was filled in; the ledger counts it down over the runs of a campaign."""


class Deck(Record):
    """What stands on a robot's deck and what it can do; a stock that is not listed is not there."""

    stocks: dict[str, StockOnDeck] = Field(min_length=1)
    """By component of the search space."""
    dead_volume_ul: float = Field(ge=0, le=1e6)
    """What cannot be taken out of a stock's vessel."""
    vessel_ul: float = Field(gt=0, le=1e6)
    """Working volume of one well or vial."""
    tip_ul: float = Field(gt=0, le=5000)
    """Largest volume of one stroke."""
    min_ul: float = Field(gt=0)
    """Least volume that is dispensed well enough."""
    tips: int = Field(default=96, ge=1, le=100_000)
    """Fresh tips on the deck at the start of a run."""

    def available_ul(self, stock: str, used_ul: float = 0.0) -> float:
        """What can still be taken from a stock; 0 for one that is not on the deck."""
        found = self.stocks.get(stock)
        return 0.0 if found is None else max(0.0, found.volume_ul - self.dead_volume_ul - used_ul)


def doses_ul(sample: Sample) -> dict[str, float]:
    """Microlitres by stock of a sample, zeros left out.

    Raises:
        BadInput: the plan doses by mass.
    """
    found: dict[str, float] = {}
    for dose in sample.doses:
        size, unit = dose.tick.split()
        if unit != "uL":
            raise BadInput(f"{sample.sample}: {dose.component} is dosed in {dose.tick}, a robot doses in microlitres")
        if dose.ticks:
            found[dose.component] = round(found.get(dose.component, 0.0) + dose.ticks * float(size), 4)
    return found


def vessels(plan: Plan) -> dict[str, str]:
    """Well by trial, in the order of the plan.

    Raises:
        BadInput: more samples than wells.
    """
    if len(plan.samples) > len(WELLS):
        raise BadInput(f"{len(plan.samples)} samples, a plate has {len(WELLS)} wells")
    return {sample.trial: well for sample, well in zip(plan.samples, WELLS, strict=False)}


def pipetting(plan: Plan, deck: Deck) -> tuple[Command, ...]:
    """Strokes for every sample, one after the other, with a fresh tip for each stroke.

    A dose above the tip's capacity is split into even strokes. A fresh tip each time costs tips and buys that nothing
    that touched a vessel ever goes back into a stock.
    """
    tip = 0
    found: list[Command] = []
    wells = vessels(plan)
    for sample in plan.samples:
        for stock, volume in doses_ul(sample).items():
            for stroke in _strokes(volume, deck.tip_ul):
                tip += 1
                found += _stroke(sample.trial, stock, wells[sample.trial], stroke, tip)
    return tuple(found)


def _stroke(trial: str, stock: str, vessel: str, volume: float, tip: int) -> Iterator[Command]:
    yield Command(trial=trial, action="pick_up_tip", place=str(tip))
    yield Command(trial=trial, action="aspirate", place=stock, volume_ul=volume)
    yield Command(trial=trial, action="dispense", place=vessel, volume_ul=volume)
    yield Command(trial=trial, action="drop_tip")


def _strokes(volume: float, capacity: float) -> list[float]:
    n = max(1, math.ceil(volume / capacity - 1e-9))
    even = round(volume / n, 4)
    return [*([even] * (n - 1)), round(volume - even * (n - 1), 4)]
