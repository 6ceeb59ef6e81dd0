"""A table of real measurements, read strictly by its card: every number read with certainty, or an error."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from eutectic.core.errors import BadTable
from eutectic.core.space import Value
from eutectic.lab_interface.table_card import InputColumn, TableCard
from eutectic.tools.tables import Row, Table, read_table


class MeasuredRow(NamedTuple):
    """One row of a table."""

    line: int
    fractions: tuple[float, ...]
    """In the order of the card's components; they add up to 1."""
    process: tuple[Value, ...]
    values: tuple[float | None, ...]
    """In the order of the card's properties; None for an empty cell."""


def read_measurements(path: Path, card: TableCard) -> tuple[MeasuredRow, ...]:
    """The rows of a CSV file by its card.

    Raises:
        BadTable: with the line: a missing column or cell, text or a limit for a number, a composition that is no whole.
    """
    table = read_table(path)
    numbers = [*card.components, *(i.column for i in card.process if i.kind == "number")]
    properties = [item.column for item in card.properties]
    missing = [name for name in (*numbers, *properties, *(i.column for i in card.process)) if name not in table.columns]
    if missing:
        raise BadTable(f"columns {missing} are not there", where=table.name, mend="it has " + ", ".join(table.columns))
    for name in (*numbers, *properties):
        table.require_numbers(name)
    rows = tuple(found for row in table.rows if (found := _row(table, row, card)) is not None)
    if not rows:
        raise BadTable("there is no row of measurements", where=table.name)
    return rows


def column(rows: Sequence[MeasuredRow], index: int) -> list[Value]:
    """The values of one process variable."""
    return [row.process[index] for row in rows]


def _row(table: Table, row: Row, card: TableCard) -> MeasuredRow | None:
    def process(item: InputColumn) -> Value:
        if item.kind == "number":
            return _number(table, row, item.column)
        if table.cell(row, item.column).is_missing:
            raise BadTable("the cell is empty", where=table.place(row, item.column))
        return table.cell(row, item.column).text

    def value(name: str) -> float | None:
        is_empty = table.cell(row, name).is_missing
        return None if card.allow_missing and is_empty else _number(table, row, name)

    whole = 100.0 if card.scale == "percent" else 1.0
    shares = [_number(table, row, name) / whole for name in card.components]
    total = sum(shares)
    if min(shares) < 0 or abs(total - 1) > card.sum_tolerance + 1e-9:
        if card.off_sum == "drop" and min(shares) >= 0:
            return None
        raise BadTable(
            f"the composition adds up to {total * whole:.6g}, not {whole:g}, or has a negative part",
            where=table.place(row, card.components[0]),
            mend="correct the row or the card's scale, or set off_sum: drop",
        )
    return MeasuredRow(
        row.line,
        tuple(share / total for share in shares),
        tuple(process(item) for item in card.process),
        tuple(value(item.column) for item in card.properties),
    )


def _number(table: Table, row: Row, name: str) -> float:
    cell = table.cell(row, name)
    if cell.value is None:
        raise BadTable("the cell is empty", where=table.place(row, name), mend="fill it, or leave the row out")
    if cell.censoring != "none":
        raise BadTable(f"{cell.text!r} is a limit, not a value", where=table.place(row, name), mend="leave the row out")
    return cell.value
