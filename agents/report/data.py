"""The data section: every trial with what was asked, achieved, predicted and measured."""

from __future__ import annotations

from collections.abc import Sequence

from eutectic.agents.report.blocks import Section, Table
from eutectic.agents.report.ledger import Ledger
from eutectic.agents.report.results import Results, Row
from eutectic.agents.report.wording import number, plural, process_text, short_formula
from eutectic.core.objective import Objective
from eutectic.core.quantity import headed

MOST_ROWS = 2000
_KEPT_ENDS = 500


def data_section(ledger: Ledger, results: Results) -> Section:
    """One row a trial; a long campaign is thinned, and the table says so."""
    rows, note = _thinned(results)
    objectives = ledger.spec.objectives
    has_process = bool(ledger.spec.space.process)
    head = ("trial", f"composition ({ledger.spec.space.basis})", *(("process",) if has_process else ()))
    head += tuple(headed(o.property, o.unit) for o in objectives)
    screen = ledger.spec.screen
    head += () if screen is None else (headed(screen.property, screen.unit),)
    head += ("status", "purpose", "chosen by")
    start = 3 if has_process else 2
    table = Table(
        head,
        tuple(_cells(row, ledger, objectives, has_process) for row in rows),
        f"{note}Achieved compositions where something came back, else those asked for. < and > mark readings beyond "
        "the instrument. The complete table is observations.csv.",
        frozenset(range(start, start + len(objectives) + (screen is not None))),
        fold=f"All {plural(len(results.rows), 'trial')}",
        is_sortable=True,
        anchors=True,
    )
    return Section("data", "All trials", (table,))


def _thinned(results: Results) -> tuple[Sequence[Row], str]:
    rows = results.rows
    if len(rows) <= MOST_ROWS:
        return rows, ""
    front = {row.trial.id for recipe in results.front for row in recipe.rows}
    kept = [row for place, row in enumerate(rows)
            if place < _KEPT_ENDS or place >= len(rows) - _KEPT_ENDS or row.trial.id in front]  # fmt: skip
    return kept, f"Thinned: the first and last {_KEPT_ENDS} trials and the best ones, {len(kept)} of {len(rows)}. "


def _cells(row: Row, ledger: Ledger, objectives: Sequence[Objective], has_process: bool) -> tuple[str, ...]:
    done = row.observation.process if row.observation and row.observation.process else row.trial.process
    cells = [row.trial.id, short_formula(row.composition)]
    if has_process:
        cells.append(process_text(done, ledger.spec))
    cells += [_reading(row, o.property) for o in objectives]
    cells += [_reading(row, name) for name, _ in ledger.spec.asked("screen")]
    status: str = row.observation.status if row.observation else "not measured yet"
    if row.observation and row.observation.cause:
        status += f": {row.observation.cause.replace('_', ' ')}"
    if row.excluded:
        status += ", set aside"
    return (*cells, status, row.trial.purpose, row.trial.source)


def _reading(row: Row, name: str) -> str:
    for item in row.observation.measurements if row.observation else ():
        if item.property == name:
            sign = {"none": "", "below": "< ", "above": "> "}[item.censoring]
            return "-" if item.value is None else f"{sign}{number(item.value)}"
    return "-"
