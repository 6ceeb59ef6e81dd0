"""Statements: the sentences and table rows of passages, each with what stands around it, as answers are made of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from eutectic.knowledge.measures import Measure, find_measures, measure_tokens
from eutectic.knowledge.sentences import split_sentences
from eutectic.knowledge.store import ChunkRow
from eutectic.knowledge.tokens import token_set

_LEAST_LETTERS = 12
_CAPTION = re.compile(r"^(?:table|fig(?:ure)?|scheme|[图表])s?\.?\s*\d", re.IGNORECASE)
_LONG = 50
"""Characters from which a line is running text."""
_IDEOGRAPHIC = re.compile(r"[\u2e80-\u9fff\uff00-\uffef]{2}")
_LONG_CHINESE = 20
_TERMINAL = (".", "!", "?", ":", ";", "。", "！", "？", ")", "]")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True)
class Statement:
    """A sentence, or a table row with the caption that explains it."""

    chunk: str
    document: str
    page: int
    quotes: tuple[str, ...]
    """Words of the page, all of which have to be found on it; of a cell's row, label and value the most there are."""
    around: str
    """The sentences before and behind it, its heading, and for a row the caption and the header."""
    is_row: bool
    said: str = ""
    """What a table's cell says with its row and column and its unit; empty for words that say it themselves."""
    shown: str = ""
    """How it is shown; empty for the quotes themselves."""
    last_page: int = 0
    """Page on which its table ends, where that goes on over pages."""

    @property
    def text(self) -> str:
        """The statement as it is shown."""
        return self.shown or " | ".join(self.quotes)

    @property
    def words(self) -> str:
        """What is said, for matching."""
        return self.said or self.quotes[0]

    @property
    def tokens(self) -> frozenset[str]:
        """Search tokens of what is said, with a token for each kind of unit and for a formula."""
        return statement_tokens(self.words)

    @property
    def wide(self) -> frozenset[str]:
        """Tokens with those of what stands around it, line by line: its neighbours are statements of their own."""
        return self.tokens.union(*(statement_tokens(line) for line in self.around.split("\n")))

    @property
    def measures(self) -> tuple[Measure, ...]:
        """The quantities it gives."""
        return find_measures(self.words)


@lru_cache(maxsize=16_384)
def statement_tokens(text: str) -> frozenset[str]:
    """Search tokens of a text, and which kinds of unit (`u:K1`) and whether a formula (`f:`) stand in it."""
    tokens = token_set(text)
    kinds = {f"u:{token.split(':')[1]}" for token in measure_tokens(text)}
    return tokens | kinds | ({"f:"} if any(token.startswith("f:") for token in tokens) else set())


def statements(rows: Sequence[ChunkRow]) -> Iterator[Statement]:
    """Every statement of some chunks, in their order."""
    for row in rows:
        yield from _of_chunk(row)


def _of_chunk(row: ChunkRow) -> Iterator[Statement]:
    lines = _whole(row.text.split("\n"))
    caption = next((line for line in lines if _CAPTION.match(line)), "")
    for number, line in enumerate(lines):
        if caption and line != caption and _is_row(line):
            header = lines[number - 1] if number else ""
            quotes = (line, split_sentences(caption)[0])
            yield Statement(row.id, row.document, row.page, quotes, f"{caption}\n{header}\n{row.heading}", True)
            continue
        sentences = split_sentences(line)
        for i, sentence in enumerate(sentences):
            if sum(c.isalnum() for c in sentence) < (4 if not sentence.isascii() else _LEAST_LETTERS):
                continue
            if sentence.endswith(("?", "？")):
                continue
            near = "\n".join([*sentences[max(0, i - 1) : i], *sentences[i + 1 : i + 2]])
            yield Statement(row.id, row.document, row.page, (sentence,), f"{near}\n{row.heading}", False)


def _whole(lines: Sequence[str]) -> list[str]:
    """Lines with those joined that a column, a page or a raised number cut inside a sentence."""
    found: list[str] = []
    for line in lines:
        before = found[-1] if found else ""
        if found and _goes_on(before, line):
            is_tight = _IDEOGRAPHIC.fullmatch(before[-1] + line[:1]) or _is_cut_number(before, line)
            found[-1] = f"{before}{'' if is_tight else ' '}{line}"
        else:
            found.append(line)
    return found


def _goes_on(before: str, line: str) -> bool:
    """Whether a line goes on in the next: it is running text, and no sentence ends with it."""
    if _CAPTION.match(line) or _CAPTION.match(before) or _is_row(before) or _is_row(line):
        return False
    is_long = len(before) >= (_LONG if before.isascii() else _LONG_CHINESE)
    return is_long and (not before.rstrip().endswith(_TERMINAL) or _is_cut_number(before, line))


def _is_cut_number(before: str, line: str) -> bool:
    """Whether a Chinese line, which may end anywhere, ends behind a decimal point."""
    return not before.isascii() and before[-2:-1].isdigit() and before[-1:] == "." and line[:1].isdigit()


def _is_row(line: str) -> bool:
    """Whether a line holds values side by side as a table's row does."""
    if "，" in line or "。" in line:
        return False
    words = line.split()
    return len(words) >= 3 and 2 * sum(bool(_NUMBER.search(word)) for word in words) >= len(words)
