"""Runs: where a submitted plan stands as a whole and sample by sample, and which state may follow which."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from eutectic.core.record import Grown, Record

RunState = Literal[
    "draft",
    "validated",
    "rejected",
    "awaiting_approval",
    "queued",
    "dispatched",
    "running",
    "paused",
    "awaiting_person",
    "succeeded",
    "partially_succeeded",
    "failed",
    "cancelled",
    "aborted",
    "unknown",
    "estopped",
]
FINISHED: tuple[RunState, ...] = ("rejected", "succeeded", "partially_succeeded", "failed", "cancelled", "aborted")
_ENDS: frozenset[RunState] = frozenset(("succeeded", "partially_succeeded", "failed", "cancelled", "aborted"))
_LIVE: frozenset[RunState] = _ENDS | {"running", "paused", "awaiting_person", "unknown", "estopped"}
FOLLOWS: dict[RunState, frozenset[RunState]] = {
    "draft": frozenset(("validated", "rejected")),
    "validated": frozenset(("awaiting_approval", "queued", "rejected")),
    "awaiting_approval": frozenset(("queued", "rejected")),
    "queued": frozenset(("dispatched", "cancelled", "rejected", "estopped")),
    "dispatched": _LIVE,
    "running": _LIVE - {"running"},
    "paused": _LIVE - {"paused"},
    "awaiting_person": _LIVE - {"awaiting_person"},
    "unknown": _ENDS | {"running", "awaiting_person"},
    "estopped": _ENDS | {"running", "awaiting_person"},
}
"""What may come after a state. `unknown` is left only by `reconcile`, `estopped` only when a person clears the stop."""

SampleState = Literal["pending", "running", "awaiting_person", "ok", "failed", "abandoned", "unknown"]


def may_follow(old: RunState, new: RunState) -> bool:
    """Whether a run may go from one state to another; it may always stay."""
    return old == new or new in FOLLOWS.get(old, ())


class RunRef(Record):
    """A submitted plan, as the lab knows it."""

    lab: str
    key: str
    plan_sha256: str
    run: str


class SampleStatus(Record):
    """Where one sample of a run stands: a plate with three bad wells is not a failed run."""

    trial: str
    sample: str
    state: SampleState
    note: str = ""


class RunStatus(Grown):
    """Where a run stands."""

    later = frozenset({"samples", "may_go_on"})
    state: RunState
    done: int = Field(ge=0)
    """Samples with a result."""
    total: int = Field(ge=0)
    note: str = ""
    samples: tuple[SampleStatus, ...] = ()
    """Each sample by itself, in the order of the plan; empty where the lab cannot tell."""
    may_go_on: bool = False
    """Whether the lab's settings say that the campaign need not wait for the results that are still missing."""


class RunEvent(Record):
    """Something that happened to a run, as the lab saw it."""

    seq: int = Field(ge=1)
    """Counts up within a run, without gaps."""
    at: str
    """UTC, ISO 8601, by the lab's clock; empty where a simulated lab has none."""
    state: RunState
    sample: str = ""
    """The sample it concerns; empty for the run as a whole."""
    note: str = ""
    simulated: bool = False
