"""Where the materials of a genome come from: the library's records, or a plain table of compositions and values."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from eutectic.core.composition import Composition
from eutectic.core.elements import is_element
from eutectic.core.errors import BadInput, BadTable
from eutectic.knowledge.genome import Material
from eutectic.knowledge.properties import same_property
from eutectic.knowledge.record import LiteratureRecord
from eutectic.knowledge.record_table import is_usable
from eutectic.tools.tables import Row, Table, read_table

_FORMULA = ("formula", "composition", "alloy", "成分", "化学式", "合金成分")
_SOURCE = ("doi", "reference", "ref", "source", "reference id", "文献")


def from_records(records: Iterable[LiteratureRecord], property: str) -> list[Material]:
    """The verified measurements of a property; bounds are left out, since they are no values."""
    found = []
    for record in records:
        is_value = is_usable(record) and record.value_type not in ("upper_bound", "lower_bound")
        if is_value and same_property(record.property, property):
            assert record.composition is not None and record.si_value is not None
            found.append(Material(record.composition, record.si_value, record.material, record.document))
    return found


def from_table(path: Path, property: str) -> list[Material]:
    """The rows of a table with a value in the column of the property.

    Raises:
        BadTable: no such column, or no column holds compositions.
    """
    table = read_table(path)
    column = _column(table, property)
    table.require_numbers(column)
    formula = next((name for name in table.columns if name.lower() in _FORMULA), None)
    elements = [name for name in table.columns if is_element(name)]
    if formula is None and len(elements) < 2:
        raise BadTable(
            "no column holds compositions", where=table.name, mend="add columns of elements or one called formula"
        )
    source = next((name for name in table.columns if name.lower() in _SOURCE), None)
    found = []
    for row in table.rows:
        cell = table.cell(row, column)
        if cell.value is None or cell.censoring != "none":
            continue
        text = table.cell(row, formula).text if formula else ""
        composition = _composition(table, row, elements, text)
        if composition is not None:
            found.append(Material(composition, cell.value, text, table.cell(row, source).text if source else ""))
    return found


def _column(table: Table, property: str) -> str:
    exact = [name for name in table.columns if name == property]
    loose = [
        name for name in table.columns if name.lower().startswith(property.lower()) or same_property(name, property)
    ]
    if not exact and not loose:
        raise BadTable(
            f"no column holds {property!r}", where=table.name, mend=f"columns: {', '.join(table.columns)[:200]}"
        )
    return (exact or loose)[0]


def _composition(table: Table, row: Row, elements: list[str], text: str) -> Composition | None:
    amounts = {name: value for name in elements if (value := table.cell(row, name).value)}
    try:
        if amounts and any(abs(sum(amounts.values()) - whole) <= 0.02 * whole for whole in (1.0, 100.0)):
            return Composition.of(amounts, "at%", normalise=True)
        return Composition.from_formula(text) if text else None
    except BadInput:
        return None
