"""Which material a row of a table is about: its formula, its label, its columns of elements, or its family."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from eutectic.core.composition import Composition
from eutectic.core.elements import is_element
from eutectic.core.errors import BadInput
from eutectic.core.formula import parse_formula
from eutectic.knowledge.amounts import read_amount
from eutectic.knowledge.conditions import read_conditions
from eutectic.knowledge.formula_text import read_formula
from eutectic.knowledge.labels import Labels, filled
from eutectic.knowledge.materials import Material, StatedBasis, find_materials, of_compounds
from eutectic.knowledge.record import Conditions, Flaw, judged
from eutectic.knowledge.table import Table
from eutectic.knowledge.table_headers import Column, read_header
from eutectic.knowledge.table_states import is_state
from eutectic.knowledge.units import read_basis

_BALANCE = re.compile(r"^(?:bal(?:ance)?\.?|rest|remainder|余量?|base)$", re.IGNORECASE)
_TOO_SMALL = 0.99
_GENERAL = re.compile(r"propert|composition|result|performance|性能|成分|结果", re.IGNORECASE)
"""Upper header cells that say what kind of column stands below, not under which conditions."""
_MARKS = re.compile(r"[*†‡§]+$|[ᵃᵇᶜᵈᵉ]+$")


@dataclass
class TableReader:
    """One table being read."""

    table: Table
    labels: Labels
    fallback: Material | None
    caption: str = field(init=False)
    basis: str = field(init=False)

    def __post_init__(self) -> None:
        self.caption = " ".join((self.table.caption, *self.table.footnotes))
        self.basis = read_basis(self.table.caption) or read_basis(" ".join(self.table.footnotes))


def clean(cell: str) -> str:
    return _MARKS.sub("", cell.strip()).strip()


def row_name(columns: Sequence[Column], cells: Sequence[str]) -> str:
    """What the row is called: its label, else its material as written."""
    named = [place for place, column in enumerate(columns) if column.kind in ("label", "material")]
    plain = [place for place in named if read_formula(clean(cells[place])) is None and cells[place].strip()]
    return clean(cells[(plain or named)[0]]) if plain or named else ""


def is_label(name: str) -> bool:
    return (
        len(name) <= 24
        and not is_element(name)
        and not re.match(r"\d+(?:\.\d+)?\s", name)
        and bool(re.search(r"[A-Za-z\u4e00-\u9fff]|^#\s?\d+$|^\d+\s?#$", name))
        and read_amount(name) is None
    )


def row_material(
    reader: TableReader, columns: Sequence[Column], cells: Sequence[str], heading: str = ""
) -> tuple[Material, list[Flaw]]:
    """The material a row is about, and what speaks against it; a heading row above may name it."""
    name = row_name(columns, cells)
    label = name if is_label(name) else ""
    for place, column in enumerate(columns):
        if column.kind != "material" or not cells[place].strip():
            continue
        material = _cell_material(reader, cells[place], column)
        if material is not None:
            return judged(material._replace(label=material.label or (label if label != material.written else "")))
    shares = [place for place, column in enumerate(columns) if column.kind == "element"]
    if len(shares) >= 2:
        return judged(_assembled(reader, columns, cells, shares, name)._replace(label=label))
    variables = ", ".join(
        f"{column.name} = {cells[place]}" for place, column in enumerate(columns) if column.kind == "variable"
    )
    headed_by = [m.formula for m in find_materials(heading, {}) if m.formula is not None and m.formula.variables]
    for family in headed_by or _families(reader):
        for text in (variables, name):
            if text and (found := filled(family, text)) is not None:
                return judged(found._replace(label=label))
    guest = next((clean(c) for c, column in zip(cells, columns, strict=True) if column.name in _GUESTS), "")
    if is_element(guest) and (host := _with_guest(reader, guest)) is not None:
        return judged(host._replace(label=label))
    if name in reader.labels.materials:
        return judged(reader.labels.materials[name]._replace(label=name))
    if name in reader.labels.numbers and any(column.kind == "label" for column in columns[:1]):
        return judged(reader.labels.numbers[name]._replace(label=name))
    headed = _cell_material(reader, heading, Column("material", "")) if heading else None
    if headed is not None and headed.composition is not None:
        return judged(headed)
    return _outside(reader, name)


_OTHERS = re.compile(r"(?:refs?\.?|references?|sources?|literature|authors?|文献|参考文献)", re.IGNORECASE)
"""Heads of a column that says whose work a row is: of other papers, so not of this one's material."""
_GUESTS = ("M", "X", "TM", "RE", "Me", "Dopant", "dopant")
_GUEST = re.compile(r"(?<=[\d)])(?:TM|RE|Me|M|X)(?=[\d._({]|\b)")


