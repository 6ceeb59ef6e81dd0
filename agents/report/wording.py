"""Numbers and records in words: significant digits, intervals, recipes and wishes."""

from __future__ import annotations

from collections.abc import Mapping
from math import floor, isfinite, log10

from eutectic.agents.report.intervals import Interval
from eutectic.core.composition import Composition
from eutectic.core.elements import is_element
from eutectic.core.objective import Objective
from eutectic.core.space import Value
from eutectic.core.spec import CampaignSpec
from eutectic.core.trial import Measurement


def number(value: float | None, digits: int = 4) -> str:
    """A number with so many significant digits, without an exponent where it stays readable."""
    if value is None or not isfinite(value):
        return "-"
    if value != 0 and not 1e-4 <= abs(value) < 1e7:
        return f"{value:.{digits - 1}e}"
    places = max(0, digits - 1 - (floor(log10(abs(value))) if value else 0))
    text = f"{value:,.{places}f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace("-", "\u2212").replace(",", "\u202f")


def plus_minus(mean: float, half: float | None) -> str:
    """A mean with its half-width, both cut where the half-width has two significant digits."""
    if half is None or half <= 0:
        return number(mean)
    places = max(0, 1 - floor(log10(half)))
    return f"{mean:,.{places}f} ± {half:,.{places}f}".replace("-", "\u2212").replace(",", "\u202f")


def with_unit(text: str, unit: str) -> str:
    """Text followed by its unit; a plain number stands alone."""
    return text if unit in ("", "1") else f"{text} {unit}"


def interval_text(found: Interval, unit: str) -> str:
    """An interval with its unit."""
    return with_unit(plus_minus(found.mean, found.half), unit)


def percent(share: float) -> str:
    """A probability or share in percent that never says 0 or 100 unless it is."""
    if 0 < share < 0.005:
        return "below 0.5 %"
    if 0.995 < share < 1:
        return "above 99.5 %"
    return f"{100 * share:.0f} %"


def wish(objective: Objective) -> str:
    """What an objective asks for, such as `maximize, at least 1.7 T`."""
    parts: list[str] = ["keep" if objective.role == "constrain" else objective.direction]
    if objective.target is not None and objective.tolerance is not None:
        parts = [f"{objective.target:g} ± {objective.tolerance:g} {_unit(objective)}".strip()]
    if objective.at_least is not None:
        parts.append(f"at least {objective.at_least:g} {_unit(objective)}".strip())
    if objective.at_most is not None:
        parts.append(f"at most {objective.at_most:g} {_unit(objective)}".strip())
    return ", ".join(parts).replace("keep, ", "keep ")


def _unit(objective: Objective) -> str:
    return "" if objective.unit == "1" else objective.unit


def process_text(process: Mapping[str, Value], spec: CampaignSpec) -> str:
    """Process values with their units, such as `anneal temperature 450 °C, atmosphere argon`."""
    units = {variable.name: variable.unit for variable in spec.space.process}
    words = []
    for name, value in process.items():
        shown = value if isinstance(value, str) else number(float(value))
        words.append(with_unit(f"{name} {shown}", units.get(name, "")))
    return ", ".join(words)


def recipe_text(composition: Composition, process: Mapping[str, Value], spec: CampaignSpec) -> str:
    """Formula to 0.1 % with process values."""
    words = process_text(process, spec)
    return f"{short_formula(composition)}; {words}" if words else short_formula(composition)


def short_formula(composition: Composition) -> str:
    """The formula with percentages rounded to 0.1, largest first; shares under 0.05 % are left out."""
    ordered = sorted(composition.parts, key=lambda part: (-part.fraction, part.component))
    shown = [(part.component, f"{100 * part.fraction:.1f}".removesuffix(".0")) for part in ordered]
    shown = [(name, text) for name, text in shown if text != "0"]
    if all(is_element(name) for name, _ in shown):
        return "".join(f"{name}{text}" for name, text in shown)
    return ", ".join(f"{name} {text} %" for name, text in shown)


def measured_text(item: Measurement) -> str:
    """One measurement with its unit; censored ones as `< 3` or `> 40`."""
    if item.value is None:
        return "not readable"
    sign = {"none": "", "below": "< ", "above": "> "}[item.censoring]
    return with_unit(f"{sign}{number(item.value)}", item.unit)


def plural(count: int, word: str) -> str:
    """A count with its noun."""
    return f"{count:,} {word}{'' if count == 1 else 's'}".replace(",", "\u202f")
