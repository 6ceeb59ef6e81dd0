"""Whether a statement holds the kind of thing asked for: a value in a fitting unit, a formula, a person, a gas."""

from __future__ import annotations

import re

from eutectic.knowledge.asked import Question
from eutectic.knowledge.asking import answers_in_words
from eutectic.knowledge.measures import bracketed_units, plain_numbers, same_value
from eutectic.knowledge.question_words import is_count
from eutectic.knowledge.sorts import shows
from eutectic.knowledge.statement import Statement
from eutectic.knowledge.units import NUMBER, read_unit
from eutectic.knowledge.variants import aliases

_TREATING = tuple(unit.dimension for text in ("K", "s") if (unit := read_unit(text)) is not None)
"""What a treatment is given in."""
_PLAIN = 0.7
"""Credit of a number without a unit where a share is asked for."""
_RATE = re.compile(r"\b(?:C-)?rates?\b", re.IGNORECASE)
_CELL_RATE = re.compile(r"(?<![\w°])(?:\d+(?:\.\d+)?\s?)?C/\d+|\b\d+(?:\.\d+)?C\b")
"""Rates of battery cells: C/50, 0.5C."""
_COMPOSITION = re.compile(r"\bcompositions?\b|\bformulae?\b|成分|化学式", re.IGNORECASE)
_AT_COMPOSITION = re.compile(r"\b(?:at|for|with) (?:which|what) (?:\w+ )?composition", re.IGNORECASE)
_SHARE_OF = re.compile(r"\bx\s*=\s*0?\.?\d|\d\s?(?:at|mol|wt)\.?\s?%")
_UNREAD = re.compile(r"[(\[]\s*\ufffd\s*[)\]]")
"""A unit whose letter the document's fonts do not tell."""
_CITED = re.compile(r"\[\d{1,3}(?:\s?[,–-]\s?\d{1,3})*\]")
"""References."""
_SPELLED = re.compile(
    r"\b(?:once|twice|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|hundreds?|thousands?|millions?|"
    r"billions?)\b",
    re.IGNORECASE,
)


def answer_kind(question: Question, statement: Statement, own: frozenset[str]) -> float:
    """1 where the kind asked for is there, less where it may be, 0 where it is not, a half where none is known."""
    if question.kind == "formula":
        return _formula(question, statement, own)
    if question.kind == "year":
        return float(any(1800 <= number <= 2100 and number not in question.numbers for number in numbers(statement)))
    if question.kind in ("person", "cause", "definition"):
        return float(answers_in_words(question.kind, statement.words, question.text))
    if question.sort == "money":
        return float(shows(question.sort, statement.words, question.meant))
    if question.dimensions:
        return _quantity(question, statement)
    if question.kind == "number":
        return float(_has_new_number(question, statement))
    if question.sort:
        return float(shows(question.sort, statement.words, question.meant))
    if question.is_treatment:
        return 0.5 + 0.5 * float(any(measure.dimension in _TREATING for measure in statement.measures))
    return 0.5


def numbers(statement: Statement) -> list[float]:
    """Every number of a statement, with or without a unit."""
    return list(plain_numbers(statement.words))


def _counts(statement: Statement) -> list[float]:
    """The numbers of a statement that may count something: with no unit, and none of a reference."""
    words = statement.words
    for measure in reversed(statement.measures):
        words = f"{words[: measure.start]} {words[measure.end :]}"
    return list(plain_numbers(_CITED.sub(" ", words)))


def _formula(question: Question, statement: Statement, own: frozenset[str]) -> float:
    asked = {term.token for term in question.terms}
    new = [token for token in own if token.startswith("f:") and token != "f:" and token not in asked]
    if new and statement.is_row and _COMPOSITION.search(statement.said):
        return 1.0
    if not new and _SHARE_OF.search(statement.words) and _AT_COMPOSITION.search(question.text):
        return _PLAIN
    if not question.names or not new:
        return _PLAIN * bool(new)
    declared = aliases(statement.quotes[0])
    return 1.0 if any(declared.get(term.token) for term in question.names) else 0.6


def _quantity(question: Question, statement: Statement) -> float:
    if any(m.dimension in question.dimensions and not _is_given(question, m.value) for m in statement.measures):
        return 1.0
    units = bracketed_units(f"{statement.said}\n{statement.around}") if statement.is_row else ()
    if any(unit.dimension in question.dimensions for unit in units):
        return 1.0
    if statement.is_row and _UNREAD.search(f"{statement.said}\n{statement.around}"):
        return 0.5 * float(_has_new_number(question, statement))
    if _CELL_RATE.search(statement.words) and _RATE.search(question.text):
        return 1.0
    return _PLAIN * float(NUMBER in question.dimensions and _has_new_number(question, statement))


def _has_new_number(question: Question, statement: Statement) -> bool:
    """Whether a statement gives a number that the question does not; years are of references."""
    there = _counts(statement) if is_count(question.text) else numbers(statement)
    if any(number not in question.numbers and not _is_year(number) for number in there):
        return True
    return question.kind == "number" and bool(_SPELLED.search(statement.words))


def _is_year(number: float) -> bool:
    return 1900 <= number <= 2100 and number == int(number)


def _is_given(question: Question, value: float) -> bool:
    return any(same_value(value, condition.value) for condition in question.conditions)