def _with_guest(reader: TableReader, guest: str) -> Material | None:
    """The caption's formula with an element in the place of its `M`: `Fe80Si4B14M2 (M = Cr, Mn)`."""
    filled_in, n = _GUEST.subn(guest, reader.table.caption, count=1)
    if not n:
        return None
    said = [m.material for m in find_materials(filled_in, {}) if not m.is_reagent and guest in m.material.written]
    known = [material for material in said if material.composition is not None]
    return known[0] if known else None


def _outside(reader: TableReader, name: str) -> tuple[Material, list[Flaw]]:
    """The material of a row that names none: the caption's or the document's only one."""
    said = [
        mention.material
        for mention in find_materials(reader.table.caption, reader.labels.materials)
        if not mention.is_reagent
    ]
    only = {material.composition for material in said if material.composition is not None}
    if len(only) == 1:
        return next(material for material in said if material.composition is not None)._replace(label=name[:40]), []
    if reader.fallback is not None and not any(
        _OTHERS.fullmatch(clean(head)) for row in reader.table.headers for head in row
    ):
        flaw = Flaw(
            reason="material_from_context", detail=f"the only material of the document is {reader.fallback.written}"
        )
        return reader.fallback._replace(label=name[:40]), [flaw]
    unknown = Material(name or reader.table.label, None, "unknown", "the row names no composition")
    return judged(unknown)


def _families(reader: TableReader) -> list:  # type: ignore[type-arg]
    """Formulas with a variable: the caption's before the document's only one."""
    own = [m.formula for m in find_materials(reader.table.caption, {}) if m.formula is not None and m.formula.variables]
    if own:
        return own
    open_ones = {family.formula.text: family.formula for family in reader.labels.families}
    return list(open_ones.values()) if len(open_ones) == 1 else []


def _cell_material(reader: TableReader, cell: str, column: Column) -> Material | None:
    text = _unbroken(clean(cell))
    if is_element(text):
        return Material(text, Composition.of({text: 1.0}), "at%")
    if text in reader.labels.materials:
        return reader.labels.materials[text]._replace(label=text)
    mentions = [
        m for m in find_materials(text + _suffix(column, reader), reader.labels.materials) if m.start < len(text)
    ]
    mentions = [m for m in mentions if m.material.composition is not None] or mentions
    if len({m.material.composition for m in mentions}) == 1 and mentions[0].material.composition is not None:
        mentions = [next((m for m in mentions if m.formula is not None), mentions[0])]
    if len(mentions) != 1:
        return None
    mention = mentions[0]
    if mention.formula is not None and mention.formula.variables:
        return filled(mention.formula, text) or mention.material
    rest = clean((text[: mention.start] + text[min(mention.end, len(text)) :]).strip(" ()（）,;:"))
    label = rest if rest and is_label(rest) else mention.material.label
    return mention.material._replace(label=label)


_PIECES = re.compile(r"(?:\(?(?:[A-Z][a-z]?[\d.]*)+\)?[\d.]*)(?:\s(?:\(?(?:[A-Z][a-z]?[\d.]*)+\)?[\d.]*))+")


def _unbroken(text: str) -> str:
    """A cell without the space at which a formula was broken over two lines: `Cu87.5 Zr2.5Al10`."""
    whole = "".join(text.split())
    symbols = re.findall(r"[A-Z][a-z]?", whole)
    is_one = bool(_PIECES.fullmatch(text)) and len(set(symbols)) == len(symbols) and any(map(str.isdigit, whole))
    if not is_one or not all(map(is_element, symbols)) or _is_coded(text, whole):
        return text
    return whole if read_formula(whole) is not None else text


def _is_coded(text: str, whole: str) -> bool:
    """Whether a code of a letter that is an element's symbol too stands before a formula: `P3 SnTe0.7Se0.3`."""
    code, _, rest = text.partition(" ")
    formula = read_formula(rest)
    if formula is None or not re.fullmatch(r"[A-Z]\d{1,2}", code):
        return False
    atoms = [sum(parse_formula(each).values()) for each in (rest, whole)]
    return len(formula.elements) > 2 and (abs(atoms[0] - 100) < 1 or abs(atoms[1] - 100) > 1)


