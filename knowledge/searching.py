"""Search: candidates of both indexes fused, cut into statements, and ranked by how well these answer the query."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from eutectic.knowledge.abbreviations import abbreviations
from eutectic.knowledge.asked import Question
from eutectic.knowledge.features import Features, Place, grade
from eutectic.knowledge.index_lexical import LexicalIndex
from eutectic.knowledge.judge import confidence, score
from eutectic.knowledge.statement import Statement, statement_tokens, statements
from eutectic.knowledge.statement_tables import table_statements
from eutectic.knowledge.store import ChunkRow
from eutectic.knowledge.table import Table
from eutectic.knowledge.variants import aliases


class Graded(NamedTuple):
    """A statement with what speaks for it."""

    statement: Statement
    features: Features
    score: float


@dataclass(frozen=True)
class Ranking:
    """What a search found, best first."""

    rows: tuple[ChunkRow, ...]
    scores: tuple[float, ...]
    """Of the best statement of each row."""
    graded: tuple[Graded, ...]
    confidence: float
    """That the best statement answers the question."""
    question: Question | None = None
    """As it was understood, with what else the passages call its materials."""


LOOKED_AT = 30
"""Passages that are cut into statements."""
_PLACE = 0.5
"""Worth of the first place of the fused ranking, beside the share of the question a passage holds."""
_BEFORE = 2
"""Chunks before one that may have named what it goes on to speak of."""
_CITED = re.compile(r"\bTable\s*\d+|表\s*\d+")
_NONE: frozenset[str] = frozenset()
NOTHING = Ranking((), (), (), 0.0)


class Candidates(NamedTuple):
    """Chunks of the fused ranking, best first, with the nearness of their vectors and their documents' titles."""

    rows: Sequence[ChunkRow]
    meaning: dict[str, float]
    titles: dict[str, str]
    tables: Mapping[tuple[str, int], Sequence[Table]]
    """By document and page."""


def rank(question: Question, found: Candidates, lexical: LexicalIndex) -> Ranking:
    """Order candidates by the statements in them; of many the less promising keep their place behind the others."""
    question = _with_aliases(question, found.rows)
    found, behind = _promising(question, found)
    held = _held_in_documents(question, lexical)
    named = _documents_that_name(question, held)
    before = _spoken_of_before(question, found.rows, lexical)
    told = {row.id: tuple(statements([row])) for row in found.rows}
    cited = _citing(found.rows, told)
    graded: list[Graded] = []
    seen: set[tuple[str, int]] = set()

    def is_first(row: ChunkRow) -> bool:
        """Whether a chunk is the first of its page, so that the page's tables are looked at once."""
        is_new = (row.document, row.page) not in seen
        seen.add((row.document, row.page))
        return is_new

    for place, row in enumerate(found.rows):
        tokens = frozenset(row.tokens) | statement_tokens(row.heading)
        title = statement_tokens(found.titles.get(row.document, ""))
        at = Place(
            tokens,
            title,
            place,
            found.meaning.get(row.id, 0.0),
            named.get(row.id[:16], 0.0),
            before.get(row.id, _NONE),
            held.get(row.id[:16], {}),
        )
        on_page = found.tables.get((row.document, row.page), ())
        placed = [(said, at) for said in told[row.id] if not (on_page and said.is_row)]
        for table in on_page if is_first(row) else ():
            beside = at._replace(before=at.before | cited.get((row.document, _label(table.label)), _NONE))
            placed += [(cell, beside) for cell in table_statements(table, row.id)]
        for statement, where in placed:
            features = grade(question, statement, where)
            graded.append(Graded(statement, features, score(features)))
    graded.sort(key=lambda item: (-item.score, item.statement.chunk, item.statement.text))
    best: dict[str, float] = {}
    for item in graded:
        best.setdefault(item.statement.chunk, item.score)
    order = [*sorted(found.rows, key=lambda row: -best.get(row.id, 0.0)), *behind]
    return Ranking(
        rows=tuple(order),
        scores=tuple(best.get(row.id, 0.0) for row in order),
        graded=tuple(graded),
        confidence=confidence([item.features for item in graded]),
        question=question,
    )


def _promising(question: Question, found: Candidates) -> tuple[Candidates, list[ChunkRow]]:
    """The candidates whose sentences are looked at, in their order, and the others.

    Cutting a passage into statements and reading their quantities costs most of a search, so only those are looked at
    that hold most of the question in the tokens kept with them, a better place counting for them.
    """
    if len(found.rows) <= LOOKED_AT:
        return found, []
    worth = {
        row.id: question.share(frozenset(row.tokens)) + _PLACE / (1 + place / 5) for place, row in enumerate(found.rows)
    }
    kept = {row.id for row in sorted(found.rows, key=lambda row: -worth[row.id])[:LOOKED_AT]}
    return found._replace(rows=[row for row in found.rows if row.id in kept]), [
        row for row in found.rows if row.id not in kept
    ]


def _citing(rows: Sequence[ChunkRow], told: Mapping[str, Sequence[Statement]]) -> dict[tuple[str, str], frozenset[str]]:
    """By document and label of a table: the tokens of the sentences that cite it, which say what its rows are of."""
    found: dict[tuple[str, str], frozenset[str]] = {}
    for row in rows:
        for statement in told[row.id]:
            for match in _CITED.finditer(statement.words):
                key = (row.document, _label(match[0]))
                found[key] = found.get(key, _NONE) | statement.tokens
    return found


def _label(text: str) -> str:
    return "".join(text.lower().split())


def _with_aliases(question: Question, rows: Sequence[ChunkRow]) -> Question:
    """The question with its names also known by what the passages call them, and its words by their abbreviations."""
    names, words = {term.token for term in question.names}, {term.token for term in question.terms}
    known: dict[str, set[str]] = {}
    for row in rows:
        for token, others in aliases(row.text).items() if names else ():
            if token in names:
                known.setdefault(token, set()).update(others)
        for short, long in abbreviations(row.text).items():
            if short in words:
                known.setdefault(short, set()).add(max(sorted(long), key=len))
            elif long <= words:
                for word in long:
                    known.setdefault(word, set()).add(short)
    return question.widened(known)


def _spoken_of_before(question: Question, rows: Sequence[ChunkRow], lexical: LexicalIndex) -> dict[str, frozenset[str]]:
    """By chunk: the tokens of the question's weighty words that the chunks just before it in its document hold."""
    at = lexical.order()
    found: dict[str, set[str]] = {}
    terms = {term.token: term for term in (*question.entities, *question.weighty)}
    for token in {token for term in terms.values() for token in (term.token, *term.stand_ins)}:
        places = frozenset(lexical.places(token).tolist())
        for row in rows:
            here = at.get(row.id, 0)
            near = range(max(0, here - _BEFORE), here)
            if any(place in places and lexical.ids[place][:16] == row.id[:16] for place in near):
                found.setdefault(row.id, set()).add(token)
    return {key: frozenset(tokens) for key, tokens in found.items()}


def _held_in_documents(question: Question, lexical: LexicalIndex) -> dict[str, dict[str, float]]:
    """By document key: the question's tokens and stand-ins that stand in it, each with the share of its chunks."""
    found: dict[str, dict[str, float]] = {}
    for token in question.meant:
        for key, share in lexical.shares(token).items():
            found.setdefault(key, {})[token] = share
    return found


def _documents_that_name(question: Question, held: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """By document key: share of the question's names that stand anywhere in it."""
    names = question.names
    return {
        key: sum(any(token in tokens for token in (term.token, *term.stand_ins)) for term in names) / len(names)
        for key, tokens in held.items()
        if names
    }
