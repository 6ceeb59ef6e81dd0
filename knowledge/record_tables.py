"""Records from a table by rules: which way it lies, what each column holds, which material each row is about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from eutectic.knowledge.amounts import is_missing, read_amount
from eutectic.knowledge.conditions import read_conditions
from eutectic.knowledge.labels import Labels
from eutectic.knowledge.materials import Material
from eutectic.knowledge.record import Conditions, Flaw, LiteratureRecord, Origin
from eutectic.knowledge.record_values import Reading, valued
from eutectic.knowledge.table import Table
from eutectic.knowledge.table_columns import cell_amount, columns_of, under_property
from eutectic.knowledge.table_headers import Column
from eutectic.knowledge.table_rows import (
    TableReader,
    corner,
    is_label,
    row_material,
    row_name,
    state_conditions,
    under_head,
    under_heading,
)
from eutectic.knowledge.table_shape import Grid, grids, headings

_STANDARD = re.compile(
    r"\b(?:EN|ISO|ASTM|DIN|JIS|GB/?T?|AMS|UNS|SAE)[ -]?\d"
    r"|\b(?:standard|specification|requirement|nominal range|limits?)\b|标准",
    re.IGNORECASE,
)
_SHARE_NAMES: dict[str, str] = {
    "wt%": "mass fraction",
    "at%": "atomic fraction",
    "mol%": "mole fraction",
    "vol%": "volume fraction",
}


_LINES = 2
"""Lines a cell that spans rows may be cut into."""


@dataclass(frozen=True)
class _Row:
    """A body row with what it is about."""

    cells: tuple[str, ...]
    index: int
    material: Material
    flaws: tuple[Flaw, ...]
    conditions: Conditions
    origin: Origin


def table_records(table: Table, labels: Labels, fallback: Material | None = None) -> list[LiteratureRecord]:
    """The records of a table, unchecked against its page.

    Args:
        table: As the library keeps it.
        labels: What the document calls its materials.
        fallback: The one material the whole document is about, for tables that name none.
    """
    reader = TableReader(table, labels, fallback)
    return [record for grid in grids(table, labels.materials) for record in _grid_records(reader, grid)]


def table_materials(table: Table, labels: Labels) -> list[Material]:
    """The material of every row of a table that names one itself."""
    reader = TableReader(table, labels, None)
    found = []
    for grid in grids(table, labels.materials):
        columns = columns_of(grid, reader)
        found += [row_material(reader, columns, cells)[0] for cells in grid.rows]
    return found


def table_labels(table: Table, labels: Labels) -> dict[str, Material]:
    """The names that a table gives to compositions in the same row."""
    reader = TableReader(table, labels, None)
    named: dict[str, Material] = {}
    double: set[str] = set()
    for grid in grids(table, labels.materials):
        columns = columns_of(grid, reader)
        for cells in grid.rows:
            material, _ = row_material(reader, columns, cells)
            name = row_name(columns, cells)
            is_name = name and name != material.written and (is_label(name) or name.isdigit())
            is_name = is_name and material.composition is not None
            if is_name and named.setdefault(name, material).composition != material.composition:
                double.add(name)
    return {name: material for name, material in named.items() if name not in double}


def _grid_records(reader: TableReader, grid: Grid) -> Iterable[LiteratureRecord]:
    columns = columns_of(grid, reader)
    base = read_conditions(reader.table.caption)
    above = headings(grid)
    materials = [row_material(reader, columns, cells, head) for cells, head in zip(grid.rows, above, strict=True)]
    only = _only_one(columns, grid, [material for material, _ in materials])
    for index, cells in enumerate(grid.rows):
        material, flaws = materials[index]
        if only is not None and material.composition is None:
            flaw = Flaw(reason="material_from_context", detail="the one material of a cell over several rows")
            material, flaws = only, [flaw]
        name = row_name(columns, cells)
        is_standard = bool(_STANDARD.search(name) or _STANDARD.search(cells[0])) and not re.search(r"\bsteel\b", name)
        origin: Origin = "specified" if is_standard else "measured"
        row = _Row(
            cells,
            index,
            material,
            tuple(flaws),
            _row_conditions(under_heading(base, above[index]), columns, cells),
            origin,
        )
        yield from _shares(reader, grid, columns, row)
        yield from _values(reader, grid, under_property(columns, grid, above[index]), row)


def _only_one(columns: Sequence[Column], grid: Grid, materials: Sequence[Material]) -> Material | None:
    """The one material of a table whose column of materials is mostly empty: a cell that spans rows stands mid-way."""
    places = [place for place, column in enumerate(columns) if column.kind == "material"]
    if not places:
        return None
    texts = {row[places[0]].strip() for row in grid.rows} - {""}
    known = {item.composition: item for item in materials if item.composition is not None}
    is_one = len(known) == 1 and len(texts) <= _LINES < len(grid.rows) - 1
    return next(iter(known.values())) if is_one else None


def _row_conditions(base: Conditions, columns: Sequence[Column], cells: Sequence[str]) -> Conditions:
    found = base.model_dump()
    other = list(base.other)
    is_named = not any(column.kind == "material" for column in columns)
    for place, column in enumerate(columns):
        if (
            column.kind not in ("condition", "variable", "text", "label")
            or not cells[place].strip()
            or is_missing(cells[place])
        ):
            continue
        amount = read_amount(cells[place])
        key = _condition_key(column)
        if key and column.unit is not None and amount is not None and amount.value is not None:
            found[key] = round(column.unit.to_si(amount.value), 6)
        if column.kind == "label" or (column.kind == "text" and place == 0 and is_named):
            continue
        if column.kind in ("condition", "text") and column.unit is None and amount is None:
            said = state_conditions(cells[place].strip()).model_dump(include={"anneal_temperature", "anneal_time"})
            found |= {key: value for key, value in said.items() if value}
        other.append(
            f"{column.name or 'row'}: {cells[place].strip()}" + (f" {column.unit.text}" if column.unit else "")
        )
    return Conditions.model_validate(found | {"other": tuple(dict.fromkeys(other))[:8]})


def _condition_key(column: Column) -> str:
    name = column.name.lower()
    treated = re.search(
        r"anneal|heat|sinter|calcin|aging|ageing|temper|solution|holding|soaking|退火", name
    ) or column.name in ("Ta", "TA", "Tann", "ta")
    if "time" in name or "duration" in name or "时间" in name or column.name in ("t", "ta"):
        return "anneal_time"
    if "temp" in name or "温度" in name or column.name in ("T", "Ta", "TA", "Tann"):
        return "anneal_temperature" if treated else "temperature"
    return ""


def _shares(reader: TableReader, grid: Grid, columns: Sequence[Column], row: _Row) -> Iterable[LiteratureRecord]:
    """One record for each element's share."""
    if sum(column.kind == "element" for column in columns) < 2:
        return
    stated = {column.basis for column in columns if column.kind == "element" and column.basis}
    common = next(iter(stated)) if len(stated) == 1 else reader.basis
    for place, column in enumerate(columns):
        amount = cell_amount(row.cells[place]) if column.kind == "element" else None
        if amount is None or amount[0].value is None:
            continue
        basis = column.basis or next(iter(corner(columns)), "") or common
        name = f"{_SHARE_NAMES.get(basis, 'share')} of {column.element}"
        flaws = () if basis else (Flaw(reason="basis_unknown", detail="the table says neither at% nor wt%"),)
        own = tuple(flaw for flaw in row.flaws if flaw.reason in ("sum_not_100",))
        unit = column.unit.text if column.unit else "%"
        reading = Reading(amount[0], unit, 0.01, "1", name, f"{column.element} {unit}".strip(), (*own, *flaws))
        yield _record(reader, grid, replace(row, flaws=()), place, reading, None)