def _suffix(column: Column, reader: TableReader) -> str:
    """The basis that the header or caption states, put behind a formula as a text would."""
    basis = column.basis or reader.basis
    written = {"wt%": " (wt.%)", "at%": " (at.%)", "mol%": " (mol%)"}
    return written.get(basis, "")


def _assembled(
    reader: TableReader, columns: Sequence[Column], cells: Sequence[str], shares: Sequence[int], name: str
) -> Material:
    """A composition from the columns of elements; `Bal.` takes what the others leave."""
    stated = {columns[place].basis for place in shares if columns[place].basis} or corner(columns)
    basis = next(iter(stated)) if len(stated) == 1 else reader.basis
    amounts: dict[str, float] = {}
    balance = ""
    for place in shares:
        cell = clean(cells[place])
        amount = read_amount(cell)
        if _BALANCE.match(cell):
            balance = columns[place].element
        elif amount is not None and amount.value is not None and amount.kind in ("exact", "approx"):
            amounts[columns[place].element] = amount.value
    written = name or " ".join(f"{symbol} {value:g}" for symbol, value in amounts.items())
    total = sum(amounts.values())
    if balance and total < 100:
        amounts[balance], total = 100.0 - total, 100.0
    kept: StatedBasis = basis if basis in ("at%", "wt%", "mol%", "vol%") else "unknown"  # type: ignore[assignment]
    if kept == "unknown":
        return Material(written, None, kept, "basis_unknown: the table says neither at% nor wt%")
    if 0 < total <= 1.01 and all(value <= 1 for value in amounts.values()) and len(amounts) >= 2 and total > _TOO_SMALL:
        amounts, total = {key: 100 * value for key, value in amounts.items()}, 100 * total
    if not 99.0 <= total <= 101.0:
        kind = "incomplete: " if total < 99 else ""
        return Material(written, None, kept, f"{kind}the shares add up to {total:g} %, not 100")
    try:
        if any(not is_element(name) for name in amounts):
            return Material(written, of_compounds(amounts, kept), kept)
        return Material(written, Composition.of(amounts, kept, normalise=True).to("at%"), kept)
    except BadInput as error:
        return Material(written, None, kept, str(error))


def corner(columns: Sequence[Column]) -> set[str]:
    """The basis that the header of the names says for all: `Mass fraction in %`."""
    return {column.basis for column in columns if column.kind in ("label", "material", "text") and column.basis}


def under_heading(conditions: Conditions, heading: str) -> Conditions:
    """A row's conditions with what the heading row above it says: `Annealed at 673 K for 1 h`."""
    if not heading:
        return conditions
    update = {key: value for key, value in read_conditions(heading).model_dump().items() if value}
    return conditions.model_copy(update=update or {"other": (*conditions.other, heading[:60])[:8]})


def state_conditions(text: str) -> Conditions:
    """The conditions of a cell that is a state: a temperature with a time, `723 K, 1 h`, is a heat treatment."""
    if not text[:1].isdigit():
        return read_conditions(text)
    treated = read_conditions(f"annealed at {text}")
    return treated if treated.anneal_time is not None else read_conditions(f"at {text}")


_UNDER = re.compile(r"\b(?:at|after)\b|@|在", re.IGNORECASE)
"""Before the condition that a header names itself: `Hc at 673 K (A/m)`, `HV after annealing at 723 K`."""


def _said_in(head: str) -> dict[str, object] | None:
    """The conditions that a header names behind its property."""
    opened = _UNDER.search(head)
    if opened is None or not head[: opened.start()].strip():
        return None
    said = read_conditions(head[opened.start() :])
    return {key: value for key, value in said.model_dump().items() if value and key != "other"} or None


def under_head(conditions: Conditions, header: str, name: str) -> Conditions:
    """A row's conditions with what the upper rows of a column's header say: a state, a temperature, or other words."""
    found = conditions
    parts = header.split(" | ")
    if (own := _said_in(parts[-1])) is not None:
        found = found.model_copy(update=own)
    for part in parts if is_state(parts[-1]) else parts[:-1]:
        if not part.strip() or part.startswith(name) or _GENERAL.search(part) or read_header(part).property is not None:
            continue
        said = state_conditions(part)
        update = {key: value for key, value in said.model_dump().items() if value}
        update = update or {"other": (*found.other, part)[:8]}
        found = found.model_copy(update=update)
    return found
