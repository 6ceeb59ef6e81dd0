"""The rows of a table's region: lines put together where a cell is wrapped, and its header by level."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from typing import NamedTuple

from eutectic.core.elements import is_element
from eutectic.knowledge.amounts import is_missing, read_amount
from eutectic.knowledge.reader_grid import Grid, Span, stands_in_columns
from eutectic.knowledge.reader_regions import parts
from eutectic.knowledge.reader_words import Word, join
from eutectic.knowledge.table import Box

Line = Sequence[Word]
CLOSE = 0.85
"""Of the font size: lines nearer than this overlap, as a cell set midway beside a wrapped one does."""
MIDWAY = 0.9
"""Of the font size: a label that stands midway over rows is nearer than this to the lines around it."""
_TOGETHER = 0.55
"""Of the font size: words nearer than this belong together, unless each stands inside a column."""
_PITCH = 1.1
"""How much wider the gap between rows is than the one between lines of a cell, where they differ."""
_NARROWER = 0.8
"""Of the gap between two rows of values: more is no gap between the lines of one cell."""
_OF_COMPOSITION = re.compile(r"(?:at|wt|mol|mass)\.?\s?%|composition|content|fraction|成分|含量", re.IGNORECASE)
"""What a header cell says over the columns of elements."""
_GOES_ON = re.compile(r"[a-z(（\[/%°·×±μ]|\d+ ?[a-zA-Z%°]|[A-Z][a-z]?\s?[⁻−-]")


class Printed(NamedTuple):
    """A printed line with the text it puts into each column."""

    height: float
    size: float
    words: tuple[Word, ...]
    cells: tuple[str, ...]

    @property
    def filled(self) -> frozenset[int]:
        """The columns it puts something into."""
        return frozenset(j for j, cell in enumerate(self.cells) if cell)

    @property
    def has_number(self) -> bool:
        """Whether an amount stands beside its first column."""
        return any(is_value(cell) for cell in self.cells[1:])


def is_value(text: str) -> bool:
    """Whether a cell holds an amount, or says that there is none."""
    return bool(text) and (read_amount(text) is not None or is_missing(text))


def printed(lines: Sequence[Line], columns: Sequence[Span]) -> list[Printed]:
    """Lines with their words by column."""
    grid = Grid(((0.0, 0.0),), tuple(columns))
    done = []
    for line in lines:
        cells: list[list[Word]] = [[] for _ in columns]
        for part in parts(list(line), _TOGETHER):
            if stands_in_columns(grid, part):
                for word in part:
                    cells[grid.column_of(word.box[0], word.box[2])].append(word)
            else:
                cells[grid.column_of(part[0].box[0], part[-1].box[2])] += part
        size = sorted(word.size for word in line)[len(line) // 2]
        done.append(Printed(line[0].middle, size, tuple(line), tuple(join(cell) for cell in cells)))
    return done


def body_rows(lines: Sequence[Printed], cuts: Sequence[float], *, is_ruled: bool) -> list[list[Printed]]:
    """Printed lines by row.

    Args:
        lines: the lines of the body, top to bottom.
        cuts: heights of the rules through it.
        is_ruled: a rule parts every row from the next, so that what stands between two rules is one.
    """
    slabs = [list(slab) for _, slab in itertools.groupby(lines, lambda line: sum(cut < line.height for cut in cuts))]
    if is_ruled:
        return slabs
    return [row for slab in slabs for row in _rows(slab, _pitch(slabs))]


def _pitch(slabs: Sequence[Sequence[Printed]]) -> float | None:
    """The largest gap between lines of one cell, where it is clearly smaller than the gap between rows."""
    pairs = [pair for slab in slabs for pair in itertools.pairwise(slab)]
    of_rows = min((b.height - a.height for a, b in pairs if are_rows(a, b)), default=float("inf"))
    near = sorted(gap for a, b in pairs if 0 < (gap := b.height - a.height) < _NARROWER * of_rows)
    near += [of_rows] if near and of_rows < float("inf") else []
    for small, large in itertools.pairwise(near):
        if large > _PITCH * small and small > 0.9 * near[0]:
            return small * 1.02
    return None


def _rows(slab: Sequence[Printed], pitch: float | None) -> list[list[Printed]]:
    rows: list[list[Printed]] = []
    for place, line in enumerate(slab):
        below = slab[place + 1] if place + 1 < len(slab) else None
        if rows and not _is_behind_label(rows, line) and _belongs(rows[-1], line, below, pitch):
            rows[-1].append(line)
        else:
            rows.append([line])
    return rows


def _is_behind_label(rows: Sequence[Sequence[Printed]], line: Printed) -> bool:
    """Whether the row above is a label midway between its row and the one before."""
    if len(rows) < 2 or len(rows[-1]) > 1:
        return False
    label, before = rows[-1][0], rows[-2][-1]
    is_close = line.height - before.height < 2 * MIDWAY * line.size
    return is_close and are_rows(before, line) and not label.filled & (line.filled | before.filled)


def are_rows(upper: Printed, lower: Printed) -> bool:
    """Whether two lines hold values of one column, as lines of one row do not."""
    return any(is_value(upper.cells[j]) and is_value(lower.cells[j]) for j in upper.filled & lower.filled)


def _belongs(row: Sequence[Printed], line: Printed, below: Printed | None, pitch: float | None) -> bool:
    """Whether a line goes on with the row above it."""
    last = row[-1]
    size = min(line.size, last.size)
    gap = line.height - last.height
    if gap < CLOSE * size:
        return not _is_midway(row, line, below, size)
    if _overlapped(row, line, size):
        return True
    mine, theirs = line.filled, frozenset().union(*(other.filled for other in row))
    if any(is_value(line.cells[j]) for j in mine) or not mine < theirs:
        return bool(pitch and gap <= pitch and theirs < mine and not any(other.has_number for other in row))
    first = line.cells[min(mine)]
    is_near = pitch is not None and gap <= pitch
    return (is_near or (gap < 1.45 * size and bool(_GOES_ON.match(first)))) and len(mine) <= max(1, len(theirs) // 2)


def _overlapped(row: Sequence[Printed], line: Printed, size: float) -> bool:
    """Whether a line goes on with a cell whose neighbours were set midway between its lines."""
    return len(row) > 1 and line.height - row[-1].height < CLOSE * size and line.filled <= row[0].filled


def _is_midway(row: Sequence[Printed], line: Printed, below: Printed | None, size: float) -> bool:
    """Whether two overlapping lines are rows of their own, one of them with a label that stands midway over several."""
    last = row[-1]
    if line.has_number and last.has_number and line.filled & last.filled:
        return True
    if below is None or below.height - line.height >= MIDWAY * size or line.filled & (last.filled | below.filled):
        return False
    return are_rows(last, below)


def head_levels(lines: Sequence[Printed], columns: Sequence[Span], across: Sequence[Box]) -> list[list[Printed]]:
    """Header lines by level: a new one begins below a cell that spans columns, or below a rule."""
    grid = Grid(((0.0, 0.0),), tuple(columns))
    levels: list[list[Printed]] = []
    for place, line in enumerate(lines):
        if levels and not _is_parted(lines[place - 1], line, grid, across):
            levels[-1].append(line)
        else:
            levels.append([line])
    return levels


def _is_parted(upper: Printed, lower: Printed, grid: Grid, across: Sequence[Box]) -> bool:
    left, right = grid.columns[0][0], grid.columns[-1][1]
    for rule in across:
        if upper.height < rule[1] < lower.height and rule[2] > left and rule[0] < right:
            return True
    if lower.height - upper.height < CLOSE * min(upper.size, lower.size):
        return False
    below = parts(list(lower.words), _TOGETHER)
    return any(_is_over_several(part, below, grid) for part in parts(list(upper.words)))


def _is_over_several(head: Sequence[Word], below: Sequence[Sequence[Word]], grid: Grid) -> bool:
    """Whether a header cell stands midway over two or more cells of the line below, and not right above one of them."""
    left, right, size = head[0].box[0], head[-1].box[2], head[0].size
    middle = 0.5 * (left + right)
    under = [cell for cell in below if min(right, cell[-1].box[2]) - max(left, cell[0].box[0]) > 2]
    columns = {grid.column_of(cell[0].box[0], cell[-1].box[2]) for cell in under}
    if len(columns) > 1:
        return True
    if _reaches_over(head, below, grid):
        return True
    beside = [cell for cell in below if len(cell) == 1 and is_element(cell[0].text)]
    if len(beside) > 1 and _OF_COMPOSITION.search(join(list(head))):
        return beside[0][0].box[0] < middle < beside[-1][0].box[2]
    if any(abs(0.5 * (c[0].box[0] + c[-1].box[2]) - middle) < 0.5 * size or abs(c[0].box[0] - left) < 2 for c in under):
        return False
    return any(
        abs(0.5 * (below[i][0].box[0] + below[j][-1].box[2]) - middle) < size
        for i in range(len(below))
        for j in range(i + 1, len(below))
    )


def _reaches_over(head: Sequence[Word], below: Sequence[Sequence[Word]], grid: Grid) -> bool:
    """Whether a header cell reaches as far as the cells beside the one below it, which a cell of one column cannot."""
    home = grid.column_of(head[0].box[0], head[-1].box[2])
    beside = [cell for cell in below if grid.column_of(cell[0].box[0], cell[-1].box[2]) != home]
    slack = 0.3 * head[0].size
    lefts = [c for c in beside if c[-1].box[2] < head[-1].box[2] and c[-1].box[2] > head[0].box[0] - slack]
    rights = [c for c in beside if c[0].box[0] > head[0].box[0] and c[0].box[0] < head[-1].box[2] + slack]
    return bool(lefts or rights)
