"""A question taken apart: its terms with weights and stand-ins, the materials it names, and the kind of answer."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import pairwise

from eutectic.core.elements import elements
from eutectic.knowledge.chinese import asked as asked_in_chinese
from eutectic.knowledge.concepts import dimensions_of, named_properties, property_tokens
from eutectic.knowledge.measures import Measure, find_measures, measure_tokens, plain_numbers
from eutectic.knowledge.synonyms import CLASS_NOUNS, GENERIC, KINDS, SYNONYMS, UNIT_WORDS
from eutectic.knowledge.tokens import content_tokens, formula_words, stem, tokenise
from eutectic.knowledge.units import Dimension, read_unit

_CODE = re.compile(r"(?=.*\d)(?=.*[a-z])[a-z\d]+$")
_FOCUS = re.compile(
    r"\b(?:what|which)\s+(?:(?:is|are|was|were|do|does|did|has|have)\s+)?(?:(?:the|an?)\s+)?(.+?)"
    r"(?=\s+(?:of|is|are|was|were|does|do|did|has|have|had|for|in|on|at|from|can|may|must|with|that|to|by|between|"
    r"versus|against|makes?|made)\b|[?,]|$)",
    re.IGNORECASE,
)
_GRADE = re.compile(
    r"\b(?:alloys?|grade|steel|type|AA|EN|AW|AISI|SAE|Inconel|Hastelloy|Waspaloy|Nimonic|Ren[eé]|Haynes|UNS|aluminium|aluminum)"
    r"[\s-]+(\d{3,4}[A-Za-z]?)\b|\b(\d{4})(?=[\s-](?:alloy|aluminium|aluminum|steel))",
    re.IGNORECASE,
)
"""Grades, which are names though they are numbers."""
_GENERIC_SHARE = 0.3
"""Weight of a word that says little: to measure, to show, high, used."""
_CLASS_SHARE = 0.5
"""Weight of a word for the kind of answer, such as method or phase, which an answer shows without naming it."""
_NAME_SHARE = 1.3
_STAND_IN = 0.85
"""Credit where a text says it in another word."""


@dataclass(frozen=True)
class Term:
    """A word of a question: its weight, and what stands for it in a text."""

    token: str
    weight: float
    stand_ins: frozenset[str]
    is_name: bool
    is_known: bool = True
    """Whether it, or what stands for it, is anywhere in the library."""

    def held(self, tokens: Collection[str]) -> float:
        """How much of the term a text holds: 1, a part where it uses another word, or 0."""
        if self.token in tokens:
            return 1.0
        return _STAND_IN if not self.stand_ins.isdisjoint(tokens) else 0.0


@dataclass(frozen=True)
class Question:
    """A question as the search and the answer see it."""

    text: str
    terms: tuple[Term, ...]
    subject: tuple[Term, ...]
    """Those of what it is asked of: `BT0` in the same question; all but the little words where its form hides it."""
    focus: tuple[Term, ...]
    """Those of the noun that is asked for: `critical cooling rate` in `What critical cooling rate has BT0?`."""
    dimensions: frozenset[Dimension]
    """What the answer may measure; empty where that is not known."""
    kind: str
    """`formula`, `number`, `year`, `person` or empty."""
    conditions: tuple[Measure, ...]
    """Quantities that the question gives."""
    numbers: frozenset[float]
    """Every number that the question gives."""
    pairs: frozenset[tuple[str, str]] = field(default=frozenset())
    """Neighbouring content words."""

    @property
    def unknown(self) -> float:
        """Share of the question's weight in words that are nowhere in the library."""
        total = sum(term.weight for term in self.terms)
        return sum(term.weight for term in self.terms if not term.is_known) / total if total else 1.0

    @property
    def property_tokens(self) -> frozenset[str]:
        """Tokens of the properties that the question asks for."""
        asked = [term for term in self.focus if term.token.startswith("p:")]
        return frozenset(token for term in asked for token in (term.token, *term.stand_ins) if token.startswith("p:"))

    @property
    def names(self) -> tuple[Term, ...]:
        """The terms that name a material: formulas and codes."""
        return tuple(term for term in self.terms if term.is_name)

    def share(self, tokens: Collection[str], terms: Collection[Term] | None = None) -> float:
        """Share of the question's weight (or of some of its terms) that a set of tokens holds."""
        chosen = self.terms if terms is None else terms
        total = sum(term.weight for term in chosen)
        return sum(term.weight * term.held(tokens) for term in chosen) / total if total else 0.0


