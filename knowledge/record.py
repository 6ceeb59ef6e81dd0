"""A record of the literature: one property of one material with value, unit, conditions, place and checks."""

from __future__ import annotations

import builtins
from typing import Literal

from pydantic import Field

from eutectic.core.composition import Composition
from eutectic.core.record import Record, sha256
from eutectic.knowledge.amounts import ValueType
from eutectic.knowledge.materials import Material, StatedBasis

RecordStatus = Literal["verified", "flagged", "refused"]
Origin = Literal["measured", "calculated", "specified"]
Reason = Literal[
    "basis_unknown",
    "composition_unknown",
    "composition_incomplete",
    "sum_not_100",
    "family_open",
    "unit_unknown",
    "unit_of_another_quantity",
    "scale_ambiguous",
    "flat_exponent",
    "glyph_lost",
    "out_of_range",
    "outlier",
    "quote_not_found",
    "number_not_in_quote",
    "unit_not_in_quote",
    "material_not_in_quote",
    "material_from_context",
    "calculated",
    "specified",
    "disagrees",
    "property_unknown",
]
REFUSING: frozenset[Reason] = frozenset(
    ("sum_not_100", "unit_of_another_quantity", "out_of_range", "quote_not_found", "number_not_in_quote")
)
"""Reasons for which a record is refused; the others flag it."""


class Conditions(Record):
    """Under which circumstances a value holds, as far as the document says so next to it."""

    temperature: float | None = None
    """Of the measurement, in K."""
    anneal_temperature: float | None = None
    """In K."""
    anneal_time: float | None = None
    """In s."""
    atmosphere: str = ""
    method: str = ""
    """Of making or measuring, as written."""
    sample: str = ""
    """Form of the sample, such as `as-cast`, `ribbon`, `10 mm rod`."""
    other: tuple[str, ...] = ()
    """Further columns of the row, as `header: cell`."""


class Flaw(Record):
    """Why a record is not simply good."""

    reason: Reason
    detail: str = Field(default="", max_length=300)


class LiteratureRecord(Record):
    """What a document says of one property of one material, kept whether it can be used or not."""

    document: str
    page: int = Field(ge=1)
    quote: str
    """Words found verbatim on that page (see `find_quote`)."""
    source: Literal["table", "text"]
    table: str = ""
    """Label of the table."""
    caption: str = ""
    row: int | None = None
    """0-based, of the table's body."""
    column: int | None = None
    material: str
    """As written."""
    label: str = ""
    """The document's own name for it."""
    composition: Composition | None = None
    """In at%; None where it cannot be told for certain."""
    basis: StatedBasis = "unknown"
    """In which it was written."""
    property: str
    """Canonical name where the property table has it, else as written."""
    property_written: str
    value: float | None
    """In `unit`, the middle of a range; None for `not_detected`."""
    value_type: ValueType = "exact"
    low: float | None = None
    high: float | None = None
    sd: float | None = Field(default=None, ge=0)
    unit: str = ""
    """As written, with a power of ten that stood in a header."""
    si_value: float | None = None
    si_low: float | None = None
    si_high: float | None = None
    si_sd: float | None = None
    si_unit: str = ""
    conditions: Conditions = Conditions()
    origin: Origin = "measured"
    proposer: str = "rules"
    """`rules`, or the name of the model that proposed it."""
    flaws: tuple[Flaw, ...] = ()

    @builtins.property
    def status(self) -> RecordStatus:
        """`verified` without flaws, `refused` with one that forbids its use, else `flagged`."""
        if any(flaw.reason in REFUSING for flaw in self.flaws):
            return "refused"
        return "flagged" if self.flaws else "verified"

    @builtins.property
    def id(self) -> str:
        """The same for the same statement at the same place, whoever reads it."""
        return sha256(
            [self.document, self.page, self.material, self.property, self.value, self.value_type, self.unit, self.table,
             self.row, self.column, self.conditions.model_dump(mode="json")]
        )[:16]  # fmt: skip

    @builtins.property
    def value_text(self) -> str:
        """Value, uncertainty and unit as written, such as `about 6.3 K/s` or `65 +- 1 %`."""
        if self.value is None:
            return "not detected"
        sign = {"upper_bound": "< ", "lower_bound": "> ", "approx": "about "}.get(self.value_type, "")
        text = f"{self.low:g} to {self.high:g}" if self.value_type == "range" else f"{sign}{self.value:g}"
        return f"{text} +- {self.sd:g} {self.unit}" if self.sd is not None else f"{text} {self.unit}".strip()

    def with_flaws(self, *flaws: Flaw) -> LiteratureRecord:
        """The record with further flaws, each reason once."""
        known = {flaw.reason for flaw in self.flaws}
        return self.model_copy(update={"flaws": (*self.flaws, *(f for f in flaws if f.reason not in known))})


def judged(material: Material) -> tuple[Material, list[Flaw]]:
    """A material with what speaks against it."""
    problem = material.problem
    reason: Reason = "composition_unknown"
    if material.composition is not None:
        return material, []
    if problem.startswith("basis_unknown"):
        reason = "basis_unknown"
    elif "add up to" in problem:
        reason = "composition_incomplete" if problem.startswith("incomplete") else "sum_not_100"
    elif "is open" in problem:
        reason = "family_open"
    return material, [Flaw(reason=reason, detail=problem[:300])]
