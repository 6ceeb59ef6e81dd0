"""The checks every record passes, whoever proposed it: quote on the page, number, unit, material, range, outliers."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from statistics import median

from eutectic.knowledge.amounts import Amount, find_amounts, plainly
from eutectic.knowledge.materials import find_materials
from eutectic.knowledge.normalise import normalise
from eutectic.knowledge.record import Flaw, LiteratureRecord
from eutectic.knowledge.units import read_unit

FindQuote = Callable[[int, str], str | None]
"""The page's own words for a quote; None where it does not stand there."""
_COMMA = re.compile(r"(?<=\d),(?=\d)")
"""In a table whose decimals are written with commas."""
_BETWEEN = re.compile(r"(?<=\d)[/|](?=\d)")
"""Between two values of a cell: `1235/1803`."""
_LEAST_FOR_OUTLIERS = 4
_TIGHT = 2.0
"""Largest over smallest of a column's other values, under which a value a power of ten away is a likely misprint."""
_SLACK = 1.6


def check(record: LiteratureRecord, find: FindQuote) -> LiteratureRecord:
    """The record with its quote in the page's own words, and a flaw for everything that does not hold."""
    flaws: list[Flaw] = []
    quote = find(record.page, record.quote) if record.quote else None
    if quote is None:
        flaws.append(Flaw(reason="quote_not_found", detail=f"not on page {record.page}: {record.quote[:120]}"))
    else:
        record = record.model_copy(update={"quote": " ".join(quote.split())})
        if not _has_number(record, quote):
            flaws.append(Flaw(reason="number_not_in_quote", detail=f"{record.value} is not in the quote"))
        if lost := _lost_glyph(record, quote):
            flaws.append(Flaw(reason="glyph_lost", detail=lost))
        if record.source == "text" and not _has_unit(record, quote):
            flaws.append(Flaw(reason="unit_not_in_quote", detail=f"{record.unit!r} is not in the quote"))
    return record.with_flaws(*flaws)


def _has_number(record: LiteratureRecord, quote: str) -> bool:
    """Whether the value (both ends of a range) stands in the quote; a scale of the header may be divided out."""
    if record.value is None:
        return True
    wanted = [
        value
        for value in ((record.low, record.high) if record.value_type == "range" else (record.value,))
        if value is not None
    ]
    quotes = (
        (quote, _COMMA.sub(".", quote), _BETWEEN.sub(" ", quote))
        if record.source == "table"
        else (quote, plainly(quote))
    )
    there = {v for text in quotes for a in find_amounts(text) for v in _read(a, text, record) if v is not None}
    scales = [1.0]
    for flaw in record.flaws:
        if flaw.reason == "scale_ambiguous" and (match := re.search(r"multiplies by (\S+):", flaw.detail)):
            scales.append(float(match[1]))
    return all(
        any(math.isclose(value * scale, each, rel_tol=1e-9, abs_tol=1e-12) for each in there for scale in scales)
        for value in wanted
    )


def _lost_glyph(record: LiteratureRecord, quote: str) -> str:
    """What a glyph that the page's text lost leaves open: the sign of the value, or of a power of its unit."""
    if "\ufffd" in record.unit:
        return f"the sign of a power in {record.unit!r} is lost and read as a minus"
    ends = (record.value, record.low, record.high)
    for amount in find_amounts(quote) if "\ufffd" in quote else ():
        if amount.value in ends and quote[: amount.start].rstrip().endswith("\ufffd"):
            return f"a sign before {amount.value:g} may be lost"
        if amount.value in ends and re.match("\\s*[×x·]\\s?10\ufffd", quote[amount.end :]):
            return f"the sign of the power of ten behind {amount.value:g} is lost"
    return ""


def _read(amount: Amount, quote: str, record: LiteratureRecord) -> tuple[float | None, ...]:
    """What an amount of a quote may say; in a row of a table a dash apart from the number is an empty cell."""
    values = (amount.value, amount.low, amount.high)
    is_apart = record.source == "table" and re.match(r"[-−–—]\s", quote[amount.start :]) is not None
    return (*values, *(-value for value in values if value is not None)) if is_apart else values


def _has_unit(record: LiteratureRecord, quote: str) -> bool:
    if record.unit in ("", "1") or record.value is None:
        return True
    return normalise(record.unit) in normalise(quote)


def has_material(record: LiteratureRecord, quote: str, labels: Iterable[str]) -> bool:
    """Whether the quote names the material, by its formula or by the document's name for it."""
    if normalise(record.material) in normalise(quote) or (record.label and record.label in quote):
        return True
    found = find_materials(quote, {})
    return any(
        m.material.composition is not None and m.material.composition == record.composition for m in found
    ) or any(label in quote for label in labels)


def mark_outliers(records: Sequence[LiteratureRecord]) -> list[LiteratureRecord]:
    """Flag values that stand a power of ten away from all others of their property in a table: likely misprints."""
    groups: dict[tuple[str, str, str, str], list[int]] = defaultdict(list)
    for place, record in enumerate(records):
        if record.source == "table" and record.value is not None and record.value_type in ("exact", "approx"):
            groups[record.document, record.table, record.property, record.unit].append(place)
    marked = list(records)
    for places in groups.values():
        values = [abs(records[place].value or 0.0) for place in places]
        for place, value in zip(places, values, strict=True):
            others = [other for other in values if other > 0 and other != value]
            if detail := _misprint(value, others, values.count(value)):
                marked[place] = marked[place].with_flaws(Flaw(reason="outlier", detail=detail))
    return marked


def _misprint(value: float, others: Sequence[float], n_same: int) -> str:
    if value <= 0 or len(others) < _LEAST_FOR_OUTLIERS - 1 or n_same > len(others):
        return ""
    centre = median(others)
    near = [other for other in others if 1 / 5 < other / centre < 5]
    if len(near) < max(3, 0.6 * len(others)) or max(near) / min(near) > _TIGHT:
        return ""
    for power in (-3, -2, -1, 1, 2, 3):
        moved = value * 10.0**power
        if min(near) / _SLACK <= moved <= max(near) * _SLACK and not min(near) / 3 <= value <= max(near) * 3:
            return (
                f"{value:g} among {len(near)} values of {min(near):g} to {max(near):g}: a decimal point may be missing"
            )
    return ""


def same_value(first: LiteratureRecord, second: LiteratureRecord) -> bool:
    """Whether two records say the same number in SI (or as written, where there is no unit)."""
    if first.value is None or second.value is None:
        return first.value is second.value
    if first.si_unit and first.si_unit == second.si_unit and first.si_value is not None and second.si_value is not None:
        return math.isclose(first.si_value, second.si_value, rel_tol=1e-6, abs_tol=1e-12)
    return math.isclose(first.value, second.value, rel_tol=1e-6) and read_unit(first.unit) == read_unit(second.unit)
