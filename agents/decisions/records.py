"""What the designer is asked and answers about records: values that passages state, to be checked by code."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from eutectic.agents.decisions.common import PassageLine
from eutectic.core.record import Record


class RecordsContext(Record):
    """Passages of one document, and what the document calls its materials."""

    passages: tuple[PassageLine, ...]
    labels: tuple[str, ...]
    """`name = formula` for each name the document gives a material."""


class ProposedRecord(Record):
    """One value of one property of one material, as one sentence states it."""

    passage: str
    quote: str = Field(max_length=900)
    """The sentence, copied exactly."""
    material: str = Field(max_length=200)
    """Formula, or the document's name for it, as written."""
    property: str = Field(max_length=120)
    value: str = Field(max_length=60)
    """As written, with sign, power of ten and uncertainty: `< 5`, `2.9 × 10⁻⁵`, `35.3 ± 2`, `not detected`."""
    value_type: Literal["exact", "lower_bound", "upper_bound", "range", "approx", "not_detected"]
    unit: str = Field(max_length=40)
    """As written; empty for a pure number."""


class RecordPick(Record):
    """The records; each is read again by code before it counts."""

    records: tuple[ProposedRecord, ...] = Field(max_length=60)
    note: str = Field(max_length=600)
