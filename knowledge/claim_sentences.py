"""Testable statements in sentences, by rules, in English and Chinese: effects, ranges, rankings, synergies, optima."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from eutectic.core.claim import Effect, Ranking, Synergy
from eutectic.core.elements import is_element
from eutectic.knowledge.claim_best import Said, optima, property_name, ranges
from eutectic.knowledge.claim_changes import Changed, changes
from eutectic.knowledge.claim_verbs import MORE_IS_BETTER, NEGATED, NOT_MONOTONE, UNSURE, VERB, verbs
from eutectic.knowledge.element_words import find_elements
from eutectic.knowledge.sentence_properties import NamedProperty, named_properties

_CLAUSE = re.compile(r";|；|，而|,\s*(?:while|whereas|but|although|however)\b|\bwhereas\b|\bwhile\b|。")
_ORDER = re.compile(
    r"(?:order|sequence|ranking|trend|顺序|次序)[^.;]{0,60}?((?:[A-Z][a-z]?)(?:\s*[>＞<＜≫≪]\s*[A-Z][a-z]?){1,7})"
)
_TOGETHER = re.compile(
    r"\b(?:co-?addition|co-?doping|combined addition|simultaneous (?:addition|substitution)|joint addition|synerg\w+)\b|复合添加|共掺杂|协同",
    re.IGNORECASE,
)


_CAPTION = re.compile(r"\s*(?:Fig(?:ure|s)?|Table|Scheme|图|表)\.?\s*S?\d", re.IGNORECASE)


def statements_in(sentence: str) -> list[Said]:
    """The testable statements of a sentence; none where it denies, or says first this and then that."""
    named = _named(sentence)
    found: list[Said] = []
    if named and not _CAPTION.match(sentence):
        found += [
            *_rankings(sentence, named),
            *_synergies(sentence, named),
            *optima(sentence, named),
            *ranges(sentence, named),
        ]
        if not (NOT_MONOTONE.search(sentence) or UNSURE.search(sentence)) and not any(
            isinstance(item.statement, Synergy) for item in found
        ):
            found += _effects(sentence)
    unique: dict[str, Said] = {}
    for item in found:
        unique.setdefault(f"{item.property}|{item.statement.model_dump_json()}", item)
    signs: dict[tuple[str, str], set[int]] = {}
    for item in unique.values():
        if isinstance(item.statement, Effect):
            signs.setdefault((item.property, item.statement.component), set()).add(item.statement.sign)
    return [
        i
        for i in unique.values()
        if not isinstance(i.statement, Effect) or len(signs[i.property, i.statement.component]) == 1
    ]


def _named(text: str) -> list[NamedProperty]:
    """The properties named in a text; a single letter is as often a unit or a variable."""
    return [item for item in named_properties(text) if not (item.is_symbol and len(item.written) == 1)]


def _effects(sentence: str) -> Iterator[Said]:
    carried: list[Changed] = []
    start = 0
    for end in [*(match.start() for match in _CLAUSE.finditer(sentence)), len(sentence)]:
        clause, start = sentence[start:end], end
        changed = changes(clause, sentence)
        named = _named(clause)
        if NEGATED.search(clause):
            continue
        carried = changed or carried
        for verb, sign in verbs(clause, changed):
            item = _about(verb, named, clause)
            if item is None:
                continue
            direction = _signed(sign, item)
            if direction is None:
                continue
            for component in changed or carried:
                if component.verb >= 0 and (verb.start() != component.verb or item.start < verb.end()):
                    continue
                yield Said(
                    property_name(item),
                    Effect(component=component.symbol, sign=1 if direction * component.sign > 0 else -1),
                    "at%",
                )


def _about(verb: re.Match[str], named: Sequence[NamedProperty], clause: str) -> NamedProperty | None:
    """The property that a verb moves: the nearest behind it, else the nearest before it."""
    others = [match.start() for match in VERB.finditer(clause) if match.start() > verb.end()]
    limit = min(others, default=len(clause))
    behind = [item for item in named if verb.end() <= item.start < limit and item.start - verb.end() <= 60]
    before = [item for item in named if item.end <= verb.start() and verb.start() - item.end <= 80]
    if behind and not re.match(r"\s*(?:with|by|when|as|随)\b", clause[verb.end() :]):
        return behind[0]
    return before[-1] if before else None


def _signed(sign: int, item: NamedProperty) -> int | None:
    """`improves` is a sign only where more is better for every use of the property."""
    if abs(sign) == 1:
        return sign
    return sign // 2 if all(candidate.name in MORE_IS_BETTER for candidate in item.candidates) else None


def _rankings(sentence: str, named: Sequence[NamedProperty]) -> Iterator[Said]:
    for match in _ORDER.finditer(sentence):
        parts = re.split(r"\s*([>＞<＜≫≪])\s*", match[1])
        symbols, signs = parts[::2], set(parts[1::2])
        if all(is_element(symbol) for symbol in symbols) and len(set(symbols)) == len(symbols) and len(signs) == 1:
            ordered = tuple(symbols) if signs <= {">", "＞", "≫"} else tuple(reversed(symbols))
            yield Said(
                property_name(min(named, key=lambda item: abs(item.start - match.start()))),
                Ranking(components=ordered),
                "at%",
            )


def _synergies(sentence: str, named: Sequence[NamedProperty]) -> Iterator[Said]:
    match = _TOGETHER.search(sentence)
    if match is None or NEGATED.search(sentence):
        return
    words = [
        word
        for word in find_elements(sentence)
        if abs(word.start - match.end()) <= 40 or abs(match.start() - word.end) <= 25
    ]
    symbols = list(dict.fromkeys(word.symbol for word in words))
    for verb, sign in verbs(sentence, ()):
        item = _about(verb, named, sentence)
        direction = _signed(sign, item) if item is not None else None
        if item is not None and direction is not None and len(symbols) == 2:
            first, second = sorted(symbols)
            yield Said(property_name(item), Synergy(components=(first, second), sign=1 if direction > 0 else -1), "at%")
            return
