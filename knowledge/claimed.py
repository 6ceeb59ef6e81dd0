"""The check of written sentences: every number of a sentence has to stand in one of its quotes, in any unit."""

from __future__ import annotations

from collections.abc import Sequence

from eutectic.knowledge.measures import find_measures, plain_numbers, same_value


def unsupported_numbers(sentence: str, quotes: Sequence[str]) -> list[str]:
    """The quantities and numbers of a sentence that none of its quotes holds."""
    told = [measure for quote in quotes for measure in find_measures(quote)]
    numbers = [number for quote in quotes for number in plain_numbers(quote)]
    missing, explained = [], set()
    for measure in find_measures(sentence):
        words = sentence[measure.start : measure.end].strip()
        explained |= set(plain_numbers(words))
        if not any(other.holds(measure) or measure.holds(other) for other in told):
            missing.append(words)
    for number in plain_numbers(sentence):
        if number not in explained and not any(same_value(number, other) for other in numbers):
            missing.append(f"{number:g}")
    return missing
