"""How far a statement holds the quantities and bare numbers that a question gives."""

from __future__ import annotations

from eutectic.knowledge.answer_kinds import numbers
from eutectic.knowledge.asked import Question
from eutectic.knowledge.measures import Measure, find_measures, plain_numbers, same_value
from eutectic.knowledge.statement import Statement

_AROUND = 0.7
_UNSAID = 0.25
"""Credit of a statement that says nothing of a condition."""


def conditions_held(question: Question, statement: Statement) -> float:
    """Mean over the conditions: 1 where it is the statement's, less in its surroundings, 0 where that gives another."""
    if not question.conditions and not question.bare:
        return 1.0
    around = find_measures(statement.around)
    own, near = set(numbers(statement)), set(plain_numbers(statement.around))
    found = [_held(given, question, statement, around) for given in question.conditions]
    found += [_near(number, own, near, 0.1) for number in question.bare]
    return sum(found) / len(found)


def _held(given: Measure, question: Question, statement: Statement, around: tuple[Measure, ...]) -> float:
    """Whether a quantity of the question is a statement's: 0 where that gives another one of its kind in its place."""
    if _has(statement.measures, given):
        return 1.0
    if _has(around, given):
        return _AROUND
    if statement.is_row:
        written = set(plain_numbers(question.text[given.start : given.end]))
        own, near = set(numbers(statement)), set(plain_numbers(statement.around))
        return max((_near(number, own, near, 0.0) for number in written), default=0.0)
    is_other = given.dimension not in question.dimensions and any(
        found.dimension == given.dimension for found in statement.measures
    )
    return 0.0 if is_other else _UNSAID


def _has(found: tuple[Measure, ...], given: Measure) -> bool:
    """Whether a quantity is among some; a range where both its ends are, as one range or as two quantities."""
    ends = {given.low, given.high} if given.low != given.high else {given.value}
    held = {value for measure in found if measure.dimension == given.dimension for value in _values(measure)}
    return all(any(same_value(value, end) for value in held) for end in ends)


def _values(measure: Measure) -> tuple[float, float, float]:
    return measure.value, measure.low, measure.high


def _near(number: float, own: set[float], around: set[float], nowhere: float) -> float:
    if number in own:
        return 1.0
    return 0.6 if number in around else nowhere
