"""Units in running text: the longest unit that stands behind a number."""

from __future__ import annotations

import re
from typing import NamedTuple

from eutectic.knowledge.units import CHINESE_UNITS, Unit, read_unit, symbols_of

_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺"
_LOST = "\ufffd"
"""A glyph that the page's text lost; before the power of a unit it can only have been a minus."""
_POWERED = (
    rf"(?:{_LOST}\s?[1-4](?!\d)|"
    r"¹\s?[/⁄]\s?²|⁰[.·]⁵|\^?[{(]?1/2[})]?(?!\d)|\^\s?[{(]?0\.5[})]?|[⁻⁺][¹²³⁴⁵⁶](?![⁰¹²³⁴⁵⁶⁷⁸⁹])|[¹²³⁴](?![⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺])|\^\s?[{(]?[-−]?\d[})]?|[-−–]\d(?!\d)|\d(?!\d|\.\d))"
)
"""A power of a unit; two raised digits, or more than four, are the numbers of references."""
_PIECE = re.compile(
    rf"(?P<gap>\s*[·⋅•∙*/]\s*|(?<=[a-z])-(?=[A-Z])|\s?\bper\s|\s{{0,2}})\(?(?P<name>√\s?m\b|[°◦º˚]\s?C|oC|℃|[µμ] ?m|[A-Za-zµμΩÅ%℃‰]+|[\u3400-\u9fff]{{1,4}})(?P<power>{_POWERED})?\)?"
)
_SHARE = re.compile(r"\s*(?:at|atom|atomic|wt|weight|mass|mol|mole|vol|volume)\.?\s?-?(?:%|percent)", re.IGNORECASE)
_SCALE = re.compile(r"\s*(?:[×x]\s*)?10[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+\s*")
_PAIRS = frozenset(("s", "h", "m", "cm"))
"""What may follow another unit behind a bare space without a power: `Pa s`, `mA h`, `Ω cm`."""

_CELSIUS = ("°C", "℃", "° C")
"""Behind which a bracket opens another unit: `σ at 25 °C (S cm⁻¹)`."""


class UnitAt(NamedTuple):
    """A unit in a running text, and where it ends."""

    unit: Unit
    end: int


def unit_at(text: str, at: int) -> UnitAt | None:
    """The longest unit that a text has at a place, after white space."""
    if share := _SHARE.match(text, at):
        unit = read_unit(share[0])
        return UnitAt(unit, share.end()) if unit else None
    ends: list[int] = []
    place, scale = at, _SCALE.match(text, at)
    place = scale.end() if scale else at
    while len(ends) < 6 and (piece := _PIECE.match(text, place)):
        name, power = piece["name"], piece["power"]
        if ends and "(" in piece[0] and name not in _CELSIUS and text[at:place].strip() in _CELSIUS:
            break
        if "\u3400" <= name[0] <= "\u9fff":
            if not ends:
                return _chinese_unit(text, at, place)
            break
        is_bracketed = text.count("(", at, place) > text.count(")", at, place)
        is_bare = bool(ends) and name[0] != "√" and not piece["gap"].strip() and power is None and not is_bracketed
        if is_bare and not (name in _PAIRS or _carries_power(text, piece.end())):
            break
        if ends and not piece["gap"].strip() and piece[0].lstrip().startswith("("):
            break  # a sample or a note behind the unit: `for 30 min (SL2)`
        ends.append(piece.end())
        place = piece.end()
    for end in reversed(ends):
        written = text[at:end].strip()
        if written.count(")") > written.count("("):
            written = written[:-1] if written.endswith(")") else written
        unit = read_unit(written)
        following = text[end : end + 1]
        if unit is not None and (not following.isalnum() or following >= "\u3040" or following in _RAISED):
            return UnitAt(unit._replace(text=" ".join(written.split())), end)
    return None


def _carries_power(text: str, at: int) -> bool:
    """Whether a further unit with a power stands behind: `J mol K⁻¹`."""
    piece = _PIECE.match(text, at)
    return piece is not None and piece["power"] is not None and bool(symbols_of(piece["name"], may_join=True))


def _chinese_unit(text: str, at: int, place: int) -> UnitAt | None:
    start = place
    while start < len(text) and text[start].isspace():
        start += 1
    for name in sorted(CHINESE_UNITS, key=len, reverse=True):
        if text.startswith(name, start):
            unit = read_unit(name)
            return UnitAt(unit, start + len(name)) if unit else None
    return None
