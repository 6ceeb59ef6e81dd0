"""The experimenter's rules: hold what the gate warns of, repeat what failed for technical reasons."""

from __future__ import annotations

from eutectic.agents.decisions.common import Recipe
from eutectic.agents.decisions.experimenter import FailedLine, PlannedLine, Release, ReleaseContext, Watch, WatchContext
from eutectic.agents.roles.wording import clip, count, listed, show

_TECHNICAL = ("sample_prep", "failed_connection", "test_error", "instrument_fault")
"""Causes that lie in the handling; the others depend on the recipe and would come again."""
_TRIES = 2


def release(context: ReleaseContext) -> Release:
    """Release a plan without warnings that the budget pays for; hold any other and say why."""
    doubts = [f"{check.name}: {check.detail}" for check in context.checks if check.verdict != "pass"]
    left = context.left
    if len(context.samples) > left.experiments:
        doubts.append(f"{len(context.samples)} samples, {left.experiments} experiments left")
    if left.money is not None and context.cost > left.money:
        doubts.append(f"costs {show(context.cost)}, {show(left.money)} left")
    if left.hours is not None and context.hours > left.hours:
        doubts.append(f"takes {show(context.hours)} h, {show(left.hours)} h left")
    note = (
        f"Round {context.round}: {count(len(context.samples), 'sample')} on {context.lab}"
        f"{' (simulated)' if context.simulated else ''}, cost {show(context.cost)}, {show(context.hours)} h; "
        f"{_worst_dose(context.samples)}."
    )
    if doubts:
        return Release(action="hold", note=clip(f"{'; '.join(doubts)}. {note}", 800))
    return Release(action="release", note=clip(note, 800))


def _worst_dose(samples: tuple[PlannedLine, ...]) -> str:
    """The largest difference between a wanted and an achieved fraction."""
    worst = max(
        ((_distance(line.wanted, line.achieved), line.trial) for line in samples),
        key=lambda pair: pair[0],
        default=(0.0, ""),
    )
    return f"largest dosing error {100 * worst[0]:.3g} % of the whole" + (f" ({worst[1]})" if worst[0] > 0 else "")


def _distance(wanted: Recipe, achieved: Recipe) -> float:
    """Largest absolute difference of a fraction, 0 to 1."""
    first = {part.component: part.fraction for part in wanted.parts}
    second = {part.component: part.fraction for part in achieved.parts}
    return max((abs(first.get(name, 0.0) - second.get(name, 0.0)) for name in first | second), default=0.0)


def watch(context: WatchContext) -> Watch:
    """Repeat, once and while experiments are left, the failed trials whose cause lies in the handling."""
    again = [line for line in context.failed if line.cause in _TECHNICAL and line.times_tried < _TRIES]
    repeat = tuple(dict.fromkeys(line.trial for line in again))[: context.left.experiments]
    total = len(context.failed) + context.measured
    given_up = [f"{line.trial} ({_why_not(line)})" for line in context.failed if line.trial not in repeat]
    note = f"{len(context.failed)} of {count(total, 'trial')} failed; {len(repeat)} made again"
    if given_up:
        note += f"; not made again: {listed(given_up)}"
    return Watch(repeat=repeat, note=clip(note + ".", 600))


def _why_not(line: FailedLine) -> str:
    """Why a failed trial is not made again, with its cause."""
    if line.cause not in _TECHNICAL:
        return f"{line.cause}: the recipe would fail again"
    return f"{line.cause}: tried {line.times_tried} times" if line.times_tried >= _TRIES else f"{line.cause}: no budget"
