"""How far a simulated run has come: samples over, its state, and what stands for samples that were never finished."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from eutectic.core.run import RunEvent, RunState, RunStatus, SampleState, SampleStatus
from eutectic.core.trial import CauseCode, Observation
from eutectic.lab_interface.run_store import StoredRun


class Progress(NamedTuple):
    """Counts of samples at one moment."""

    due: int
    """Samples that have begun by now."""
    over: int
    """Samples whose time is over."""
    finished: int
    """Samples with a result that may be shown."""
    is_open: bool
    """Whether samples are still on their way."""


def progress(run: StoredRun, latency: float, now: float) -> Progress:
    """The counts `now` (wall seconds), samples taking even parts of the latency; all at once without latency."""
    n = len(run.plan.samples)
    if not run.was_made:
        return Progress(due=0, over=n, finished=n, is_open=False)
    passed = max(0.0, now - run.accepted_s)
    over = n if latency == 0 else min(n, int(passed / latency * n))
    due = min(run.cap, over if latency == 0 else over + 1)
    finished = min(run.kept, over)
    return Progress(due=due, over=over, finished=finished, is_open=finished < run.kept)


def run_state(run: StoredRun, made: Sequence[Observation]) -> RunState:
    """The state of a run that is not open any more, from what its samples gave."""
    if run.state == "cancelled":
        return "cancelled"
    if run.state == "aborted":
        return "aborted"
    usable = sum(item.status == "ok" for item in made)
    if usable == len(run.plan.samples):
        return "succeeded"
    return "partially_succeeded" if usable else "failed"


def unmade(run: StoredRun, made: Sequence[Observation]) -> list[Observation]:
    """What stands for the trials of a closed run that gave nothing, so that none is left without an end."""
    cause: CauseCode = "other" if run.was_made else "failed_connection"
    note = f"{run.state}: {run.reason}" if run.was_made else "no sample was found after contact was lost"
    known = {item.trial for item in made}
    return [
        Observation(
            trial=sample.trial,
            composition=sample.achieved,
            process=sample.process,
            status="abandoned",
            cause=cause,
            note=note,
            simulated=run.plan.simulated,
            started_h=run.begins_h,
        )
        for sample in run.plan.samples
        if sample.trial not in known
    ]


def sample_statuses(
    run: StoredRun, made: Sequence[Observation], others: Literal["running", "abandoned", "unknown"]
) -> tuple[SampleStatus, ...]:
    """Each sample of a run by itself; those without a result are running, given up or unknown."""
    known = {item.trial: item for item in made}
    first = next((item.trial for item in run.plan.samples if item.trial not in known), "")
    found = []
    for sample in run.plan.samples:
        done = known.get(sample.trial)
        state: SampleState = others
        if others == "running" and sample.trial != first:
            state = "pending"
        found.append(
            SampleStatus(
                trial=sample.trial,
                sample=sample.sample,
                state=done.status if done is not None else state,
                note=done.note if done is not None else "",
            )
        )
    return tuple(found)


def run_events(run: StoredRun, status: RunStatus, made: Sequence[Observation], since: int) -> tuple[RunEvent, ...]:
    """What happened to a run after event number `since`."""
    labels = {item.trial: item.sample for item in run.plan.samples}
    found = [RunEvent(seq=1, at="", state="queued", note=f"accepted at {run.begins_h:g} h", simulated=True)]
    for item in made:
        note = f"{item.status} at {item.started_h + item.hours:g} h"
        found.append(
            RunEvent(seq=len(found) + 1, at="", state="running", sample=labels[item.trial], note=note, simulated=True)
        )
    if status.state != "running":
        found.append(RunEvent(seq=len(found) + 1, at="", state=status.state, note=status.note, simulated=True))
    return tuple(item for item in found if item.seq > since)
