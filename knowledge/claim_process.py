"""What sentences say of processing: which way a property goes with a variable of it, and where it is best."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from eutectic.core.claim import ProcessEffect, ProcessRange
from eutectic.knowledge.amounts import Amount, find_amounts
from eutectic.knowledge.claim_best import BEST, Said, property_name, superlative
from eutectic.knowledge.claim_verbs import NEGATED, NOT_MONOTONE, UNSURE, VERB, sign_of
from eutectic.knowledge.materials import find_materials
from eutectic.knowledge.process_words import DONE, Moved, moved, stage_of
from eutectic.knowledge.sentence_properties import NamedProperty
from eutectic.knowledge.units import Unit, read_unit
from eutectic.knowledge.units_text import unit_at

_GIVEN = re.compile(
    r"\b(?:at|for|of|to|is|was|between|from)\s+(?:about\s+|around\s+|only\s+)?$|[^\x00-\x7f]\s*$", re.IGNORECASE
)
"""What stands right in front of the setting of a treatment."""
_SETTINGS = frozenset(("film thickness", "cooling rate", "critical cooling rate", "annealing temperature"))
"""Properties that are set or follow from processing alone."""
SET_BY = {
    "mill": ("time", "speed"),
    "cool": ("rate",),
    "wheel": ("speed",),
    "laser": ("power",),
    "scan": ("speed",),
    "press": ("pressure", "temperature"),
    "oxygen": ("pressure",),
    "film": (),
    "substrate": ("temperature",),
}
"""What is set in a stage; of all others a temperature and a time."""
_FAR = 60
_NEAR = 40
_KELVIN = 15.0


def process_effects(sentence: str, named: Sequence[NamedProperty]) -> Iterator[Said]:
    """`Raising the annealing temperature decreased Hc`; none where it denies, doubts, or turns round."""
    if UNSURE.search(sentence) or NOT_MONOTONE.search(sentence):
        return
    start, carried = 0, None
    for end in [*(match.start() for match in _CLAUSE.finditer(sentence)), len(sentence)]:
        clause = sentence[start:end]
        inside = [
            item._replace(start=item.start - start, end=item.end - start) for item in named if start <= item.start < end
        ]
        start = end
        if NEGATED.search(clause):
            continue
        changed = moved(clause)
        for item in changed:
            for verb in VERB.finditer(clause):
                if any(one.start <= verb.start() < one.end for one in changed):
                    continue
                about = _about(verb, inside, clause, changed) or (carried if re.search(r"\bit\b|其", clause) else None)
                sign = sign_of(verb[0], about) if about is not None else None
                if about is None or sign is None:
                    continue
                carried = about
                yield Said(
                    property_name(about),
                    ProcessEffect(variable=item.variable, sign=1 if sign * item.sign > 0 else -1),
                    "at%",
                )
                break


_CLAUSE = re.compile(r";|；|，而|,\s*(?:while|whereas|but|although|however)\b|\bwhereas\b|。")


def _about(
    verb: re.Match[str], named: Sequence[NamedProperty], clause: str, changed: Sequence[Moved]
) -> NamedProperty | None:
    """The property a verb moves: right behind it (`lowers Hc`, `a higher hardness`), else the nearest before it."""
    free = [
        item
        for item in named
        if item.candidates[0].name not in _SETTINGS and not any(one.start <= item.start < one.end for one in changed)
    ]
    behind = [item for item in free if verb.end() <= item.start and item.start - verb.end() <= _NEAR]
    between = clause[verb.end() : behind[0].start] if behind else ""
    if VERB.search(between):
        return None
    if behind and not re.search(r"\b(?:with|when|as|by|after|and)\b|[,，]", between):
        return behind[0]
    before = [item for item in free if item.end <= verb.start() and verb.start() - item.end <= 80]
    return before[-1] if before else None


def process_ranges(sentence: str, named: Sequence[NamedProperty]) -> Iterator[Said]:
    """`The lowest Hc was obtained after annealing at 723 K`, `the optimum sintering time for … is 12 h`."""
    best = BEST.search(sentence)
    if best is None or NEGATED.search(sentence) or UNSURE.search(sentence) or not named:
        return
    if any(mention.material.composition is not None for mention in find_materials(sentence, {})):
        return
    item = min(named, key=lambda each: abs(each.start - best.end()))
    if item.candidates[0].name in _SETTINGS or abs(item.start - best.end()) > _FAR:
        return
    for done in DONE.finditer(sentence):
        between = sentence[min(best.end(), done.start()) : max(best.start(), done.start())]
        if re.search(
            r"\b(?:alloys?|samples?|compositions?|contents?|films? with|specimens?)\b|试样|样品|成分", between
        ):
            continue
        stage = stage_of(done)
        for amount in _amounts_behind(sentence, done.end()):
            unit = unit_at(sentence, amount.end)
            name = QUANTITY_OF.get(unit.unit.dimension) if unit is not None else None
            if unit is not None and name in SET_BY.get(stage, ("temperature", "time")) and amount.value is not None:
                low, high = around(amount, unit.unit, is_kelvin=name == "temperature")
                statement = ProcessRange(variable=f"{stage}_{name}", low=low, high=high)
                yield Said(property_name(item), statement, "at%", superlative(best[0]))
        return


def _amounts_behind(sentence: str, start: int) -> list[Amount]:
    """The amounts of a treatment: `at 723 K`, `for 8 h at 460 K`, `is 723 K`; in Chinese also before it."""
    stop = re.search(r"[.;。；](?:\s|$)", sentence[start:])
    end = start + (stop.start() if stop else len(sentence) - start)
    found = [
        amount
        for amount in find_amounts(sentence)
        if start <= amount.start < min(end, start + _FAR) and _GIVEN.search(sentence[start : amount.start])
    ]
    if not found and not sentence.isascii():
        found = [amount for amount in find_amounts(sentence) if amount.end <= start <= amount.end + 8]
    by_unit: dict[object, list[Amount]] = {}
    for amount in found:
        unit = unit_at(sentence, amount.end)
        by_unit.setdefault(unit.unit.dimension if unit else None, []).append(amount)
    return [amounts[0] for amounts in by_unit.values() if len(amounts) == 1]


def around(amount: Amount, unit: Unit, *, is_kelvin: bool) -> tuple[float, float]:
    """A range in SI; a single best value is taken to hold 15 K, or a tenth of itself, around it."""
    if amount.kind == "range" and amount.low is not None and amount.high is not None:
        return round(unit.to_si(amount.low), 6), round(unit.to_si(amount.high), 6)
    value = unit.to_si(amount.value or 0.0)
    half = _KELVIN if is_kelvin else 0.1 * abs(value)
    return round(value - half, 6), round(value + half, 6)


def _dimension(text: str) -> tuple[float, ...]:
    unit = read_unit(text)
    assert unit is not None
    return unit.dimension


QUANTITY_OF = {
    _dimension("K"): "temperature",
    _dimension("s"): "time",
    _dimension("Pa"): "pressure",
    _dimension("K/s"): "rate",
    _dimension("m/s"): "speed",
    _dimension("W"): "power",
}
