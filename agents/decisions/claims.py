"""What the designer is asked and answers about claims: testable statements of the passages, before any experiment."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from eutectic.agents.decisions.common import ObjectiveLine, PassageLine
from eutectic.core.record import Record


class ClaimsContext(Record):
    """Passages that may say how a component moves an objective."""

    objectives: tuple[ObjectiveLine, ...]
    components: tuple[str, ...]
    passages: tuple[PassageLine, ...]


class ProposedClaim(Record):
    """One testable statement that one sentence of a passage makes."""

    passage: str
    quote: str = Field(max_length=600)
    """The sentence, copied exactly."""
    property: str = Field(max_length=80)
    """Name of an objective."""
    kind: Literal["effect", "range", "ranking", "synergy", "optimum"]
    components: tuple[str, ...] = Field(max_length=8)
    """One for an effect or a range, two for a synergy, most first for a ranking, none for an optimum."""
    sign: Literal[-1, 0, 1]
    """Effect and synergy: 1 raises the value, -1 lowers it; 0 for the others."""
    low: float
    """Range: lowest share, 0 to 1; 0 for the others."""
    high: float
    """Range: highest share, 0 to 1; 0 for the others."""
    formula: str = Field(max_length=200)
    """Optimum: the composition as the sentence writes it; empty for the others."""


class ClaimPick(Record):
    """The claims worth testing; each is checked against its page and its own words before it counts."""

    claims: tuple[ProposedClaim, ...] = Field(max_length=40)
    note: str = Field(max_length=600)
