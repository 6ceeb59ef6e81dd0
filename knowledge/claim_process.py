"""What sentences say of processing: which way a property goes with a variable of it, and where it is best."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from eutectic.core.claim import ProcessEffect, ProcessRange
from eutectic.knowledge.amounts import Amount, find_amounts
from eutectic.knowledge.claim_best import BEST, Said, property_name, superlative
from eutectic.knowledge.claim_verbs import NEGATED, NOT_MONOTONE, UNSURE, VERB, sign_of
from eutectic.knowledge.materials import find_materials
from eutectic.knowledge.sentence_properties import NamedProperty
from eutectic.knowledge.units import Unit, read_unit
from eutectic.knowledge.units_text import unit_at

_STAGES = {
    "anneal": r"anneal\w*|heat[- ]treat\w*|退火|热处理",
    "age": r"ag(?:e?ing|ed)|时效",
    "temper": r"temper(?:ing|ed)|回火",
    "sinter": r"sinter\w*|firing|烧结",
    "calcine": r"calcin\w*|煅烧",
    "solution": r"solution(?:i[sz]ing|[- ](?:heat[- ])?treat\w*)|固溶",
    "mill": r"(?:ball[- ])?milling|球磨",
    "quench": r"quench\w*|淬火",
    "cool": r"cooling|冷却",
    "deposit": r"deposition|deposited|sputter\w*|沉积|溅射",
    "substrate": r"substrate|衬底|基底",
    "growth": r"growth|grown|生长",
    "wheel": r"wheel|roll(?:er)?|辊",
    "laser": r"laser|激光",
    "scan": r"scan(?:ning)?|扫描",
    "press": r"press(?:ing|ed)|compaction|压制",
    "oxygen": r"oxygen(?: partial)?|氧",
    "film": r"(?:film|layer|coating)s?|薄膜|膜",
    "hold": r"holding|soaking|dwell|保温",
    "extrude": r"extrusion|挤压",
}
_QUANTITIES = {
    "temperature": r"temperatures?|温度",
    "time": r"times?|durations?|时间",
    "pressure": r"pressures?|压力|压强",
    "rate": r"rates?|速率|冷速",
    "speed": r"speeds?|velocit(?:y|ies)|速度|速",
    "power": r"powers?|功率",
    "thickness": r"thickness(?:es)?|厚度?",
}
_STAGE = "|".join(f"(?P<{name}>{words})" for name, words in _STAGES.items())
_QUANTITY = "|".join(f"(?P<{name}>{words})" for name, words in _QUANTITIES.items())
_NAMED = re.compile(
    rf"\b(?:{_STAGE})[\s-]*(?:{_QUANTITY})(?![a-z])".replace(r"\b(?:", r"(?<![A-Za-z])(?:", 1), re.IGNORECASE
)
_RAISED = (
    r"increas\w*|rais\w*|ris(?:e|es|ing)|rose|higher|longer|prolong\w*|extend\w*|extension|larger|greater|faster|elevat\w*|"
    r"thicker|grow\w*|升高|提高|增加|增大|延长|加快|上升"
)
_LOWERED = (
    r"decreas\w*|reduc\w*|lower\w*|shorter|shorten\w*|smaller|slower|slow\w*|thinner|fall\w*|drop\w*|"
    r"降低|减小|减少|缩短|下降"
)
_BEFORE = re.compile(
    rf"(?:(?P<up>{_RAISED})|(?P<down>{_LOWERED}))(?:\s+(?:of|in|on))?(?:\s+(?:the|an?|both))?\s*$", re.IGNORECASE
)
_BEHIND = re.compile(
    rf"\s*(?:的)?(?:\s*(?:is|was|are|were|has|been|further|gradually|during\s+\w+))*\s*(?:(?P<up>{_RAISED})|(?P<down>{_LOWERED}))",
    re.IGNORECASE,
)
_LOOSE = re.compile(
    rf"(?<![A-Za-z])(?:(?P<longer>longer|prolonged|extended)\s+(?P<stage1>{'|'.join(_STAGES.values())})(?!\s+(?:temp|rate|speed))"
    rf"|(?P<stage2>{'|'.join(_STAGES.values())})\b[^.;,]{{0,30}}?\b(?:at\s+(?P<hot>higher|elevated|increas\w+|lower|decreas\w+)\s+temperatures?"
    rf"|for\s+(?P<long>longer|shorter|prolonged)(?:\s+(?:times?|durations?|periods?))?)"
    rf"|(?P<thick>thicker|thinner)\s+(?:films?|layers?|coatings?))",
    re.IGNORECASE,
)
_WITH = re.compile(r"\b(?:with|on|upon|by)\s+(?:the\s+)?$|随(?:着)?$", re.IGNORECASE)
_DONE = re.compile(rf"(?:(?<![A-Za-z])(?=[A-Za-z])|(?=[^\x00-\x7f]))(?:{_STAGE})(?![a-z])", re.IGNORECASE)
_GIVEN = re.compile(
    r"\b(?:at|for|of|to|is|was|between|from)\s+(?:about\s+|around\s+|only\s+)?$|[^\x00-\x7f]\s*$", re.IGNORECASE
)
"""What stands right in front of the setting of a treatment."""
_SETTINGS = frozenset(("film thickness", "cooling rate", "critical cooling rate", "annealing temperature"))
"""Properties that are set or follow from processing alone."""
_SET_BY = {
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


class Moved(NamedTuple):
    """A variable of processing that a clause says to go up or down."""

    start: int
    end: int
    variable: str
    sign: int


def moved(clause: str) -> list[Moved]:
    """The variables of a clause that go up or down, with the span that says so."""
    found: list[Moved] = []
    for match in _NAMED.finditer(clause):
        before, behind = _BEFORE.search(clause[: match.start()]), _BEHIND.match(clause, match.end())
        variable = _variable(match)
        if before is not None:
            end = behind.end() if behind and _BEHIND.match(clause, match.end()) is None else match.end()
            found.append(Moved(before.start(), end, variable, 1 if before["up"] else -1))
        elif behind is not None and _is_condition(clause, match.start()):
            found.append(Moved(match.start(), behind.end(), variable, 1 if behind["up"] else -1))
        elif _WITH.search(clause[: match.start()]):
            found.append(Moved(match.start(), match.end(), variable, 1))
    for match in _LOOSE.finditer(clause):
        if any(item.start < match.end() and match.start() < item.end for item in found):
            continue
        word = (match["longer"] or match["hot"] or match["long"] or match["thick"]).lower()
        name = "thickness" if match["thick"] else "temperature" if match["hot"] else "time"
        stage = "film" if match["thick"] else _stage(match["stage1"] or match["stage2"])
        is_down = word in ("lower", "shorter", "thinner") or word.startswith("decreas")
        found.append(Moved(match.start(), match.end(), f"{stage}_{name}", -1 if is_down else 1))
    return found


def _is_condition(clause: str, start: int) -> bool:
    """Whether the words before a variable say that it is what was changed, not what changed."""
    return bool(
        re.search(
            r"\b(?:when|as|if|once|while|by|after)\b[^,;，]*$|当|随着?[^，]*$|^\s*(?:the\s+)?$",
            clause[:start],
            re.IGNORECASE,
        )
    )


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
    for done in _DONE.finditer(sentence):
        between = sentence[min(best.end(), done.start()) : max(best.start(), done.start())]
        if re.search(
            r"\b(?:alloys?|samples?|compositions?|contents?|films? with|specimens?)\b|试样|样品|成分", between
        ):
            continue
        stage = _stage_of(done)
        for amount in _amounts_behind(sentence, done.end()):
            unit = unit_at(sentence, amount.end)
            name = _QUANTITY_OF.get(unit.unit.dimension) if unit is not None else None
            if unit is not None and name in _SET_BY.get(stage, ("temperature", "time")) and amount.value is not None:
                low, high = _around(amount, unit.unit, is_kelvin=name == "temperature")
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


def _around(amount: Amount, unit: Unit, *, is_kelvin: bool) -> tuple[float, float]:
    """A range in SI; a single best value is taken to hold 15 K, or a tenth of itself, around it."""
    if amount.kind == "range" and amount.low is not None and amount.high is not None:
        return round(unit.to_si(amount.low), 6), round(unit.to_si(amount.high), 6)
    value = unit.to_si(amount.value or 0.0)
    half = _KELVIN if is_kelvin else 0.1 * abs(value)
    return round(value - half, 6), round(value + half, 6)


def _variable(match: re.Match[str]) -> str:
    quantity = next(name for name in _QUANTITIES if match[name])
    return f"{_stage_of(match)}_{quantity}"


def _stage_of(match: re.Match[str]) -> str:
    return next(name for name in _STAGES if match[name])


def _stage(text: str) -> str:
    return next(name for name, words in _STAGES.items() if re.fullmatch(words, text, re.IGNORECASE))


def _dimension(text: str) -> tuple[float, ...]:
    unit = read_unit(text)
    assert unit is not None
    return unit.dimension


_QUANTITY_OF = {
    _dimension("K"): "temperature",
    _dimension("s"): "time",
    _dimension("Pa"): "pressure",
    _dimension("K/s"): "rate",
    _dimension("m/s"): "speed",
    _dimension("W"): "power",
}
