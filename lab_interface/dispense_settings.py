"""Settings that every lab which doses shares: its stocks, vessels, device errors and tolerance."""

from __future__ import annotations

from typing import Any

from pydantic import Field, model_validator

from eutectic.core.errors import BadInput
from eutectic.core.plan import Capabilities
from eutectic.core.quantity import Share
from eutectic.core.record import Record
from eutectic.core.space import SearchSpace
from eutectic.core.stock import Device, PremixVessels, Stock, Vessels
from eutectic.lab_interface.stock_contents import sources


class DispenseSettings(Record):
    """What `lab.settings` may say of how samples are dosed; all of it may be left out."""

    stocks: tuple[Stock, ...] = Field(default=(), max_length=200)
    """Solutions, powders, master alloys and solvents; without any, every component is weighed by itself."""
    vessels: Vessels | None = None
    """The plate, the crucibles or the vials, such as `{kind: well, places: 96, material: glass, max_c: 200}`."""
    premix: PremixVessels | None = None
    """Vessels for mixing beforehand, such as `{places: 96, total_ticks: 10000}`: compositions that direct doses miss
    are made over a mixture."""
    least_total_ticks: int | None = Field(default=None, ge=1)
    """Least that makes a sample; its size is then free between this and `total_ticks`."""
    least_amount: float | None = Field(default=None, gt=0)
    """Least sum of all components in a sample: micromoles (at%, mol%), mg (wt%) or uL (vol%)."""
    most_amount: float | None = Field(default=None, gt=0)
    max_transfer_ticks: int | None = Field(default=None, ge=1)
    """What a tip or spatula moves at once; larger doses are split."""
    dose_sd_ticks: float | None = Field(default=None, ge=0)
    """Standard uncertainty of the balance or pipette in ticks, beside the rounding."""
    dose_sd_share: float = Field(default=0.0, ge=0, le=0.5)
    """The same relative to the dose."""
    tolerance: Share = 0.02
    """A share that misses the wanted one by more gets a reason code and needs a person."""
    devices: tuple[Device, ...] = Field(default=(), max_length=40)

    @model_validator(mode="after")
    def _named_once(self) -> DispenseSettings:
        names = [item.id for item in self.stocks]
        double = sorted({name for name in names if names.count(name) > 1})
        if double:
            raise ValueError(f"stocks {double} stand twice: give each its own id")
        if self.least_amount is not None and self.most_amount is not None and self.least_amount > self.most_amount:
            raise ValueError(f"least_amount {self.least_amount:g} is above most_amount {self.most_amount:g}")
        return self

    def told(self) -> dict[str, Any]:
        """These settings as fields of `Capabilities`."""
        return {name: getattr(self, name) for name in DispenseSettings.model_fields}


def check_stocks(space: SearchSpace, lab: Capabilities) -> None:
    """Refuse stocks that cannot make anything of the space, before a campaign begins.

    Raises:
        BadInput: a component that no stock holds, a stock of something else, a strength that needs a density, or sizes
            that contradict each other.
    """
    where = "lab.settings.stocks"
    _check_sizes(lab)
    _check_premix(lab)
    if not lab.stocks:
        return
    known = set(space.component_names)
    for item in lab.stocks:
        strange = sorted(item.strength.keys() - known)
        if strange:
            raise BadInput(
                f"stock {item.id!r} holds {', '.join(strange)}, which no sample of the space may hold",
                where=where,
                mend="name counter-ions and solvents under chemicals and solvent, not under strength",
            )
        sources(space.component_names, space.basis, lab.tick, [item])
    held = {name for item in lab.stocks for name in item.strength}
    missing = [item.name for item in space.components if item.name not in held and item.max > 0]
    if missing:
        raise BadInput(
            f"MISSING_STOCK_COMPONENT: no stock holds {', '.join(missing)}",
            where=where,
            mend="add a stock, or set max: 0 for the component",
        )


def _check_sizes(lab: Capabilities) -> None:
    low, tip = lab.least_total_ticks, lab.max_transfer_ticks
    if low is not None and low > lab.total_ticks:
        raise BadInput(f"least_total_ticks {low} is above total_ticks {lab.total_ticks}", where="lab.settings")
    if tip is not None and tip < 2 * lab.min_ticks - 1:
        raise BadInput(
            f"max_transfer_ticks {tip} is less than twice min_ticks {lab.min_ticks}",
            where="lab.settings.max_transfer_ticks",
            mend="a dose above the tip could not be split into parts the pipette can do",
        )
    if lab.vessels is not None and len(lab.vessels.places) < lab.max_batch:
        raise BadInput(
            f"{len(lab.vessels.places)} vessels for batches of up to {lab.max_batch}",
            where="lab.settings.vessels.places",
            mend="add places, or lower max_batch",
        )


def _check_premix(lab: Capabilities) -> None:
    """A part of a mixture can be dosed at all, and no two places share a name."""
    if lab.premix is None:
        return
    where, drawable = "lab.settings.premix", lab.premix.total_ticks - lab.premix.dead_ticks
    if drawable < lab.min_ticks:
        raise BadInput(
            f"of a pre-mix vessel {drawable} ticks can be drawn, the least dose is {lab.min_ticks}",
            where=where,
            mend="raise total_ticks",
        )
    taken = {item.id for item in lab.stocks} | set(() if lab.vessels is None else lab.vessels.places)
    double = sorted(taken & set(lab.premix.places))
    if double:
        raise BadInput(f"{', '.join(double)} name pre-mix vessels and something else, too", where=where)
    if len(lab.premix.places) < lab.max_batch:
        raise BadInput(
            f"{len(lab.premix.places)} pre-mix vessels for batches of up to {lab.max_batch}",
            where=f"{where}.places",
            mend="add places, or lower max_batch",
        )
