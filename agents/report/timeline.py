"""The timeline: every decision with its mind, reason and evidence, and every approval, chapter by chapter."""

from __future__ import annotations

from collections import defaultdict

from eutectic.agents.report.blocks import Chapter, Entry, Section, Table, Text, Timeline
from eutectic.agents.report.entries import approval_entry, decision_entry
from eutectic.agents.report.evidence import Place, evidence_marks, mark
from eutectic.agents.report.ledger import Ledger
from eutectic.agents.report.results import Results, Row
from eutectic.agents.report.wording import number, plural, recipe_text, with_unit

_MOST_CHAPTERS = 120
_KEPT_ENDS = 50


def timeline_section(ledger: Ledger, results: Results) -> Section:
    """Chapters from the framing to the closing."""
    marks = evidence_marks(ledger)
    dated: dict[int, list[tuple[str, Entry]]] = defaultdict(list)
    last = max([ledger.view.round, *(entry.round for entry in ledger.decisions)])
    closing = last + 1
    for decision in ledger.decisions:
        place = closing if (decision.role, decision.name) == ("pi", "close") else decision.round
        dated[place].append((decision.at, decision_entry(decision, marks)))
    for approval in ledger.approvals.values():
        dated[approval.round].append((approval.at, approval_entry(approval)))
    rows: dict[int, list[Row]] = defaultdict(list)
    for row in results.rows:
        rows[row.round].append(row)
    numbers = sorted(set(dated) | set(rows))
    shown = numbers
    note = ""
    if len(numbers) > _MOST_CHAPTERS:
        shown = numbers[:_KEPT_ENDS] + numbers[-_KEPT_ENDS:]
        note = f" The first and last {_KEPT_ENDS} rounds are shown; recording.jsonl holds all."
    chapters = [
        Chapter(
            _title(number, closing),
            _summary(number, rows[number], ledger, len(dated[number])),
            tuple(entry for _, entry in sorted(dated[number], key=lambda item: item[0])),
            _trials(rows[number], ledger, marks) if rows[number] else None,
            is_open=False,
        )
        for number in shown
    ]
    return Section("decisions", "Every decision", (Text(_minds(ledger) + note), Timeline(tuple(chapters))))


def _title(number: int, closing: int) -> str:
    return "Before the first round" if number == 0 else "Closing" if number == closing else f"Round {number}"


def _minds(ledger: Ledger) -> str:
    if not ledger.decisions:
        return "No decision has been made yet."
    names: dict[str, int] = defaultdict(int)
    for entry in ledger.decisions:
        names[f"{entry.mind} ({entry.model})" if entry.model else entry.mind] += 1
    made = ", ".join(f"{count} by {name}" for name, count in sorted(names.items(), key=lambda item: -item[1]))
    fallbacks = sum(bool(entry.fallback) for entry in ledger.decisions)
    fell = (
        f" In {plural(fallbacks, 'decision')} the model failed and the rules answered in its place."
        if fallbacks
        else ""
    )
    return f"{plural(len(ledger.decisions), 'decision')}: {made}.{fell}"


def _summary(number_: int, rows: list[Row], ledger: Ledger, entries: int) -> str:
    parts = [plural(entries, "entry").replace("entrys", "entries")]
    if rows:
        parts.append(plural(len(rows), "trial"))
        failed = sum(row.observation is not None and row.observation.status != "ok" for row in rows)
        if failed:
            parts.append(f"{failed} failed")
        objective = ledger.spec.optimized[0]
        values = [value for row in rows if (value := row.value(objective.property)) is not None]
        if values:
            top = max(values, key=objective.score)
            parts.append(f"best {objective.property} {with_unit(number(top), objective.unit)}")
    return ", ".join(parts)


def _trials(rows: list[Row], ledger: Ledger, marks: dict[Place, str]) -> Table:
    objectives = ledger.spec.objectives
    head = ("trial", "recipe", "why", *(f"{o.property}: predicted → measured" for o in objectives), "evidence")
    lines = []
    for row in rows:
        predicted = {p.property: p for p in row.trial.predictions}
        cells = []
        for objective in objectives:
            guess = predicted.get(objective.property)
            text = number(guess.mean, 3) if guess else "-"
            value = row.value(objective.property)
            cells.append(f"{text} → {number(value) if value is not None else _why_none(row)}")
        quotes = "; ".join(
            f"“{q.text}” ({q.document}, p. {q.page}){mark(marks, (q.document, q.page, q.text))}"
            for q in row.trial.evidence
        )
        recipe = recipe_text(row.trial.composition, row.trial.process, ledger.spec)
        lines.append((row.trial.id, recipe, row.trial.why, *cells, quotes or "-"))
    return Table(head, tuple(lines), fold="Trials of this round, with reasons")


def _why_none(row: Row) -> str:
    if row.observation is None:
        return "not measured yet"
    if row.excluded:
        return "set aside"
    if row.observation.status != "ok":
        return "failed"
    return "screened" if row.trial.purpose == "screen" else "no value"
