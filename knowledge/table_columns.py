"""What each column of a table's grid holds: by its header, and by its cells where the header leaves it open."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from eutectic.knowledge.amounts import Amount, find_amounts, is_missing, read_amount
from eutectic.knowledge.formula_text import find_formulas, read_formula
from eutectic.knowledge.materials import find_materials
from eutectic.knowledge.properties import Property
from eutectic.knowledge.table_captions import property_said
from eutectic.knowledge.table_headers import Column, in_context, property_in, read_header
from eutectic.knowledge.table_rows import TableReader, clean
from eutectic.knowledge.table_shape import Grid
from eutectic.knowledge.table_states import is_state
from eutectic.knowledge.units import read_unit
from eutectic.knowledge.units_text import unit_at

_NUMBERED = re.compile(
    r"(?:(?:samples?|alloys?|specimens?|runs?|batch|heat|glass|exp\w*)?\s*\.?\s*(?:no|nr|number|id|#)\.?|samples?|alloys?|specimens?|"
    r"编号|序号|样品|试样|样品编号|试样编号)$",
    re.IGNORECASE,
)
_COMPOUND = re.compile(r"(?:[A-Z][a-z]?\d?){1,2}(?:O|F|Cl|S|N|Se|Te|I|Br)\d{0,2}")
"""A simple oxide or salt, as compositions of glasses and slags are given in."""


def columns_of(grid: Grid, reader: TableReader) -> list[Column]:
    """What each column of a grid holds, by its header, its cells and the caption."""
    columns = [in_context(read_header(grid.header(place)), reader.caption) for place in range(grid.n_columns)]
    columns = [_as_explained(column, reader.labels.symbols) for column in columns]
    shares = [place for place, column in enumerate(columns) if column.kind == "element"]
    if len(shares) == 1 and not columns[shares[0]].basis and columns[shares[0]].unit is None:
        place = shares[0]
        columns[place] = in_context(columns[place]._replace(kind="text", element=""), reader.caption)
    for place, column in enumerate(columns):
        cells = [row[place] for row in grid.rows if row[place] and not is_missing(row[place])]
        formulas = sum(_is_material(clean(cell)) for cell in cells)
        if (
            len(cells) > 1
            and column.property is None
            and column.kind in ("text", "property")
            and all(map(is_state, cells))
            and not _is_measured(column.name, cells[0])
        ):
            columns[place] = column._replace(kind="condition", unit=None)
        elif cells and formulas >= 0.6 * len(cells) and column.kind not in ("element", "condition"):
            columns[place] = column._replace(kind="material")
        elif (
            column.kind == "text" and cells and sum(read_amount(cell) is not None for cell in cells) >= 0.7 * len(cells)
        ) or (column.kind == "text" and cells and _n_with_units(cells) >= 0.7 * len(cells)):
            columns[place] = column._replace(kind="property")
        elif column.kind == "property" and cells and not any(cell_amount(cell) for cell in cells):
            columns[place] = column._replace(kind="text")
    if columns and _NUMBERED.match(columns[0].name) and _are_numbers([row[0].strip() for row in grid.rows]):
        columns[0] = columns[0]._replace(kind="label")
    _with_compounds(columns, grid, reader.basis)
    _keep_one_material(columns, grid)
    _under_caption(columns, grid, reader.table.caption)
    if columns and columns[0].kind == "text" and not any(column.kind == "material" for column in columns):
        columns[0] = columns[0]._replace(kind="label")
    return columns


def _as_explained(column: Column, symbols: Mapping[str, Property]) -> Column:
    """The column of a symbol as the text of the document explains it, where its unit can measure that."""
    said = symbols.get(column.name.replace("_", ""))
    if said is None or column.kind not in ("property", "text", "condition") or column.property == said:
        return column
    fits = column.unit is not None and said.to_si(1.0, column.unit) is not None
    return column._replace(kind="property", property=said) if fits else column


def _with_compounds(columns: list[Column], grid: Grid, basis: str) -> None:
    """Columns headed by two or more oxides or salts hold their shares, where the rows then add up to a whole."""
    lowest = [read_header(grid.header(place).split(" | ")[-1]).name for place in range(len(columns))]
    places = [place for place, name in enumerate(lowest) if _COMPOUND.fullmatch(name)]
    places = [place for place in places if columns[place].kind in ("text", "property", "material")]
    totals = []
    for row in grid.rows:
        found = [amount[0].value for place in places if (amount := cell_amount(row[place])) is not None]
        totals.append(sum(value for value in found if value is not None))
    is_whole = [98.9 <= total <= 101.1 or 0.989 <= total <= 1.011 for total in totals if total]
    if len(places) > 1 and is_whole and sum(is_whole) >= 0.6 * len(is_whole):
        for place in places:
            column = columns[place]
            columns[place] = column._replace(kind="element", element=lowest[place], basis=column.basis or basis)


def _is_measured(name: str, cell: str) -> bool:
    """Whether a header names a property that the unit in a cell can measure: `Hc` over `32.8 A/m`."""
    amount = cell_amount(cell)
    unit = read_unit(amount[1]) if amount is not None and amount[1] else None
    return unit is not None and property_in(name, unit) is not None


def _n_with_units(cells: Sequence[str]) -> int:
    return sum(bool(found and found[1]) for found in map(cell_amount, cells))


def _is_material(cell: str) -> bool:
    """Whether a cell is a formula or an alloy written amount first, and little else."""
    if read_formula(cell) is not None:
        return True
    return any(
        m.end - m.start >= 0.7 * len(cell) for m in find_materials(cell, {}) if "trade name" not in m.material.problem
    )


def _keep_one_material(columns: list[Column], grid: Grid) -> None:
    """Of several columns of materials the first with formulas counts, and names before it; others are conditions."""
    places = [place for place, column in enumerate(columns) if column.kind == "material"]
    with_formulas = [place for place in places if any(find_formulas(row[place]) for row in grid.rows)]
    for place in places:
        if with_formulas and place > with_formulas[0]:
            columns[place] = columns[place]._replace(kind="text")


def _are_numbers(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell]
    return (
        len(filled) > 1 and len(set(filled)) == len(filled) and all(re.fullmatch(r"\d{1,3}", cell) for cell in filled)
    )


def under_property(columns: Sequence[Column], grid: Grid, heading: str) -> list[Column]:
    """The columns below a heading row that names the property of all that are headed by states alone."""
    said = read_header(heading) if heading else None
    if said is None or said.kind != "property" or said.property is None:
        return list(columns)
    return [
        said
        if place
        and column.property is None
        and column.kind in ("text", "property", "condition")
        and is_state(grid.header(place).split(" | ")[-1])
        else column
        for place, column in enumerate(columns)
    ]


def _under_caption(columns: list[Column], grid: Grid, caption: str) -> None:
    """Columns of numbers headed by states or temperatures alone hold the one property that the caption names."""
    if any(column.kind == "element" or (column.kind == "property" and column.property) for column in columns):
        return
    lowest = [grid.header(place).split(" | ")[-1] for place in range(len(columns))]
    open_ones = [
        place
        for place in range(1, len(columns))
        if (is_state(lowest[place]) or read_amount(lowest[place]) is not None)
        and any(cell_amount(row[place]) for row in grid.rows)
    ]
    said = property_said(caption) if len(open_ones) > 1 else None
    if said is not None:
        name, unit, known = said
        for place in open_ones:
            columns[place] = Column("property", name, unit, property=known)


def cell_amount(cell: str) -> tuple[Amount, str] | None:
    """The amount of a cell and the unit that stands in the cell itself."""
    text = clean(cell)
    amount = read_amount(text)
    if amount is not None:
        return amount, "%" if text.endswith("%") else ""
    found = next(find_amounts(text), None)
    if found is None or text[: found.start].strip(" (="):
        return None
    unit = unit_at(text, found.end)
    if unit is None or text[unit.end :].strip(" ).;*†"):
        return None
    return found, unit.unit.text
