"""What the PI is asked and answers: frame the campaign, review a round, close."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from eutectic.agents.decisions.common import BudgetLine, ObjectiveLine, Result, SpaceLine
from eutectic.core.record import Record


class FrameContext(Record):
    """What the PI sees before the first round."""

    goal: str
    objectives: tuple[ObjectiveLine, ...]
    space: SpaceLine
    budget: BudgetLine
    batch: int
    lab: str
    simulated: bool
    prior_observations: int
    has_library: bool


class Brief(Record):
    """The campaign in the PI's words, which the other roles work from."""

    summary: str = Field(max_length=1200)
    success: str = Field(max_length=600)
    """What counts as done."""
    risks: tuple[str, ...] = Field(max_length=8)
    strategy: str = Field(max_length=1200)
    search_terms: tuple[str, ...] = Field(max_length=8)
    """Queries for the library."""


class ReviewContext(Record):
    """What the PI sees after a round."""

    round: int
    objectives: tuple[ObjectiveLine, ...]
    best: tuple[Result, ...]
    """Best trials so far, best first (the Pareto front where there are several objectives)."""
    goal_met: bool | None
    """Null where no objective to be pushed has a value at which it counts as met."""
    rounds_without_gain: int
    expected_gain: float | None
    """Of the next batch, as a share of the range seen; null before a surrogate exists."""
    failed_in_a_row: int
    findings: tuple[str, ...]
    left: BudgetLine
    next_batch_cost: float
    stop_reasons: tuple[str, ...]
    """Stop rules of the spec that hold now; the PI must stop or say why not."""


class Review(Record):
    """The PI's judgement of the campaign and what to do next."""

    assessment: str = Field(max_length=1200)
    action: Literal["continue", "re_aim", "ask", "stop"]
    """`re_aim` changes how much to explore; `ask` waits for a person."""
    explore: Literal["less", "same", "more"]
    reason: str = Field(max_length=800)


class CloseContext(Record):
    """What the PI sees at the end."""

    goal: str
    reason: str
    objectives: tuple[ObjectiveLine, ...]
    best: tuple[Result, ...]
    goal_met: bool | None
    """Null where no objective to be pushed has a value at which it counts as met."""
    experiments: int
    failed: int
    money: float
    hours: float
    findings: tuple[str, ...]
    simulated: bool


class Closing(Record):
    """The PI's last word, printed at the top of the report."""

    headline: str = Field(max_length=300)
    confidence: str = Field(max_length=800)
    caveats: tuple[str, ...] = Field(max_length=8)
    next_steps: tuple[str, ...] = Field(max_length=8)
