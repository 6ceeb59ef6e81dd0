"""Extractive answers: the sentences of the library that share most with a question, each quoted with its page."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from eutectic.core.evidence import Passage
from eutectic.core.record import Record
from eutectic.core.trial import Quote
from eutectic.knowledge.sentences import split_sentences
from eutectic.knowledge.terms import NUMBER, TermWeights
from eutectic.knowledge.tokens import tokenise

MOST_SENTENCES = 3
THRESHOLD = 0.6
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
_WANTS_FORMULA = re.compile(r"\bcompositions?\b|\bformula\b|\bwhich (?:alloy|compound|phase)|成分", re.IGNORECASE)
_LEAST_LETTERS = 12
_CAPTION = re.compile(r"^(?:table|fig(?:ure)?|scheme)s?\.?\s*\d", re.IGNORECASE)


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
    quotes: tuple[str, ...]
    """A sentence; or a table row with the caption that explains it."""
    passage: Passage


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
    fits = _answer_kind(question)
    found = []
    for rank, passage in enumerate(passages):
        lines = passage.text.split("\n")
        caption = next((line for line in lines if _CAPTION.match(line)), "")
        for line in lines:
            is_row = bool(caption) and terms.names_row(line)
            for sentence in [line] if is_row else split_sentences(line):
                if sum(c.isalnum() for c in sentence) < _LEAST_LETTERS or sentence.endswith("?"):
                    continue
                quotes = (sentence, split_sentences(caption)[0]) if is_row else (sentence,)
                said = " ".join([*quotes, caption if is_row else ""])
                score = _SENTENCE_SHARE * terms.coverage(said, f"{passage.title}\n{passage.text}")
                score += (1 - _SENTENCE_SHARE) * held[passage.id] + 0.1 / (1 + rank)
                score += 0.12 * fits(sentence) - 0.1 * ("\ufffd" in sentence)
                found.append(_Candidate(score, rank, quotes, passage))
    return sorted(found, key=lambda item: (-item.score, item.rank))


def _answer_kind(question: str) -> Callable[[str], bool]:
    """A test of whether a sentence holds the kind of thing that is asked for: a new formula, or a new number."""
    asked_numbers = set(NUMBER.findall(question))
    asked = set(tokenise(question))
    if _WANTS_FORMULA.search(question):
        return lambda sentence: any(token.startswith("f:") and token not in asked for token in tokenise(sentence))
    if _WANTS_NUMBER.search(question):
        return lambda sentence: bool(set(NUMBER.findall(sentence)) - asked_numbers)
    return lambda _: False


def _verified(candidate: _Candidate, verify: Callable[[str, int, str], str | None]) -> AnsweredSentence | None:
    passage = candidate.passage
    if any(verify(passage.document, passage.page, text) is None for text in candidate.quotes):
        return None
    quotes = tuple(
        Quote(document=passage.document, page=passage.page, text=text, title=passage.title) for text in candidate.quotes
    )
    return AnsweredSentence(text=" | ".join(candidate.quotes), quotes=quotes)
