"""The words of a question by their part in it: its quantities, verbs, names, bare numbers and the unit it asks for."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import cache
from itertools import pairwise

from eutectic.knowledge.measures import Measure, find_measures, measure_tokens, plain_numbers
from eutectic.knowledge.synonyms import SPELLED_UNITS
from eutectic.knowledge.tokens import stem, tokenise
from eutectic.knowledge.units import Unit, read_unit

_CAPITAL = re.compile(r"(?<=[a-z,;] )[A-Z][A-Za-zé-]+\b")
_UNIT = r"((?:[a-z]+ per [a-z]+|[A-Za-zµ°/%0-9⁻¹²³.^-]+))"
_UNIT_ASKED = re.compile(rf"\bin\s+{_UNIT}(?=\?|,|\s+(?:is|are|was|were|does|did)\b)")
_UNIT_COUNTED = re.compile(rf"\b[Hh]ow many\s+{_UNIT}\b")
_CELSIUS = re.compile(r"(\d)\s?(?:deg(?:rees?)?\.?\s?)?C(?=[\s?,.;)]|$)")
_CHARGE = re.compile(r"\bcoulomb|\bcharge\b|\bC-?rate\b|\bC/\d", re.IGNORECASE)
_CODED = re.compile(r"\S*[A-Za-z)\]]\S*")
"""Words with letters, whose digits are of a formula or a name."""
_PAST = re.compile(r"(?<![\w-])(?<!\bthe )(?<!\bof )(?<!\ban )(?<!\ba )[a-z]{2,}ed\b")
_PASSIVE = re.compile(r"\b(?:is|are|was|were|been|be)\s+[a-z]+-([a-z]{2,}ed)\b")
_LAST_VERB = re.compile(
    r"\b(?:does|do|did|can|could|may|must)\b.*?\s([a-z]+)(?=\s+(?:at|in|for|from|with|to|under|when|if|during|by|as|after|"
    r"before|than|into)\b|\?)"
)

_PREFIXES = {"nano": "n", "micro": "u", "milli": "m", "centi": "c", "kilo": "k", "mega": "M", "giga": "G"}
_THING = re.compile(
    r"(?:\b(?:the|an?|of|in|on|for|by|with|from|to|between|during|using|under|after|before|into|than|and|or|its|does|did|"
    r"do)\s+|^\W*(?:is|are|does|do|did|can)\s+)"
    r"(?!the\b|an?\b|it\b|its\b)(.+?)(?=\s+(?:of|in|on|for|by|with|from|to|at|between|during|using|under|after|before|"
    r"into|than|and|or|the|an?|is|are|was|were|be|does|did|do|has|have|had|can|could|may|will|that|which|when|if|as|per|"
    r"[a-z]+ed|show|reach|give|take|need)\b|[?,;]|$)",
    re.IGNORECASE,
)
_EITHER = re.compile(r"([\w.()-]+),? or (?:(?:an?|the|is|are|does|do|in|at|of)\s+)?([\w.()-]+)")
_COUNT = re.compile(r"\W*how many\b", re.IGNORECASE)


def tidy(text: str) -> str:
    """A question with `350 C` as `350 °C`, which is what people mean who cannot type the sign."""
    return text if _CHARGE.search(text) else _CELSIUS.sub("\\1 °C", text)


def quantity_words(text: str) -> dict[str, frozenset[str]]:
    """The words of each quantity with its token, under which it is found in any unit."""
    found: dict[str, frozenset[str]] = {}
    for measure in find_measures(text):
        written = text[measure.start : measure.end]
        tokens = frozenset(measure_tokens(written))
        for word in tokenise(written):
            if ":" not in word:
                found[word] = found.get(word, frozenset()) | tokens
    return found


def verbs(text: str) -> frozenset[str]:
    """Tokens of what is a verb by its form or place: `measured`, and `reach` in `What strength does it reach?`."""
    words = [match for pattern in (_PAST, _PASSIVE, _LAST_VERB) for match in pattern.findall(text)]
    return frozenset(token for word in words for token in tokenise(word))


def things(text: str) -> frozenset[str]:
    """Tokens of what is spoken of: the words behind articles and prepositions, up to the next verb or preposition."""
    return frozenset(token for match in _THING.finditer(text) for token in tokenise(match[1]))


def proper_words(text: str) -> frozenset[str]:
    """Tokens of the words written with a capital that do not begin the question."""
    return frozenset(token for match in _CAPITAL.finditer(text) for token in tokenise(match[0]))


def without(text: str, measures: Iterable[Measure], names: Collection[str]) -> str:
    """A question without its quantities and the names that are numbers."""
    for measure in measures:
        text = text[: measure.start] + " " * (measure.end - measure.start) + text[measure.end :]
    pattern = "|".join(rf"{re.escape(name)}(?:-\d+)?" for name in names)
    return re.sub(pattern, " ", text, flags=re.IGNORECASE) if names else text


def joined_words(text: str, known: Collection[str]) -> dict[str, frozenset[str]]:
    """By token of two neighbouring words: what they make as one word that the library knows, `beamtime`."""
    found: dict[str, frozenset[str]] = {}
    words = re.findall(r"[A-Za-z]{2,}", text.lower())
    for first, second in pairwise(words):
        whole = stem(first + second)
        if whole in known:
            for token in (stem(first), stem(second)):
                found[token] = found.get(token, frozenset()) | {whole}
    return found


def alternatives(text: str) -> dict[str, frozenset[str]]:
    """By token of a word: that of the other one it is offered beside, `laminar or turbulent`; an answer has one."""
    found: dict[str, frozenset[str]] = {}
    for match in _EITHER.finditer(text):
        first, second = tokenise(match[1]), tokenise(match[2])
        for one, other in ((first, second), (second, first)):
            for token in one:
                found[token] = found.get(token, frozenset()) | frozenset(other)
    return found


def is_count(text: str) -> bool:
    """Whether a question asks how many of something there are."""
    return bool(_COUNT.match(text))


@cache
def unit_words() -> frozenset[str]:
    """The stems of units that questions spell out, alone or with a prefix."""
    return frozenset(stem(f"{prefix}{unit}") for unit in SPELLED_UNITS for prefix in ("", *_PREFIXES) if len(unit) > 2)


def _spelled_unit(text: str) -> str:
    """A unit with its words as symbols: `kelvin per second` as `K/s`."""
    return " ".join("/" if word == "per" else _unit_symbol(word) for word in text.split())


def _unit_symbol(word: str) -> str:
    """The symbol of a spelled unit, with its prefix."""
    bare = word if word in SPELLED_UNITS else word.rstrip("s")
    if bare in SPELLED_UNITS:
        return SPELLED_UNITS[bare]
    for prefix, sign in _PREFIXES.items():
        if (rest := bare.removeprefix(prefix)) != bare and rest in SPELLED_UNITS:
            return sign + SPELLED_UNITS[rest]
    return word


def asked_unit(text: str) -> Unit | None:
    """The unit a question wants its answer in: `in kelvin per second`, `how many joules`."""
    said = (_UNIT_COUNTED if is_count(text) else _UNIT_ASKED).search(text)
    return read_unit(_spelled_unit(said[1])) if said else None


def bare_numbers(text: str) -> frozenset[float]:
    """The numbers of a text that no letter stands at."""
    return frozenset(plain_numbers(_CODED.sub(" ", text)))
