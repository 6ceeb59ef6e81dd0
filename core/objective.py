"""Objectives: measured properties with unit and direction, targets and thresholds."""

from __future__ import annotations

import builtins
from typing import Literal

from pydantic import Field, model_validator

from eutectic.core.record import Record

Direction = Literal["maximize", "minimize", "target"]


class Screen(Record):
    """A cheap assay beside the careful test of an objective; what it reads is a property of its own."""

    property: str = Field(min_length=1, max_length=80)
    """What it reads; never the objective's own property, so that a reading is no result."""
    unit: str
    price: float = Field(gt=0)
    """Money of a trial that only has this assay, without the components."""


class Objective(Record):
    """One property that the campaign is after, or must keep within a limit."""

    property: str = Field(min_length=1, max_length=80)
    unit: str
    """The unit of every value of this property; write `1` for a plain number."""
    direction: Direction
    target: float | None = None
    """The value wanted, for direction `target`."""
    tolerance: float | None = Field(default=None, gt=0)
    """How far from `target` still counts as met."""
    at_least: float | None = None
    """Met from this value on; for `role: constrain` the limit that must hold."""
    at_most: float | None = None
    """Met down to this value; for `role: constrain` the limit that must hold."""
    role: Literal["optimize", "constrain"] = "optimize"
    """Whether to push the property as far as it goes, or only keep it within its limits."""
    screen: Screen | None = None
    """A cheap assay that may tell recipes worth the careful test; its readings steer and are no results."""

    @model_validator(mode="after")
    def _complete(self) -> Objective:
        if (self.direction == "target") != (self.target is not None and self.tolerance is not None):
            raise ValueError(
                f"{self.property}: direction {self.direction}, target {self.target}, tolerance {self.tolerance}: "
                "write both target and tolerance with direction target, and neither with the others"
            )
        if self.role == "constrain" and self.at_least is None and self.at_most is None and self.target is None:
            raise ValueError(f"{self.property}: role constrain has no limit: write at_least, at_most or a target")
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise ValueError(
                f"{self.property}: at_least {self.at_least:g} is above at_most {self.at_most:g}: write it below"
            )
        if self.screen is not None and (self.direction == "target" or self.screen.property == self.property):
            raise ValueError(
                f"{self.property}: a screen needs direction maximize or minimize and a property of its own name"
            )
        return self

    @builtins.property
    def has_goal(self) -> bool:
        """Whether there is a value at which the objective counts as met."""
        return self.target is not None or self.at_least is not None or self.at_most is not None

    def is_met(self, value: float) -> bool:
        """Whether a value reaches the target or keeps within the thresholds; False where there are none."""
        if self.target is not None and self.tolerance is not None and abs(value - self.target) > self.tolerance:
            return False
        if self.at_least is not None and value < self.at_least:
            return False
        if self.at_most is not None and value > self.at_most:
            return False
        return self.has_goal

    def score(self, value: float) -> float:
        """The value turned so that more is better: itself, its negative, or minus the distance to the target."""
        if self.direction == "maximize":
            return value
        if self.direction == "minimize":
            return -value
        assert self.target is not None
        return -abs(value - self.target)
