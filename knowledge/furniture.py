"""What a journal prints on every page, names, numbers and addresses at its head and foot, told from what is said."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from eutectic.knowledge.reader import Block, PageText

_LEAST_PAGES = 3
_SHARE = 0.4
"""Of the pages: on so many it stands, numbers aside."""
_EDGE = 3
"""Blocks at the beginning and at the end of a page among which it stands."""
_LONGEST = 200
_NUMBER = re.compile(r"\d+")


def furniture(pages: Sequence[PageText]) -> frozenset[str]:
    """The forms (`form`) of the blocks that stand at the edge of most pages of a document."""
    found: Counter[str] = Counter()
    for page in pages:
        found.update({form(page.blocks[i]) for i in edge(page)})
    least = max(_LEAST_PAGES, _SHARE * len(pages))
    return frozenset(text for text, times in found.items() if times >= least and len(text) <= _LONGEST)


def edge(page: PageText) -> frozenset[int]:
    """The places of the blocks at the beginning and the end of a page; none where it has few."""
    n = len(page.blocks)
    return frozenset(i for i in range(n) if i < _EDGE or i >= n - _EDGE) if n > _EDGE else frozenset()


def form(block: Block) -> str:
    """The text of a block with every number masked, in one line."""
    return " ".join(_NUMBER.sub("#", block.text).split())
