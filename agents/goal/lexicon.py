"""The words the goal grammar knows: elements, properties and process steps in English and Chinese, as patterns."""

from __future__ import annotations

import csv
import re
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from eutectic.core.elements import elements
from eutectic.core.objective import Direction

NUMBER = r"(?<!\d)(?<!\d[.,])[+-]?\d+(?:,\d{3})*(?:\.\d+)?(?:[eE][+-]?\d+)?(?!\d|[.,]\d)"
COUNT_WORDS = {
    **{
        word: i
        for i, word in enumerate(
            ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"], 1
        )
    },
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "eighty": 80,
    "hundred": 100,
}
_ENGLISH_COUNT = r"(?<![A-Za-z])(?:" + "|".join(COUNT_WORDS) + r")(?![A-Za-z])"
COUNT = rf"(?:(?<!\d)(?<!\d[.,])\d+(?!\d|[.,]\d)|{_ENGLISH_COUNT}|[一二两三四五六七八九十百]+)"
PERCENT = (
    r"\s*(?:(?:at|wt|mol|vol|atomic|weight|mass|mole|volume)\.?[\s-]*(?:%|percent)|%\s*\((?:at|wt|mol|vol)\.?\)"
    r"|%|percent|per cent)(?![A-Za-z])"
)
AT_MOST = (
    r"(?:at most|no more than|not more than|no greater than|not exceeding|not to exceed|does not exceed|should not exceed"
    r"|must not exceed|not over|not above|less than|lower than|smaller than|below|under|up to|maximum(?: of)?"
    r"|max\.?(?: of)?|limited to|capped at|<=|<|≤|不超过|不高于|不大于|不多于|不得超过|低于|小于|少于|至多|最多|最高|上限为?)"
)
AT_LEAST = (
    r"(?:at least|no less than|not less than|not below|not under|more than|greater than|higher than|larger than|above"
    r"|over|exceeding|exceeds|minimum(?: of)?|min\.?(?: of)?|>=|>|≥|不低于|不小于|不少于|不得低于|高于|大于|多于|(?<!不)超过|至少"
    r"|最少|最低|下限为?)"
)
_AND_OR_TO = r"(?:-|–|—|~|to|and|至|到|和)"
_TO = r"(?:-|–|—|~|to|至|到)"


def span_pattern(tail: str) -> str:
    """`between A and B`, `A to B`, `A-B` with groups `low` and `high`; `and` counts only behind `between`."""
    begin = r"(?:(?P<between>(?:between|介于|在)\s*)|(?:from|in the range(?: of)?|within|从)\s*)?"
    link = rf"(?(between){_AND_OR_TO}|{_TO})"
    return rf"{begin}(?P<low>{NUMBER}){tail}\s*{link}\s*(?P<high>{NUMBER})"


WORDLIKE = ("In", "As", "At", "He", "I", "No", "Be", "Am")
"""Symbols that are English words too."""


class PropertyWord(NamedTuple):
    """A property that goals may name."""

    name: str
    unit: str
    direction: Direction
    units: dict[str, float]
    """Factor to the default unit by the unit's text."""


def _rows(name: str) -> list[dict[str, str]]:
    text = files("eutectic.agents.goal").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _split(text: str | None) -> list[str]:
    return [item for item in (text or "").split("|") if item]


@cache
def element_names() -> dict[str, str]:
    """Symbol by symbol, lower-case English name and Chinese name."""
    found = {symbol: symbol for symbol in elements()}
    for row in _rows("names.csv"):
        found[row["chinese"]] = row["symbol"]
        found.update(dict.fromkeys(_split(row["english"]), row["symbol"]))
    return found


def symbol_of(text: str) -> str:
    """The symbol of an element as a sentence names it."""
    names = element_names()
    return names[text] if text in names else names[text.lower()]


@cache
def element_pattern(is_bare: bool = False) -> str:
    """A pattern for one element; with `is_bare` without the symbols that are words."""
    symbols = [s for s in sorted(elements(), key=len, reverse=True) if not (is_bare and s in WORDLIKE)]
    names = sorted((name for row in _rows("names.csv") for name in _split(row["english"])), key=len, reverse=True)
    chinese = "".join(row["chinese"] for row in _rows("names.csv") if row["chinese"] not in "金铁氧氢")
    return (
        rf"(?:(?<![A-Za-z\d])(?-i:{'|'.join(symbols)})(?![A-Za-z\d])|(?<![A-Za-z])(?:{'|'.join(names)})(?![A-Za-z])"
        rf"|[{chinese}]|(?<!合)(?<!贵)(?<!稀)金(?!属|相)|(?<!钢)铁(?!磁|损|基)|(?<!析)[氧氢](?!化|还原))"
    )


@cache
def symbols_pattern() -> str:
    """A pattern for one symbol inside a system such as Fe-Co-B."""
    return "(?:" + "|".join(sorted(elements(), key=len, reverse=True)) + ")"


@cache
def properties() -> dict[str, PropertyWord]:
    """Property by its name."""
    found = {}
    for row in _rows("properties.csv"):
        units = {key: float(factor) for key, _, factor in (item.rpartition(":") for item in _split(row["units"]))}
        direction: Direction = row["direction"]  # type: ignore[assignment]
        found[row["name"]] = PropertyWord(row["name"], row["unit"], direction, {row["unit"]: 1.0, **units})
    return found


@cache
def property_words() -> list[tuple[str, str, bool]]:
    """Pattern, property and whether the word is a superlative (`cheapest`), longest first."""
    found = []
    for row in _rows("properties.csv"):
        for word in _split(row["symbols"]):
            found.append((rf"(?<![A-Za-z])(?-i:{re.escape(word)})(?![A-Za-z\d])", row["name"], False))
        for word in _split(row["english"]):
            found.append((_english(word), row["name"], False))
        found += [(re.escape(word), row["name"], False) for word in _split(row["chinese"])]
        for word in _split(row["superlatives"]):
            found.append((_english(word) if word.isascii() else re.escape(word), row["name"], True))
    return sorted(found, key=lambda item: len(item[0]), reverse=True)


def _english(word: str) -> str:
    return rf"(?<![A-Za-z-]){re.escape(word)}(?![A-Za-z])"


@cache
def process_words() -> list[tuple[str, str]]:
    """Pattern and stem of every process step, longest first."""
    found = [
        (_english(word) if word.isascii() else re.escape(word), row["stem"])
        for row in _rows("processes.csv")
        for word in (*_split(row["english"]), *_split(row["chinese"]))
    ]
    return sorted(found, key=lambda item: len(item[0]), reverse=True)


def count_of(text: str) -> int:
    """A whole number written in digits, as an English word or in Chinese numerals below a thousand."""
    if text.isdigit():
        return int(text)
    if text.lower() in COUNT_WORDS:
        return COUNT_WORDS[text.lower()]
    digits = {mark: value for value, mark in enumerate("零一二三四五六七八九")} | {"两": 2}
    total = current = 0
    for mark in text:
        if mark in digits:
            current = digits[mark]
        else:
            total += max(current, 1) * (100 if mark == "百" else 10)
            current = 0
    return total + current


def number_of(text: str) -> float:
    """A number with or without thousands marks."""
    return float(text.replace(",", ""))
