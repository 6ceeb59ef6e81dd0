"""Components that a clause says to be added, to become more or less, or to stand for another, with the words for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from eutectic.core.elements import is_element
from eutectic.core.errors import BadInput
from eutectic.core.formula import parse_formula
from eutectic.knowledge.claim_verbs import VERB
from eutectic.knowledge.element_words import ElementWord, find_elements
from eutectic.knowledge.formula_text import Formula, find_formulas

_CONTENT = (
    r"(?:\s*(?:-?\s*(?:content|addition|concentration|amount|fraction|doping|substitution|level|alloying|"
    r"incorporation)s?))"
)
_AMOUNT = (
    r"(?:(?:up to|about|only|just)\s+)?"
    r"(?:\d+(?:\.\d+)?\s*(?:(?:at|wt|mol|mole|atomic|weight)\.?\s?)?%\s*(?:of\s+)?(?:the\s+)?)?"
)
_MORE = re.compile(
    r"(?:(?:the\s+)?(?:addition|introduction|incorporation|alloying|doping|substitution|presence)s?\s+(?:of|with)\s+|"
    r"(?:adding|introducing|alloying(?: with)?|doping(?: with)?|incorporating|excess)\s+|"
    r"(?:with\s+)?(?:the\s+)?(?:increas(?:e|ing|ed)(?:\s+(?:of|in))?|higher|more|rising|raising|larger)\s+(?:the\s+)?"
    r"(?:amounts?\s+of\s+|contents?\s+of\s+|concentrations?\s+of\s+)?|"
    rf"(?:{VERB.pattern})\s+by\s+(?:the\s+)?){_AMOUNT}$|(?:添加|加入|增加|掺入|掺杂)(?:\d[\d.]*\s*(?:at|wt)\.?\s?%的?)?$",
    re.IGNORECASE,
)
_LESS = re.compile(
    r"(?:(?:with\s+)?(?:the\s+)?(?:decreas(?:e|ing|ed)(?:\s+(?:of|in))?|lower(?:ing)?|less|reducing|reduced|removing|"
    r"removal\s+of|omitting|eliminating|reduction\s+(?:of|in))\s+(?:the\s+)?(?:amounts?\s+of\s+|contents?\s+of\s+)?|减少|降低)$",
    re.IGNORECASE,
)
_ADVERBS = (
    r"(?:(?:both|each|all|strongly|significantly|slightly|effectively|greatly|markedly|also|further|thereby|may|might|can|could|would|"
    r"will)\s+)*"
)
_BEHIND = re.compile(
    rf"{_CONTENT}|(?:元素)?的?(?:含量|添加量?|加入|掺杂|添加)|-doped\b|-rich\b(?!\s+(?:phase|region|particle|precipitate|layer|coating|grain|area|cluster)s?)"
    r"|\s+(?:is|was|are|were|has been|had been)\s+(?:added|incorporated|introduced)\b"
    rf"|\s+{_ADVERBS}(?={VERB.pattern})",
    re.IGNORECASE,
)
_WHEN = re.compile(r"(?:\b(?:when|as|if|once|after|while|upon|by)\b|当|随着?)[^,;，]*$", re.IGNORECASE)
_MOVED = re.compile(
    rf"{_CONTENT}\s+(?:(?:is|was|are|were|has|have|been|further|steadily|gradually)\s+)*"
    r"(?P<verb>increas\w*|ris\w*|rais\w*|rose|grow\w*|grew|decreas\w*|fall\w*|fell|reduc\w*|lower\w*|drop\w*)",
    re.IGNORECASE,
)
_IS_LESS = re.compile(r"decreas|fall|fell|reduc|lower|drop", re.IGNORECASE)
_CHINESE_CHANGE = re.compile(
    r"(?:含量|添加量|量)?(?:从[^，。]{1,20}?)?的?(增加|升高|提高|增大|增多|减少|降低|减小|下降)"
)
_PART = r"(?:\d+(?:\.\d+)?\s*(?:at\.?\s?|mol\.?\s?)?%\s+of\s+)?(?:the\s+)?"
_SUBSTITUTED = re.compile(
    rf"\b(?:[Ss]ubstitut\w+|[Rr]eplac(?:ing|ement|ed))\s+(?:of\s+)?{_PART}(?P<old>[A-Z][a-z]?)(?:\s+atoms)?\s+(?:by|with)\s+(?P<new>[A-Z][a-z]?)\b"
    r"|(?P<zh_new>[A-Z][a-z]?)(?:部分)?(?:替代|取代|代替|置换)(?:部分|少量)?的?(?P<zh_old>[A-Z][a-z]?)"
    r"|\b(?:[Ss]ubstitut\w+)\s+(?:of\s+)?(?P<for_new>[A-Z][a-z]?)\s+for\s+(?P<for_old>[A-Z][a-z]?)\b"
    r"|\b(?P<by_new>[A-Z][a-z]?)\s+(?:replaces|substitutes(?:\s+for)?)\s+(?P<by_old>[A-Z][a-z]?)\b"
)
_UNITS = frozenset(("K", "C", "N", "S", "W", "V", "F", "H", "Pa", "B"))
"""Symbols that are units behind a number: `673 K`."""


class Changed(NamedTuple):
    """A component that is said to be added, or to become more or less."""

    start: int
    end: int
    symbol: str
    sign: int
    verb: int = -1
    """Where it is only the subject of a verb, the place of that verb: it then says nothing of other verbs."""


def changes(clause: str, sentence: str = "") -> list[Changed]:
    """The components of a clause that change, with the span that says so; variables are those of the sentence."""
    if match := _SUBSTITUTED.search(clause):
        new = match["new"] or match["for_new"] or match["by_new"] or match["zh_new"]
        old = match["old"] or match["for_old"] or match["by_old"] or match["zh_old"]
        if is_element(new) and is_element(old):
            return [Changed(*match.span(), new, 1), Changed(*match.span(), old, -1)]
    found: list[Changed] = []
    words = sorted((*(word for word in find_elements(clause) if not _is_unit(clause, word)), *_compounds(clause)))
    words = [word for word in words if not _is_ratio(clause, word)]
    for place, word in enumerate(words):
        one = _change(clause, word)
        if one is not None:
            found.append(one)
        elif found and place and _is_listed(clause[words[place - 1].end : word.start]):
            found.append(Changed(word.start, word.end, word.symbol, found[-1].sign, found[-1].verb))
    return found or list(_of_variables(clause, sentence or clause))


def _change(clause: str, word: ElementWord) -> Changed | None:
    before, behind = clause[: word.start], clause[word.end :]
    moved = _MOVED.match(behind) if _WHEN.search(before) else None
    if moved:
        return Changed(word.start, word.end + moved.end(), word.symbol, -1 if _IS_LESS.match(moved["verb"]) else 1)
    more, less = _MORE.search(before), _LESS.search(before)
    after, chinese = _BEHIND.match(behind), _CHINESE_CHANGE.match(behind)
    said = less or more
    if not (said or after or chinese):
        return None
    end = word.end + (chinese.end() if chinese else after.end() if after else 0)
    sign = -1 if less or (chinese and chinese[1] in ("减少", "降低", "减小", "下降")) else 1
    is_subject = after is not None and not (said or chinese) and bool(VERB.match(clause, end))
    is_named = after is not None and bool(re.match(_CONTENT, behind, re.IGNORECASE))
    if len(word.symbol) > 2 and not (said or is_named):
        return None
    verb = end if is_subject and not is_named else -1
    return Changed(said.start() if said else word.start, end, word.symbol, sign, verb)


def _compounds(clause: str) -> Iterator[ElementWord]:
    """Compounds such as `MgI2`, which a campaign may have as components; alloys with a recipe are none."""
    for formula in find_formulas(clause):
        amounts = {} if formula.variables else _amounts(formula)
        if 2 <= len(amounts) <= 3 and all(value == int(value) <= 12 for value in amounts.values()):
            yield ElementWord(formula.start, formula.end, formula.text)


def _amounts(formula: Formula) -> dict[str, float]:
    try:
        return parse_formula(formula.with_values({}))
    except BadInput:
        return {}


def _is_unit(clause: str, word: ElementWord) -> bool:
    return word.symbol in _UNITS and bool(re.search(r"(?:\d|[°º◦˚])\s?$", clause[: word.start]))


def _is_ratio(clause: str, word: ElementWord) -> bool:
    """Whether it stands in a ratio such as `Fe/Ni`, of which more is not more of either."""
    return bool(
        re.match(r"\s?[/:]\s?[A-Z]", clause[word.end :]) or re.search(r"[A-Z][a-z]?\s?[/:]\s?$", clause[: word.start])
    )


def _is_listed(between: str) -> bool:
    return bool(re.fullmatch(r"\s*(?:,|and|or|/|和|与|、)+\s*", between))


def _of_variables(clause: str, sentence: str) -> Iterator[Changed]:
    """What grows with `x`: `As x in (Fe1-xCox)83B17 increases`, `with increasing x`."""
    grows = {name: symbol for formula in find_formulas(sentence) for name, symbol in _growing(formula).items()}
    for name, symbol in grows.items():
        up = re.search(
            rf"\b(?:increas(?:ing|e of|e in)|larger|higher)\s+{name}\b|\bwith\s+{name}\b"
            rf"|\b(?:as|when)\s+{name}\b[^,;]*?\b(?:increas|ris|rais|grow)\w*",
            clause,
            re.IGNORECASE,
        )
        down = re.search(
            rf"\b(?:decreasing|smaller|lower)\s+{name}\b|\b(?:as|when)\s+{name}\b[^,;]*?\b(?:decreas|fall)\w*",
            clause,
            re.IGNORECASE,
        )
        if (match := up or down) is not None and not (up and down):
            yield Changed(*match.span(), symbol, 1 if up else -1)


def _growing(formula: Formula) -> dict[str, str]:
    """By variable, the one element whose amount grows with it, as it is written."""
    found: dict[str, str] = {}
    for name in formula.variables:
        values = dict.fromkeys(formula.variables, 0.1)
        try:
            low, high = (parse_formula(formula.with_values(values | {name: value})) for value in (0.1, 0.2))
        except BadInput:
            continue
        more = [symbol for symbol in high if high[symbol] > low.get(symbol, 0.0) + 1e-9]
        if len(more) == 1:
            found[name] = more[0]
    return found
