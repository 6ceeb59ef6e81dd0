"""Rows of a results table: one filled-in line read into the observation of what was really done."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple, get_args

from eutectic.core.composition import Composition
from eutectic.core.errors import BadInput, BadTable
from eutectic.core.plan import Dose, Plan, Sample
from eutectic.core.space import Value
from eutectic.core.trial import AchievedFrom, CauseCode, Measurement, Observation, Status
from eutectic.lab_interface.results_cells import read_cell, read_number
from eutectic.lab_interface.results_thread import thread_of
from eutectic.lab_interface.stock_contents import Source, made_of, sources
from eutectic.lab_interface.worksheet_tables import (
    CAUSE_COLUMN,
    NOTE_COLUMN,
    STATUS_COLUMN,
    THE_PREMIX,
    components,
    in_premix,
    ticks_of,
)

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
    """What was really weighed or dispensed, or the plan where no amount is given."""
    planned = planned_amounts(sample)
    amounts = row.numbers("mass") | row.numbers("volume")
    if not amounts:
        return sample.achieved, "planned"
    known = {name for source in given for name in (source.id, in_premix(source.id))} | {THE_PREMIX}
    strange = sorted(amounts.keys() - known)
    if strange:
        raise BadTable(f"{strange} are not components of this plan")
    ticks = {source.id: sample.drawn[0].tick for source in given} | {name: dose.tick for name, dose in planned.items()}
    unit = {name: ticks.get(name, sample.drawn[0].tick).split()[1] for name in amounts}
    wrong = sorted(name for name, (given_unit, _) in amounts.items() if given_unit != unit[name])
    if wrong:
        raise BadTable(f"amounts of {wrong} are not in {unit[wrong[0]]}")
    done = {
        name: row.number(name, text) / float(ticks.get(name, sample.drawn[0].tick).split()[0])
        for name, (_, text) in amounts.items()
    }
    missing = sorted(planned.keys() - amounts.keys())
    if missing:
        raise BadTable(f"no amount of {missing}", mend="give what was weighed of every component, or of none")
    made = made_of(_contents(done, given), given, sample.achieved.basis)
    return made, "weighed" if set(unit.values()) == {"mg"} else "dispensed"


def planned_amounts(sample: Sample) -> dict[str, Dose]:
    """What the sheet asks for by the name it has in the results table."""
    found = {dose.component: dose for dose in sample.doses}
    if sample.premix is not None:
        found |= {in_premix(dose.component): dose for dose in sample.premix.doses}
        found[THE_PREMIX] = Dose(component=THE_PREMIX, ticks=sample.premix.take, tick=sample.premix.tick)
    return found


def _contents(done: Mapping[str, float], given: Sequence[Source]) -> dict[str, float]:
    """Ticks by source in the sample in the end, none of zero."""
    mixed = {source.id: done.get(in_premix(source.id), 0.0) for source in given}
    size, taken = sum(mixed.values()), done.get(THE_PREMIX, 0.0)
    part = taken / size if size > 0 else 0.0
    if part > 1:
        raise BadTable(f"more of the pre-mix was taken ({taken:g} ticks) than was mixed ({size:g})", where=THE_PREMIX)
    found = {source.id: done.get(source.id, 0.0) + part * mixed[source.id] for source in given}
    return {name: count for name, count in found.items() if count > 0}


def sources_of(plan: Plan) -> list[Source]:
    """What the doses of a plan are made from: its stocks, or else the components, read as it was compiled.

    Raises:
        BadInput: the doses do not make what the plan says.
    """
    names, basis = components(plan), plan.samples[0].achieved.basis
    its_own = {item.id for item in plan.stocks if item.dispenser is not None}
    ticks = [tick for name, tick in ticks_of(plan).items() if name not in its_own] or list(ticks_of(plan).values())
    candidates = [sources(names, basis, ticks[0], plan.stocks)]
    if not plan.stocks:
        candidates.append([Source(name, {name: 1.0}) for name in names])
    for given in candidates:
        made = [made_of(s.contents, given, basis) for s in plan.samples]
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
