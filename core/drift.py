"""Drift: how far an instrument's readings of a round lie off, with uncertainty, and readings corrected for it."""

from __future__ import annotations

import math
from typing import Literal

from pydantic import Field

from eutectic.core.record import Record, significant
from eutectic.core.trial import Measurement, Observation, round_of


class Shift(Record):
    """How far one round reads off, against the first round or a certified value."""

    round: int
    shift: float
    """Logarithm of the ratio, or a difference in the property's unit."""
    sd: float = Field(ge=0)


class Drift(Record):
    """The drift of one property over a campaign."""

    property: str
    scale: Literal["ratio", "difference"]
    noise: float = Field(ge=0)
    """Standard deviation of one reading within a round: relative for a ratio, else in the unit."""
    shifts: tuple[Shift, ...]
    level_sd: float = Field(default=0.0, ge=0)
    """Standard uncertainty that all corrected values share, for the level of the instrument itself is known no better:
    relative for a ratio. It moves no comparison between recipes, but every absolute value and prediction."""
    freedom: float | None = Field(default=None, gt=0)
    """Degrees of freedom of all these uncertainties, which say how wide an interval must be; None for many."""
    outliers: tuple[str, ...] = ()
    """Trials whose reading does not fit the repeats of its recipe, with or without a shift."""
    jumps: tuple[int, ...] = ()
    """Rounds from which on the instrument reads differently for good."""

    def corrected(self, item: Measurement, round: int) -> Measurement:
        """A reading without the shift of its round; its uncertainty is that of the noise and the shift together."""
        found = self._shift(round)
        if found is None or item.value is None:
            return item
        spread, value = math.hypot(self.noise, found.sd), self._without(found, item.value)
        sd = abs(value) * spread if self.scale == "ratio" else spread
        return item.model_copy(update={"value": significant(value, 9), "sd": significant(sd, 6)})

    def level(self, value: float, round: int) -> float:
        """A value read in a round, without the shift of that round."""
        found = self._shift(round)
        return value if found is None else significant(self._without(found, value), 9)

    def _shift(self, round: int) -> Shift | None:
        return next((one for one in self.shifts if one.round == round), None)

    def _without(self, found: Shift, value: float) -> float:
        return value * math.exp(-found.shift) if self.scale == "ratio" else value - found.shift

    def widened(self, mean: float, sd: float) -> float:
        """The standard deviation of a prediction made from corrected values, the shared uncertainty of all included."""
        return math.hypot(sd, self.level_sd * (abs(mean) if self.scale == "ratio" else 1.0))


class Drifts(Record):
    """What is known of the drift of every property after a round."""

    round: int
    properties: tuple[Drift, ...]

    def corrected(self, item: Observation) -> Observation:
        """An observation with every reading corrected; one of the same values where nothing is known."""
        number = round_of(item.trial)
        known = {one.property: one for one in self.properties}
        read = tuple(known[m.property].corrected(m, number) if m.property in known else m for m in item.measurements)
        return item if read == item.measurements else item.model_copy(update={"measurements": read})
