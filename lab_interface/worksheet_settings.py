"""Settings of the worksheet lab: the balance, the furnace, what a sample costs and how long it takes."""

from __future__ import annotations

from pydantic import Field, ValidationError, model_validator

from eutectic.core.spec import CampaignSpec
from eutectic.core.stock import Tick
from eutectic.lab_interface.dispense_settings import DispenseSettings
from eutectic.lab_interface.limits import BenchLimits
from eutectic.lab_interface.spec_check import wrong_setting


class WorksheetSettings(DispenseSettings, BenchLimits):
    """What `lab.settings` may hold for a worksheet lab. A limit that is left out blocks what would need it."""

    tick: Tick = "1 mg"
    """What the balance or pipette resolves."""
    total_ticks: int = Field(default=2000, ge=10, le=100_000_000)
    """Size of one sample in ticks."""
    min_ticks: int = Field(default=5, ge=1)
    """Least dose that can be weighed or dispensed well enough."""
    dose_sd_ticks: float | None = Field(default=0.5, ge=0)
    """Standard uncertainty of the balance or pipette in ticks, beside the rounding."""
    max_batch: int = Field(default=24, ge=1, le=96)
    cost_per_trial: float = Field(default=0.0, ge=0)
    """Money per sample beside its components, in the budget's currency."""
    hours_per_trial: float = Field(default=2.0, ge=0)
    hours_per_batch: float = Field(default=8.0, ge=0)
    properties: tuple[str, ...] = ()
    """What can be measured; empty for whatever is asked."""

    go_on_with: float | None = Field(default=None, gt=0, le=1)
    """Share of a batch whose results are enough to plan the next one; the rest may come later. Without, all are."""
    go_on_after_h: float = Field(default=0.0, ge=0)
    """Hours since the sheet was written before the campaign goes on with a share."""
    remind_after_h: float = Field(default=24.0, gt=0)
    """Hours after which `tick` reminds of a sheet that waits, and again after as many more."""
    expire_after_h: float | None = Field(default=None, gt=0)
    """Hours after which samples without a result count as abandoned. Without, a sheet is waited for as long as it
    takes."""

    @model_validator(mode="after")
    def _fits(self) -> WorksheetSettings:
        if self.min_ticks > self.total_ticks:
            raise ValueError(f"min_ticks {self.min_ticks} is above total_ticks {self.total_ticks}")
        return self


def read_settings(spec: CampaignSpec) -> WorksheetSettings:
    """The settings of a spec's lab.

    Raises:
        BadInput: an unknown key or a wrong value, with its place.
    """
    try:
        return WorksheetSettings.model_validate(spec.lab.settings)
    except ValidationError as error:
        raise wrong_setting(error, WorksheetSettings.model_fields) from None
