"""Arrivals: results that come when no graph waits for them, late ones of runs left open and corrections."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from eutectic.agents.graph.context import CampaignContext
from eutectic.agents.graph.measured import analysed
from eutectic.core.correction import KeepsVersions
from eutectic.core.notebook import Event, Notebook
from eutectic.core.notebook.store import Entry
from eutectic.core.run import FINISHED, RunRef

_MADE_AGAIN = frozenset((
    "campaign_opened", "round_opened", "decision", "tool", "trial", "protocol", "plan", "verdict", "approval_requested",
    "approval", "submission_intended", "submission_accepted", "run_left_open", "run_finished", "observation",
    "observation_judged", "round_closed", "campaign_closed",
))  # fmt: skip
"""Kinds of events that a replay writes by itself, which an arrival may follow."""


def take_arrivals(ctx: CampaignContext) -> int:
    """Write what the lab has got of runs left open, and every correction, into the notebook; how many results.

    Each has a slot of its own: taken again after a crash, nothing is written twice.
    """
    if ctx.is_replay:
        return 0
    return sum(_late(ctx, key) for key in list(ctx.view.open_runs)) + _corrected(ctx)


def _late(ctx: CampaignContext, key: str) -> int:
    ref = RunRef.model_validate(ctx.journal.payload("submission_accepted", key))
    status = ctx.lab.status(ref)
    missing = {trial for trial in ctx.view.open_runs[key] if trial not in ctx.view.observations}
    found = analysed(ctx, [item for item in ctx.lab.result(ref) if item.trial in missing])
    ctx.journal.missing("observation", [(item.trial, item) for item in found])
    if status.state in FINISHED:
        ends = [item.started_h + item.hours for item in ctx.lab.result(ref)]
        payload = {
            **status.model_dump(mode="json"),
            "hours": max(ends, default=ctx.view.spent.hours),
        }
        ctx.journal.step("run_finished", key, lambda: payload)
    return len(found)


def _corrected(ctx: CampaignContext) -> int:
    if not isinstance(ctx.lab, KeepsVersions):
        return 0
    entries = []
    for item in ctx.lab.corrections():
        known = ctx.view.corrections.get(item.trial, [])
        if item.trial in ctx.view.observations and all(item.version != old.version for old in known):
            (observation,) = analysed(ctx, [item.observation])
            entries.append((item.slot, item.model_copy(update={"observation": observation})))
    return len(ctx.journal.missing("observation_corrected", entries))


def held_back(events: Sequence[Event]) -> Mapping[str, tuple[str, ...]]:
    """Trials by run that had no result when the campaign went on without them."""
    return {item.slot: tuple(item.payload["pending"]) for item in events if item.kind == "run_left_open"}


def arrivals_after(events: Sequence[Event]) -> dict[tuple[str, str], list[Entry]]:
    """Recorded arrivals by kind and slot of the event that they followed, for a replay to write them there again."""
    late = {trial for trials in held_back(events).values() for trial in trials}
    left: set[str] = set()
    found: dict[tuple[str, str], list[Entry]] = {}
    anchor = ("campaign_opened", "campaign")
    for item in events:
        is_late_end = item.kind == "run_finished" and item.slot in left
        if item.kind == "observation_corrected" or (item.kind == "observation" and item.slot in late) or is_late_end:
            found.setdefault(anchor, []).append((item.kind, item.slot, item.payload))
        elif item.kind in _MADE_AGAIN:
            anchor = (item.kind, item.slot)
        if item.kind == "run_left_open":
            left.add(item.slot)
    return found


def repeat_arrivals(notebook: Notebook, arrivals: Mapping[tuple[str, str], Sequence[Entry]]) -> Callable[[Event], None]:
    """A listener that writes each arrival right after the event it followed; it must be the last to listen."""

    def follow(event: Event) -> None:
        entries: list[Any] = list(arrivals.get((event.kind, event.slot), ()))
        if entries:
            notebook.append_all(entries)

    return follow