def read_question(
    text: str, frequency: Mapping[str, int], n_chunks: int, spellings: Callable[[str], Collection[str]] = lambda _: ()
) -> Question:
    """Take a question apart; a term that is rare in the library weighs more, one that is not there most.

    Args:
        text: The question.
        frequency: In how many chunks a token stands.
        n_chunks: Chunks of the library.
        spellings: The other formula tokens of the library that a formula token rounds to.
    """
    properties = frozenset(property_tokens(text))
    in_property = _property_words(text)
    terms = []
    content = content_tokens(text) - formula_words(text)
    if not any(token.startswith("f:") for token in content):
        content |= {token for token in tokenise(text) if token.startswith("sys:") and frequency.get(token, 0)}
    quantities = _quantity_words(text)
    graded = {grade.lower() for match in _GRADE.findall(text) for grade in match if grade}
    for token in sorted(content):
        if token.startswith(("q:", "el:")) and (token[:2] == "q:" or content & _spellings(token)):
            continue
        stand_ins = SYNONYMS.get(token, frozenset()) | UNIT_WORDS.get(token, frozenset()) | _elements(token)
        stand_ins |= quantities.get(token, frozenset()) | frozenset(spellings(token))
        if token in in_property:
            stand_ins |= properties
        is_name = token.startswith("f:") or bool(_CODE.match(token)) or token in graded
        seen = frequency.get(token, 0) or max((frequency.get(other, 0) for other in stand_ins), default=0)
        weight = math.log(1 + (n_chunks - seen + 0.5) / (seen + 0.5)) if n_chunks else 1.0
        terms.append(Term(token, max(weight, 0.0) * _class_share(token, is_name), stand_ins, is_name, seen > 0))
    terms = _joined(terms)
    asked = _asked_words(text)
    focus = tuple(term for term in terms if term.token in asked and not term.is_name)
    subject = tuple(term for term in terms if term not in focus and not is_little(term.token))
    words = [token for token in tokenise(text) if ":" not in token]
    return Question(
        text=text,
        terms=tuple(terms),
        subject=subject,
        focus=focus,
        dimensions=_dimensions(text, asked),
        kind=_kind(text),
        conditions=find_measures(text),
        numbers=frozenset(plain_numbers(text)),
        pairs=frozenset(pairwise(words)),
    )


def _quantity_words(text: str) -> dict[str, frozenset[str]]:
    """The words of each quantity with its token, under which it is found in any unit."""
    found: dict[str, frozenset[str]] = {}
    for measure in find_measures(text):
        written = text[measure.start : measure.end]
        tokens = frozenset(measure_tokens(written))
        for word in tokenise(written):
            if ":" not in word:
                found[word] = found.get(word, frozenset()) | tokens
    return found


def _joined(terms: list[Term]) -> list[Term]:
    """One term for the properties of a question, which a name shared by several would count several times."""
    properties = [term for term in terms if term.token.startswith("p:")]
    if len(properties) < 2:
        return terms
    tokens = frozenset(term.token for term in properties)
    best = min(properties, key=lambda term: term.weight)
    joined = replace(best, stand_ins=best.stand_ins | tokens, is_known=any(term.is_known for term in properties))
    return [term for term in terms if not term.token.startswith("p:")] + [joined]


def is_little(token: str) -> bool:
    """Whether a token of a question says little: a common verb, a number, a word for a kind of thing."""
    return token in GENERIC or token in CLASS_NOUNS or token.isdigit()


def _elements(token: str) -> frozenset[str]:
    """The element token of an element's name or symbol."""
    return frozenset(f"el:{symbol}" for symbol in elements() if token in _spellings(f"el:{symbol}"))


@cache
def _spellings(token: str) -> frozenset[str]:
    """The word tokens of an element token: its symbol in small letters and the stem of its name."""
    symbol = token.removeprefix("el:")
    names = [elements()[symbol].name.lower(), *(["aluminum"] if symbol == "Al" else [])]
    return frozenset([symbol.lower(), *(stem(name) for name in names)])


def asked_phrase(text: str) -> str:
    """The noun phrase that a question asks for; empty where its form does not show it."""
    match = _FOCUS.search(text)
    return match[1] if match else asked_in_chinese(text)


def _asked_words(text: str) -> frozenset[str]:
    return frozenset(tokenise(asked_phrase(text)))


def _class_share(token: str, is_name: bool) -> float:
    if is_name:
        return _NAME_SHARE
    if token in GENERIC or token.isdigit():
        return _GENERIC_SHARE
    return _CLASS_SHARE if token in CLASS_NOUNS else 1.0


def _property_words(text: str) -> frozenset[str]:
    """The tokens of the words in a question that name one of its properties."""
    named = named_properties(text)
    return frozenset(word for token, name in named for word in (token, *tokenise(name)))


def _dimensions(text: str, asked: Collection[str]) -> frozenset[Dimension]:
    """What an answer in numbers may measure: of the property asked for, else of the words that ask."""
    phrase = asked_phrase(text)
    named = property_tokens(phrase) or (property_tokens(text) if not phrase else [])
    if named:
        return frozenset(dimensions_of(token) for token in named)
    units = [unit for pattern, found in _kinds() if pattern.search(phrase or text) for unit in found]
    if not units and phrase:
        units = [unit for pattern, found in _kinds() if pattern.search(text.split(phrase)[0]) for unit in found]
    return frozenset(read.dimension for unit in units if (read := read_unit(unit)) is not None)


@cache
def _kinds() -> tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]:
    return tuple((re.compile(pattern, re.IGNORECASE), units) for pattern, units in KINDS)


def _kind(text: str) -> str:
    if re.search(r"\bcompositions?\b|\bformula\b|成分|化学式", asked_phrase(text) or text, re.IGNORECASE):
        return "formula"
    if re.search(r"\b(?:which|what) year\b|^when\b|哪一年|何时", text, re.IGNORECASE):
        return "year"
    if re.search(r"^who\b|谁", text, re.IGNORECASE):
        return "person"
    if re.search(r"\bhow (?:much|many|far)\b|多少|几", text, re.IGNORECASE):
        return "number"
    return ""
