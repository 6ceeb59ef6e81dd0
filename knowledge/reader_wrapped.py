"""Header rows and row labels of a table put together where a name or a bracket was cut in two by the line's end."""

from __future__ import annotations

import re

from eutectic.knowledge.chinese import RUN
from eutectic.knowledge.properties import find_property


def whole_heads(cells: list[list[str]], n_header: int) -> tuple[list[list[str]], int]:
    """The cells with header rows put together where a bracket, or a property's name, goes on from one to the next."""
    for row in range(n_header - 1):
        open_ones = [_goes_on(a, b) for a, b in zip(*cells[row : row + 2], strict=True) if cells[row].count(a) == 1]
        if any(open_ones):
            whole = [_both(a, b) if a != b else a for a, b in zip(*cells[row : row + 2], strict=True)]
            return whole_heads([*cells[:row], whole, *cells[row + 2 :]], n_header - 1)
    return cells, n_header


def whole_labels(rows: list[list[str]]) -> list[list[str]]:
    """Rows with a label put together that a property's name was cut in, one half of it alone in a row."""
    done: list[list[str]] = []
    for row in rows:
        if done and not (any(done[-1][1:]) and any(row[1:])) and _goes_on(done[-1][0], row[0]):
            rest = row[1:] if any(row[1:]) else done[-1][1:]
            done[-1] = [_both(done[-1][0], row[0]), *rest]
        else:
            done.append(row)
    return done


def _goes_on(upper: str, lower: str) -> bool:
    whole = _both(upper, lower)
    if _is_open(upper) and not _is_open(whole):
        return True
    names = [re.split(r"[(（\[,/]", text)[0].strip() for text in (whole, upper, lower)]
    return bool(upper and lower) and [find_property(name) is not None for name in names] == [True, False, False]


def _both(upper: str, lower: str) -> str:
    return re.sub(rf"(?<=[{RUN}]) (?=[{RUN}])", "", f"{upper} {lower}".strip())


def _is_open(text: str) -> bool:
    return sum(map(text.count, "([（")) > sum(map(text.count, ")]）"))