def _values(reader: TableReader, grid: Grid, columns: Sequence[Column], row: _Row) -> Iterable[LiteratureRecord]:
    for place, column in enumerate(columns):
        if column.kind != "property":
            continue
        found = cell_amount(row.cells[place])
        if found is None:
            continue
        amount, unit_text = found
        if amount.sd is None and place + 1 < len(columns) and columns[place + 1].kind == "error":
            spread = read_amount(row.cells[place + 1])
            amount = (
                amount._replace(sd=abs(spread.value)) if spread is not None and spread.value is not None else amount
            )
        reading = valued(amount, column, unit_text)
        if doubt := _doubt(grid, place, column.name):
            reading = reading._replace(flaws=(*reading.flaws, Flaw(reason="property_unknown", detail=doubt)))
        here = replace(row, conditions=under_head(row.conditions, grid.header(place), column.name))
        yield _record(reader, grid, here, place, reading, column)


def _doubt(grid: Grid, place: int, name: str) -> str:
    """Why a column's header does not say what it holds: it says nothing, is a value, or stands over others as well."""
    if not name or is_missing(name) or read_amount(name) is not None:
        return "the header names no property"
    header = grid.header(place)
    is_shared = any(grid.header(other) == header for other in range(grid.n_columns) if other != place)
    return "the same header stands over several columns" if is_shared else ""


def _record(
    reader: TableReader, grid: Grid, row: _Row, place: int, reading: Reading, column: Column | None
) -> LiteratureRecord:
    material = row.material
    origin: Origin = row.origin
    if column is not None and (column.is_calculated or column.is_nominal):
        origin = "calculated" if column.is_calculated else "specified"
    flaws = [*row.flaws, *reading.flaws]
    if origin != "measured":
        flaws.append(
            Flaw(reason="calculated" if origin == "calculated" else "specified", detail=f"{origin}, says the table")
        )
    table_row, table_column = grid.place(row.index, place)
    table = reader.table
    return LiteratureRecord(
        document=table.document,
        page=table.page,
        quote="",
        source="table",
        table=table.label,
        caption=table.caption[:300],
        row=table_row,
        column=table_column,
        material=material.written or table.label,
        label=material.label,
        composition=material.composition,
        basis=material.basis,
        property=reading.property,
        property_written=reading.written,
        conditions=row.conditions,
        origin=origin,
        flaws=tuple(flaws),
        **reading.numbers(),
    )
