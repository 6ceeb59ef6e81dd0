"""What the designer is asked and answers about single recipes: which value it expects, before any experiment."""

from __future__ import annotations

from pydantic import Field

from eutectic.agents.decisions.common import ObjectiveLine
from eutectic.core.record import Record

MOST_RECIPES = 60


class RecipeLine(Record):
    """A recipe of the search space, for a reader."""

    id: str = Field(pattern=r"^e\d{2}$")
    recipe: str
    """Such as `Fe 80 B 15 Si 5 at%; anneal_T 700 K`."""


class EstimatesContext(Record):
    """Recipes spread over the search space."""

    goal: str
    objectives: tuple[ObjectiveLine, ...]
    recipes: tuple[RecipeLine, ...]


class RecipeEstimate(Record):
    """The value expected of one recipe."""

    recipe: str
    """Its id."""
    property: str = Field(max_length=80)
    """Name of an objective."""
    value: float
    """In the objective's unit."""


class EstimatePick(Record):
    """What is expected, recipe by recipe; nothing where there is no knowledge to go by."""

    estimates: tuple[RecipeEstimate, ...] = Field(max_length=4 * MOST_RECIPES)
    note: str = Field(max_length=600)
