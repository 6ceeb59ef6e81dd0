"""What the designer is asked and answers about records: values and claims of processing that passages state."""

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


class ProposedProcessClaim(Record):
    """One sentence on processing: more of a variable raises or lowers a property, or where it is best."""

    passage: str
    quote: str = Field(max_length=600)
    """The sentence, copied exactly."""
    property: str = Field(max_length=120)
    variable: str = Field(max_length=64)
    """Stage and quantity: `anneal_temperature`, `mill_time`, `cool_rate`, `wheel_speed`, `sinter_time`."""
    sign: Literal[1, -1, 0]
    """1: more of it raises the value of the property; -1: lowers it; 0: the best values lie from `low` to `high`."""
    low: float | None = None
    """As written, in `unit`; none where the sign is not 0."""
    high: float | None = None
    unit: str = Field(default="", max_length=20)


class RecordPick(Record):
    """The records and claims of processing; each is read again by code before it counts."""

    records: tuple[ProposedRecord, ...] = Field(max_length=60)
    process_claims: tuple[ProposedProcessClaim, ...] = Field(default=(), max_length=20)
    note: str = Field(max_length=600)
