"""A sentence that remembers which of its words were understood."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache

TAKEN = "\ue000"
"""Stands where understood words stood, so that no pattern reaches across them."""
_WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*|[+-]?\d[\d.,]*|[\u3400-\u9fff\U00020000-\U0003ffff]+|[^\s\ue000]")
_SILENT = set(",.;:!?()[]\"'、。；：！？，（）“”‘’《》-–—&")


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """The grammar has more patterns than the cache of `re` holds."""
    return re.compile(pattern, re.IGNORECASE)


class Sentence:
    """Text whose understood parts are struck out one by one."""

    def __init__(self, text: str) -> None:
        self.text = " ".join(unicodedata.normalize("NFKC", text.replace(TAKEN, " ")).split())
        self.left = self.text

    def take(self, pattern: str, use: Callable[[re.Match[str]], bool | None]) -> None:
        """Hand every match, from the left, to `use` and strike it out unless `use` says False."""
        compiled = _compiled(pattern)
        at = 0
        while (match := compiled.search(self.left, at)) is not None:
            if match.end() == match.start():
                at = match.end() + 1
                continue
            if use(match) is not False:
                self.strike(match.start(), match.end())
            at = match.end()

    def holds(self, pattern: str) -> bool:
        """Whether a pattern occurs in what is left."""
        return _compiled(pattern).search(self.left) is not None

    def strike(self, start: int, end: int) -> None:
        """Mark a stretch as understood."""
        self.left = self.left[:start] + TAKEN * (end - start) + self.left[end:]

    def words_left(self) -> list[str]:
        """The words that nothing has accounted for; punctuation does not count."""
        return [word for word in _WORD.findall(self.left) if word not in _SILENT]
