"""A law: what a simulated lab measures, as a deterministic function of composition and process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from pydantic import Field

from eutectic.core.composition import Basis, Composition
from eutectic.core.objective import Direction
from eutectic.core.record import Record
from eutectic.core.space import Value
from eutectic.core.trial import CauseCode


class LawProperty(Record):
    """One property that a law gives."""

    name: str
    unit: str
    direction: Direction
    """What a user usually wants of it."""
    noise: float | None = Field(default=None, ge=0)
    """Relative standard deviation between replicate trials where it is known; None: the lab's default."""
    below: float | None = None
    """Detection limit: smaller values come back censored."""
    above: float | None = None
    """End of the scale: larger values come back censored."""


class LawProcess(Record):
    """One process variable that a law understands."""

    name: str
    unit: str
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    default: Value
    """What holds where the search space has no such variable."""


class Law(Protocol):
    """What a file of `laws/` gives: the true values, before any lab adds its noise."""

    @property
    def basis(self) -> Basis:
        """The basis its compositions are in."""
        ...

    @property
    def components(self) -> tuple[str, ...]:
        """The components it knows; a composition need not use them all."""
        ...

    @property
    def process(self) -> tuple[LawProcess, ...]:
        """The process variables it understands."""
        ...

    @property
    def properties(self) -> tuple[LawProperty, ...]:
        """What it gives."""
        ...

    @property
    def citation(self) -> str:
        """Sources of its equations or data, and which parts were made up for the simulation."""
        ...

    def true_values(self, composition: Composition, process: Mapping[str, Value]) -> dict[str, float]:
        """Every property without noise; the same input gives the same values.

        Raises:
            BadInput: a component or process variable that it does not know, or another basis.
        """
        ...

    def feasible(self, composition: Composition, process: Mapping[str, Value]) -> CauseCode | None:
        """Why no sample can be made of it, or None where one can."""
        ...
