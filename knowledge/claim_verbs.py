"""Words of change in sentences, and what says that such a word is no statement about a component."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Protocol

from eutectic.knowledge.sentence_properties import NamedProperty, named_properties

_UP_WORDS = (
    r"increas\w*|rais(?:e[sd]?|ing)|enhanc\w*|elevat\w*|ris(?:es?|ing)|rose|boost\w*|promot\w*|grow[s]?|grew|higher|larger|"
    r"go(?:es)? up|went up|widen(?:s|ed|ing)?|broaden(?:s|ed|ing)?|expand(?:s|ed|ing)?"
)
_DOWN_WORDS = (
    r"decreas\w*|reduc(?:e[sd]?|ing|tion)|lower(?:s|ed|ing)?|diminish\w*|declin\w*|drop(?:s|ped)?|fall[s]?|fell|"
    r"suppress\w*|degrad\w*|weaken\w*|smaller|shrink(?:s|ing)?|shrank|narrow(?:s|ed|ing)?|go(?:es)? down|went down"
)
_UP_CHINESE, _DOWN_CHINESE = "提高|增加|增大|升高|上升|增强|提升", "降低|减小|下降|减少|恶化"
_BETTER_WORDS, _BETTER_CHINESE = r"improv\w*|benefi\w*|optimi[sz]\w*", "改善|优化"
_WORSE_WORDS, _WORSE_CHINESE = r"deteriorat\w*|worsen\w*|impair\w*|harm\w*|detriment\w*", "劣化"
VERB = re.compile(
    rf"\b(?:{_UP_WORDS}|{_DOWN_WORDS}|{_BETTER_WORDS}|{_WORSE_WORDS})\b"
    rf"|(?:{_UP_CHINESE}|{_DOWN_CHINESE}|{_BETTER_CHINESE}|{_WORSE_CHINESE})",
    re.IGNORECASE,
)
_SIGNS = (
    (re.compile(f"{_UP_WORDS}|{_UP_CHINESE}", re.IGNORECASE), 1),
    (re.compile(f"{_DOWN_WORDS}|{_DOWN_CHINESE}", re.IGNORECASE), -1),
    (re.compile(f"{_BETTER_WORDS}|{_BETTER_CHINESE}", re.IGNORECASE), 2),
)
NEGATED = re.compile(
    r"\b(?:not|no|neither|nor|never|hardly|barely|without|cannot|independent of|little (?:effect|influence)|negligible"
    r"|unaffected|insensitive|stop(?:s|ped)?|ceas\w+|fail\w*|prevent\w*|avoid\w*|despite|in spite of|regardless"
    r"|rather than|instead of)\b|不|无|未|没有|尽管",
    re.IGNORECASE,
)
NOT_MONOTONE = re.compile(
    r"\bto (?:a|its|the) (?:maximum|minimum|peak)\b|"
    r"\b(?:when|once|if|where)\b[^,;]*\b(?:exceeds?|exceeded|(?:is|are|was|were) (?:above|below|over|beyond))\b|"
    r"\bfirst(?:ly)?\b.{0,60}\bthen\b|\bthen (?:de|in)creas|\binitially\b|先.{0,12}后"
    r"|\bup to\b.{0,40}\b(?:then|before|followed)\b"
    r"|\b(?:beyond|above|until|at (?:low|high|small|large))\b.{0,60}\b(?:whereas|but|while)\b"
    r"|\b(?:whereas|but|while)\b.{0,60}\b(?:beyond|above)\b",
    re.IGNORECASE,
)
UNSURE = re.compile(
    r"[?？]\s*$|\bopposite\b|\bcontrary to (?:what|our|the) |\b(?:debated|controversial|unclear|questionable|whether)\b"
    r"|\bif\b.{0,80}\b(?:were|would)\b|\bwould have to\b|\bshould have\b|\bcomplicated\b"
    r"|\bnot (?:be )?(?:support|agree|confirm|reproduc)\w*|\bdisagree\w*|\brefut\w*|是否|争议|尚不清楚",
    re.IGNORECASE,
)
"""What takes back or leaves open all that a sentence says of signs."""
_DRIVER_NOUNS = (
    r"(?:temperatures?|times?|durations?|rates?|sizes?|frequenc(?:y|ies)|pressures?|thickness(?:es)?|speeds?|fields?|"
    r"annealing|crystalli[sz]ation|cycling|cycles|aging|ageing|heating|cooling|deformation|strain|porosity|purity|milling)"
)
_DRIVEN = re.compile(
    rf"^[^,;]*?\b(?:with|by|upon|on|during|after|as)\s+(?:the\s+|an?\s+)?(?:(?:increas|decreas|ris|reduc)\w*\s+(?:of\s+|in\s+)?(?:the\s+)?|higher\s+|lower\s+|longer\s+|prolonged\s+)?"
    rf"(?:[a-z\d.]+\s+){{0,2}}{_DRIVER_NOUNS}\b",
)
_DRIVES = re.compile(
    rf"^\s*(?:the\s+)?(?:[A-Z]?[a-z-]+\s+){{0,3}}(?:{_DRIVER_NOUNS}|[Aa]nnealing|[Aa]geing|[Qq]uenching|[Ss]intering|[Hh]eating)\b[^,;]*$"
)
_CHINESE_DRIVER = re.compile(r"(?:温度|时间|频率|速率|晶粒尺寸)的?(?:升高|提高|增加|增大|延长|降低|减小)")
_WISHED = re.compile(
    r"\b(?:tr(?:y|ied|ies)|attempt\w*|aim\w*|strateg\w+|efforts?|approach\w*|need(?:ed)?|necessary|required|intend\w*)\b"
    r"[^.;]{0,60}\bto\s+$",
    re.IGNORECASE,
)
"""A wish is no finding: `two strategies were tried to reduce`."""
_IS_CONTENT = re.compile(r"\b(?:content|addition|concentration|fraction|amount|doping|substitution)s?\b", re.IGNORECASE)


class Span(Protocol):
    """A piece of a clause."""

    @property
    def start(self) -> int:
        """Where it begins."""

    @property
    def end(self) -> int:
        """Where it ends."""


def verbs(clause: str, changed: Sequence[Span]) -> Iterator[tuple[re.Match[str], int]]:
    """Words of change that are not part of what is said of a component and that nothing but components moves.

    With each its sign: 1 or -1; 2 or -2 for better or worse.
    """
    for match in VERB.finditer(clause):
        if any(item.start <= match.start() < item.end for item in changed):
            continue
        if re.search(r"\bwith\s+(?:the\s+)?$|\bupon\s+$", clause[: match.start()], re.IGNORECASE):
            continue
        if is_driven_otherwise(clause, match) or _WISHED.search(clause[: match.start()]):
            continue
        yield match, next((sign for pattern, sign in _SIGNS if pattern.match(match[0])), -2)


def is_driven_otherwise(clause: str, verb: re.Match[str]) -> bool:
    """Whether a temperature, a time, a size or the like moves the property: `increases with annealing time`."""
    if _CHINESE_DRIVER.search(clause):
        return True
    driven = _DRIVEN.match(clause[verb.end() :])
    if driven and not _IS_CONTENT.search(driven[0]):
        return True
    before = clause[: verb.start()]
    for item in reversed(named_properties(before)):
        before = f"{before[: item.start]}{before[item.end :]}"
    return bool(_DRIVES.match(before)) and not _IS_CONTENT.search(before)


_RAISED_BY_BETTER = (
    "saturation induction, specific saturation magnetization, remanence, maximum energy product, permeability, "
    "curie temperature, critical temperature, supercooled liquid region, critical diameter, relative density, "
    "hardness, rockwell hardness, yield strength, ultimate tensile strength, compressive strength, "
    "fracture strength, flexural strength, elongation, plastic strain, fracture toughness, impact energy, "
    "surface area, ionic conductivity, electrical conductivity, power factor, figure of merit, mass activity, "
    "turnover frequency, open-circuit voltage, fill factor, power conversion efficiency, faradaic efficiency, "
    "conversion, selectivity, yield, removal efficiency, specific capacity, volumetric capacity, "
    "capacity retention, energy density, specific capacitance, quality factor, piezoelectric coefficient, "
    "breakdown strength, transmittance, quantum yield, lifetime, carrier mobility, diffusion length, "
    "adsorption capacity"
)
MORE_IS_BETTER = frozenset(_RAISED_BY_BETTER.split(", "))
"""Properties that `improves` raises whatever they are used for; of coercivity or a band gap it says no sign."""


def sign_of(verb: str, item: NamedProperty) -> int | None:
    """1 or -1 as a word of change says; of better and worse only where more of a property is better for every use."""
    sign = next((value for pattern, value in _SIGNS if pattern.match(verb)), -2)
    return sign if abs(sign) == 1 else better(sign, item)


def better(sign: int, item: NamedProperty) -> int | None:
    """The sign that 2 for better or -2 for worse means; None where more of the property is not always better."""
    return sign // 2 if all(candidate.name in MORE_IS_BETTER for candidate in item.candidates) else None
