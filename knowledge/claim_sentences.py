"""Testable statements in sentences, by rules, in English and Chinese: effects, ranges, rankings, synergies, optima."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from eutectic.core.claim import Effect, Ranking, Synergy
from eutectic.core.elements import is_element
from eutectic.knowledge.claim_best import Said, optima, property_name, ranges
from eutectic.knowledge.claim_changes import Changed, changes
from eutectic.knowledge.claim_process import process_effects, process_ranges
from eutectic.knowledge.claim_verbs import NEGATED, NOT_MONOTONE, UNSURE, VERB, better, sign_of, verbs
from eutectic.knowledge.element_words import find_elements
from eutectic.knowledge.sentence_properties import NamedProperty, named_properties

_CLAUSE = re.compile(r";|；|，而|,\s*(?:while|whereas|but|although|however)\b|\bwhereas\b|\bwhile\b|。")
_ORDER = re.compile(
    r"(?:order|sequence|ranking|trend|顺序|次序)[^.;]{0,60}?((?:[A-Z][a-z]?)(?:\s*[>＞<＜≫≪]\s*[A-Z][a-z]?){1,7})"
)
_LISTED = re.compile(
    r"\b(?P<verb>increas\w*|ris\w+|rose|grow\w*|decreas\w*|fall\w*|reduc\w*|drop\w*)\b[^.;]{0,30}?\bin\s+the\s+"
    r"(?:order|sequence)\s+(?:of\s+)?(?P<list>[A-Z][a-z]?(?:\s*(?:,\s*and|,|and|→|to)\s*[A-Z][a-z]?){1,6})(?![\w>＞<＜])"
)
_EFFECTIVE = re.compile(
    r"\b(?P<first>[A-Z][a-z]?)\s+(?:is|was|proved|turned out)[^.;]{0,20}?\b(?P<how>more|less)\s+"
    r"(?:effective|efficient|potent|powerful|beneficial)\s+than\s+(?P<second>[A-Z][a-z]?)\s+(?:in|at|for)\s+(?P<verb>[a-z]+ing)\b"
)
_STRONGER = re.compile(
    r"\b(?P<first>[A-Z][a-z]?)\s+(?P<verb>[a-z]+s|[a-z]+ed)\s[^.;]{0,50}?\b"
    r"(?P<how>more(?:\s+(?:strongly|effectively|than))?|stronger|less|weaker)(?:\s+\w+ly)?\s*(?:than)?\s+(?P<second>[A-Z][a-z]?)\b(?:\s+does)?"
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
            *_listed(sentence, named),
            *_compared(sentence, named),
            *_synergies(sentence, named),
            *optima(sentence, named),
            *ranges(sentence, named),
            *process_ranges(sentence, named),
            *process_effects(sentence, named),
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
    return sign if abs(sign) == 1 else better(sign, item)


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


def _listed(sentence: str, named: Sequence[NamedProperty]) -> Iterator[Said]:
    """`Hardness increases in the order Cr, Mo and W`: without signs, the verb says which end is the larger."""
    for match in _LISTED.finditer(sentence):
        symbols = re.findall(r"[A-Z][a-z]?", match["list"])
        if NEGATED.search(sentence) or len(set(symbols)) < len(symbols) or not all(map(is_element, symbols)):
            continue
        is_rising = re.match(r"incr|ris|rose|grow|增|升", match["verb"], re.IGNORECASE) is not None
        item = min(named, key=lambda each: abs(each.start - match.start()))
        ordered = tuple(reversed(symbols)) if is_rising else tuple(symbols)
        yield Said(property_name(item), Ranking(components=ordered), "at%")


def _compared(sentence: str, named: Sequence[NamedProperty]) -> Iterator[Said]:
    """`Nb is more effective than Mo in raising the hardness`, `W raises the hardness more strongly than Mo`."""
    for pattern in (_EFFECTIVE, _STRONGER):
        match = pattern.search(sentence)
        if match is None or NEGATED.search(sentence) or UNSURE.search(sentence):
            continue
        first, second = match["first"], match["second"]
        item = min(named, key=lambda each: abs(each.start - match.start("verb")))
        sign = sign_of(match["verb"], item)
        if sign is None or first == second or not (is_element(first) and is_element(second)):
            continue
        is_less = match["how"].lower().startswith(("less", "weak"))
        ordered = (second, first) if (sign < 0) != is_less else (first, second)
        yield Said(property_name(item), Ranking(components=ordered), "at%")


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
