"""Importing results: a filled-in template read into observations of what was really done, with a reason per refusal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

from eutectic.core.errors import BadInput, BadTable
from eutectic.core.plan import Plan, Sample
from eutectic.core.record import Record
from eutectic.core.trial import Observation
from eutectic.lab_interface.results_cells import Table, read_table
from eutectic.lab_interface.results_diff import said
from eutectic.lab_interface.results_rows import COLUMN, Row, observation_of, sources_of
from eutectic.lab_interface.worksheet_tables import (
    TEXT_COLUMNS,
    plan_mark,
    unneutral,
)

_LARGE_MISS = 0.2


class Refused(Record):
    """A line of the file that was not taken, and why."""

    line: int
    sample: str
    reason: str


class ImportReport(Record):
    """What a results file says, before anything is taken in."""

    key: str
    plan_sha256: str
    file: str
    file_sha256: str
    observations: tuple[Observation, ...]
    """One per accepted line."""
    refused: tuple[Refused, ...]
    missing: tuple[str, ...]
    """Labels of samples without a line that could be taken."""
    changes: tuple[str, ...]
    """In words: what was done otherwise than planned, and what came out."""
    notes: tuple[str, ...]

    def text(self) -> str:
        """The report for a person, line by line."""
        lines = [
            f"{self.file}: {len(self.observations)} readable, {len(self.refused)} refused, {len(self.missing)} open"
        ]
        lines += [f"  + {change}" for change in self.changes]
        lines += [f"  ! line {item.line} ({item.sample}): {item.reason}" for item in self.refused]
        lines += [f"  . {label}: no result yet" for label in self.missing]
        return "\n".join(lines + [f"  note: {note}" for note in self.notes])


def plan_of(path: Path, plans: Sequence[Plan]) -> Plan:
    """The plan that most lines of a results file name, among those that were carried out.

    Raises:
        BadTable: the file cannot be read, or is of none of them, such as of a plan that was replaced.
    """
    table = read_table(path, ("sample", "plan"))
    place = table.header.index("plan")
    marks = Counter(cells[place].strip() for _, cells in table.rows if len(cells) > place and cells[place].strip())
    by_mark = {plan_mark(plan): plan for plan in plans}
    known = [mark for mark, _ in marks.most_common() if mark in by_mark]
    if known:
        return by_mark[known[0]]
    newest = plans[-1]
    raise BadTable(
        f"the lines are of {', '.join(sorted(marks)[:3]) or 'no plan'}, which was not carried out or is of another "
        f"campaign; the newest sheet is {newest.key}, {plan_mark(newest)}",
        where=str(path),
        mend="an older version of a plan is not taken: use the newest sheet's template",
    )


def read_results(path: Path, plan: Plan, attached: Mapping[str, str] | None = None) -> ImportReport:
    """Read a results file against the plan it belongs to; nothing is stored.

    `attached` holds the hashes of raw files by name, which lines may name.

    Raises:
        BadTable: the file as a whole cannot be read, or is of another plan altogether.
    """
    table = read_table(path, ("sample", "plan"))
    samples = {sample.sample: sample for sample in plan.samples}
    observations: dict[str, Observation] = {}
    refused: list[Refused] = []
    changes: list[str] = []
    notes = [table.note] if table.note else []
    notes += [f"column {name!r} is not read" for name in table.header if not _is_known(name)]
    double, given = _double_labels(table), sources_of(plan)
    for line, cells in table.rows:
        row = Row(line, dict(zip(table.header, map(unneutral, cells), strict=False)), table.has_decimal_comma)
        label = row.cells.get("sample", "").strip()
        try:
            if line in table.flaws:
                raise BadTable(table.flaws[line])
            if len(cells) > len(table.header) and any(cell.strip() for cell in cells[len(table.header) :]):
                raise BadTable(
                    f"{len(cells)} cells, the header has {len(table.header)}", mend="quote texts with commas"
                )
            sample = _sample(row, label, samples, plan, double)
            found = observation_of(row, sample, plan, given, attached)
        except BadInput as error:
            refused.append(Refused(line=line, sample=label, reason=str(error)))
            continue
        if found is not None:
            observations[label] = found
            changes.append(_change(label, sample, found))
    return ImportReport(
        key=plan.key,
        plan_sha256=plan.sha256,
        file=path.name,
        file_sha256=table.file_sha256,
        observations=tuple(observations[label] for label in samples if label in observations),
        refused=tuple(refused),
        missing=tuple(label for label in samples if label not in observations),
        changes=tuple(changes),
        notes=tuple(notes),
    )


def _is_known(name: str) -> bool:
    return name in (*TEXT_COLUMNS, "trial", "") or COLUMN.fullmatch(name) is not None


def _double_labels(table: Table) -> frozenset[str]:
    place = table.header.index("sample")
    counts = Counter(cells[place].strip() for _, cells in table.rows if len(cells) > place)
    return frozenset(label for label, count in counts.items() if count > 1)


def _sample(row: Row, label: str, samples: dict[str, Sample], plan: Plan, double: frozenset[str]) -> Sample:
    """The sample a line is about; every doubt refuses the line."""
    mark = row.cells.get("plan", "").strip()
    if label not in samples:
        near = get_close_matches(label, samples, n=1)
        raise BadTable(f"no sample {label!r} in this plan", mend=f"did you mean {near[0]}?" if near else "")
    if mark != plan_mark(plan):
        raise BadTable(
            f"the line is of {mark or 'no plan'}, this is {plan_mark(plan)}", mend="use this plan's template"
        )
    if label in double:
        raise BadTable("the sample stands on more than one line", mend="keep one")
    return samples[label]


def _change(label: str, sample: Sample, found: Observation) -> str:
    """A line of the difference between plan and deed."""
    values = (
        ", ".join(f"{item.property} {said(item)}" for item in found.measurements) or f"{found.status} ({found.cause})"
    )
    planned, done = sample.achieved.fractions, found.composition.fractions
    moved = max(
        ((abs(done.get(n, 0.0) - planned.get(n, 0.0)), n) for n in sorted(planned.keys() | done.keys())),
        default=(0, ""),
    )
    text = f"{label} {sample.trial}: {values}"
    if moved[0] >= 1e-4:
        name = moved[1]
        text += f"; {name} {100 * done.get(name, 0.0):.3g} % in place of {100 * planned.get(name, 0.0):.3g} %"
        text += " (far from the plan)" if moved[0] > _LARGE_MISS * max(planned.get(name, 0.0), 0.05) else ""
    for name, value in found.process.items():
        if value != sample.process.get(name):
            text += f"; {name} {value} in place of {sample.process.get(name)}"
    return text
