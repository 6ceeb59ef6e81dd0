"""A question taken apart: its terms with weights and stand-ins, the materials it names, and the kind of answer."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from functools import cache
from itertools import pairwise

from eutectic.core.elements import elements
from eutectic.knowledge.asked import Question, Term
from eutectic.knowledge.asked_units import KINDS
from eutectic.knowledge.asking import DEFINERS, asked_phrase, kind_of
from eutectic.knowledge.chinese import is_chinese
from eutectic.knowledge.concepts import dimensions_of, named_properties, property_tokens
from eutectic.knowledge.families import memberships, system_of
from eutectic.knowledge.glossary import in_chinese, little_tokens, words_of
from eutectic.knowledge.measures import find_measures, plain_numbers
from eutectic.knowledge.question_words import (
    alternatives,
    asked_unit,
    bare_numbers,
    is_count,
    joined_words,
    proper_words,
    quantity_words,
    things,
    tidy,
    unit_words,
    verbs,
    without,
)
from eutectic.knowledge.roots import root
from eutectic.knowledge.sorts import sort_of
from eutectic.knowledge.synonyms import ANIONS, CLASS_NOUNS, GENERIC, SYNONYMS, UNIT_WORDS
from eutectic.knowledge.tokens import content_tokens, formula_words, stem, tokenise
from eutectic.knowledge.units import NUMBER, Dimension, read_unit

_CODE = re.compile(r"(?=.*\d)(?=.*[a-z])[a-z\d]+$")
_GRADE = re.compile(
    r"\b(?:alloys?|grade|steel|type|AA|EN|AW|AISI|SAE|Inconel|Hastelloy|Waspaloy|Nimonic|Ren[eé]|Haynes|UNS|aluminium|aluminum)"
    r"[\s-]+(\d{3,4}[A-Za-z]?)\b|\b(\d{4})(?=[\s-](?:alloy|aluminium|aluminum|steel))",
    re.IGNORECASE,
)
"""Grades, which are names though they are numbers."""
_YES_OR_NO = re.compile(
    r"\W*(?:is|are|was|were|does|do|did|can|could|has|have|why)\b|\W*how (?:does|do|did|is|are|was|were|can)\b",
    re.IGNORECASE,
)
"""Questions that no value answers by itself."""
_RELATIVE = re.compile(r"\b(?:reduced|relative|normali[sz]ed|homologous|dimensionless)\b", re.IGNORECASE)
"""Properties given as plain numbers."""
_TREATMENT = re.compile(
    r"\b(?:treatments?|anneal(?:ing|ed)?|aged|ag(?:e)?ing|sinter(?:ing|ed)|calcin(?:ation|ed)|temper(?:ing|ed)?|"
    r"schedule|(?:synthesis|processing|preparation) conditions?)$|^\W*how (?:was|were) .*"
    r"\b(?:treated|annealed|aged|sintered|calcined|tempered|heated|dried|cured)\b|热处理|退火|时效|烧结",
    re.IGNORECASE,
)
_ELEMENT = re.compile(r"\W*(?:which|what) (?:\w+ )?elements?\b", re.IGNORECASE)
_BY_HOW_MUCH = re.compile(r"\W*(?:by )?how much (?:is|are|was|were|does|do|did|can|could)\b", re.IGNORECASE)
"""Questions for a change, given in the property's unit or as a share."""
_ASKS = re.compile(r"[?？]|^\W*(?:what|which|how|who\w*|why|when|where)\b|什么|多少|哪|几|怎", re.IGNORECASE)
"""Questions, and not words to search for, whose quantities are what is looked for."""
_HOW = re.compile(r"\W*how\b", re.IGNORECASE)
_WEIGHTY = 0.35
_GENERIC_SHARE = 0.3
"""Weight of a word that says little: to measure, to show, high, used."""
_CLASS_SHARE = 0.5
"""Weight of a word for the kind of answer, such as method or phase, which an answer shows without naming it."""
_NAME_SHARE = 1.3


