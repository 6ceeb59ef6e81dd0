"""The table of observations as CSV: one row an observation, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io

from eutectic.agents.report.ledger import Ledger
from eutectic.agents.report.results import Results, Row
from eutectic.core.record import significant
from eutectic.core.trial import Measurement, Observation
from eutectic.tools.drift import interval

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
_CORRECTED = ("corrected", "corrected sd", "low 90 %", "high 90 %")
_THREAD = ("operator", "started_at", "ended_at", "devices", "lots", "raw_files", "deviation")


def neutral(text: str) -> str:
    """Text that a spreadsheet takes as text: one that could begin a formula gets an apostrophe in front."""
    return f"'{text}" if text.lstrip(" ").startswith(_DANGEROUS) or text.startswith(_DANGEROUS) else text


def observations_csv(ledger: Ledger, results: Results) -> str:
    """Every observation with its achieved composition (fractions of 1), process, values, status and cost.

    Values are as they were measured; where drift is known the corrected ones stand beside them.
    """
    space = ledger.spec.space
    properties = _properties(ledger, results)
    head = ["trial", "round", "experiment", "purpose", "source", "status", "cause", "set_aside", "simulated", "basis"]
    head += [*space.component_names, "achieved_from", *(variable.name for variable in space.process)]
    for name in properties:
        head += [name, f"{name} sd", f"{name} censoring", f"{name} unit"]
        head += [f"{name} {word}" for word in _CORRECTED] if ledger.view.drift is not None else []
    head += ["cost", "currency", "hours", "started_h", "instrument", "note", *_THREAD]
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([neutral(cell) for cell in head])
    for row in results.measured:
        writer.writerow([neutral(cell) if isinstance(cell, str) else cell for cell in _cells(row, ledger, properties)])
    return buffer.getvalue()


def _properties(ledger: Ledger, results: Results) -> list[str]:
    names = [objective.property for objective in ledger.spec.objectives]
    for row in results.measured:
        names += [m.property for m in row.observation.measurements] if row.observation else []
    return list(dict.fromkeys(names))


def _cells(row: Row, ledger: Ledger, properties: list[str]) -> list[str | float | int | None]:
    seen, corrected = row.raw, row.observation
    assert seen is not None and corrected is not None
    space = ledger.spec.space
    cells: list[str | float | int | None] = [
        row.trial.id, row.round, row.number, row.trial.purpose, row.trial.source, seen.status, seen.cause or "",
        row.excluded, "true" if seen.simulated else "false", seen.composition.basis,
    ]  # fmt: skip
    cells += [round(value, 9) for value in seen.composition.vector(space.component_names)]
    cells.append(seen.achieved_from)
    cells += [seen.process.get(v.name, row.trial.process.get(v.name)) for v in space.process]
    found = {m.property: (m, c) for m, c in zip(seen.measurements, corrected.measurements, strict=True)}
    for name in properties:
        item, better = found.get(name, (None, None))
        cells += [item.value, item.sd, item.censoring, item.unit] if item else [None, None, "", ""]
        if ledger.view.drift is not None:
            cells += [better.value, better.sd, *_bounds(ledger, item, row.round)] if item and better else [None] * 4
    cells += [seen.cost, ledger.spec.budget.currency, seen.hours, seen.started_h, seen.instrument, seen.note]
    return [*cells, *_thread(seen)]


def _bounds(ledger: Ledger, item: Measurement, number: int) -> tuple[float | None, float | None]:
    """The 90 % interval of a value that was read, where its drift is known."""
    known = ledger.view.drift.properties if ledger.view.drift is not None else ()
    drift = next((one for one in known if one.property == item.property), None)
    if drift is None or item.value is None or item.censoring != "none":
        return None, None
    low, high = interval(drift, item.value, number)
    return significant(low, 6), significant(high, 6)


def _thread(seen: Observation) -> list[str]:
    """Who, when, on what, from which lots, with which raw files."""
    devices = [f"{item.name} {item.software}".strip() for item in seen.devices]
    lots = [f"{item.stock}={item.lot}" for item in seen.stocks if item.lot]
    return [seen.operator, seen.started_at, seen.ended_at, "; ".join(devices), "; ".join(lots),
            "; ".join(seen.artifacts), seen.deviation]  # fmt: skip
