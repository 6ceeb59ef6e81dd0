"""The terms of a question with their weights: how much of what is asked a text holds."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping

from eutectic.knowledge.tokens import content_tokens, token_set

NUMBER = re.compile(r"\d+(?:\.\d+)?")
_CODE = re.compile(r"(?=.*\d)(?=.*[a-z])[a-z\d]+$")
_UNITS = {
    "temperatur": re.compile(r"\d\s*(?:K\b(?!/)|[°◦]\s*[CF]\b|℃)"),
    "pressur": re.compile(r"\d\s*(?:[kMG]?Pa|m?bar|atm|Torr)\b"),
    "voltag": re.compile(r"\d\s*[mk]?V\b"),
}
"""Quantities that a value's unit names as well as the word does, by the word's stem."""
_IMPLIED = 0.6
"""Credit of a sentence for a material that only its passage names."""


class TermWeights:
    """Weights of a question's terms: rare in the library counts more, absent most."""

    def __init__(self, question: str, frequency: Mapping[str, int], n_chunks: int) -> None:
        self.weights = {
            term: math.log(1 + (n_chunks - frequency.get(term, 0) + 0.5) / (frequency.get(term, 0) + 0.5))
            for term in content_tokens(question)
        }
        self.total = sum(self.weights.values())
        self._names = {term for term in self.weights if term.startswith("f:") or _CODE.match(term)}

    def names_row(self, line: str) -> bool:
        """Whether a line is a table row that a code or formula of the question names."""
        words = line.split()
        n_values = sum(bool(NUMBER.search(word)) for word in words)
        return len(words) >= 3 and 2 * n_values >= len(words) and bool(self._names & token_set(line))

    def share(self, tokens: Collection[str]) -> float:
        """Share of the question's weight that a set of tokens holds."""
        held = sum(weight for term, weight in self.weights.items() if term in tokens)
        return held / self.total if self.total else 0.0

    def coverage(self, text: str, context: str = "") -> float:
        """Share of the question's weight that a text holds; a material it leaves to its context counts in part."""
        if self.total == 0:
            return 0.0
        held = token_set(text) | {stem for stem, unit in _UNITS.items() if stem in self.weights and unit.search(text)}
        score = sum(weight for term, weight in self.weights.items() if term in held)
        if context:
            implied = (self._names - held) & token_set(context)
            score += _IMPLIED * sum(self.weights[term] for term in implied)
        return score / self.total