def read_question(
    text: str,
    frequency: Mapping[str, int],
    n_chunks: int,
    spellings: Callable[[str], Collection[str]] = lambda _: (),
    roots: Mapping[str, frozenset[str]] | None = None,
) -> Question:
    """Take a question apart; a term that is rare in the library weighs more, one that is not there most.

    Args:
        text: The question.
        frequency: In how many chunks of the library a token stands.
        n_chunks: Chunks of the library.
        spellings: The other formula tokens of the library that a formula token rounds to.
        roots: Words of the library by their root, which stand in for each other.
    """
    text = tidy(text)
    measures = tuple(found for found in find_measures(text) if not _is_name(text[found.start : found.end], frequency))
    plain = without(text, measures, ())
    properties = frozenset(property_tokens(plain))
    in_property = _property_words(plain)
    symbols = frozenset(token for token, name in named_properties(plain) if not name.islower() and name.isascii())
    terms = []
    variables: set[float] = set()
    content = content_tokens(plain) - symbols - formula_words(text) or content_tokens(text) - formula_words(text)
    if not any(token.startswith(("f:", "v:")) for token in content):
        content |= {token for token in tokenise(text) if token.startswith("sys:") and frequency.get(token, 0)}
    quantities = quantity_words(text)
    graded = {grade.lower() for match in _GRADE.findall(text) for grade in match if grade}
    joined, others = joined_words(plain, frequency), alternatives(plain)
    english, within = _chinese(text)
    for token in sorted(content - within):
        if token.startswith(("q:", "el:")) and (token[:2] == "q:" or content & _spellings(token)):
            continue
        stand_ins = SYNONYMS.get(token, frozenset()) | UNIT_WORDS.get(token, frozenset()) | _elements(token)
        stand_ins |= _anions().get(token, frozenset()) | _family(token, plain, frequency)
        stand_ins |= english.get(token, frozenset()) | in_chinese().get(token, frozenset())
        stand_ins |= quantities.get(token, frozenset()) | frozenset(spellings(token))
        stand_ins |= _of_roots((token, *SYNONYMS.get(token, ())), roots or {}) - {token}
        stand_ins |= joined.get(token, frozenset()) | others.get(token, frozenset()) - {token}
        if token in in_property:
            stand_ins |= properties
        if token.startswith("f:") and not frequency.get(token, 0):
            members = memberships(token, frequency)
            stand_ins |= frozenset(members) | system_of(token)
            variables.update(members.values())
        is_name = token.startswith(("f:", "v:")) or bool(_CODE.match(token)) or token in graded
        seen = frequency.get(token, 0) or max((frequency.get(other, 0) for other in stand_ins), default=0)
        seen = seen or n_chunks * (token in unit_words())
        weight = math.log(1 + (n_chunks - seen + 0.5) / (seen + 0.5)) if n_chunks else 1.0
        terms.append(Term(token, max(weight, 0.0) * _class_share(token, is_name), stand_ins, is_name, seen > 0))
    terms = _joined(terms)
    kind = kind_of(text)
    if kind == "definition":
        terms = [term for term in terms if term.token not in DEFINERS] or terms
    asked = _asked_words(text)
    named = tuple(term for term in terms if term.token in asked and not term.is_name)
    focus = named if any(not is_little(term.token) for term in named) else ()
    subject = tuple(term for term in terms if term not in named and not is_little(term.token))
    acts = verbs(text)
    spoken = things(plain)
    words = [token for token in tokenise(text) if ":" not in token]
    proper = proper_words(text)
    return Question(
        text=text,
        terms=tuple(terms),
        subject=subject,
        focus=focus,
        dimensions=_dimensions(text, asked)
        - (frozenset() if _ASKS.search(text) or asked_phrase(text) else {measure.dimension for measure in measures}),
        kind=kind,
        conditions=measures,
        numbers=frozenset(plain_numbers(text)),
        pairs=frozenset(pairwise(words)),
        entities=tuple(term for term in terms if term.is_name or term.token in proper or _elements(term.token)),
        bare=bare_numbers(without(text, measures, graded)) | variables,
        weighty=_weighty([term for term in terms if term.token not in acts]),
        acts=tuple(
            term
            for term in terms
            if term.token in acts and not (term.is_name or term in named or is_little(term.token))
        ),
        things=tuple(term for term in terms if term.token in spoken and not (term in named or is_little(term.token))),
        is_treatment=bool(_TREATMENT.search(asked_phrase(text) or text)),
        sort=sort_of(asked_phrase(text)),
        most=math.log(2 * n_chunks + 2) if n_chunks else 1.0,
    )


def _is_name(written: str, frequency: Mapping[str, int]) -> bool:
    """Whether what reads as a number with its unit is a word of the library: the alloy `6005A` is no current."""
    word = written.lower().rpartition(" ")[2]
    return word[:1].isdigit() and word in frequency


