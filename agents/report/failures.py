"""The failures section: what gave no value, by cause and one by one, and what the analyst set aside."""

from __future__ import annotations

from collections import defaultdict

from eutectic.agents.report.blocks import Block, Section, Table, Text
from eutectic.agents.report.ledger import Ledger
from eutectic.agents.report.results import Results, Row
from eutectic.agents.report.wording import measured_text, number, percent, plural, recipe_text

_MOST_LISTED = 300


def failures_section(ledger: Ledger, results: Results) -> Section:
    """Failed, abandoned, censored and excluded experiments."""
    failed = [row for row in results.measured if row.observation is not None and row.observation.status != "ok"]
    censored = [row for row in results.measured if _censored(row)]
    excluded = [row for row in results.measured if row.excluded]
    if not results.measured:
        return Section("failures", "What failed, and why", (Text("Nothing has been measured yet."),))
    blocks: list[Block] = []
    if failed:
        blocks += [_by_cause(failed, results, ledger), _listed(failed, ledger)]
    else:
        blocks.append(Text(f"None of the {plural(len(results.measured), 'experiment')} failed."))
    if censored:
        rows = tuple(
            (row.trial.id, recipe_text(row.composition, row.trial.process, ledger.spec), _censored(row))
            for row in censored
        )
        blocks.append(
            Table(
                ("trial", "recipe", "reading"),
                rows[:_MOST_LISTED],
                "Readings beyond what the instrument can tell; they are kept, and not taken as values.",
            )
        )
    if excluded:
        rows = tuple(
            (row.trial.id, recipe_text(row.composition, row.trial.process, ledger.spec), row.excluded)
            for row in excluded
        )
        blocks.append(
            Table(
                ("trial", "recipe", "why"),
                rows[:_MOST_LISTED],
                "Set aside by the analyst: kept in the notebook, out of rankings and models.",
            )
        )
    return Section("failures", "What failed, and why", tuple(blocks))


def _by_cause(failed: list[Row], results: Results, ledger: Ledger) -> Table:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in failed:
        assert row.observation is not None
        groups[(row.observation.cause or "not stated").replace("_", " ")].append(row)
    rows = []
    for cause, members in sorted(groups.items(), key=lambda item: -len(item[1])):
        cost = sum(row.observation.cost for row in members if row.observation)
        hours = sum(row.observation.hours for row in members if row.observation)
        ids = ", ".join(row.trial.id for row in members[:12]) + (
            f" and {len(members) - 12} more" if len(members) > 12 else ""
        )
        rows.append(
            (cause, str(len(members)), percent(len(members) / len(results.measured)), number(cost), number(hours), ids)
        )
    head = ("cause", "experiments", "of all", f"cost ({ledger.spec.budget.currency})", "hours", "trials")
    caption = (
        f"{len(failed)} of {plural(len(results.measured), 'experiment')} "
        f"({percent(len(failed) / len(results.measured))}) gave no value; the most common cause is {rows[0][0]}."
    )
    return Table(head, tuple(rows), caption, frozenset({1, 2, 3, 4}))


def _listed(failed: list[Row], ledger: Ledger) -> Table:
    rows = []
    for row in failed[:_MOST_LISTED]:
        assert row.observation is not None
        cause = (row.observation.cause or "not stated").replace("_", " ")
        recipe = recipe_text(row.composition, row.trial.process, ledger.spec)
        rows.append((row.trial.id, recipe, row.observation.status, cause, row.observation.note))
    more = f" (the first {_MOST_LISTED} of {len(failed)})" if len(failed) > _MOST_LISTED else ""
    return Table(("trial", "recipe", "status", "cause", "note"), tuple(rows), fold=f"Each failed experiment{more}")


def _censored(row: Row) -> str:
    if row.observation is None:
        return ""
    found = [f"{m.property} {measured_text(m)}" for m in row.observation.measurements if m.censoring != "none"]
    return ", ".join(found)
