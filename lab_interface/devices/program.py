"""Programs: what devices are asked to do for a plan, one command at a time, and the deck they do it on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from eutectic.core.errors import BadInput
from eutectic.core.plan import Plan, Sample
from eutectic.core.record import Record
from eutectic.core.stock import Transfer

Action = Literal["pick_up_tip", "mix", "aspirate", "dispense", "drop_tip", "make", "measure", "hand_over"]
WELLS = tuple(f"{row}{column}" for column in range(1, 13) for row in "ABCDEFGH")
"""Wells of a 96-well plate, column by column, as robots go."""
MIXINGS = 5
"""Times a mixture is drawn up and let out again before a part of it is taken."""


class Command(Record):
    """One thing a device is asked to do for one trial; volumes in microlitres are finite and above zero."""

    trial: str
    action: Action
    place: str = ""
    """Tip position, stock or vessel."""
    volume_ul: float | None = Field(default=None, gt=0)
    doses_ul: dict[str, float] = {}
    """For `make` and `hand_over`: the volume of each stock, where a device or a person makes whole samples."""


class StockOnDeck(Record):
    """One stock solution as it stands on the deck, in microlitres."""

    volume_ul: float = Field(ge=0)
    """What was filled in; the ledger counts it down over the runs of a campaign."""
    dead_ul: float = Field(default=0.0, ge=0)
    """What cannot be taken out of its vessel."""


class PremixPlate(Record):
    """The plate whose wells stocks are mixed in before a part of the mixture goes into a sample."""

    places: tuple[str, ...] = Field(max_length=96)
    """Names in plans; they stand for wells A1, B1, ... in this order."""
    vessel_ul: float = Field(gt=0)
    dead_ul: float = Field(default=0.0, ge=0)
    """What cannot be taken out of one."""


class Deck(Record):
    """What stands on a robot's deck and what it can do; a stock that is not listed is not there."""

    stocks: dict[str, StockOnDeck]
    """By stock ID."""
    premix: PremixPlate | None = None
    vessel_ul: float = Field(gt=0)
    """Working volume of one well or vial."""
    tip_ul: float = Field(gt=0)
    """Largest volume of one stroke."""
    min_ul: float = Field(gt=0)
    """Least volume that is dispensed well enough."""
    tips: int = Field(default=96, ge=1)
    """Fresh tips on the deck at the start of a run."""

    def available_ul(self, stock: str, used_ul: float = 0.0) -> float:
        """What can still be taken from a stock; 0 for one that is not on the deck."""
        found = self.stocks.get(stock)
        return 0.0 if found is None else max(0.0, found.volume_ul - found.dead_ul - used_ul)

    def premix_well(self, place: str) -> str | None:
        """The well of a place for mixing beforehand; None for any other place."""
        places = () if self.premix is None else self.premix.places
        return WELLS[places.index(place)] if place in places else None


def tick_ul(tick: str) -> float:
    """Microlitres of one tick.

    Raises:
        BadInput: it is one of mass.
    """
    size, unit = tick.split()
    if unit != "uL":
        raise BadInput(f"the plan doses in {tick}, a robot doses in microlitres", mend="write tick: 0.1 uL")
    return float(size)


def doses_ul(sample: Sample) -> dict[str, float]:
    """Microlitres of each stock that are drawn for a sample, what stays behind in a pre-mix vessel too.

    Raises:
        BadInput: the plan doses by mass.
    """
    found: dict[str, float] = {}
    for dose in sample.drawn:
        found[dose.component] = round(found.get(dose.component, 0.0) + dose.ticks * tick_ul(dose.tick), 4)
    return found


def vessels(plan: Plan) -> dict[str, str]:
    """Vessel by trial: those of the plan's map, or the wells of a plate in order.

    Raises:
        BadInput: more samples than wells.
    """
    if all(sample.vessel for sample in plan.samples):
        return {sample.trial: sample.vessel for sample in plan.samples}
    if len(plan.samples) > len(WELLS):
        raise BadInput(f"{len(plan.samples)} samples, a plate has {len(WELLS)} wells")
    return {sample.trial: well for sample, well in zip(plan.samples, WELLS, strict=False)}


def pipetting(plan: Plan) -> tuple[Command, ...]:
    """Strokes of the plan's transfers, with a fresh tip for each.

    Sample by sample, not stock by stock: a stock that runs out then spoils one sample and not a whole plate, and a
    run that is stopped leaves samples that are whole or untouched. A fresh tip each time costs tips and buys that
    nothing that touched a vessel ever goes back into a stock. A mixture is mixed with the tip that takes a part of it.
    """
    wells, found, tip = vessels(plan), list[Command](), 0
    moves: dict[str, list[Transfer]] = {}
    for move in plan.transfers:
        moves.setdefault(move.sample, []).append(move)
    for sample in plan.samples:
        mixture = None if sample.premix is None else sample.premix.vessel
        for move in moves.get(sample.sample, ()):
            tip += 1
            volume = round(move.ticks * tick_ul(move.tick), 4)
            place = mixture if mixture is not None and move.vessel == mixture else wells[sample.trial]
            found += _stroke(sample.trial, move.stock, place, volume, tip, move.stock == mixture)
    return tuple(found)


def _stroke(trial: str, stock: str, vessel: str, volume: float, tip: int, is_mixed: bool) -> Iterator[Command]:
    yield Command(trial=trial, action="pick_up_tip", place=str(tip))
    if is_mixed:
        yield Command(trial=trial, action="mix", place=stock, volume_ul=volume)
    yield Command(trial=trial, action="aspirate", place=stock, volume_ul=volume)
    yield Command(trial=trial, action="dispense", place=vessel, volume_ul=volume)
    yield Command(trial=trial, action="drop_tip")
