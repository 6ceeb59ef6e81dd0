"""Trials and observations: what is proposed for measurement, and what came back."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Literal

from pydantic import Field

from eutectic.core.composition import Composition
from eutectic.core.record import Grown, Record, sha256
from eutectic.core.space import Value
from eutectic.core.stock import Device, StockUse

Purpose = Literal["data", "replicate", "reference", "screen"]
"""What a trial is for; a `screen` is measured by the objective's cheap assay alone."""
Source = Literal["initial", "optimizer", "model", "person", "prior"]
Status = Literal["ok", "failed", "abandoned"]
Censoring = Literal["none", "below", "above"]
CauseCode = Literal[
    "sample_prep",
    "not_stabilised",
    "precursor_issue",
    "failed_connection",
    "test_error",
    "not_dispensable",
    "out_of_range",
    "instrument_fault",
    "other",
]
AchievedFrom = Literal["planned", "dispensed", "weighed", "measured"]
FIRST_PRIOR_ROUND = 900_000
"""Earlier data beyond the first thousand stand in rounds from here on, which no campaign reaches."""
_NAME = re.compile(r"r(\d+)-s\d+$")


def round_of(trial: str) -> int:
    """The round in a trial's name such as `r03-s02`; -1 where it tells none."""
    found = _NAME.match(trial)
    return int(found[1]) if found else -1


def is_prior(trial: str) -> bool:
    """Whether a trial's name is that of earlier data; see `eutectic.tools.prior_data.prior_trial_id`."""
    number = round_of(trial)
    return number == 0 or number >= FIRST_PRIOR_ROUND


class Quote(Record):
    """Evidence: words found verbatim on a page of a document of the library."""

    document: str
    page: int = Field(ge=1)
    text: str
    title: str = ""


class Prediction(Record):
    """What the surrogate expected of a trial before it was measured."""

    property: str
    mean: float
    sd: float = Field(ge=0)
    """Standard deviation of the predicted mean, without measurement noise."""


class Trial(Record):
    """One composition with its process values, proposed for measurement."""

    id: str = Field(pattern=r"^r\d{1,6}-s\d{1,3}$")
    """Round and slot, such as `r03-s02`: the key that is never used twice."""
    composition: Composition
    process: dict[str, Value] = {}
    purpose: Purpose = "data"
    source: Source
    why: str = Field(max_length=600)
    predictions: tuple[Prediction, ...] = ()
    evidence: tuple[Quote, ...] = ()

    @property
    def is_new(self) -> bool:
        """Whether it is no repeat and no reference: it takes a place of the batch."""
        return self.purpose in ("data", "screen")

    @cached_property
    def recipe_key(self) -> str:
        """The same for trials that ask for the same composition and process values."""
        return recipe_key(self.composition, self.process)


def recipe_key(composition: Composition, process: dict[str, Value]) -> str:
    """A hash of a composition (to the ppm) and its process values."""
    return sha256({"basis": composition.basis, "ppm": composition.ppm, "process": process})[:16]


class Measurement(Record):
    """One measured value."""

    property: str
    unit: str
    value: float | None
    """None where nothing could be read."""
    sd: float | None = Field(default=None, ge=0)
    """Standard uncertainty the instrument states."""
    censoring: Censoring = "none"
    """`below`: the true value is under `value` (a detection limit); `above`: over it."""


class Observation(Grown):
    """What came back for a trial; failed and censored ones are kept with a reason."""

    later = frozenset(
        {"achieved_sd", "operator", "devices", "stocks", "started_at", "ended_at", "deviation", "vessel", "sample"}
    )

    trial: str
    composition: Composition
    """The achieved composition."""
    achieved_from: AchievedFrom = "planned"
    process: dict[str, Value] = {}
    """Process values as they were done."""
    measurements: tuple[Measurement, ...] = ()
    status: Status = "ok"
    cause: CauseCode | None = None
    note: str = ""
    simulated: bool
    instrument: str = ""
    cost: float = Field(default=0.0, ge=0)
    hours: float = Field(default=0.0, ge=0)
    started_h: float = Field(default=0.0, ge=0)
    """Lab hours since the campaign began."""
    artifacts: tuple[str, ...] = ()
    """SHA-256 of raw files kept in the campaign's `artifacts/` folder."""
    achieved_sd: dict[str, float] = {}
    """Standard uncertainty of each share of `composition`, where it is known."""
    sample: str = ""
    """Label of the sample that was measured."""
    vessel: str = ""
    operator: str = ""
    """The person who did it; empty for a machine."""
    devices: tuple[Device, ...] = ()
    """Devices that took part, with the versions of their software."""
    stocks: tuple[StockUse, ...] = ()
    """Lots that were really used."""
    started_at: str = ""
    """UTC, ISO 8601; empty where nobody wrote it down or the lab is simulated."""
    ended_at: str = ""
    deviation: str = Field(default="", max_length=2000)
    """What was done otherwise than planned, in words."""

    def value(self, name: str) -> float | None:
        """The uncensored value of a property, or None."""
        for item in self.measurements:
            if item.property == name and item.censoring == "none":
                return item.value
        return None
