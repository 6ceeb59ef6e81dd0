"""What speaks for a statement as the answer to a question: a few numbers between 0 and 1, each with its meaning."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from eutectic.knowledge.asking import answers_in_words
from eutectic.knowledge.measures import Measure, bracketed_units, find_measures, plain_numbers, same_value
from eutectic.knowledge.question import Question, Term
from eutectic.knowledge.statement import Statement
from eutectic.knowledge.tokens import tokens_in_order
from eutectic.knowledge.units import NUMBER
from eutectic.knowledge.variants import aliases

_PLAIN = 0.7
"""Credit of a number without a unit where a share is asked for."""
_SPELLED = re.compile(
    r"\b(?:once|twice|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|hundreds?|thousands?|millions?|"
    r"billions?)\b",
    re.IGNORECASE,
)
_STATED = 0.84
"""Share of the words of a property that name it."""


class Features(NamedTuple):
    """Grades of one statement."""

    words: float
    """Share of the question's weight that the statement holds."""
    wide: float
    """The same with what stands around it."""
    passage: float
    """The same of its whole chunk."""
    focus: float
    """Share of what is asked for that it holds, half of it where only its surroundings do."""
    name: float
    """Whether the materials the question names are named in it (1), around it, in its chunk, or in its document."""
    foreign: float
    """Whether it names another material instead."""
    answer: float
    """Whether it holds the kind of thing asked for: a value in a fitting unit, a formula, a year, a person."""
    property: float
    """Whether it, or what stands around it, speaks of the property asked for; 1 where none is asked for by name."""
    whole: float
    """Whether all that is asked for is named in it or around it, falling fast with what is not."""
    subject: float
    """Share of what it is asked of that stands in it, around it or in its chunk."""
    both: float
    """`whole` times `subject`."""
    unknown: float
    """Share of the question in words that are nowhere in the library."""
    condition: float
    """How far it holds the question's quantities, in any unit, and numbers; less in its surroundings, 0 for others."""
    entity: float
    """How near the farthest of what the question calls by a name is: in it, around it, in its chunk, or nowhere."""
    least: float
    """The same of the weighty words, of whatever kind."""
    pairs: float
    """Share of the question's neighbouring words that are neighbours in it."""
    rank: float
    """Of its chunk in the fused ranking: 1 for the first, falling."""
    meaning: float
    """Nearness of its chunk's vector to the question's."""
    row: float
    """Whether it is a table row."""
    long: float
    """Its length: 1 from 500 characters on, in which many words stand together by chance."""
    silent: float
    """Whether it holds nothing of the kind asked for, where that kind is known."""


class Place(NamedTuple):
    """What is known of a statement's chunk."""

    tokens: frozenset[str]
    """Of its text and heading."""
    title: frozenset[str]
    """Of its document's title, which says what the whole of it is about."""
    rank: int
    meaning: float
    named_in_document: float
    """Share of the question's names that stand anywhere in its document."""
    before: frozenset[str] = frozenset()
    """Those tokens of the question that the chunks just before it hold: what its text goes on to speak of."""


def grade(question: Question, statement: Statement, place: Place) -> Features:
    """The features of a statement."""
    own, wide = statement.tokens, statement.wide
    there = wide | place.tokens | place.title
    answer = _answer(question, statement, own)
    whole = question.share(there, question.focus) ** 3 if question.focus else 0.5
    subject = question.share(there, question.subject) if question.subject else 1.0
    return Features(
        words=question.share(own | place.title),
        wide=question.share(wide | place.title),
        passage=question.share(there),
        focus=_focus(question, own, wide),
        name=_name(question.names, own, wide, place),
        foreign=_foreign(question, own),
        answer=answer,
        property=_property(question, own, wide),
        whole=whole,
        subject=subject,
        both=whole * subject,
        unknown=question.unknown,
        condition=_condition(question, statement),
        entity=_farthest(question.entities, own, wide, there | place.before, 0.3 * place.named_in_document),
        least=_farthest(question.weighty, own, wide, there | place.before, 0.0),
        pairs=_pairs(question, statement),
        rank=1 / (1 + place.rank / 5),
        meaning=place.meaning,
        row=float(statement.is_row),
        long=min(1.0, len(statement.words) / 500),
        silent=float(answer == 0.0),
    )


def _focus(question: Question, own: frozenset[str], wide: frozenset[str]) -> float:
    if not question.focus:
        return question.share(wide)
    return 0.5 * question.share(own, question.focus) + 0.5 * question.share(wide, question.focus)


def _name(names: tuple[Term, ...], own: frozenset[str], wide: frozenset[str], place: Place) -> float:
    if not names:
        return 1.0
    best = 0.0
    for term in names:
        if term.held(own):
            best += 1.0
        elif term.held(wide):
            best += 0.8
        elif term.held(place.tokens) or term.held(place.title) or term.held(place.before):
            best += 0.6
        else:
            best += 0.3 * place.named_in_document
    return best / len(names)


