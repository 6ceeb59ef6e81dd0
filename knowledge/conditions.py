"""Conditions in running text: temperatures, annealing, atmosphere, method and form of the sample."""

from __future__ import annotations

import re

from eutectic.knowledge.amounts import find_amounts
from eutectic.knowledge.record import Conditions
from eutectic.knowledge.units import read_unit
from eutectic.knowledge.units_text import unit_at

_TREATED = re.compile(
    r"(?:anneal\w*|heat[- ]treat\w*|aged|ageing|aging|sinter\w*|calcin\w*|temper(?:ed|ing)|solution\w*(?: heat)? treat\w*|退火|热处理|烧结|时效)",
    re.IGNORECASE,
)
_ROOM = re.compile(r"\b(?:room[- ]temperature|ambient[- ]temperature|RT)\b|室温", re.IGNORECASE)
_ATMOSPHERE = re.compile(
    r"\b(?:in|under)\s+(?:an?\s+|the\s+)?(?:[\w.-]+\s+){0,2}?(argon|Ar|nitrogen|N2|air|vacuum|oxygen|O2|hydrogen|H2|helium|inert)\b(?:\s+(?:gas|atmosphere|flow))?"
    r"|(氩气|氮气|空气|真空|氢气|氧气)"
)
_ELECTROLYTE = re.compile(r"\b(?:in|using)\s+(\d+(?:\.\d+)?\s?(?:M|mol/L|mol L[⁻-][¹1])\s+[A-Z]\w+)")
_METHODS = re.compile(
    r"\b(sol[- –]gel|melt[- ]spinning|melt[- ]spun|arc[- ]melt\w+|induction[- ]melt\w+|copper[- ]mou?ld[- ]cast\w*|suction[- ]cast\w*|"
    r"ball[- ]mill\w+|mechanochemical\w*|mechanical alloying|spark plasma sintering|SPS|magnetron sputtering|sputter\w+|electrodeposit\w+|"
    r"hydrothermal\w*|solvothermal\w*|solid[- ]state (?:reaction|route)|spray pyrolysis|atomic layer deposition|selective laser melting|"
    r"laser powder bed fusion|spin[- ]coat\w+|co-?precipitation|chemical vapou?r deposition|Archimedes\w*|DSC|EPMA|WDS|EDS|EDX|ICP(?:-\w+)?|VSM|SQUID|"
    r"nanoindentation|DFT|tensile test\w*|compression test\w*|impedance spectroscopy|EIS)\b"
    r"|(溶胶[-–]?凝胶|熔体旋淬|单辊甩带|电弧熔炼|球磨|水热|磁控溅射|铜模铸造)",
    re.IGNORECASE,
)
_SAMPLES = re.compile(
    r"\b(as[- ](?:cast|spun|quenched|prepared|deposited|received|sintered|annealed|built|rolled|extruded)|fully amorphous|amorphous|annealed)\b"
    r"|\b((?:\d+(?:\.\d+)?\s?(?:mm|μm|µm|nm|g)\s+)?(?:rods?|ribbons?|ingots?|thin films?|films?|powders?|pellets?|single crystals?|nanoparticles?|wires?|sheets?|plates?))\b"
    r"|(铸态|淬态|退火态|条带|薄带|棒材|薄膜|粉末|块体)",
    re.IGNORECASE,
)
_CALCULATED = re.compile(
    r"\b(?:calculated|calc\.|computed|predicted|simulated|theoretical\w*|theor\.?|expected|estimated|DFT|first[- ]principles|CALPHAD|designed?|nominal)\b"
    r"|计算值?|预测|理论值?|模拟",
    re.IGNORECASE,
)
_COMPUTED = re.compile(
    r"\b(?:we|were|was) (?:calculated?|computed?|simulated?|predict(?:ed)?)\b|\b(?:DFT|first[- ]principles|simulations?)\b",
    re.IGNORECASE,
)


def read_conditions(text: str) -> Conditions:
    """The conditions that a sentence or caption states."""
    anneal_temperature, anneal_time, temperature = _treatment(text)
    if temperature is None and _ROOM.search(text):
        temperature = 298.15
    return Conditions(
        temperature=temperature,
        anneal_temperature=anneal_temperature,
        anneal_time=anneal_time,
        atmosphere=_first(_ATMOSPHERE, text),
        method=_joined(_METHODS, text),
        sample=_joined(_SAMPLES, text),
        other=tuple(match[1] for match in list(_ELECTROLYTE.finditer(text))[:1]),
    )


def is_treatment(text: str) -> bool:
    """Whether a title names a heat treatment, with its temperature."""
    return _treatment(text)[0] is not None


def is_calculated(text: str) -> bool:
    """Whether a header or clause says that a value was computed, expected or designed, not measured."""
    return bool(_CALCULATED.search(text))


def is_computed(sentence: str) -> bool:
    """Whether a whole sentence is about a computation."""
    return bool(_COMPUTED.search(sentence))


def _treatment(text: str) -> tuple[float | None, float | None, float | None]:
    """Temperature (K) and time (s) of a heat treatment, and the temperature (K) a value was measured at."""
    treated = [match.start() for match in _TREATED.finditer(text)]
    anneal: float | None = None
    time: float | None = None
    measured: float | None = None
    for amount in find_amounts(text):
        behind = unit_at(text, amount.end)
        unit = behind.unit if behind else None
        if unit is None or amount.value is None:
            continue
        is_treated = any(0 <= amount.start - place <= 60 or 0 <= place - amount.end <= 4 for place in treated)
        word = text[max(0, amount.start - 4) : amount.start + 4]
        if unit.dimension == _dimension("K"):
            if is_treated and anneal is None:
                anneal = round(unit.to_si(amount.value), 4)
            elif re.search(r"\bat\s|在|@", word) and measured is None:
                measured = round(unit.to_si(amount.value), 4)
        elif unit.dimension == _dimension("s") and anneal is not None and time is None and is_treated:
            time = round(unit.to_si(amount.value), 4)
    return anneal, time, measured


def _dimension(name: str) -> tuple[float, ...]:
    unit = read_unit(name)
    assert unit is not None
    return unit.dimension


def _first(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return next((group for group in match.groups() if group), "") if match else ""


def _joined(pattern: re.Pattern[str], text: str) -> str:
    found = [next(group for group in match.groups() if group) for match in pattern.finditer(text)]
    return ", ".join(dict.fromkeys(" ".join(word.split()) for word in found))[:120]
