"""The life of plans as the notebook tells it: which state each plan is in, from draft to its end."""

from __future__ import annotations

from collections.abc import Iterable

from eutectic.core.errors import NotebookCorrupt
from eutectic.core.notebook.events import Event
from eutectic.core.notebook.view import UNKNOWN_SUFFIX
from eutectic.core.plan import Verdict
from eutectic.core.run import RunState, may_follow

_BY_KIND: dict[str, RunState] = {
    "plan": "draft",
    "approval_requested": "awaiting_approval",
    "submission_intended": "dispatched",
    "submission_accepted": "running",
}


def plan_states(events: Iterable[Event]) -> dict[str, RunState]:
    """State of every plan, by key.

    A plan that the gate blocks is `rejected`, whatever is asked of a person afterwards; one whose outcome the lab
    cannot tell is `unknown` until a person reconciles it.

    Raises:
        NotebookCorrupt: a plan went on from a state that it cannot leave that way.
    """
    states: dict[str, RunState] = {}
    for item in events:
        key, new = _step(item)
        old = states.get(key)
        if new is None or (old == "rejected" and new == "awaiting_approval"):
            continue
        if old is not None and old != new and not may_follow(old, new):
            raise NotebookCorrupt(f"plan {key} went from {old} to {new} in event {item.seq}", mend="restore a back-up")
        states[key] = new
    return states


def _step(item: Event) -> tuple[str, RunState | None]:
    """The plan an event is about and the state it brings; None where it brings none."""
    if item.kind in _BY_KIND:
        return item.slot, _BY_KIND[item.kind]
    if item.kind == "verdict":
        return item.slot, "rejected" if Verdict.model_validate(item.payload).is_blocked else "validated"
    if item.kind == "run_finished":
        return item.slot, item.payload["state"]
    key = item.slot.removesuffix(UNKNOWN_SUFFIX)
    if key != item.slot:
        return key, "unknown" if item.kind == "paused" else "running" if item.kind == "approval" else None
    if item.kind == "approval" and "/a" in key and item.payload.get("plan_sha256"):
        return key, "queued" if item.payload["decision"] == "approve" else "rejected"
    return key, None
