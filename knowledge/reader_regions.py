"""Where tables stand on a page: between rules of one width, or in columns below or above a caption without rules."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from eutectic.knowledge.amounts import is_missing, read_amount
from eutectic.knowledge.boxes import around
from eutectic.knowledge.reader_rules import Rules
from eutectic.knowledge.reader_words import Word, join, lines_of
from eutectic.knowledge.table import Box

_CELL_GAP = 0.9
"""Of the font size: a gap that parts cells."""
_TIGHT_GAP = 0.55
"""Of the font size: a gap that parts header cells which stand over the cells of a row."""
_SAME_EDGE = 5.0
_NARROWEST = 36.0
_FIRST_GAP, _LINE_GAP = 36.0, 3.2
"""Points from a caption to its table; heights of a line from one row to the next."""
_QUANTITY = re.compile(r"[<>≤≥~∼≈±−–-]?\s?\d[\d.,]*(?:\s\S{1,12}){0,2}$")
"""A number, with a unit behind it."""
_OPEN_GAP, _MOST_OPEN = 2.2, 8
"""Heights of a line from a rule to a row outside it, and how many such rows stand above a table's first rule."""
_DOUBLE = 8.0
"""Points between the two lines of a double rule, at most."""
_COLUMN_LINES = 3
"""Long lines on each side that show a page set in two columns."""
_LONG = 6
"""Words from which a line without gaps reads as running text."""


def parts(line: Sequence[Word], gap: float = _CELL_GAP) -> list[list[Word]]:
    """A printed line cut at its wide gaps."""
    found: list[list[Word]] = []
    for word in line:
        if found and word.box[0] - found[-1][-1].box[2] < gap * word.size:
            found[-1].append(word)
        else:
            found.append([word])
    return found


def ruled_regions(words: Sequence[Word], rules: Rules, captions: Sequence[Box]) -> list[Box]:
    """Boxes between horizontal rules of one width whose text stands in columns, top to bottom."""
    groups: list[list[Box]] = []
    for rule in rules.across:
        if rule[2] - rule[0] < _NARROWEST:
            continue
        for group in groups:
            if abs(group[0][0] - rule[0]) < _SAME_EDGE and abs(group[0][2] - rule[2]) < _SAME_EDGE:
                group.append(rule)
                break
        else:
            groups.append([rule])
    found = [region for group in groups for region in _runs(group, words, captions, rules)]
    return sorted(_outermost(found), key=lambda box: (box[1], box[0]))


def _runs(group: Sequence[Box], words: Sequence[Word], captions: Sequence[Box], rules: Rules) -> list[Box]:
    """The longest runs of slabs between rules of one width that hold columns."""
    left, right = min(rule[0] for rule in group), max(rule[2] for rule in group)
    runs: list[list[tuple[float, float, str]]] = [[]]
    for upper, lower in itertools.pairwise(group):
        top, bottom = upper[1], lower[3]
        kind = "text"
        if not any(_crosses(box, (left, top, right, bottom)) for box in captions):
            kind = _kind([w for w in words if _inside(w, (left, top, right, bottom))], bottom - top, right - left)
        if kind == "text":
            runs.append([])
        else:
            runs[-1].append((top, bottom, kind))
    found = []
    for run in runs:
        while run and run[-1][2] != "columns":
            run.pop()
        if any(kind == "columns" for _, _, kind in run):
            box = (left, run[0][0], right, run[-1][1])
            box = _with_open_ends(_to_sides(box, rules.down), words, captions, rules, is_head=len(run) == 1)
            inside = [word for word in words if _inside(word, box)]
            if len(lines_of(inside)) >= 2:
                found.append(box)
    return found


def _with_open_ends(box: Box, words: Sequence[Word], captions: Sequence[Box], rules: Rules, *, is_head: bool) -> Box:
    """The box with the rows right above its first rule and, where it holds but a header, those below its last one."""
    free = [w for w in words if box[0] - 3 <= w.box[0] and w.box[2] <= box[2] + 3]
    free = [w for w in free if not any(_inside(w, caption) for caption in captions)]
    above = lines_of([w for w in free if w.middle < box[1]])[::-1]
    below = lines_of([w for w in free if w.middle > box[3]])
    top, bottom = box[1], box[3]
    others = [rule[1] for rule in rules.across if _is_limit(rule, box, above)]
    ceiling = max((y for y in others if y < box[1] - 1), default=0.0)
    above = [line for line in above if line[0].middle > ceiling]
    inside = lines_of([word for word in words if _inside(word, box)])
    for line in _open_rows(above[:_MOST_OPEN], top, inside[0] if inside else ()):
        top = min(word.box[1] for word in line)
    inside = lines_of([word for word in words if _inside(word, (box[0], top, box[2], box[3]))])
    if is_head and not any(_is_number(part) for line in inside for part in parts(line)[1:]):
        for line in _open_rows(below, bottom):
            bottom = max(word.box[3] for word in line)
    return (box[0], top, box[2], bottom)


