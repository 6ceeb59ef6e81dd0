"""Conflicts: sources that give different values for one property of one material under the same conditions."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from eutectic.knowledge.asked import Question
from eutectic.knowledge.features import Features
from eutectic.knowledge.measures import Measure
from eutectic.knowledge.searching import Graded
from eutectic.knowledge.units import Dimension

_LEAST = 0.02
"""Relative difference under which two values are rounding of one."""
_NEAR = 0.75
"""Share of the best score that a statement has for it to speak of the same thing."""


def find_conflicts(question: Question, graded: Sequence[Graded]) -> list[tuple[Graded, Graded, str]]:
    """Pairs of statements that answer with different values, with the difference in words.

    Both have to name the materials asked for, or one in common where the question names none, hold every condition of
    the question, state no different conditions of their own, and give one value each of the quantity asked for; a
    statement whose list of values belongs to several samples says nothing here.
    """
    if not graded or not question.dimensions:
        return []
    told = [(item, value) for item in graded[:12] if (value := _value(question, item, graded[0].score)) is not None]
    found = []
    for (first, one), (second, other) in combinations(told, 2):
        if one.dimension != other.dimension or _is_same(first, second, one, other):
            continue
        if not question.names and not _formulas(first) & _formulas(second):
            continue
        if _is_apart(question, first, second):
            continue
        words = f"{_written(first, one)} ({_place(first)}) and {_written(second, other)} ({_place(second)})"
        found.append((first, second, words))
    return found


def _value(question: Question, item: Graded, best: float) -> Measure | None:
    """The one value a statement gives of what is asked; None where it gives none, several, or of another case."""
    features: Features = item.features
    if item.score < _NEAR * best or features.focus < 0.5 or features.foreign > 0:
        return None
    if question.names and features.name < 0.8:
        return None
    if question.conditions and features.condition < 1.0:
        return None
    values = [
        measure
        for measure in item.statement.measures
        if measure.dimension in question.dimensions and not any(given.holds(measure) for given in question.conditions)
    ]
    return values[0] if len(values) == 1 else None


def _is_same(first: Graded, second: Graded, one: Measure, other: Measure) -> bool:
    if first.statement.quotes == second.statement.quotes:
        return True
    if one.low <= other.value <= one.high or other.low <= one.value <= other.high:
        return True
    allowed = one.spread + other.spread
    return abs(one.value - other.value) <= max(allowed, _LEAST * max(abs(one.value), abs(other.value)))


def _formulas(item: Graded) -> frozenset[str]:
    return frozenset(token for token in item.statement.tokens if token.startswith("f:") and token != "f:")


def _is_apart(question: Question, first: Graded, second: Graded) -> bool:
    """Whether both state a condition of one kind, such as a temperature, and none of the one's is among the other's."""
    conditions: list[dict[Dimension, list[Measure]]] = []
    for item in (first, second):
        stated: dict[Dimension, list[Measure]] = {}
        for measure in item.statement.measures:
            if measure.dimension not in question.dimensions:
                stated.setdefault(measure.dimension, []).append(measure)
        conditions.append(stated)
    one, other = conditions
    return any(
        not any(mine.holds(theirs) or theirs.holds(mine) for mine in one[kind] for theirs in other[kind])
        for kind in one.keys() & other.keys()
    )


def _written(item: Graded, measure: Measure) -> str:
    return " ".join(item.statement.words[measure.start : measure.end].split()).removeprefix("of ")


def _place(item: Graded) -> str:
    return f"{item.statement.document}, page {item.statement.page}"
