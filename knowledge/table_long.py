"""Tables with one line a value, material, property, value, unit, written out with a column for each property."""

from __future__ import annotations

import re
from typing import NamedTuple

from eutectic.knowledge.amounts import is_missing
from eutectic.knowledge.table_headers import property_in
from eutectic.knowledge.table_written import Cells
from eutectic.knowledge.units import read_unit

_ROLES = {
    "property": re.compile(r"(?:propert(?:y|ies)|quantit(?:y|ies)|parameters?|性能|参数|物理量)", re.IGNORECASE),
    "value": re.compile(r"(?:(?:measured\s+)?values?|results?|数值|测量值)", re.IGNORECASE),
    "unit": re.compile(r"(?:units?|单位)\.?", re.IGNORECASE),
}
_LEAST = 0.6
"""Share of the lines whose property must be known."""


class Unfolded(NamedTuple):
    """A table with one column a property, and where each column stood."""

    headers: Cells
    rows: Cells
    column_at: tuple[int, ...]


def unfolded(headers: Cells, rows: Cells) -> Unfolded | None:
    """The table with a column for each property it lists; None where it has no columns of properties and values,
    or no other one that names what they are of."""
    places: dict[str, int] = {}
    for place, cell in enumerate(headers[-1]):
        for role, pattern in _ROLES.items():
            if pattern.fullmatch(cell.strip()):
                if role in places:
                    return None
                places[role] = place
    others = [place for place in range(len(headers[-1])) if place not in places.values()]
    if "property" not in places or "value" not in places or not others:
        return None
    names = [_named(row, places) for row in rows]
    units = [read_unit(row[places["unit"]].strip()) if "unit" in places else None for row in rows]
    known = [property_in(row[places["property"]].strip(), unit) for row, unit in zip(rows, units, strict=True)]
    if sum(item is not None for item in known) < _LEAST * len(rows) or len(set(names)) < 2:
        return None
    distinct = list(dict.fromkeys(filter(None, names)))
    head = (*(headers[-1][place] for place in others), *distinct)
    body = tuple(
        (*(row[place] for place in others), *(row[places["value"]] if name == each else "" for each in distinct))
        for row, name in zip(rows, names, strict=True)
    )
    return Unfolded((head,), body, (*others, *(places["value"] for _ in distinct)))


def _named(row: tuple[str, ...], places: dict[str, int]) -> str:
    """The property of a line with its unit in brackets."""
    name = row[places["property"]].strip()
    unit = row[places["unit"]].strip() if "unit" in places else ""
    return f"{name} ({unit})" if name and unit and not is_missing(unit) and unit != "1" else name
