"""What is asked of and answered by whoever writes the answer to a question from passages of the library."""

from __future__ import annotations

from pydantic import Field

from eutectic.agents.decisions.common import PassageLine
from eutectic.core.record import Record


class SentenceQuote(Record):
    """Words copied exactly from one passage."""

    passage: str
    quote: str = Field(max_length=1_000)


class WrittenSentence(Record):
    """One sentence of an answer with the quotes it rests on."""

    text: str = Field(max_length=1_000)
    quotes: tuple[SentenceQuote, ...] = Field(max_length=6)


class AnswerContext(Record):
    """A question and the passages that may answer it."""

    question: str
    passages: tuple[PassageLine, ...]
    extracted: tuple[WrittenSentence, ...]
    """What the rules would answer: sentences of the documents in their own words; empty where they would refuse."""
    conflicts: tuple[str, ...]
    """Where the passages give different values for one thing, as far as the rules see it."""


class WrittenAnswer(Record):
    """The answer, or that the passages hold none."""

    answered: bool
    """False where the passages do not answer the question."""
    sentences: tuple[WrittenSentence, ...] = Field(max_length=8)
    note: str = Field(max_length=600)
