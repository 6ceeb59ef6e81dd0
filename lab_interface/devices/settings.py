"""Settings every device lab shares: doses, prices, ranges, and who measures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeVar

from pydantic import Field, ValidationError, model_validator

from eutectic.core.record import Record
from eutectic.core.spec import CampaignSpec
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
