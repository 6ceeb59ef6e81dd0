"""Extractive answers: the sentences of the library that share most with a question, each quoted with its page."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from eutectic.core.evidence import Passage
from eutectic.core.record import Record
from eutectic.core.trial import Quote
from eutectic.knowledge.sentences import split_sentences
from eutectic.knowledge.tokens import content_tokens, tokenise

MOST_SENTENCES = 3
THRESHOLD = 0.62
"""Share of a question's meaning (by weight of its terms) that the best passage must hold."""
_SENTENCE_SHARE = 0.6
"""How much a sentence counts against the passage around it."""
_KEEP = 0.7
"""Further sentences score at least this share of the first."""
_WANTS_NUMBER = re.compile(
    r"\bhow (?:much|many|heavy|long|large|high|fast|thick|big|far|hot|often)\b|多少|几"
    r"|\bwhat (?:is|are|was|were)?\s*(?:the\s+)?[\w\s-]*?(?:temperature|rate|fraction|coefficient|density|value|size"
    r"|conductivity|voltage|energy|strength|modulus|hardness|content|composition|time|pressure|percentage)",
    re.IGNORECASE,
)
_LEAST_LETTERS = 12


class AnsweredSentence(Record):
    """A sentence of an answer with the quotes it rests on."""

    text: str
    quotes: tuple[Quote, ...]


class Reply(Record):
    """The answer to a question, or the reason why there is none."""

    question: str
    answered: bool
    sentences: tuple[AnsweredSentence, ...] = ()
    passages: tuple[Passage, ...] = ()
    """What was considered, best first."""
    reason: str = ""
    """Why nothing was answered."""
    notes: tuple[str, ...] = ()
    """What went wrong with the indexes."""


class _Candidate(NamedTuple):
    score: float
    rank: int
    text: str
    passage: Passage


class TermWeights:
    """Weights of a question's terms: rare in the library counts more, absent most."""

    def __init__(self, question: str, frequency: Mapping[str, int], n_chunks: int) -> None:
        self.weights = {
            term: math.log(1 + (n_chunks - frequency.get(term, 0) + 0.5) / (frequency.get(term, 0) + 0.5))
            for term in content_tokens(question)
        }
        self.total = sum(self.weights.values())

    def coverage(self, text: str) -> float:
        """Share of the question's weight that a text holds."""
        if self.total == 0:
            return 0.0
        held = set(tokenise(text))
        return sum(weight for term, weight in self.weights.items() if term in held) / self.total


def answer(
    question: str,
    passages: Sequence[Passage],
    headings: Mapping[str, str],
    terms: TermWeights,
    verify: Callable[[str, int, str], str | None],
) -> Reply:
    """Answer a question from passages, best first; `verify` gives a page's own words for a quote, or None."""
    if not passages:
        return Reply(question=question, answered=False, reason="not in the library: no passage shares a word with it")
    held = {p.id: terms.coverage(f"{headings.get(p.id, '')}\n{p.title}\n{p.text}") for p in passages}
    best = max(held.values())
    if best < THRESHOLD:
        return Reply(
            question=question,
            answered=False,
            passages=tuple(passages),
            reason=f"not in the library: the nearest passage holds {best:.0%} of the question, not {THRESHOLD:.0%}",
        )
    candidates = _candidates(question, passages, held, terms)
    sentences: list[AnsweredSentence] = []
    for candidate in candidates:
        if len(sentences) == MOST_SENTENCES or candidate.score < _KEEP * candidates[0].score:
            break
        sentence = _verified(candidate, verify)
        if sentence is not None and sentence.text not in {given.text for given in sentences}:
            sentences.append(sentence)
    if not sentences:
        reason = "not in the library: no sentence could be found again on its page"
        return Reply(question=question, answered=False, passages=tuple(passages), reason=reason)
    return Reply(question=question, answered=True, sentences=tuple(sentences), passages=tuple(passages))


def _candidates(
    question: str, passages: Sequence[Passage], held: Mapping[str, float], terms: TermWeights
) -> list[_Candidate]:
    wants_number = _WANTS_NUMBER.search(question) is not None
    asked = set(re.findall(r"\d+(?:\.\d+)?", question))
    found = []
    for rank, passage in enumerate(passages):
        for line in passage.text.split("\n"):
            for sentence in split_sentences(line):
                if sum(c.isalnum() for c in sentence) < _LEAST_LETTERS or sentence.endswith("?"):
                    continue
                score = _SENTENCE_SHARE * terms.coverage(sentence) + (1 - _SENTENCE_SHARE) * held[passage.id]
                score += 0.2 / (1 + rank)
                if wants_number and set(re.findall(r"\d+(?:\.\d+)?", sentence)) - asked:
                    score += 0.08
                if "\ufffd" in sentence:
                    score -= 0.1
                found.append(_Candidate(score, rank, sentence, passage))
    return sorted(found, key=lambda item: (-item.score, item.rank))


def _verified(candidate: _Candidate, verify: Callable[[str, int, str], str | None]) -> AnsweredSentence | None:
    passage = candidate.passage
    if verify(passage.document, passage.page, candidate.text) is None:
        return None
    quote = Quote(document=passage.document, page=passage.page, text=candidate.text, title=passage.title)
    return AnsweredSentence(text=candidate.text, quotes=(quote,))
