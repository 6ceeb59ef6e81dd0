"""Header cells that say at which state or temperature a column was measured, and units that a caption gives."""

from __future__ import annotations

import re

from eutectic.knowledge.amounts import find_amounts
from eutectic.knowledge.units import Unit, read_unit
from eutectic.knowledge.units_text import unit_at

_STATE = re.compile(
    r"(?:as[- ](?:cast|spun|quenched|prepared|deposited|received|sintered|annealed|built|rolled|extruded|atomi[sz]ed)|"
    r"annealed|quenched|aged|tempered|homogeni[sz]ed|sintered|(?:before|after)\b.{0,40}|RT|room[- ]temperature|"
    r"(?:cold|hot)[- ]rolled|铸态|淬态|退火态|时效态|室温|高温)(?:\s+(?:state|condition|at\b.{0,30}))?",
    re.IGNORECASE,
)
_VARIABLE = re.compile(r"^[A-Za-zα-ω][\w,]{0,4}\s*=\s*")
_OPEN = re.compile(r"\s*(?:[(（\[]|,|，|/|:|：|\bin\b)\s*(?:in\s+)?(?P<rest>[^,;，；()（）\[\]]{1,24})")

_MEANS = r"\s*(?:[:=：]|,\s|–|—|\bis the\b|\bdenotes?\b|\bstands for\b)\s*(?:the\s+)?"


def is_state(part: str) -> bool:
    """Whether a header cell is a state of the sample or an amount with its unit, such as `673 K`: no name."""
    text = part.strip()
    if _STATE.fullmatch(text):
        return True
    bare = _VARIABLE.sub("", text)
    amount = next(find_amounts(bare), None)
    if amount is None or bare[: amount.start].strip(" (~≈") or amount.value is None:
        return False
    behind = unit_at(bare, amount.end)
    return behind is not None and not bare[behind.end :].strip(" )") and not behind.unit.basis


def unit_said(name: str, text: str) -> Unit | None:
    """The unit that a caption or footnote gives a column: `Bs in T`, `Hc (A/m)`."""
    bare = name.strip()
    if not bare:
        return None
    for match in re.finditer(rf"(?<![A-Za-z0-9]){re.escape(bare)}(?![A-Za-z0-9])", text):
        opened = _OPEN.match(text, match.end())
        unit = longest_unit(opened["rest"]) if opened else None
        if unit is not None:
            return unit
    return None


def meaning_said(name: str, text: str) -> str:
    """What a caption says an abbreviated header means: `YS: yield strength`, `YS = …`, `yield strength (YS)`."""
    if not re.fullmatch(r"[^\W\d][\w,]{0,7}", name.strip()):
        return ""
    bare = re.escape(name.strip())
    behind = re.search(rf"(?<![A-Za-z0-9]){bare}{_MEANS}(?P<said>[^,;.()=:]{{4,40}})", text)
    before = re.search(rf"(?P<said>[A-Za-z][^,;.()=:]{{3,40}})\s*[(（]{bare}[)）]", text)
    found = behind or before
    return found["said"].strip() if found else ""


def longest_unit(text: str) -> Unit | None:
    """The unit of the most words that a text opens with."""
    words = text.split()
    for n in range(min(4, len(words)), 0, -1):
        unit = read_unit(" ".join(words[:n]).strip(" .,;:"))
        if unit is not None:
            return unit
    return None
