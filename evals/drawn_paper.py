"""A made paper: its sheets as printed, its sentences, and the facts that a reader must find in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from eutectic.evals.drawn_values import Cell, Made, Quantity

Head = tuple[str, int]
"""Text of a header cell and the number of columns it stands over."""
ABOVE = "\N{NULL}"
"""A body cell that is part of the one above it."""


class Fact(NamedTuple):
    """One value of one property of one material."""

    material: Made
    property: str
    value: float | None
    kind: str
    unit: str
    anneal_temperature: float | None = None
    """In K, where the paper says one."""
    temperature: float | None = None
    """Of the measurement, in K."""
    is_in_text: bool = False


@dataclass
class Sheet:
    """A table as printed; a body row of one cell runs over all columns."""

    caption: str
    heads: list[list[Head]]
    rows: list[list[str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    label: str = "Table 1"
    is_sideways: bool = False
    breaks_at: int = 0
    """Row at which a page ends; 0 for none."""
    is_headed_again: bool = True
    """Whether the header stands on the next page too."""

    @property
    def n_columns(self) -> int:
        """Number of columns."""
        return sum(span for _, span in self.heads[-1])


@dataclass
class Paper:
    """A made paper."""

    archetype: str
    sheets: list[Sheet]
    facts: list[Fact] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)
    is_chinese: bool = False


def fact(material: Made, quantity: Quantity, cell: Cell, anneal: float | None = None, at: float | None = None) -> Fact:
    """The fact that a cell states."""
    return Fact(material, quantity.property, cell.value, cell.kind, quantity.plain, anneal, at)


def stated(facts: Iterable[Fact]) -> list[Fact]:
    """Without the cells that say nothing."""
    return [item for item in facts if item.kind != "missing"]


def heads(texts: Sequence[str]) -> list[Head]:
    """A header row of single cells."""
    return [(text, 1) for text in texts]
