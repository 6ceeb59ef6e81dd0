"""Labels of a table that stand midway over several of its rows, and the rows that each of them spans."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from eutectic.knowledge.reader_grid import Span
from eutectic.knowledge.reader_rows import MIDWAY, Printed, are_rows, is_value
from eutectic.knowledge.table import Box


def spanning_labels(
    rows: Sequence[Sequence[Printed]], n_columns: int
) -> tuple[list[list[Printed]], list[tuple[int, int, int]]]:
    """Rows without the lines that only hold a label midway over several, and which rows each label spans.

    Returns:
        The rows, and (first row, column, number of rows) of each spanning label.
    """
    kept: list[list[Printed]] = []
    loose: list[Printed] = []
    for place, row in enumerate(rows):
        is_loose = len(row) == 1 and _stands_between(rows, place)
        if is_loose:
            loose.append(row[0])
        else:
            kept.append(list(row))
    spans: list[tuple[int, int, int]] = []
    for column in range(n_columns):
        spans += _spans(kept, loose, column)
    for line in loose:
        nearest = min(range(len(kept)), key=lambda i: abs(_middle(kept[i]) - line.height))
        kept[nearest].append(line)
    return kept, spans


def ruled_spans(
    extents: Sequence[tuple[float, float]], columns: Sequence[Span], across: Sequence[Box]
) -> list[tuple[int, int, int]]:
    """First row, column and number of rows of the cells between whose rows rules run beside, but not through, them."""
    spans: list[tuple[int, int, int]] = []
    for column, (left, right) in enumerate(columns):
        middle, start = 0.5 * (left + right), 0
        for row in range(len(extents)):
            low, high = extents[row][1], extents[row + 1][0] if row + 1 < len(extents) else float("inf")
            between = [rule for rule in across if low < rule[1] < high]
            is_open = row + 1 < len(extents) and between and not any(r[0] <= middle <= r[2] for r in between)
            if not is_open:
                spans += [(start, column, row + 1 - start)] if row > start else []
                start = row + 1
    return spans


def _stands_between(rows: Sequence[Sequence[Printed]], place: int) -> bool:
    line = rows[place][0]
    if place == 0 or place + 1 == len(rows):
        return False
    above, below = rows[place - 1][-1], rows[place + 1][0]
    is_close = line.height - above.height < MIDWAY * line.size and below.height - line.height < MIDWAY * line.size
    return is_close and not line.filled & (above.filled | below.filled) and are_rows(above, below)


def _middle(row: Sequence[Printed]) -> float:
    return sum(line.height for line in row) / len(row)


def _spans(rows: Sequence[Sequence[Printed]], loose: Sequence[Printed], column: int) -> list[tuple[int, int, int]]:
    """The rows that each label of a column stands midway over; none where that does not come out for every label."""
    held = [any(line.cells[column] for line in row) for row in rows]
    between = [line.height for line in loose if line.cells[column]]
    if all(held) or not (any(held) or between):
        return []
    heights = [_middle(row) for row in rows]
    single = [height for height, is_held in zip(heights, held, strict=True) if is_held]
    runs = [[i for i, _ in run] for is_held, run in itertools.groupby(enumerate(held), lambda item: item[1]) if is_held]
    wrapped = [0.5 * (heights[run[0]] + heights[run[-1]]) for run in runs]
    is_title = any(map(is_titled, rows))
    is_text = not any(is_value(line.cells[column].strip(" ()[]")) for row in rows for line in row)
    for labels in (single, wrapped) if is_text and not is_title else (single,):
        if spans := _midway_over(heights, sorted([*between, *labels]), column):
            return spans
    return []


def is_titled(row: Sequence[Printed]) -> bool:
    """Whether a row holds one text and nothing else, as a title of the rows below does."""
    filled = set().union(*(line.filled for line in row))
    return len(filled) == 1 and (filled == {0} or not is_value(" ".join(line.cells[min(filled)] for line in row)))


def _midway_over(heights: Sequence[float], labels: Sequence[float], column: int) -> list[tuple[int, int, int]]:
    """The rows each label stands midway over; none where that does not come out for all rows and labels."""
    spans: list[tuple[int, int, int]] = []
    start = 0
    for label in labels:
        end = _end(heights, start, label)
        if end is None:
            return []
        spans.append((start, column, end - start))
        start = end
    if start != len(heights) or _is_evener_from_top(heights, labels, spans):
        return []
    return [span for span in spans if span[2] > 1]


def _is_evener_from_top(
    heights: Sequence[float], labels: Sequence[float], spans: Sequence[tuple[int, int, int]]
) -> bool:
    """Whether labels set on the first row of what they span part the rows more evenly than labels set midway."""
    firsts = [min(range(len(heights)), key=lambda i: abs(heights[i] - label)) for label in labels]
    if firsts[0] != 0 or any(abs(heights[i] - label) > 1 for i, label in zip(firsts, labels, strict=True)):
        return False
    from_top = [b - a for a, b in itertools.pairwise([*firsts, len(heights)])]
    midway = [span[2] for span in spans]
    return max(from_top) - min(from_top) < max(midway) - min(midway)


def _end(heights: Sequence[float], start: int, label: float) -> int | None:
    """The row behind the last one that a label spans: those whose middle it stands at."""
    pitch = (heights[-1] - heights[0]) / max(1, len(heights) - 1)
    for end in range(start + 1, len(heights) + 1):
        if abs(0.5 * (heights[start] + heights[end - 1]) - label) < 0.3 * pitch:
            return end
    return None
