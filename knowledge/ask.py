"""Extractive answers: the statements of the library that answer a question best, each quoted with its page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from eutectic.core.evidence import Passage
from eutectic.core.record import Record
from eutectic.core.trial import Quote
from eutectic.knowledge.conflicts import find_conflicts
from eutectic.knowledge.judge import THRESHOLD
from eutectic.knowledge.searching import Graded, Ranking
from eutectic.knowledge.statement import Statement
from eutectic.knowledge.store import ChunkRow

MOST_SENTENCES = 3
_CONSIDERED = 12
"""Passages told of in a reply."""
_LEAST_PIECES = 2
"""Label and value of a table's row, where the row as a whole is not one run of words on its page."""
_KEEP = 0.8
"""Further statements score at least this share of the first."""
Verify = Callable[[str, int, str], str | None]


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
    conflicts: tuple[str, ...] = ()
    """Where sources give different values for one thing."""
    by: str = "rules"
    """What wrote the sentences: `rules` in the documents' own words, or a model's name."""
    confidence: float = 0.0
    """That the first sentence answers the question, as the rules judge it."""
    reason: str = ""
    """Why nothing was answered."""
    notes: tuple[str, ...] = ()
    """What went wrong with the indexes."""


def answer(question: str, ranking: Ranking, titles: Mapping[str, str], verify: Verify) -> Reply:
    """Answer from ranked statements; `verify` gives a page's own words for a quote, or None."""
    passages = tuple(
        passage(row, titles.get(row.document, ""), score)
        for row, score in zip(ranking.rows[:_CONSIDERED], ranking.scores, strict=False)
    )

    def refused(reason: str) -> Reply:
        return Reply(
            question=question,
            answered=False,
            passages=passages,
            confidence=round(ranking.confidence, 3),
            reason=f"not in the library: {reason}",
        )

    if not ranking.graded:
        return refused("no passage shares a word with it")
    if ranking.confidence < THRESHOLD:
        return refused(f"the nearest statement answers it with a confidence of {ranking.confidence:.0%} only")
    sentences = _sentences(ranking.graded, titles, verify)
    if not sentences:
        return refused("no sentence could be found again on its page")
    against = find_conflicts(ranking.question, ranking.graded) if ranking.question is not None else []
    told = [_verified(item, titles, verify) for pair in against for item in pair[:2]]
    more = [item for item in told if item is not None and item not in sentences]
    sentences = (*sentences, *dict.fromkeys(more))
    return Reply(
        question=question,
        answered=True,
        sentences=sentences,
        passages=passages,
        conflicts=tuple(dict.fromkeys(words for _, _, words in against)),
        confidence=round(ranking.confidence, 3),
    )


def _sentences(graded: Sequence[Graded], titles: Mapping[str, str], verify: Verify) -> tuple[AnsweredSentence, ...]:
    best = graded[0].score
    found: dict[str, AnsweredSentence] = {}
    for item in graded:
        if len(found) == MOST_SENTENCES or item.score < _KEEP * best:
            break
        sentence = _verified(item, titles, verify)
        if sentence is not None:
            found.setdefault(sentence.text, sentence)
    return tuple(found.values())


def _verified(item: Graded, titles: Mapping[str, str], verify: Verify) -> AnsweredSentence | None:
    pages = range(item.statement.page, max(item.statement.page, item.statement.last_page) + 1)
    found = (_on_page(item.statement, page, titles, verify) for page in pages)
    return next((sentence for sentence in found if sentence is not None), None)


def _on_page(said: Statement, page: int, titles: Mapping[str, str], verify: Verify) -> AnsweredSentence | None:
    held = [text for text in said.quotes if verify(said.document, page, text) is not None]
    is_held = (said.quotes[0] in held or len(held) >= _LEAST_PIECES) if said.said else len(held) == len(said.quotes)
    if not held or not is_held:
        return None
    kept = held[:1] if said.said and held[0] == said.quotes[0] else held
    title = titles.get(said.document, "")
    quotes = tuple(Quote(document=said.document, page=page, text=text, title=title) for text in kept)
    return AnsweredSentence(text=said.text, quotes=quotes)


def passage(row: ChunkRow, title: str, score: float) -> Passage:
    """A chunk as the seam hands it out."""
    return Passage(id=row.id, document=row.document, title=title, page=row.page, text=row.text, score=round(score, 6))
