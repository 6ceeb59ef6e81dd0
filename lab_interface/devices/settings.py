"""Settings every device lab shares: doses, prices, ranges, and who measures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeVar

from pydantic import Field, ValidationError, model_validator

from eutectic.core.errors import BadInput
from eutectic.core.record import Record
from eutectic.core.spec import CampaignSpec
from eutectic.core.stock import Amount, PremixVessels, Stock, Vessels
from eutectic.lab_interface.devices.program import WELLS, Deck, PremixPlate, StockOnDeck, tick_ul
from eutectic.lab_interface.limits import BenchLimits
from eutectic.lab_interface.spec_check import wrong_setting


class Range(Record):
    """The values of a property that can be true; what lies outside is kept and marked."""

    low: float
    high: float

    @model_validator(mode="after")
    def _ordered(self) -> Range:
        if not self.low < self.high:
            raise ValueError(f"low {self.low:g} is not below high {self.high:g}")
        return self


class DeviceSettings(BenchLimits):
    """What `lab.settings` may hold for any device lab. A limit that is left out blocks what would need it."""

    tick: Literal["0.1 uL", "1 uL"] = "0.1 uL"
    total_ticks: int = Field(default=2000, ge=10, le=100_000_000)
    """Volume of one sample in ticks."""
    min_ticks: int = Field(default=50, ge=1)
    """Least dose in ticks."""
    max_batch: int = Field(default=96, ge=1, le=96)
    cost_per_trial: float = Field(default=0.0, ge=0)
    hours_per_trial: float = Field(default=0.05, ge=0)
    hours_per_batch: float = Field(default=0.5, ge=0)
    ranges: dict[str, Range] = {}
    """By property."""
    stop_wait_s: float = Field(default=10.0, gt=0, le=600)
    """How long an emergency stop waits for a running process to confirm it."""

    @model_validator(mode="after")
    def _doses_fit(self) -> DeviceSettings:
        if self.min_ticks > self.total_ticks:
            raise ValueError(f"min_ticks {self.min_ticks} is above total_ticks {self.total_ticks}")
        return self

    def out_of_range(self, values: Mapping[str, tuple[float, ...]]) -> str:
        """Which readings lie outside their range, in words; empty when none does."""
        return "; ".join(
            f"{name} {value:g} is outside {limits.low:g} to {limits.high:g}"
            for name, limits in sorted(self.ranges.items())
            for value in values.get(name, ())
            if not limits.low <= value <= limits.high
        )


class DosingDeviceSettings(DeviceSettings):
    """What `lab.settings` may hold for a lab whose device dispenses from stocks into vessels."""

    stocks: tuple[Stock, ...] = Field(min_length=1)
    """What stands on the deck; `on_hand` and `dead` are what the ledger counts down."""
    vessels: Vessels | None = None
    vessel_ul: float = Field(gt=0, le=1e6)
    """Working volume of one vessel."""
    tip_ul: float = Field(gt=0, le=5000)
    """Largest volume of one stroke; a larger dose is split."""
    tips: int = Field(default=96, ge=1, le=100_000)
    """Fresh tips on the deck at the start of a run."""

    @model_validator(mode="after")
    def _deck_fits(self) -> DosingDeviceSettings:
        names = [stock.id for stock in self.stocks]
        if len(set(names)) != len(names):
            raise ValueError(f"a stock stands twice in {names}: give each its own id")
        if self.tip_ul < self.min_ticks * tick_ul(self.tick):
            raise ValueError(f"tip_ul {self.tip_ul:g} is below the least dose: use a larger tip")
        for stock in self.stocks:
            if stock.on_hand is None:
                raise ValueError(f"stock {stock.id}: write on_hand, such as 15 mL; what is unknown is not dispensed")
        return self

    @property
    def deck(self) -> Deck:
        """The deck as the ledger sees it."""
        return Deck(
            stocks={
                item.id: StockOnDeck(volume_ul=_ul(item, item.on_hand), dead_ul=_ul(item, item.dead))
                for item in self.stocks
            },
            vessel_ul=self.vessel_ul,
            tip_ul=self.tip_ul,
            min_ul=self.min_ticks * tick_ul(self.tick),
            tips=self.tips,
        )


class PipettingDeviceSettings(DosingDeviceSettings):
    """What `lab.settings` may hold for a lab whose robot pipettes stroke by stroke."""

    premix: PremixVessels | None = None
    """Wells of a second plate for mixing beforehand."""

    @model_validator(mode="after")
    def _on_a_plate(self) -> PipettingDeviceSettings:
        if self.premix is not None and len(self.premix.places) > len(WELLS):
            raise ValueError(f"{len(self.premix.places)} pre-mix vessels: one plate of {len(WELLS)} wells is used")
        return self

    @property
    def deck(self) -> Deck:
        """The deck as the ledger sees it, with the plate for mixing."""
        if self.premix is None:
            return super().deck
        size = tick_ul(self.tick)
        plate = PremixPlate(
            places=self.premix.places,
            vessel_ul=self.premix.total_ticks * size,
            dead_ul=self.premix.dead_ticks * size,
        )
        return super().deck.model_copy(update={"premix": plate})


def dispensing(settings: DeviceSettings) -> dict[str, Any]:
    """What a device that dispenses adds to its lab's capabilities; empty for one that does not."""
    if not isinstance(settings, DosingDeviceSettings):
        return {}
    return {
        "stocks": settings.stocks,
        "vessels": settings.vessels,
        "premix": settings.premix if isinstance(settings, PipettingDeviceSettings) else None,
        "max_transfer_ticks": int(settings.tip_ul / tick_ul(settings.tick) + 1e-9),
    }


def _ul(stock: Stock, amount: Amount | None) -> float:
    if amount is None:
        return 0.0
    found = amount.ticks("1 uL", stock.density)
    if found is None:
        raise BadInput(f"stock {stock.id}: {amount} is a mass and the density is unknown", where="lab.settings.stocks")
    return found


S = TypeVar("S", bound=DeviceSettings)


def read_settings(spec: CampaignSpec, model: type[S]) -> S:
    """The settings of a spec's lab.

    Raises:
        BadInput: an unknown key or a wrong value, with its place.
    """
    try:
        return model.model_validate(spec.lab.settings)
    except ValidationError as error:
        raise wrong_setting(error, model.model_fields) from None
