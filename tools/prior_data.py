"""Earlier measurements: a table turned into observations a campaign may learn from, with what was refused and why."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple, get_args

from eutectic.core.composition import Composition
from eutectic.core.errors import BadInput, BadTable
from eutectic.core.space import Categorical, Integer, Value
from eutectic.core.spec import CampaignSpec
from eutectic.core.trial import FIRST_PRIOR_ROUND, CauseCode, Measurement, Observation, Status
from eutectic.tools.prior_columns import Columns, find_columns
from eutectic.tools.tables import Row, Table, read_table

_SUM_TOLERANCE = 0.006
"""Relative: rounding to 0.1 % in ten components may shift a sum by half a percent."""
_FIRST_BLOCK = 999


class Refused(NamedTuple):
    """A row that was left out, and why."""

    line: int
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"


class Prior(NamedTuple):
    """Earlier measurements, the rows that were refused, and what was assumed."""

    observations: list[Observation]
    refused: list[Refused]
    notes: list[str]


class _RowRefused(Exception):
    """This row cannot be used; the others can."""


def prior_trial_id(index: int) -> str:
    """The trial ID of the earlier measurement number `index` (from 0): `r00-s001` to `r00-s999`, then blocks from
    `r900000` on, which no campaign reaches."""
    block, slot = divmod(index, _FIRST_BLOCK)
    return f"r00-s{slot + 1:03d}" if block == 0 else f"r{FIRST_PRIOR_ROUND + block - 1}-s{slot + 1:03d}"


def read_prior(path: Path, spec: CampaignSpec) -> Prior:
    """The observations of a table of earlier measurements.

    Compositions stand in a column per component (percent or fractions, by the sums of the rows) or in one called
    `formula`; properties and process variables in columns of their names, with or without the unit. A composition
    outside the search space is kept, since models may learn from it; one with other components is refused.

    Raises:
        BadTable: the table as a whole cannot be read with certainty; the message holds file, line and column.
    """
    table = read_table(path)
    columns = find_columns(table, spec)
    for column in (*columns.components, *columns.properties.values(), *columns.sds.values()):
        table.require_numbers(column)
    scale = _scale(table, columns) if columns.components else 1.0
    observations: list[Observation] = []
    refused: list[Refused] = []
    for row in table.rows:
        try:
            trial = prior_trial_id(len(observations))
            observations.append(_observation(table, row, columns, spec, scale, trial))
        except _RowRefused as error:
            refused.append(Refused(row.line, str(error)))
    if not observations:
        first = refused[0]
        raise BadTable(f"no row can be used; the first: {first.reason}", where=f"{table.name}:{first.line}")
    return Prior(observations, refused, [*table.notes, *columns.notes])


def _observation(table: Table, row: Row, columns: Columns, spec: CampaignSpec, scale: float, trial: str) -> Observation:
    text = {key: table.cell(row, column).text for key, column in columns.other.items()}
    status = _status(text.get("status", ""))
    measurements = _measurements(table, row, columns, spec)
    if status == "ok" and not measurements:
        raise _RowRefused("no property was measured")
    cause = text.get("cause", "") or None
    if cause is not None and cause not in get_args(CauseCode):
        raise _RowRefused(f"cause {cause!r} is not one of {', '.join(get_args(CauseCode))}")
    return Observation.model_validate(
        {
            "trial": trial,
            "composition": _composition(table, row, columns, spec, scale),
            "achieved_from": "measured",
            "process": _process(table, row, columns, spec),
            "measurements": measurements,
            "status": status,
            "cause": cause,
            "note": text.get("note", "") or f"{table.name} line {row.line}",
            "simulated": _is_calculated(text),
            "instrument": text.get("instrument", ""),
        }
    )


def _is_calculated(text: dict[str, str]) -> bool:
    """Whether a row is marked as calculated; one that only its instrument calls so is no measurement and is refused."""
    origin = text.get("origin", "").strip().lower()
    if origin in ("calculated", "simulated"):
        return True
    if origin not in ("", "measured"):
        raise _RowRefused(f"origin {origin!r} is not one of measured, calculated, simulated")
    if text.get("instrument", "").lower().startswith(("calculated", "simulated", "dft")):
        raise _RowRefused("its instrument says that it was calculated; mark it in a column called origin")
    return False


def _status(text: str) -> Status:
    plain = text.strip().lower() or "ok"
    if plain not in get_args(Status):
        raise _RowRefused(f"status {text!r} is not one of {', '.join(get_args(Status))}")
    status: Status = plain  # type: ignore[assignment]
    return status


def _measurements(table: Table, row: Row, columns: Columns, spec: CampaignSpec) -> tuple[Measurement, ...]:
    found = []
    for name, unit in (*spec.asked("data"), *spec.asked("screen")):
        column = columns.properties.get(name)
        cell = table.cell(row, column) if column else None
        if cell is None or cell.value is None:
            continue
        sd = cell.sd
        if sd is None and (sd_column := columns.sds.get(name)):
            sd = table.cell(row, sd_column).value
        if sd is not None and sd < 0:
            raise _RowRefused(f"the uncertainty of {name} is negative")
        value, censoring = cell.value, cell.censoring
        found.append(Measurement(property=name, unit=unit, value=value, sd=sd, censoring=censoring))
    return tuple(found)


def _process(table: Table, row: Row, columns: Columns, spec: CampaignSpec) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for variable in spec.space.process:
        cell = table.cell(row, columns.process[variable.name])
        if cell.is_missing:
            raise _RowRefused(f"process variable {variable.name!r} is missing")
        if isinstance(variable, Categorical):
            values[variable.name] = cell.text
        elif cell.value is None or cell.censoring != "none":
            raise _RowRefused(f"{variable.name} {cell.text[:40]!r} is not a number")
        elif isinstance(variable, Integer):
            if cell.value != int(cell.value):
                raise _RowRefused(f"{variable.name} {cell.text!r} is not a whole number")
            values[variable.name] = int(cell.value)
        else:
            values[variable.name] = cell.value
    return values


def _amounts(table: Table, row: Row, columns: Columns) -> dict[str, float]:
    """Amounts by component as they stand; an empty cell is 0, which the sum then confirms or refutes."""
    return {name: table.cell(row, column).value or 0.0 for column, name in columns.components.items()}


def _scale(table: Table, columns: Columns) -> float:
    """1 where rows add up to 1, 100 where they add up to 100.

    Raises:
        BadTable: some rows add up to 1 and others to 100, or none to either.
    """
    rows: dict[float, list[Row]] = {1.0: [], 100.0: []}
    for row in table.rows:
        inside = sum(_amounts(table, row, columns).values())
        for scale, found in rows.items():
            total = inside + sum(_foreign(table, row, columns, scale).values())
            if any(abs(value - scale) <= _SUM_TOLERANCE * scale for value in (inside, total)):
                found.append(row)
    if all(rows.values()):
        scale, other = sorted(rows, key=lambda key: len(rows[key]), reverse=True)
        raise BadTable(
            f"this row adds up to {other:g}, most others to {scale:g}",
            where=f"{table.name}:{rows[other][0].line}",
            mend="write all compositions in percent or all in fractions",
        )
    for scale, found in rows.items():
        if found:
            return scale
    first = table.rows[0]
    total = sum(_amounts(table, first, columns).values())
    raise BadTable(
        f"the components add up to {total:g}, and no row adds up to 1 or 100",
        where=f"{table.name}:{first.line}",
        mend="give every component of the composition, in percent or as fractions",
    )


def _foreign(table: Table, row: Row, columns: Columns, scale: float) -> dict[str, float]:
    """Shares in columns named like elements outside the space; larger values (Tc in kelvin) cannot be shares."""
    values = {name: table.cell(row, name).value or 0.0 for name in columns.foreign}
    return {name: value for name, value in values.items() if 0 < value <= scale}


def _composition(table: Table, row: Row, columns: Columns, spec: CampaignSpec, scale: float) -> Composition:
    if not columns.components:
        return _from_formula(table, row, columns, spec)
    cells = [table.cell(row, column) for column in columns.components]
    amounts = _amounts(table, row, columns)
    if any(cell.censoring != "none" for cell in cells):
        raise _RowRefused("a share is only known to lie below or above a limit")
    if any(value < 0 for value in amounts.values()):
        raise _RowRefused("a share is negative")
    total = sum(amounts.values())
    foreign = _foreign(table, row, columns, scale)
    if foreign and abs(total + sum(foreign.values()) - scale) <= abs(total - scale):
        names = ", ".join(f"{name} {value:g}" for name, value in foreign.items())
        raise _RowRefused(f"holds {names}, which the search space has not")
    if abs(total - scale) > _SUM_TOLERANCE * scale:
        raise _RowRefused(f"the components add up to {total:g}, not {scale:g}")
    return _in_basis(Composition.of(amounts, columns.basis, normalise=True), spec)


def _from_formula(table: Table, row: Row, columns: Columns, spec: CampaignSpec) -> Composition:
    text = table.cell(row, columns.formula or "").text
    try:
        composition = Composition.from_formula(text)
    except BadInput as error:
        raise _RowRefused(str(error)) from error
    strange = sorted(set(composition.fractions) - set(spec.space.component_names))
    if strange:
        raise _RowRefused(f"holds {', '.join(strange)}, which the search space has not")
    return _in_basis(composition, spec)


def _in_basis(composition: Composition, spec: CampaignSpec) -> Composition:
    try:
        return composition.to(spec.space.basis)
    except BadInput as error:
        raise _RowRefused(f"cannot be turned into {spec.space.basis}: {error}") from error
