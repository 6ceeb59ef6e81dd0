"""Testable statements in sentences, by rules, in English and Chinese: effects, ranges, rankings, synergies, optima."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from eutectic.core.claim import Effect, Ranking, Synergy
from eutectic.core.elements import is_element
from eutectic.knowledge.claim_best import NEGATED, Said, optima, property_name, ranges
from eutectic.knowledge.element_words import find_elements
from eutectic.knowledge.sentence_properties import NamedProperty, named_properties

_UP = r"(?:increas\w*|rais(?:e[sd]?|ing)|enhanc\w*|elevat\w*|ris(?:es?|ing)|rose|boost\w*|promot\w*|grow[s]?|grew|higher|larger|提高|增加|增大|升高|上升|增强|提升)"
_DOWN = r"(?:decreas\w*|reduc(?:e[sd]?|ing|tion)|lower(?:s|ed|ing)?|diminish\w*|declin\w*|drop(?:s|ped)?|fall[s]?|fell|suppress\w*|degrad\w*|weaken\w*|smaller|降低|减小|下降|减少|恶化)"
_BETTER = r"(?:improv\w*|benefi\w*|optimi[sz]\w*|改善|优化)"
_WORSE = r"(?:deteriorat\w*|worsen\w*|impair\w*|harm\w*|detriment\w*|劣化)"
_VERB = re.compile(
    rf"\b(?:{_UP[3:-1]}|{_DOWN[3:-1]}|{_BETTER[3:-1]}|{_WORSE[3:-1]})|(?:提高|增加|增大|升高|上升|增强|提升|降低|减小|下降|减少|恶化|改善|优化|劣化)",
    re.IGNORECASE,
)
_IS_UP, _IS_DOWN = re.compile(_UP, re.IGNORECASE), re.compile(_DOWN, re.IGNORECASE)
_IS_BETTER = re.compile(_BETTER, re.IGNORECASE)
_LESS_IS_BETTER = frozenset(
    (
        "coercivity",
        "core loss",
        "core loss density",
        "overpotential",
        "corrosion rate",
        "corrosion current density",
        "tafel slope",
        "magnetostriction",
        "wear rate",
        "dielectric loss",
        "porosity",
    )
)
_CONTENT = r"(?:\s*(?:-?\s*(?:content|addition|additions|concentration|amount|fraction|doping|substitution|level|alloying|incorporation)s?))"
_MORE = re.compile(
    r"(?:(?:the\s+)?(?:addition|introduction|incorporation|alloying|doping|substitution|presence)\s+(?:of|with)\s+|(?:adding|introducing|alloying(?: with)?|doping(?: with)?|incorporating)\s+|"
    r"(?:with\s+)?(?:the\s+)?(?:increas(?:e|ing|ed)(?:\s+(?:of|in))?|higher|more|rising|raising|larger)\s+(?:the\s+)?(?:amounts?\s+of\s+|contents?\s+of\s+|concentrations?\s+of\s+)?|添加|加入|增加)$",
    re.IGNORECASE,
)
_LESS = re.compile(
    r"(?:(?:with\s+)?(?:the\s+)?(?:decreas(?:e|ing|ed)(?:\s+(?:of|in))?|lower(?:ing)?|less|reducing|reduced|removal\s+of|reduction\s+(?:of|in))\s+(?:the\s+)?(?:amounts?\s+of\s+|contents?\s+of\s+)?|减少|降低)$",
    re.IGNORECASE,
)
_BEHIND = re.compile(
    rf"{_CONTENT}|(?:元素)?的?(?:含量|添加量?|加入|掺杂|添加)|(?:-rich|-doped)\b|\s+(?:strongly\s+|significantly\s+|slightly\s+|effectively\s+|greatly\s+|markedly\s+|also\s+|further\s+|may\s+|might\s+|can\s+|could\s+|would\s+|will\s+)*(?={_VERB.pattern})",
    re.IGNORECASE,
)
_CHINESE_CHANGE = re.compile(r"(?:含量|添加量|量)?的?(增加|升高|提高|增大|增多|减少|降低|减小|下降)")
_SUBSTITUTED = re.compile(
    r"\b(?:[Ss]ubstitut\w+|[Rr]eplac\w+)\s+(?:of\s+)?(?P<old>[A-Z][a-z]?)\s+(?:by|with)\s+(?P<new>[A-Z][a-z]?)\b"
    r"|\b(?:[Ss]ubstitut\w+)\s+(?P<for_new>[A-Z][a-z]?)\s+for\s+(?P<for_old>[A-Z][a-z]?)\b"
)
_NOT_MONOTONE = re.compile(
    r"\bfirst(?:ly)?\b.{0,60}\bthen\b|\bthen (?:de|in)creas|\binitially\b|先.{0,12}后|\bup to\b.{0,40}\b(?:then|before|followed)\b",
    re.IGNORECASE,
)
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
    named = named_properties(sentence)
    found: list[Said] = []
    if named and not _CAPTION.match(sentence):
        found += [
            *_rankings(sentence, named),
            *_synergies(sentence, named),
            *optima(sentence, named),
            *ranges(sentence, named),
        ]
        if not _NOT_MONOTONE.search(sentence) and not any(isinstance(item.statement, Synergy) for item in found):
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


class _Changed(NamedTuple):
    """A component that is said to be added, or to become more or less."""

    start: int
    end: int
    symbol: str
    sign: int
    verb: int = -1
    """Where it is only the subject of a verb, the place of that verb: it then says nothing of other verbs."""


def _effects(sentence: str) -> Iterator[Said]:
    carried: list[_Changed] = []
    start = 0
    for end in [*(match.start() for match in _CLAUSE.finditer(sentence)), len(sentence)]:
        clause, start = sentence[start:end], end
        changed = _changed(clause)
        named = named_properties(clause)
        if NEGATED.search(clause):
            continue
        carried = changed or carried
        for verb, sign in _verbs(clause, changed):
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


def _changed(clause: str) -> list[_Changed]:
    """The components of a clause that change, with the span that says so."""
    match = _SUBSTITUTED.search(clause)
    new, old = (match["new"] or match["for_new"], match["old"] or match["for_old"]) if match else ("", "")
    if match and is_element(new) and is_element(old):
        span = (match.start(), match.end())
        return [_Changed(*span, new, 1), _Changed(*span, old, -1)]
    found: list[_Changed] = []
    words = find_elements(clause)
    for place, word in enumerate(words):
        before, behind = clause[: word.start], clause[word.end :]
        more, less = _MORE.search(before), _LESS.search(before)
        after = _BEHIND.match(behind)
        chinese = _CHINESE_CHANGE.match(behind)
        if more or less or after or chinese:
            start = (less or more).start() if (less or more) else word.start  # type: ignore[union-attr]
            end = word.end + (chinese.end() if chinese else after.end() if after else 0)
            sign = -1 if less or (chinese and chinese[1] in ("减少", "降低", "减小", "下降")) else 1
            is_subject = after is not None and not (more or less or chinese) and bool(_VERB.match(clause, end))
            is_named = after is not None and bool(re.match(_CONTENT, behind, re.IGNORECASE))
            verb = end if is_subject and not is_named else -1
            found.append(_Changed(start, end, word.symbol, sign, verb))
        elif (
            found
            and place
            and re.fullmatch(r"\s*(?:,|and|or|/|和|与|、)+\s*", clause[words[place - 1].end : word.start])
        ):
            found.append(_Changed(word.start, word.end, word.symbol, found[-1].sign, found[-1].verb))
    return found


def _verbs(clause: str, changed: Sequence[_Changed]) -> Iterator[tuple[re.Match[str], int]]:
    """Words of change that are not part of what is said of a component, with their sign."""
    for match in _VERB.finditer(clause):
        if any(item.start <= match.start() < item.end for item in changed):
            continue
        if re.search(r"\bwith\s+(?:the\s+)?$|\bupon\s+$", clause[: match.start()], re.IGNORECASE):
            continue
        text = match[0]
        sign = 1 if _IS_UP.match(text) else -1 if _IS_DOWN.match(text) else 2 if _IS_BETTER.match(text) else -2
        yield match, sign


def _about(verb: re.Match[str], named: Sequence[NamedProperty], clause: str) -> NamedProperty | None:
    """The property that a verb moves: the nearest behind it, else the nearest before it."""
    others = [match.start() for match in _VERB.finditer(clause) if match.start() > verb.end()]
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
    return None if any(candidate.name in _LESS_IS_BETTER for candidate in item.candidates) else sign // 2


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
    for verb, sign in _verbs(sentence, ()):
        item = _about(verb, named, sentence)
        direction = _signed(sign, item) if item is not None else None
        if item is not None and direction is not None and len(symbols) == 2:
            first, second = sorted(symbols)
            yield Said(property_name(item), Synergy(components=(first, second), sign=1 if direction > 0 else -1), "at%")
            return