def _is_limit(rule: Box, box: Box, above: Sequence[Sequence[Word]]) -> bool:
    """Whether a rule above bounds a table's rows: as wide as it, or another table's, narrower on both sides.

    A rule under a heading that spans some columns is narrower too, but others stand beside that heading, or it runs on
    to the table's right end.
    """
    width = box[2] - box[0]
    if rule[0] - box[0] > _SAME_EDGE and abs(box[2] - rule[2]) <= _SAME_EDGE:
        return False
    line = next((line for line in above if line[0].middle < rule[1]), ())
    is_spanning = any(word.box[2] < rule[0] or word.box[0] > rule[2] for word in line)
    is_narrower = rule[0] - box[0] > _SAME_EDGE and box[2] - rule[2] > _SAME_EDGE and not is_spanning
    return min(rule[2], box[2]) - max(rule[0], box[0]) > (0.6 if is_narrower else 0.85) * width


def _open_rows(lines: Sequence[Sequence[Word]], edge: float, inner: Sequence[Word] = ()) -> list[Sequence[Word]]:
    """The lines next to an edge that stand in columns, as long as each is near the one before.

    Args:
        lines: from the edge on.
        edge: the height it begins at.
        inner: the nearest row on the other side, over whose cells tightly set headers may stand one by one.
    """
    kept: list[Sequence[Word]] = []
    for place, line in enumerate(lines):
        if abs(line[0].middle - edge) > _OPEN_GAP * line[0].size:
            break
        if not place and _is_over(line, inner):
            kept.append(line)
            edge = line[0].middle
            continue
        if len(parts(line)) < 2 and not (len(line) < 3 and _goes_on(lines[place + 1 : place + 3])):
            break
        kept.append(line)
        edge = line[0].middle
    return kept


def _is_over(line: Sequence[Word], row: Sequence[Word]) -> bool:
    """Whether a tightly set line has one piece over each cell of a row, but perhaps the first."""
    pieces, cells = parts(line, _TIGHT_GAP), parts(row) if row else []
    beneath = cells[len(cells) - len(pieces) :]
    return (
        len(pieces) > 1
        and len(cells) - len(pieces) in (0, 1)
        and all(
            piece[0].box[0] < cell[-1].box[2] and cell[0].box[0] < piece[-1].box[2]
            for piece, cell in zip(pieces, beneath, strict=True)
        )
    )


def _to_sides(box: Box, down: Sequence[Box]) -> Box:
    """The box as high as the vertical rules at its sides: a page that ends within a table leaves it open below."""
    sides = [r for r in down if min(abs(r[0] - box[0]), abs(r[2] - box[2])) < _SAME_EDGE]
    touching = [r for r in sides if r[1] < box[3] + 2 and r[3] > box[1] - 2]
    if not touching:
        return box
    return (box[0], min(box[1], *(r[1] for r in touching)), box[2], max(box[3], *(r[3] for r in touching)))


def _kind(inside: list[Word], height: float, width: float) -> str:
    """What stands between two rules: columns, a title or nothing, or running text."""
    lines = lines_of(inside)
    if not lines:
        return "title" if height < _DOUBLE else "text"
    several = sum(len(parts(line)) > 1 for line in lines)
    are_short = all(line[-1].box[2] - line[0].box[0] < 0.5 * width for line in lines if len(parts(line)) == 1)
    if several >= 0.5 * len(lines) or (several and (len(lines) <= 4 or (are_short and len(lines) <= _MOST_OPEN))):
        return "columns"
    return "title" if len(lines) <= 2 else "text"


def _outermost(boxes: Sequence[Box]) -> list[Box]:
    """Without the boxes that mostly stand in wider ones, or in higher ones as wide."""
    kept: list[Box] = []
    for box in sorted(set(boxes), key=lambda b: (round((b[0] - b[2]) / _SAME_EDGE), b[1] - b[3])):
        if not any(_crosses(box, other, 0.3) or _crosses(other, box, 0.5) for other in kept):
            kept.append(box)
    return kept


def _crosses(a: Box, b: Box, least: float = 0.3) -> bool:
    """Whether more than a share of the first box lies in the second."""
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    area = max((a[2] - a[0]) * (a[3] - a[1]), 1e-6)
    return width > 0 and height > 0 and width * height > least * area