def _foreign(question: Question, own: frozenset[str]) -> float:
    names = question.names
    if not names or any(term.held(own) for term in names):
        return 0.0
    asked_formula = any(term.token.startswith("f:") for term in names)
    if asked_formula:
        return float(any(token.startswith("f:") and token != "f:" for token in own))
    shapes = {_shape(term.token) for term in names}
    return float(any(_shape(token) in shapes for token in own if ":" not in token))


def _shape(code: str) -> str:
    """A code with its digits taken out: BT48 and BT0 are of one kind."""
    bare = "".join(character for character in code if not character.isdigit())
    return bare if bare != code and bare else code


def _answer(question: Question, statement: Statement, own: frozenset[str]) -> float:
    if question.kind == "formula":
        asked = {term.token for term in question.terms}
        new = [token for token in own if token.startswith("f:") and token != "f:" and token not in asked]
        if not question.names or not new:
            return 0.7 * bool(new)
        declared = aliases(statement.quotes[0])
        return 1.0 if any(declared.get(term.token) for term in question.names) else 0.6
    if question.kind == "year":
        return float(any(1800 <= number <= 2100 and number not in question.numbers for number in _numbers(statement)))
    if question.kind in ("person", "cause", "definition"):
        return float(answers_in_words(question.kind, statement.words))
    if question.dimensions:
        held = any(m.dimension in question.dimensions and not _is_given(question, m.value) for m in statement.measures)
        in_header = statement.is_row and any(
            u.dimension in question.dimensions for u in bracketed_units(f"{statement.said}\n{statement.around}")
        )
        if held or in_header:
            return 1.0
        return _PLAIN * float(NUMBER in question.dimensions and _has_new_number(question, statement))
    if question.kind == "number":
        return float(_has_new_number(question, statement))
    return 0.5


def _has_new_number(question: Question, statement: Statement) -> bool:
    """Whether a statement gives a number that the question does not."""
    if any(number not in question.numbers for number in _numbers(statement)):
        return True
    return question.kind == "number" and bool(_SPELLED.search(statement.words))


def _is_given(question: Question, value: float) -> bool:
    return any(same_value(value, condition.value) for condition in question.conditions)


def _numbers(statement: Statement) -> list[float]:
    return list(plain_numbers(statement.words))


def _condition(question: Question, statement: Statement) -> float:
    if not question.conditions and not question.bare:
        return 1.0
    around = find_measures(statement.around)
    numbers, near = set(_numbers(statement)), set(plain_numbers(statement.around))
    found = [_held(given, question, statement, around) for given in question.conditions]
    found += [_near(number, numbers, near, 0.1) for number in question.bare]
    return sum(found) / len(found)


def _held(given: Measure, question: Question, statement: Statement, around: tuple[Measure, ...]) -> float:
    """Whether a quantity of the question is a statement's: 0 where that gives another one of its kind in its place."""
    if any(found.holds(given) for found in statement.measures):
        return 1.0
    if any(found.holds(given) for found in around):
        return 0.7
    if statement.is_row:
        written = set(plain_numbers(question.text[given.start : given.end]))
        numbers, near = set(_numbers(statement)), set(plain_numbers(statement.around))
        return max((_near(number, numbers, near, 0.0) for number in written), default=0.0)
    is_other = given.dimension not in question.dimensions and any(
        found.dimension == given.dimension for found in statement.measures
    )
    return 0.0 if is_other else 0.25


def _near(number: float, numbers: set[float], around: set[float], nowhere: float) -> float:
    if number in numbers:
        return 1.0
    return 0.6 if number in around else nowhere


def _farthest(
    terms: Sequence[Term], own: frozenset[str], wide: frozenset[str], there: frozenset[str], nowhere: float
) -> float:
    """How near the farthest of some terms is; 1 where there are none."""
    levels = (max(term.held(own), 0.8 * term.held(wide), 0.55 * term.held(there), nowhere) for term in terms)
    return min(levels, default=1.0)


def _property(question: Question, own: frozenset[str], wide: frozenset[str]) -> float:
    asked = question.property_tokens
    if not asked or asked & own:
        return 1.0
    words = [term for term in question.focus if not term.token.startswith("p:")]
    if words and question.share(own, words) >= _STATED:
        return 0.9
    return 0.7 if asked & wide else 0.0


def _pairs(question: Question, statement: Statement) -> float:
    if not question.pairs:
        return 0.0
    words = [token for token in tokens_in_order(statement.words) if ":" not in token]
    there = set(pairwise(words))
    return len(question.pairs & there) / len(question.pairs)
