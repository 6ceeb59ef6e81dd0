"""What the experimenter is asked and answers: release a plan, watch its run."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from eutectic.agents.decisions.common import BudgetLine, Recipe
from eutectic.core.plan import Check
from eutectic.core.record import Record


class PlannedLine(Record):
    """A sample of the plan in one line."""

    trial: str
    wanted: Recipe
    achieved: Recipe
    """What whole ticks make of it."""


class ReleaseContext(Record):
    """A compiled plan with the gate's checks."""

    round: int
    lab: str
    simulated: bool
    samples: tuple[PlannedLine, ...]
    checks: tuple[Check, ...]
    cost: float
    hours: float
    left: BudgetLine
    needs_person: bool
    """Whether the approval policy sends the plan to a person anyway."""


class Release(Record):
    """Whether the plan goes on; a plan the gate blocks never does."""

    action: Literal["release", "hold"]
    """`hold` sends the plan to a person."""
    note: str = Field(max_length=800)
    """What a person who approves should know."""


class FailedLine(Record):
    """A trial that gave no usable value."""

    trial: str
    status: str
    cause: str
    note: str
    times_tried: int


class WatchContext(Record):
    """What went wrong in a finished run."""

    round: int
    failed: tuple[FailedLine, ...]
    measured: int
    left: BudgetLine


class Watch(Record):
    """Which failed trials to make again in the next round."""

    repeat: tuple[str, ...]
    note: str = Field(max_length=600)
