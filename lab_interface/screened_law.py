"""A law with a cheap assay beside it: what a simulated lab's screen reads, from the truth and an error of its own."""

from __future__ import annotations

import random
from collections.abc import Mapping
from math import cos, pi, sqrt
from typing import NamedTuple

from pydantic import Field, NonNegativeFloat

from eutectic.core.composition import Basis, Composition
from eutectic.core.errors import BadInput
from eutectic.core.record import Record
from eutectic.core.space import Value
from eutectic.core.spec import CampaignSpec
from eutectic.core.trial import CauseCode
from eutectic.lab_interface.law import Law, LawProcess, LawProperty

_WAVES = 8
_TURNS = 1.5
"""Waves of the error along a component from nothing to the whole, about."""


class ScreenSettings(Record):
    """A simulated screen: it reads `offset + slope x truth + misfit x a smooth function of the recipe`, with noise."""

    offset: float = 0.0
    slope: float = 1.0
    """Readings by truth; 0 makes a screen that says nothing."""
    misfit: NonNegativeFloat = 0.0
    """Standard deviation of what it is off by from recipe to recipe, the same for a recipe however often it is read."""
    noise: NonNegativeFloat = Field(default=0.1)
    """Relative standard deviation between replicate readings."""


class _Wave(NamedTuple):
    turns: tuple[float, ...]
    phase: float


class ScreenedLaw:
    """A law that also gives what a screen of one of its properties reads."""

    def __init__(self, base: Law, of: str, reads: LawProperty, settings: ScreenSettings, seed: int) -> None:
        """`of`: the property that the screen goes by; `seed`: of its error, which the recipe alone decides else."""
        self.base, self._of, self._reads, self._settings = base, of, reads, settings
        draws = random.Random(f"screen {seed} {of}")
        self._waves = tuple(
            _Wave(tuple(draws.gauss(0, 2 * pi * _TURNS) for _ in base.components), draws.uniform(0, 2 * pi))
            for _ in range(_WAVES)
        )

    @property
    def basis(self) -> Basis:
        """That of the law."""
        return self.base.basis

    @property
    def components(self) -> tuple[str, ...]:
        """Those of the law."""
        return self.base.components

    @property
    def process(self) -> tuple[LawProcess, ...]:
        """Those of the law."""
        return self.base.process

    @property
    def properties(self) -> tuple[LawProperty, ...]:
        """Those of the law, and what the screen reads."""
        return (*self.base.properties, self._reads)

    @property
    def citation(self) -> str:
        """That of the law, and that the screen is made up."""
        return f"{self.base.citation}; the screen {self._reads.name} is made up for the simulation"

    def true_values(self, composition: Composition, process: Mapping[str, Value]) -> dict[str, float]:
        """Every property without noise; the screen's with its misfit.

        Raises:
            BadInput: as the law does.
        """
        found, given = self.base.true_values(composition, process), self._settings
        shares = composition.vector(self.components)
        phases = (wave.phase + sum(t * x for t, x in zip(wave.turns, shares, strict=True)) for wave in self._waves)
        error = sqrt(2 / _WAVES) * sum(cos(phase) for phase in phases)
        read = given.offset + given.slope * found[self._of] + given.misfit * error
        return {**found, self._reads.name: read}

    def feasible(self, composition: Composition, process: Mapping[str, Value]) -> CauseCode | None:
        """As the law says."""
        return self.base.feasible(composition, process)


def with_screen(law: Law, spec: CampaignSpec, settings: ScreenSettings | None) -> Law:
    """The law with the screen that a spec names; the law itself where it names none or the law reads it by itself.

    Raises:
        BadInput: settings of a screen that the spec does not name, or a screen that the lab cannot read.
    """
    screen, known = spec.screen, {item.name: item for item in law.properties}
    if screen is None or screen.property in known:
        if settings is not None:
            raise BadInput(
                "the spec names no screen that the lab would need settings for", where="lab.settings.screen",
                mend="give the objective a screen of another name than the law's properties",
            )  # fmt: skip
        return law
    if settings is None:
        raise BadInput(
            f"the law does not give {screen.property!r}", where="objectives.0.screen.property",
            mend="say in lab.settings.screen what it reads",
        )  # fmt: skip
    objective = spec.objectives[0]
    if objective.property not in known:
        return law
    reads = LawProperty(name=screen.property, unit=screen.unit, direction=objective.direction, noise=settings.noise)
    return ScreenedLaw(law, objective.property, reads, settings, spec.seed)
