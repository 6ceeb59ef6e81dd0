"""What the designer is asked and answers: pick evidence, choose trials and say why."""

from __future__ import annotations

from pydantic import Field

from eutectic.agents.decisions.common import (
    CandidateLine,
    EvidenceLine,
    NamedValue,
    ObjectiveLine,
    PassageLine,
    Result,
    SpaceLine,
)
from eutectic.core.composition import Part
from eutectic.core.record import Record


class EvidenceContext(Record):
    """Passages that the PI's search terms found."""

    strategy: str
    objectives: tuple[ObjectiveLine, ...]
    passages: tuple[PassageLine, ...]


class PickedQuote(Record):
    """Words copied exactly from one passage."""

    passage: str
    quote: str = Field(max_length=600)
    why: str = Field(max_length=300)


class EvidencePick(Record):
    """The quotes worth keeping; each is checked against its page before it counts."""

    quotes: tuple[PickedQuote, ...] = Field(max_length=12)
    note: str = Field(max_length=600)


class ChooseContext(Record):
    """What the designer chooses a batch from."""

    round: int
    strategy: str
    explore: str
    objectives: tuple[ObjectiveLine, ...]
    space: SpaceLine
    batch: int
    candidates: tuple[CandidateLine, ...]
    best: tuple[Result, ...]
    last: tuple[Result, ...]
    """Results of the last round."""
    evidence: tuple[EvidenceLine, ...]
    own_allowed: int
    """How many of the batch may be recipes of the designer's own."""


class ChosenTrial(Record):
    """One trial of the batch: a candidate by its id, or an own recipe."""

    candidate: str
    """Id of a candidate, or an empty text for an own recipe."""
    parts: tuple[Part, ...]
    """Own recipe: component and fraction (0 to 1, sum 1); empty for a candidate."""
    process: tuple[NamedValue, ...]
    """Own recipe: every process variable; empty for a candidate."""
    why: str = Field(max_length=500)


class Choice(Record):
    """The batch, with the reason for each trial."""

    trials: tuple[ChosenTrial, ...] = Field(max_length=96)
    note: str = Field(max_length=800)
