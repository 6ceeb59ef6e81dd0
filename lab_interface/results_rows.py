"""Rows of a results table: one filled-in line read into the observation of what was really done."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple, get_args

from eutectic.core.composition import Composition
from eutectic.core.errors import BadInput, BadTable
from eutectic.core.plan import Plan, Sample
from eutectic.core.space import Value
from eutectic.core.trial import AchievedFrom, CauseCode, Measurement, Observation, Status
from eutectic.lab_interface.results_cells import read_cell, read_number
from eutectic.lab_interface.results_thread import thread_of
from eutectic.lab_interface.stock_contents import Source, made_of, sources
from eutectic.lab_interface.worksheet_tables import CAUSE_COLUMN, NOTE_COLUMN, STATUS_COLUMN, components

COLUMN = re.compile(r"(mass|volume|process|value|sd) (.+) \[(.*)\]")
_STATUS: dict[str, Status] = {
    **dict.fromkeys(("", "yes", "y", "x", "ok", "done"), "ok"),
    **dict.fromkeys(("failed", "fail", "no"), "failed"),
    **dict.fromkeys(("abandoned", "skipped"), "abandoned"),
}


class Row(NamedTuple):
    """A line of the file with its cells by header."""

    line: int
    cells: dict[str, str]
    has_decimal_comma: bool

    def numbers(self, kind: str) -> dict[str, tuple[str, str]]:
        """Unit and text by name of the filled cells of a kind of column."""
        found = {}
        for header, text in self.cells.items():
            match = COLUMN.fullmatch(header)
            if match is not None and match[1] == kind and text.strip():
                found[match[2]] = (match[3], text)
        return found

    def number(self, column: str, text: str, *, may_be_negative: bool = False) -> float:
        """A number of a cell; errors name the column."""
        try:
            value = read_number(text, has_decimal_comma=self.has_decimal_comma)
        except BadTable as error:
            raise BadTable(error.what, where=column, mend=error.mend) from None
        if value < 0 and not may_be_negative:
            raise BadTable(f"{text!r} is negative", where=column)
        return value


def observation_of(
    row: Row, sample: Sample, plan: Plan, given: Sequence[Source], attached: Mapping[str, str] | None = None
) -> Observation | None:
    """The observation of a line, or None where nothing is filled in yet; `attached` holds hashes of files by name."""
    said = row.cells.get(STATUS_COLUMN, "").strip().casefold()
    if said not in _STATUS:
        raise BadTable(f"{STATUS_COLUMN} {said!r} is not yes, failed or abandoned")
    measurements = _measurements(row)
    if not said and not measurements:
        return None
    status = _STATUS[said]
    if status == "ok" and not measurements:
        raise BadTable("nothing was measured", mend="give a value, n.d., or failed with a cause")
    made, source = _achieved(row, sample, given)
    return Observation(
        trial=sample.trial,
        composition=made,
        achieved_from=source,
        achieved_sd=sample.achieved_sd,
        process=_process(row, sample),
        measurements=measurements,
        status=status,
        cause=_cause(row, status),
        note=row.cells.get(NOTE_COLUMN, "").strip()[:1000],
        simulated=False,
        instrument=plan.lab,
        cost=round(plan.cost / len(plan.samples), 6),
        hours=round(plan.hours / len(plan.samples), 6),
        **thread_of(row.cells, sample, plan, attached or {}),
    )


def abandoned(sample: Sample, plan: Plan, note: str) -> Observation:
    """The observation of a sample that gave nothing, with why."""
    return Observation(
        trial=sample.trial,
        composition=sample.achieved,
        process=sample.process,
        status="abandoned",
        cause="other",
        note=note,
        simulated=False,
        instrument=plan.lab,
    )


def _cause(row: Row, status: Status) -> CauseCode | None:
    text = row.cells.get(CAUSE_COLUMN, "").strip().casefold().replace(" ", "_")
    if status == "ok":
        return None
    for code in get_args(CauseCode):
        if text == code:
            return code  # type: ignore[no-any-return]
    if text:
        raise BadTable(f"cause {text!r} is not known", mend="one of " + ", ".join(get_args(CauseCode)))
    return "other"


def _measurements(row: Row) -> tuple[Measurement, ...]:
    spreads = row.numbers("sd")
    found = []
    for name, (unit, text) in row.numbers("value").items():
        try:
            reading = read_cell(text, has_decimal_comma=row.has_decimal_comma)
        except BadTable as error:
            raise BadTable(error.what, where=f"value {name}", mend=error.mend) from None
        if reading is None:
            continue
        sd = None
        if name in spreads:
            if spreads[name][0] != unit:
                raise BadTable(f"{name} is in {unit}, its sd in {spreads[name][0]}")
            sd = row.number(f"sd {name}", spreads[name][1])
        found.append(Measurement(property=name, unit=unit, value=reading.value, sd=sd, censoring=reading.censoring))
    lonely = sorted(set(spreads) - {item.property for item in found})
    if lonely:
        raise BadTable(f"sd of {lonely} without a value")
    return tuple(found)


def _achieved(row: Row, sample: Sample, given: Sequence[Source]) -> tuple[Composition, AchievedFrom]:
    """What was really weighed, or the plan where no amount is given."""
    tick = sample.doses[0].tick
    amounts = row.numbers("mass" if tick.endswith("mg") else "volume")
    if not amounts:
        return sample.achieved, "planned"
    wrong = sorted(name for name, (unit, _) in amounts.items() if unit != tick.split()[1])
    if wrong:
        raise BadTable(f"amounts of {wrong} are not in {tick.split()[1]}")
    done = {name: row.number(name, text) for name, (_, text) in amounts.items()}
    missing = sorted({dose.component for dose in sample.doses} - done.keys())
    if missing:
        raise BadTable(f"no amount of {missing}", mend="give what was weighed of every component, or of none")
    strange = sorted(done.keys() - {source.id for source in given})
    if strange:
        raise BadTable(f"{strange} are not components of this plan")
    size = float(tick.split()[0])
    made = made_of({name: value / size for name, value in done.items() if value > 0}, given, sample.achieved.basis)
    return made, "weighed" if tick.endswith("mg") else "dispensed"


def sources_of(plan: Plan) -> list[Source]:
    """What the doses of a plan are made from: its stocks, or else the components, read as it was compiled.

    Raises:
        BadInput: the doses do not make what the plan says.
    """
    names, basis, tick = components(plan), plan.samples[0].achieved.basis, plan.samples[0].doses[0].tick
    candidates = [sources(names, basis, tick, plan.stocks)]
    if not plan.stocks:
        candidates.append([Source(name, {name: 1.0}) for name in names])
    for given in candidates:
        made = [made_of({d.component: d.ticks for d in s.doses}, given, basis) for s in plan.samples]
        if made == [sample.achieved for sample in plan.samples]:
            return given
    raise BadInput("the doses of this plan do not make what it says", where=plan.key, mend="make the plan anew")


def _process(row: Row, sample: Sample) -> dict[str, Value]:
    """Process values as they were done; those left empty as planned."""
    done = dict(sample.process)
    for name, (_, text) in row.numbers("process").items():
        if name not in sample.process:
            raise BadTable(f"{name!r} is not a process variable of this sample")
        if isinstance(sample.process[name], str):
            done[name] = text.strip()
            continue
        number = row.number(name, text, may_be_negative=True)
        is_whole = isinstance(sample.process[name], int) and number == int(number)
        done[name] = int(number) if is_whole else number
    return done
