"""The objectives of a goal sentence: properties with direction, target and thresholds."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

from eutectic.agents.goal.draft import Wish
from eutectic.agents.goal.lexicon import AT_LEAST, AT_MOST, NUMBER, number_of, properties, property_words, span_pattern
from eutectic.agents.goal.reading import Reading
from eutectic.core.objective import Direction

_FILL = r"(?:\s*(?:value|values|should|must|shall|is|are|be|stays?|kept|keep|lies?|the|a|of|with|at|to|,|:|的|为|要|应该?|需要?|必须|在|达到|保持))*\s*"
_NEAR = r"(?:target(?:ed|ing)?|close to|near|around|about|equal to|exactly|=|≈|~|接近|约为?|等于|目标值?为?|左右)?\s*"
_TOLERANCE = rf"(?:±|\+/-|\+-|plus or minus|within|误差|正负)\s*({NUMBER})"
_DIRECTIONS: tuple[tuple[str, Direction | None], ...] = (
    (r"as (?:high|large|great|big) as possible|maximi[sz](?:e|es|ing)|maximum|highest|largest|greatest|biggest|increas(?:e|ing)|rais(?:e|ing)|higher|high"
     r"|最大化|尽可能[高大]|尽量[高大]|越[高大]越好|最[高大]|提高|提升|增大|[高大]", "maximize"),
    (r"as (?:low|small|little) as possible|minimi[sz](?:e|es|ing)|minimum|lowest|smallest|least|reduc(?:e|ing)|decreas(?:e|ing)|lower(?:ing)?|low"
     r"|最小化|尽可能[低小]|尽量[低小]|越[低小]越好|最[低小]|降低|减小|减少|[低小]", "minimize"),
    (r"improv(?:e|ing)|optimi[sz](?:e|ing)|best|good|优化|改善|最[好优佳]", None),
)  # fmt: skip


def read_wishes(reading: Reading) -> None:
    """Find every property with its numbers, then give each the direction that stands nearest."""
    for word, name, is_superlative in property_words():
        if not reading.sentence.holds(word):
            continue
        if is_superlative:
            reading.sentence.take(word, lambda match, name=name: _wish(reading, match, name, {"is_stated": True}))  # type: ignore[misc]
            continue
        _with_numbers(reading, word, name)
        reading.sentence.take(word, lambda match, name=name: _wish(reading, match, name, {}))  # type: ignore[misc]


def _wish(reading: Reading, match: re.Match[str], name: str, given: dict[str, Any]) -> bool:
    """Add what was read of a property; False where it contradicts what stands already."""
    known = properties()[name]
    base = {"property": name, "unit": known.unit, "direction": known.direction, "is_stated": False}
    old = reading.wishes[name].model_dump() if name in reading.wishes else base
    for key, value in given.items():
        if old.get(key) not in (None, value, base.get(key)):
            reading.doubt("twice", name)
            return False
    reading.wishes[name] = Wish.model_validate({**old, **given})
    reading.places.setdefault(name, []).append(match.span())
    return True


def _with_numbers(reading: Reading, word: str, name: str) -> None:
    """Thresholds, ranges and targets of one property."""
    known = properties()[name]
    texts = sorted(known.units, key=len, reverse=True)
    unit = "|".join(rf"(?-i:{re.escape(text)})(?![A-Za-z\d/])" for text in texts)
    is_plain = known.unit == "1"

    def value(number: str, text: str | None) -> float | None:
        if text is None and not is_plain:
            reading.doubt("unit", name, number, f"{number} {known.unit}")
            return None
        return round(number_of(number) * (known.units[text] if text else 1.0), 12)

    def limit(match: re.Match[str], sign: str, number: str, text: str | None) -> bool:
        key = "at_most" if re.fullmatch(AT_MOST, sign, re.IGNORECASE) else "at_least"
        end = value(number, text)
        return end is None or _wish(reading, match, name, {key: end})

    def span(match: re.Match[str]) -> bool:
        last = match["last"]
        low, high = value(match["low"], match["unit"] or last), value(match["high"], last)
        return low is None or high is None or _wish(reading, match, name, {"at_least": low, "at_most": high})

    def target(match: re.Match[str]) -> bool:
        found = value(match[1], match[2] or match[4])
        near = value(match[3], match[4] or match[2]) if match[3] else None
        if found is None:
            return True
        given = {"direction": "target", "target": found, "is_stated": True}
        return _wish(reading, match, name, given if near is None else {**given, "tolerance": near})

    def suffixed(match: re.Match[str]) -> bool:
        return limit(match, "<" if match[3].lower() in ("以下", "以内", "or less") else ">", match[1], match[2])

    take = reading.sentence.take
    number = rf"({NUMBER})\s*({unit})?"
    take(rf"{word}{_FILL}({AT_MOST}|{AT_LEAST})\s*{number}", lambda m: limit(m, m[1], m[2], m[3]))
    both = span_pattern(rf"\s*(?P<unit>{unit})?")
    take(rf"{word}{_FILL}{both}\s*(?P<last>{unit})(?:\s*之间)?", span)
    take(rf"{word}{_FILL}{number}\s*(以下|以内|以上|or less|or more)", suffixed)
    take(rf"(?:target\s+(?:a |an |the )?)?{word}{_FILL}{_NEAR}{number}\s*(?:{_TOLERANCE}\s*({unit})?)?", target)
    take(
        rf"({AT_MOST}|{AT_LEAST})\s*({NUMBER})\s*({unit})\s*(?:of |in )?(?:the )?{word}",
        lambda m: limit(m, m[1], m[2], m[3]),
    )


def assign_directions(reading: Reading) -> None:
    """Give each direction word the property it stands next to; a word without one stays unaccounted for."""
    found: list[tuple[int, int, Direction | None]] = []

    def note(match: re.Match[str], direction: Direction | None) -> bool:
        found.append((match.start(), match.end(), direction))
        return False

    for pattern, direction in _DIRECTIONS:
        bounded = rf"(?<![A-Za-z])(?:{pattern})(?![A-Za-z-])"
        reading.sentence.take(bounded, lambda match, d=direction: note(match, d))  # type: ignore[misc]
    heads: dict[str, Direction | None] = {}
    for start, end, direction in _longest(found):
        near = [
            (begin - end if begin >= end else start - stop, name)
            for name, spans in reading.places.items()
            for begin, stop in spans
            if name not in heads and (begin >= end or stop <= start) and _is_next(reading, (begin, stop), start, end)
        ]
        if near:
            name = min(near)[1]
            heads[name] = direction
            _direct(reading, name, direction)
            reading.sentence.strike(start, end)
    _share_directions(reading, heads)
    _set_roles(reading)


def _longest(found: list[tuple[int, int, Direction | None]]) -> list[tuple[int, int, Direction | None]]:
    """Direction words in their order, without those inside a longer one."""
    return sorted(
        item for item in found if not any(o[0] <= item[0] and item[1] <= o[1] and o[:2] != item[:2] for o in found)
    )


def _is_next(reading: Reading, place: tuple[int, int], start: int, end: int) -> bool:
    """Whether no other property and no end of a sentence stands between a direction word and a property."""
    low, high = (end, place[0]) if place[0] >= end else (place[1], start)
    others = any(low <= span[0] and span[1] <= high for spans in reading.places.values() for span in spans)
    return not others and not re.search(r"[;。]|\.\s", reading.sentence.text[low:high])


def _direct(reading: Reading, name: str, direction: Direction | None) -> None:
    wish = reading.wishes[name]
    if direction is None or (wish.direction == "target" and wish.target is not None):
        reading.wishes[name] = wish.model_copy(update={"is_stated": True})
        return
    reading.wishes[name] = wish.model_copy(update={"direction": direction, "is_stated": True})


def _share_directions(reading: Reading, heads: dict[str, Direction | None]) -> None:
    """`maximize Bs and Dmax`: a property joined to one with a direction shares it, unless that is not its usual one."""
    order = sorted((span, name) for name, spans in reading.places.items() for span in spans)
    joint = r"\s*(?:,|and|和|与|及|、|,\s*and|as well as|以及)\s*(?:the\s+)?"
    for (first, before), (second, name) in [
        *pairwise(order),
        *((later, earlier) for earlier, later in pairwise(order)),
    ]:
        wish = reading.wishes[name]
        if name in heads or before not in heads or (direction := heads[before]) is None:
            continue
        if (wish.at_least, wish.at_most, wish.target) != (None, None, None):
            continue
        low, high = sorted((first, second))
        if not re.fullmatch(joint, reading.sentence.text[low[1] : high[0]], re.IGNORECASE):
            continue
        if properties()[name].direction != direction and not wish.is_stated:
            reading.doubt("direction", name)
        heads[name] = direction
        _direct(reading, name, direction)


def _set_roles(reading: Reading) -> None:
    """A property with limits and no direction is to be kept, unless it is all there is."""
    limited = [n for n, w in reading.wishes.items() if not w.is_stated and (w.at_least, w.at_most) != (None, None)]
    if len(limited) == len(reading.wishes):
        return
    for name in limited:
        reading.wishes[name] = reading.wishes[name].model_copy(update={"role": "constrain"})
