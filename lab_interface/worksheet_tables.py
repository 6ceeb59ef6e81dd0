"""Tables of a worksheet: the transfers to make and the template for results, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import NamedTuple

from eutectic.core.objective import Objective, Screen
from eutectic.core.plan import Plan
from eutectic.core.space import ProcessVariable
from eutectic.core.stock import Tick

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
STATUS_COLUMN, CAUSE_COLUMN, NOTE_COLUMN = "done", "cause", "note"
OPERATOR_COLUMN, START_COLUMN, END_COLUMN = "operator", "start", "end"
LOTS_COLUMN, DEVIATION_COLUMN, FILES_COLUMN = "lots", "deviation", "raw files"
THREAD_COLUMNS = (OPERATOR_COLUMN, START_COLUMN, END_COLUMN, LOTS_COLUMN, DEVIATION_COLUMN, FILES_COLUMN)
"""Who did it and when, with which lots, what went otherwise than planned, and the files the instrument wrote."""
TEXT_COLUMNS = ("sample", "plan", STATUS_COLUMN, CAUSE_COLUMN, *THREAD_COLUMNS, NOTE_COLUMN)
"""Columns that hold text, whatever it looks like."""


def plan_mark(plan: Plan) -> str:
    """What a sheet says of its plan, such as `plan-0f3a..`: text that no spreadsheet takes for a number."""
    return f"plan-{plan.sha256[:16]}"


def neutral(cell: str) -> str:
    """A text cell that no spreadsheet runs as a formula: an apostrophe before `=`, `+`, `-`, `@`, tab or newline."""
    return f"'{cell}" if cell.startswith(_DANGEROUS) else cell


def unneutral(cell: str) -> str:
    """The text that `neutral` was given."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_DANGEROUS) else cell


def amount_unit(tick: str) -> str:
    """`mg` or `uL`."""
    return tick.split()[1]


def amount(ticks: int, tick: str) -> str:
    """An amount in the unit of the tick, with the digits the balance shows."""
    size = tick.split()[0]
    return f"{ticks * float(size):.1f}" if size == "0.1" else str(ticks)


def components(plan: Plan) -> list[str]:
    """Every component or stock that a sample of the plan takes, in alphabetical order."""
    return sorted({dose.component for sample in plan.samples for dose in sample.drawn})


def ticks_of(plan: Plan) -> dict[str, Tick]:
    """The tick of each component or stock of a plan."""
    return {dose.component: dose.tick for sample in plan.samples for dose in sample.drawn}


THE_PREMIX = "the pre-mix"
"""Stands for a component where a part of the mixture is meant."""
_IN_PREMIX = " (pre-mix)"


def in_premix(component: str) -> str:
    """What a component is called in the column for its dose into the pre-mix vessel."""
    return component + _IN_PREMIX


def dosed_names(plan: Plan) -> dict[str, Tick]:
    """Name and tick of every amount that a person may write down for this plan, in the order of the columns."""
    direct = sorted({(d.component, d.tick) for sample in plan.samples for d in sample.doses})
    premixes = [sample.premix for sample in plan.samples if sample.premix is not None]
    mixed = sorted({(in_premix(d.component), d.tick) for premix in premixes for d in premix.doses})
    taken = [(THE_PREMIX, premixes[0].tick)] if premixes else []
    return dict([*mixed, *taken, *direct])


def amount_column(component: str, tick: str) -> str:
    """Header of the column for what was really weighed or dispensed."""
    return f"{'mass' if amount_unit(tick) == 'mg' else 'volume'} {component} [{amount_unit(tick)}]"


def process_column(variable: ProcessVariable) -> str:
    """Header of the column for a process value as it was really done."""
    return f"process {variable.name} [{variable.unit}]"


def value_columns(objective: Objective | Screen) -> tuple[str, str]:
    """Headers of the columns for a measured value and its standard uncertainty."""
    return f"value {objective.property} [{objective.unit}]", f"sd {objective.property} [{objective.unit}]"


class Grid(NamedTuple):
    """A table of texts: header and rows."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def transfers_table(plan: Plan) -> Grid:
    """One line per movement, in the order of weighing: stock by stock, so that each bottle is opened once."""
    header = ("step", "sample", "vessel", "component", "amount", "unit", "plan")
    rows = tuple(
        (str(t.number), t.sample, t.vessel, t.stock, amount(t.ticks, t.tick), amount_unit(t.tick), plan_mark(plan))
        for t in plan.transfers
    )
    return Grid(header, rows)


def results_table(plan: Plan, objectives: Sequence[Objective | Screen], process: Sequence[ProcessVariable]) -> Grid:
    """One line per sample, to be filled in with what was really done and measured."""
    header = ["sample", "plan", STATUS_COLUMN, CAUSE_COLUMN]
    header += [amount_column(name, tick) for name, tick in dosed_names(plan).items()]
    header += [process_column(variable) for variable in process]
    header += [column for objective in objectives for column in value_columns(objective)]
    header += [*THREAD_COLUMNS, NOTE_COLUMN]
    empty = ("",) * (len(header) - 2)
    return Grid(tuple(header), tuple((s.sample, plan_mark(plan), *empty) for s in plan.samples))


def table_csv(table: Grid) -> bytes:
    """A table as CSV that spreadsheets open as it is: UTF-8 with BOM, every cell neutral."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows([[neutral(cell) for cell in row] for row in (table.header, *table.rows)])
    return ("\ufeff" + out.getvalue()).encode()
