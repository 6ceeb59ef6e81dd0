"""The property that a caption names for all columns of a table whose headers only say where it was measured."""

from __future__ import annotations

import re

from eutectic.knowledge.properties import Property
from eutectic.knowledge.table_headers import property_in
from eutectic.knowledge.table_states import longest_unit
from eutectic.knowledge.units import Unit, read_unit

_NAMED = re.compile(
    r"(?P<name>[^.;。；]*?)\s*(?:[(（\[]\s*(?:in\s+)?(?P<inside>[^()（）\[\]]{1,24})[)）\]]|,?\s\bin\s(?P<behind>[^,;.()]{1,24}))"
)


def property_said(text: str) -> tuple[str, Unit, Property] | None:
    """The one property with its unit that a caption names for all columns: `Yield strength (MPa) of the alloys at…`."""
    found: list[tuple[str, Unit, Property]] = []
    for match in _NAMED.finditer(text):
        unit = read_unit(match["inside"].strip()) if match["inside"] else longest_unit(match["behind"])
        name = re.split(r"[,，:：]|\b(?:of the|of|and|the|for)\b", match["name"])[-1].strip() if match["name"] else ""
        known = property_in(name, unit) if unit is not None and name else None
        if known is None and unit is not None:
            name = match["name"].strip()
            known = property_in(name, unit) if name else None
        if unit is not None and known is not None:
            found.append((name, unit, known))
    return found[0] if len({item.name for _, _, item in found}) == 1 else None