def _weighty(terms: Iterable[Term]) -> tuple[Term, ...]:
    told = [term for term in terms if not is_little(term.token)]
    heaviest = max((term.weight for term in told), default=0.0)
    return tuple(term for term in told if term.weight > _WEIGHTY * heaviest)


def _of_roots(tokens: Iterable[str], roots: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """The words of the library of the same root as some tokens."""
    return frozenset(word for token in tokens for word in roots.get(root(token), ()))


def _chinese(text: str) -> tuple[dict[str, frozenset[str]], frozenset[str]]:
    """By first token of a Chinese word: its English stems; and the tokens that lie within or across words."""
    if text.isascii():
        return {}, frozenset()
    english: dict[str, frozenset[str]] = {}
    kept: set[str] = set()
    for tokens, stems in words_of(text):
        kept.update(tokens[:1])
        if tokens and stems:
            english[tokens[0]] = stems
    pairs = {token for token in tokenise(text) if token and is_chinese(token[0])}
    return english, frozenset(pairs - kept)


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
    return (
        token in GENERIC or token in CLASS_NOUNS or token.isdigit() or token in little_tokens() or token in unit_words()
    )


@cache
def _elements(token: str) -> frozenset[str]:
    """The element token of an element's name or symbol."""
    return frozenset(f"el:{symbol}" for symbol in elements() if token in _spellings(f"el:{symbol}"))


@cache
def _anions() -> dict[str, frozenset[str]]:
    """By stem of an anion's name, the token of the element that a formula with it shows: P of a phosphate."""
    return {stem(name): frozenset([f"el:{symbol}"]) for symbol, names in ANIONS.items() for name in names.split()}


def _family(token: str, text: str, known: Iterable[str]) -> frozenset[str]:
    """The codes of a family that a question names by its letters alone: `BT0` and `BT48` of `the BT alloys`."""
    if not re.search(rf"\b{re.escape(token.upper())}X?s?\b", text) or not token.isalpha():
        return frozenset()
    code = re.compile(rf"{re.escape(token)}\d{{1,4}}[a-z]?")
    return frozenset(other for other in known if code.fullmatch(other))


@cache
def _spellings(token: str) -> frozenset[str]:
    """The word tokens of an element token: its symbol in small letters and the stem of its name."""
    symbol = token.removeprefix("el:")
    names = [elements()[symbol].name.lower(), *(["aluminum"] if symbol == "Al" else [])]
    return frozenset([symbol.lower(), *(stem(name) for name in names)])


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
    """What an answer in numbers may measure: the unit asked for, else of the property, else of the words that ask."""
    phrase = asked_phrase(text)
    if _BY_HOW_MUCH.match(text):
        changed = frozenset(dimensions_of(token) for token in property_tokens(text))
        if changed:
            return changed | frozenset([NUMBER])
    if _YES_OR_NO.match(text):
        return frozenset()
    if _ELEMENT.match(text):
        return frozenset()
    if (unit := asked_unit(text)) is not None:
        return frozenset([unit.dimension])
    named = property_tokens(phrase) or (property_tokens(text) if not phrase else [])
    if _RELATIVE.search(phrase):
        return frozenset([NUMBER])
    if is_count(text):
        return frozenset()
    if named:
        found = frozenset(dimensions_of(token) for token in named)
        return found.union(*(forms for forms in _forms() if forms & found))
    units = [unit for pattern, found in _kinds() if pattern.search(phrase or text) for unit in found]
    if not units and (_HOW.match(text) or not text.isascii()):
        units = [unit for pattern, found in _kinds() if pattern.search(text) for unit in found]
    if not units and phrase:
        units = [unit for pattern, found in _kinds() if pattern.search(text.split(phrase)[0]) for unit in found]
    return frozenset(read.dimension for unit in units if (read := read_unit(unit)) is not None)


@cache
def _forms() -> tuple[frozenset[Dimension], ...]:
    """Dimensions of one quantity that papers give for a mass or for a mole."""
    pairs = (("J/mol/K", "J/kg/K"),)
    return tuple(frozenset(unit.dimension for text in pair if (unit := read_unit(text)) is not None) for pair in pairs)


@cache
def _kinds() -> tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]:
    return tuple((re.compile(pattern, re.IGNORECASE), units) for pattern, units in KINDS)