def _inside(word: Word, box: Box) -> bool:
    middle = 0.5 * (word.box[0] + word.box[2])
    return box[0] - 3 <= middle <= box[2] + 3 and box[1] - 1 <= word.middle <= box[3] + 1


def is_tabular(words: Sequence[Word], box: Box) -> bool:
    """Whether a region without a caption reads as a table: most lines have a label and numbers in columns."""
    lines = lines_of([word for word in words if _inside(word, box)])
    cells = [parts(line) for line in lines]
    rows = [row for row in cells if len(row) > 1 and any(_is_number(part) for part in row[1:])]
    named = [row for row in rows if any(c.isalpha() for c in join(list(row[0])))]
    return len(rows) >= max(2, 0.5 * len(cells)) and len(named) >= 0.5 * len(rows)


def region_at(caption: Box, words: Sequence[Word], width: float, taken: Sequence[Box]) -> Box | None:
    """The columns of words right below a caption, else right above it, where nothing is ruled; None without any."""
    left, right = _text_column(caption, words, width)
    free = [w for w in words if left - 2 <= w.box[0] and w.box[2] <= right + 2]
    free = [w for w in free if not any(_inside(w, box) for box in taken)]
    below = lines_of([w for w in free if w.middle > caption[3]])
    above = lines_of([w for w in free if w.middle < caption[1]])[::-1]
    for lines, start in ((below, caption[3]), (above, caption[1])):
        kept = _rows_from(lines, start, right - left)
        if kept:
            return around([word for line in kept for word in line])
    return None


def _rows_from(lines: Sequence[Sequence[Word]], start: float, width: float) -> list[Sequence[Word]]:
    """The lines from a caption on that stand in columns."""
    kept: list[Sequence[Word]] = []
    end = start
    for place, line in enumerate(lines):
        allowed = _FIRST_GAP if not kept else _LINE_GAP * line[0].size
        if abs(line[0].middle - end) > allowed:
            break
        is_head = bool(kept) and line[0].middle < end and _is_over(line, kept[-1])
        is_loose = not _is_short(line, width) or not _goes_on(lines[place + 1 : place + 3])
        if len(parts(line)) < 2 and not is_head and is_loose:
            break
        kept.append(line)
        end = line[0].middle
    tail: list[Sequence[Word]] = []
    while kept and len(parts(kept[-1])) < 2:
        tail = [kept.pop()]
    if kept and not tail:
        tail = [line for line in lines[len(kept) : len(kept) + 1] if _is_short(line, width)]
    if kept and tail and _is_wrapped(kept, tail[0]):
        kept.append(tail[0])
    numeric = sum(any(_is_number(part) for part in parts(line)[1:]) for line in kept)
    return kept if len(kept) >= 2 and numeric >= max(1, 0.3 * len(kept)) else []


def _is_wrapped(kept: Sequence[Sequence[Word]], line: Sequence[Word]) -> bool:
    """Whether a line below the last row goes on with its first cell: set nearer than the rows, at the cell's left."""
    gap = abs(line[0].middle - kept[-1][0].middle)
    left = min(each[0].box[0] for each in kept)
    return gap < 1.25 * line[0].size and abs(line[0].box[0] - left) < 2 and len(line) <= 3


def _is_number(part: Sequence[Word]) -> bool:
    text = join(list(part))
    return _QUANTITY.match(text) is not None or read_amount(text) is not None or is_missing(text)


def _is_short(line: Sequence[Word], width: float) -> bool:
    return line[-1].box[2] - line[0].box[0] < 0.6 * width and len(line) < 2 * _LONG


def _goes_on(lines: Sequence[Sequence[Word]]) -> bool:
    return any(len(parts(line)) > 1 for line in lines)


def _text_column(caption: Box, words: Sequence[Word], width: float) -> tuple[float, float]:
    """Left and right of the text column that a caption stands in: half the page where it is set in two."""
    middle = 0.5 * width
    lines: dict[int, list[Word]] = {}
    for word in words:
        lines.setdefault(word.line, []).append(word)
    long = [line for line in lines.values() if len(line) >= _LONG]
    across = sum(line[0].box[0] < middle - 12 and line[-1].box[2] > middle + 12 for line in long)
    beyond = sum(line[0].box[0] > middle - 12 for line in long)
    if across < 0.4 * len(long) and min(beyond, len(long) - across - beyond) >= _COLUMN_LINES:
        if caption[2] < middle + 6:
            return 0.0, middle + 6
        if caption[0] > middle - 6:
            return middle - 6, width
    return 0.0, width
