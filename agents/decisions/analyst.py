"""What the analyst is asked and answers: judge the data, state the findings."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from eutectic.agents.decisions.common import ObjectiveLine, Result
from eutectic.core.record import Grown, Record

FlagCode = Literal[
    "far_from_prediction",
    "far_from_replicate",
    "non_physical",
    "batch_shift",
    "stuck",
    "reference_off",
    "not_reproduced",
    "confirmed",
]
"""Causes of doubt. `stuck`: the reading before, once more; `reference_off`: the reference of this round was out of its
control limits; `not_reproduced`: a repeat contradicts it; `confirmed`: a repeat bears it out."""


class QualityLine(Grown):
    """One measured value with the flags that code raised on it."""

    later = frozenset({"wrong", "repeat_gain", "new_gain"})

    trial: str
    property: str
    value: float
    unit: str
    expected: float | None
    """What the surrogate predicted before; null in the first round."""
    z: float | None
    """Deviation from `expected` in predictive standard deviations, noise included."""
    flags: tuple[FlagCode, ...]
    wrong: float | None = None
    """Probability that the reading is wrong; null where nothing is suspicious."""
    repeat_gain: float | None = None
    """Expected gain of measuring it again, as a share of the range of scores seen."""
    new_gain: float | None = None
    """Expected gain of a new trial in its place."""


class QualityContext(Record):
    """The round's values."""

    round: int
    lines: tuple[QualityLine, ...]
    noise: str
    """What is known of the noise, in words."""


class Judgement(Record):
    """What to do with one flagged observation; those not named are kept."""

    trial: str
    verdict: Literal["keep", "exclude", "repeat"]
    """`exclude` keeps it in the notebook and out of the models."""
    reason: str = Field(max_length=400)


class Quality(Record):
    """The analyst's judgement of the round's data."""

    judgements: tuple[Judgement, ...]
    note: str = Field(max_length=800)


class ModelLine(Record):
    """How well the surrogate predicts one property, on recipes it has not seen."""

    property: str
    unit: str
    n: int
    rmse: float | None
    r2: float | None
    coverage_90: float | None
    """Share of left-out values inside the 90 % interval."""
    noise_sd: float | None


class EffectLine(Record):
    """How much one component or process variable matters to one property."""

    property: str
    factor: str
    share: float
    """Share of the explained variation, 0 to 1."""
    direction: Literal["raises", "lowers", "mixed"]


class FindingsContext(Record):
    """What the analyst states findings from."""

    round: int
    objectives: tuple[ObjectiveLine, ...]
    best: tuple[Result, ...]
    results: tuple[Result, ...]
    """What this round measured, the twelve first."""
    models: tuple[ModelLine, ...]
    effects: tuple[EffectLine, ...]
    measured: int
    failed: int
    improved: bool


class Finding(Record):
    """A statement that rests on trials."""

    text: str = Field(max_length=400)
    trials: tuple[str, ...]


class Findings(Record):
    """What was learned."""

    findings: tuple[Finding, ...] = Field(max_length=8)
    trust: Literal["low", "medium", "high"]
    """How far the surrogate can be trusted now."""
    note: str = Field(max_length=800)
