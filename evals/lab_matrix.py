"""The matrix of labs and faults: what catches each, beside what the peers' own tools let through."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path

from eutectic.core.errors import MissingExtra
from eutectic.core.record import Record
from eutectic.evals.lab_conformance import PLAN_FAULTS, SCENARIOS, tried
from eutectic.evals.lab_kills import killed
from eutectic.evals.lab_programs import PROGRAM_FAULTS, caught_by_ledger, caught_by_simulator
from eutectic.lab_interface.registry import lab_names

PEERS: dict[str, tuple[str, str, str]] = {
    "source overdrawn": ("caught", "missed", "missed"),
    "empty source": ("caught", "missed", "missed"),
    "well overfilled": ("caught", "missed", "missed"),
    "above tip capacity": ("caught", "caught", "missed"),
    "no tip": ("caught", "caught", "-"),
    "tip reused": ("caught", "caught", "-"),
    "dispense above tip content": ("caught", "caught", "-"),
    "negative volume": ("missed", "caught", "missed"),
    "NaN volume": ("missed", "caught", "-"),
    "zero volume": ("missed", "missed", "-"),
    "below minimum": ("missed", "missed", "-"),
    "dirty tip into stock": ("missed", "missed", "-"),
}
"""PyLabRobot 0.2.2 with tracking on, Opentrons 8.8.2 simulate, Autoprotocol 10.3.0: measured before this was built."""


class Cell(Record):
    """One fault against one lab."""

    fault: str
    lab: str
    verdict: str
    by: str


def matrix(labs: tuple[str, ...], is_smoke: bool) -> list[Cell]:
    """Every fault against every lab; a lab whose software is missing is said to be skipped."""
    scenarios = dict(SCENARIOS)
    if is_smoke:
        scenarios["kill -9 at transitions"] = partial(killed, submitter=(2,), worker=(2, 4))
    SCENARIOS.update(scenarios)
    found = []
    for lab in labs:
        for fault in scenarios:
            with tempfile.TemporaryDirectory() as place:
                try:
                    found.append(Cell(fault=fault, lab=lab, **tried(fault, lab, Path(place))._asdict()))
                except MissingExtra as error:
                    found.append(Cell(fault=fault, lab=lab, verdict="skipped", by=str(error)))
    return found


def programs() -> list[Cell]:
    """Every fault of a pipetting program against our ledger and against PyLabRobot's simulator, now."""
    found = []
    for fault in PROGRAM_FAULTS:
        ours = caught_by_ledger(fault)
        found.append(Cell(fault=fault, lab="ledger", verdict="caught" if ours else "missed", by=ours))
        try:
            theirs = caught_by_simulator(fault)
            cell = Cell(fault=fault, lab="pylabrobot", verdict="caught" if theirs else "missed", by=theirs)
        except MissingExtra as error:
            cell = Cell(fault=fault, lab="pylabrobot", verdict="skipped", by=str(error))
        found.append(cell)
    return found


def text(cells: list[Cell], programs_: list[Cell]) -> str:
    """Both tables for a terminal."""
    peers = "earlier: PyLabRobot / Opentrons / Autoprotocol"
    lines = ["faults of a pipetting program", f"{'fault':<28}{'our ledger':<36}{'PyLabRobot now':<26}{peers}"]
    for fault in PROGRAM_FAULTS:
        ours, theirs = (cell for cell in programs_ if cell.fault == fault)
        shown = theirs.by[:24] if theirs.verdict != "missed" else "accepts it"
        lines.append(f"{fault:<28}{ours.by or 'MISSED':<36}{shown:<26}{' / '.join(PEERS.get(fault, ('-', '-', '-')))}")
    lines.append("")
    lines.append("every fault against every lab")
    for lab in dict.fromkeys(cell.lab for cell in cells):
        lines.append(lab)
        for cell in cells:
            if cell.lab == lab:
                lines.append(f"  {cell.fault:<28}{cell.verdict:<9}{cell.by[:110]}")
    bad = [cell for cell in (*cells, *(c for c in programs_ if c.lab == "ledger")) if cell.verdict == "missed"]
    n = sum(cell.verdict in ("caught", "held") for cell in cells)
    lines.append(f"{n} caught or held, {len(bad)} missed, {sum(c.verdict == 'n/a' for c in cells)} do not apply")
    return "\n".join(lines)


def run(names: tuple[str, ...], is_smoke: bool) -> tuple[list[Cell], list[Cell]]:
    """Both tables; `names` empty for every lab a spec can open."""
    labs = names or tuple(name for name in lab_names() if name != "replay")
    return matrix(labs, is_smoke), programs()


__all__ = ["PEERS", "PLAN_FAULTS", "Cell", "run", "text"]
