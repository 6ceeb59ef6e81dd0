"""What each column of a table of earlier measurements stands for, by its header and the spec."""

from __future__ import annotations

import re
from typing import NamedTuple

from eutectic.core.composition import Basis
from eutectic.core.elements import is_element
from eutectic.core.errors import BadTable
from eutectic.core.quantity import headed
from eutectic.core.spec import CampaignSpec
from eutectic.tools.tables import Table

_FORMULA = ("formula", "composition", "alloy", "成分", "化学式", "合金成分")
_SD = re.compile(r"[ _.-]?(?:sd|std|stdev|stddev|sigma|uncertainty|err|error|±|标准差)", re.IGNORECASE)
_BASES: dict[str, Basis] = {"at%": "at%", "wt%": "wt%", "mol%": "mol%", "vol%": "vol%", "mass%": "wt%", "w%": "wt%"}
_SAME_SIGN = str.maketrans(
    {"μ": "u", "µ": "u", "\u03a9": "ohm", "\u2126": "ohm", "℃": "degC", "°": "deg", "²": "2", "³": "3"}
)


class Columns(NamedTuple):
    """Header names by what they stand for."""

    components: dict[str, str]
    """Component of the space by column."""
    foreign: list[str]
    """Columns named like elements that are not in the space."""
    formula: str | None
    basis: Basis
    properties: dict[str, str]
    """Column by property."""
    sds: dict[str, str]
    """Column of the standard uncertainty by property."""
    process: dict[str, str]
    """Column by process variable."""
    other: dict[str, str]
    """Column by `status`, `cause`, `note`, `instrument`, `origin`."""
    notes: list[str]


def find_columns(table: Table, spec: CampaignSpec) -> Columns:
    """The meaning of the columns of a table.

    Raises:
        BadTable: a unit differs, or there is no composition, no property, or a process variable is missing.
    """
    where = f"{table.name}:1"
    notes: list[str] = []
    units = {objective.property: objective.unit for objective in spec.objectives}
    properties = {name: found for name, unit in units.items() if (found := _with_unit(table, name, unit, notes))}
    read = {name: found for name, unit in spec.asked("screen") if (found := _with_unit(table, name, unit, notes))}
    properties |= read
    if not properties:
        wanted = " or ".join(headed(name, unit) for name, unit in units.items())
        raise BadTable("no column holds a property of the spec", where=where, mend=f"name a column {wanted}")
    process = {}
    for variable in spec.space.process:
        found = _with_unit(table, variable.name, variable.unit, notes)
        if found is None:
            raise BadTable(f"no column holds process variable {variable.name!r}", where=where, mend="add the column")
        process[variable.name] = found
    taken = {*properties.values(), *process.values()}
    components, bases = _components(table, spec, taken)
    formula = next((c for c in table.columns if c.lower() in _FORMULA and c not in taken), None)
    if not components and formula is None:
        raise BadTable(
            "no column holds the composition",
            where=where,
            mend=f"add a column per component ({', '.join(spec.space.component_names[:4])}, ..) or one called formula",
        )
    if len(bases) > 1:
        raise BadTable(f"the headers mix {' and '.join(sorted(bases))}", where=where, mend="use one basis")
    basis = next(iter(bases)) if bases else spec.space.basis
    if components and not bases:
        notes.append(f"the compositions are taken to be in {basis}, as the search space is")
    sds = {name: column for name in properties if (column := _sd(table, name, taken))}
    foreign = [c for c in table.columns if is_element(c) and c not in components and c not in taken]
    other = {c.lower(): c for c in table.columns if c.lower() in ("status", "cause", "note", "instrument", "origin")}
    return Columns(components, foreign, formula, basis, properties, sds, process, other, notes)


def _components(table: Table, spec: CampaignSpec, taken: set[str]) -> tuple[dict[str, str], set[Basis]]:
    found: dict[str, str] = {}
    bases: set[Basis] = set()
    for column in table.columns:
        for name in spec.space.component_names:
            if column in taken or not column.startswith(name):
                continue
            tail = re.sub(r"[ _.()\[\]/,-]", "", column[len(name) :]).lower()
            if tail not in ("", "%", "fraction", *_BASES, "at", "wt", "mol", "vol", "atpct", "wtpct"):
                continue
            if name in found.values():
                raise BadTable(f"two columns hold {name}", where=f"{table.name}:1: {column}", mend="remove one")
            found[column] = name
            basis = _BASES.get(tail) or _BASES.get(tail.removesuffix("pct") + "%")
            if basis:
                bases.add(basis)
    return found, bases


def same_unit(first: str, second: str) -> bool:
    """Whether two texts write the same unit: `A/m`, `A_m`, `Am`; `µm`, `um`; `1`, `-` and nothing."""

    def bare(unit: str) -> str:
        unit = unit.translate(_SAME_SIGN).replace("percent", "%").replace("pct", "%")
        return re.sub(r"[^0-9A-Za-z%]|^1$", "", unit)

    return bare(first) == bare(second)


def _with_unit(table: Table, name: str, unit: str, notes: list[str]) -> str | None:
    """The column of a property or process variable: `Bs`, `Bs (T)`, `Bs [T]`, `Bs / T` or `Bs_T`."""
    wrong = None
    for column in table.columns:
        if column == name:
            if unit not in ("", "1"):
                notes.append(f"column {column!r} names no unit; taken to be {unit}")
            return column
        match = re.fullmatch(rf"{re.escape(name)}(?:\s*[(\[](.*)[)\]]|\s*/\s*(.+)|,\s*(.+)|_(.+))", column)
        if match is None:
            continue
        given = next(group for group in match.groups() if group is not None)
        if same_unit(given, unit):
            return column
        if not _SD.fullmatch(given):
            wrong = wrong or (column, given)
    if wrong is not None:
        raise BadTable(
            f"the header gives {name!r} in {wrong[1]!r}, the spec in {unit!r}",
            where=f"{table.name}:1: {wrong[0]}",
            mend=f"convert the column and name it {headed(name, unit)}",
        )
    return None


def _sd(table: Table, name: str, taken: set[str]) -> str | None:
    for column in table.columns:
        tail = re.sub(r"\s*[(\[].*[)\]]$", "", column)[len(name) :] if column.startswith(name) else ""
        if column not in taken and tail and _SD.fullmatch(tail.strip()):
            return column
    return None
