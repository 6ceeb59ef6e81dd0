"""Claims: testable statements about a composition and a property, with what each rests on and how far it is trusted."""

from __future__ import annotations

import builtins
from typing import Annotated, Literal

from pydantic import Field, model_validator

from eutectic.core.composition import Composition
from eutectic.core.record import Record, sha256
from eutectic.core.space import Value
from eutectic.core.trial import Quote

ClaimOrigin = Literal["literature", "model", "person"]


class Effect(Record):
    """More of one component raises or lowers the property."""

    kind: Literal["effect"] = "effect"
    component: str
    sign: Literal[1, -1]
    """1: more of it raises the value of the property; -1: lowers it."""


class Synergy(Record):
    """Two components together raise or lower the property beyond what each does alone."""

    kind: Literal["synergy"] = "synergy"
    components: tuple[str, str]
    sign: Literal[1, -1]


class BestRange(Record):
    """The best values are reached with the share of one component inside a range."""

    kind: Literal["range"] = "range"
    component: str
    low: float = Field(ge=0, le=1)
    """Share in the claim's basis."""
    high: float = Field(ge=0, le=1)

    @model_validator(mode="after")
    def _ordered(self) -> BestRange:
        if self.low > self.high:
            raise ValueError(f"{self.component}: low {self.low:g} is above high {self.high:g}")
        return self


class Ranking(Record):
    """Components in the order of how much they raise the value of the property, most first."""

    kind: Literal["ranking"] = "ranking"
    components: tuple[str, ...] = Field(min_length=2)


class Region(Record):
    """A recipe known to be good or bad, with how far around it that holds."""

    kind: Literal["optimum"] = "optimum"
    composition: Composition
    radius: float = Field(default=0.1, gt=0, le=1)
    """Half of the summed absolute differences of shares up to which it is meant."""
    sign: Literal[1, -1] = 1
    """1: good, the place to look; -1: bad, the place to avoid."""


class ProcessEffect(Record):
    """More of a variable of processing raises or lowers the property: scored on observations, steers no recipe."""

    kind: Literal["process"] = "process"
    variable: str = Field(min_length=1, max_length=64)
    """What is done and how much of it: `anneal_temperature`, `mill_time`, `cool_rate`."""
    sign: Literal[1, -1]


class ProcessRange(Record):
    """The best values are reached with a variable of processing inside a range."""

    kind: Literal["process_range"] = "process_range"
    variable: str = Field(min_length=1, max_length=64)
    low: float
    """In SI units."""
    high: float

    @model_validator(mode="after")
    def _ordered(self) -> ProcessRange:
        if self.low > self.high:
            raise ValueError(f"{self.variable}: low {self.low:g} is above high {self.high:g}")
        return self


class Estimated(Record):
    """What somebody expects of one recipe before it is measured."""

    composition: Composition
    process: dict[str, Value] = Field(default_factory=dict)
    """Process variables of the search space; one that is left out is taken in the middle of its range."""
    value: float
    """In the objective's unit, or on any scale that rises with the property."""


LEAST_ESTIMATES = 8
"""Recipes that somebody has to estimate before the estimates say anything together."""


class Estimates(Record):
    """Values that somebody expects of single recipes: what is known of interactions and optima without words for it."""

    kind: Literal["estimates"] = "estimates"
    recipes: tuple[Estimated, ...] = Field(min_length=LEAST_ESTIMATES, max_length=400)


Statement = Annotated[
    Effect | Synergy | BestRange | Ranking | Region | ProcessEffect | ProcessRange | Estimates,
    Field(discriminator="kind"),
]


class Claim(Record):
    """One knowledge item, frozen before the first experiment that it may steer.

    "Good" and "best" are in the sense of the campaign's objective; signs of effects, synergies and rankings are in the
    sense of the property's value.
    """

    property: str = Field(min_length=1, max_length=80)
    statement: Statement
    basis: Literal["at%", "wt%", "mol%", "vol%"] = "at%"
    """Basis of the shares in the statement."""
    origin: ClaimOrigin
    author: str = Field(min_length=1, max_length=120)
    """Person, model name, or document that says so."""
    dated: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")
    """When it was written down."""
    evidence: tuple[Quote, ...] = ()
    trust: float = Field(default=0.5, ge=0, le=1)
    """How far it is believed before the campaign's own data speak."""
    note: str = Field(default="", max_length=400)

    @model_validator(mode="after")
    def _rests_on_something(self) -> Claim:
        if self.origin == "literature" and not self.evidence:
            raise ValueError("a claim from the literature needs a quote with its page")
        return self

    @builtins.property
    def id(self) -> str:
        """The same for the same statement about the same property, whoever makes it."""
        return sha256({"property": self.property, "basis": self.basis, "statement": self.statement.model_dump()})[:12]

    @builtins.property
    def components(self) -> tuple[str, ...]:
        """The components it speaks of."""
        said = self.statement
        if isinstance(said, Effect | BestRange):
            return (said.component,)
        if isinstance(said, ProcessEffect | ProcessRange):
            return ()
        if isinstance(said, Region):
            return tuple(said.composition.fractions)
        if isinstance(said, Estimates):
            return tuple(sorted({name for item in said.recipes for name in item.composition.fractions}))
        return said.components
