"""Where the best values lie, as sentences say it: optima and best ranges; and what a statement found is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from eutectic.core.claim import BestRange, Region, Statement
from eutectic.core.composition import Basis
from eutectic.knowledge.amounts import find_amounts
from eutectic.knowledge.claim_verbs import NEGATED
from eutectic.knowledge.element_words import ElementWord, find_elements
from eutectic.knowledge.labels import filled, values_of
from eutectic.knowledge.materials import find_materials
from eutectic.knowledge.sentence_properties import NamedProperty
from eutectic.knowledge.units_text import unit_at

BEST = re.compile(
    r"(?<!-)\b(?:optimum|optimal|optimi[sz]ed|best|highest|maximum|maximal|largest|peak(?:s|ed)(?=\s+(?:at|in|for|with|around|near|between)\b)|peak(?=\s+(?:(?:value\s+)?(?:of|at)\b|hardness|strength))|lowest|minimum|minimal|smallest)\b(?!-)|最佳|最优|最高|最大|最低|最小",
    re.IGNORECASE,
)


class Said(NamedTuple):
    """A statement found in a sentence, before it is a claim."""

    property: str
    statement: Statement
    basis: Basis
    note: str = ""
    """The superlative it rests on: `highest`, `lowest` or `best`."""


def property_name(item: NamedProperty) -> str:
    """The canonical name of a property named in a sentence."""
    return item.candidates[0].name


def optima(sentence: str, named: Sequence[NamedProperty]) -> Iterator[Said]:
    """`Fe80Co5B15 exhibits the highest Bs`; `the maximum is at x = 0.2 in Fe1-xCox`."""
    best = BEST.search(sentence)
    if best is None or NEGATED.search(sentence) or re.search(r"\bthan\b|比", sentence):
        return
    item = min(named, key=lambda each: abs(each.start - best.end()))
    if abs(item.start - best.end()) > 60:
        return
    given = values_of(sentence)
    mentions = find_materials(sentence, {})
    materials = []
    for mention in mentions:
        if mention.formula is not None and mention.formula.variables:
            said = ", ".join(
                f"{name} = {given[name][0]:g}" for name in mention.formula.variables if len(given.get(name, ())) == 1
            )
            materials.append(filled(mention.formula, said))
        elif not mention.is_reagent:
            materials.append(mention.material)
    whole = [material for material in materials if material is not None and material.composition is not None]
    if len(whole) == 1 == len(materials) and whole[0].composition is not None:
        yield Said(
            property_name(item), Region(composition=whole[0].composition, radius=0.05), "at%", superlative(best[0])
        )


def ranges(sentence: str, named: Sequence[NamedProperty]) -> Iterator[Said]:
    """`the optimum Bs lies between 8 and 12 at.% B`, `the lowest Hc at 12 at.% Co`."""
    best = BEST.search(sentence)
    if best is None or NEGATED.search(sentence):
        return
    item = min(named, key=lambda each: abs(each.start - best.end()))
    words = find_elements(sentence)
    for amount in find_amounts(sentence):
        unit = unit_at(sentence, amount.end)
        if unit is None or unit.unit.basis not in ("at%", "wt%", "mol%") or amount.value is None:
            continue
        component = _nearest(words, amount.start, unit.end)
        if component is None:
            continue
        low, high = (amount.low, amount.high) if amount.kind == "range" else _around(amount.value)
        if low is not None and high is not None and 0 <= low <= high <= 100:
            basis: Basis = unit.unit.basis  # type: ignore[assignment]
            statement = BestRange(component=component.symbol, low=round(low / 100, 6), high=round(high / 100, 6))
            yield Said(property_name(item), statement, basis, superlative(best[0]))


def _nearest(words: Sequence[ElementWord], start: int, end: int) -> ElementWord | None:
    """The component an amount is of: right behind it, else the last one shortly before."""
    behind = [word for word in words if 0 <= word.start - end <= 6]
    before = [word for word in words if 0 <= start - word.end <= 40]
    return behind[0] if behind else before[-1] if before else None


def _around(value: float) -> tuple[float, float]:
    """A single best share, taken to hold a tenth of itself and at least half a percent around it."""
    half = max(0.5, 0.1 * value)
    return max(0.0, value - half), min(100.0, value + half)


def superlative(word: str) -> str:
    """Which way a superlative points: `highest`, `lowest` or `best`."""
    lowered = word.lower()
    if lowered in ("lowest", "minimum", "minimal", "smallest", "最低", "最小"):
        return "lowest"
    return (
        "highest"
        if lowered in ("highest", "maximum", "maximal", "largest", "最高", "最大") or lowered.startswith("peak")
        else "best"
    )
