"""Checks of a plan against what the lab can do, and the lab's own checks."""

from __future__ import annotations

from collections.abc import Iterator

from eutectic.core.plan import Check
from eutectic.lab_interface.checks.subject import Subject, outcome


def check_capability(subject: Subject) -> list[Check]:
    """The plan is for this lab, simulated or real as it is, no larger than a batch, and measures what is wanted."""
    lab = subject.capabilities
    kind = "simulated" if lab.simulated else "real"
    return [outcome("capability", _problems(subject), f"{kind} lab {lab.name!r}, {len(subject.plan.trials)} samples")]


def _problems(subject: Subject) -> Iterator[str]:
    plan, lab, spec = subject.plan, subject.capabilities, subject.spec
    if plan.lab != lab.name:
        yield f"the plan is for lab {plan.lab!r}, this is {lab.name!r}"
    if plan.simulated != lab.simulated:
        what, where = ("simulated", "real") if plan.simulated else ("real", "simulated")
        yield f"a {what} plan never goes to a {where} lab"
    if len(plan.trials) > lab.max_batch:
        yield f"{len(plan.trials)} trials, the lab takes {lab.max_batch} at once"
    n_data = sum(trial.is_new for trial in plan.trials)
    if n_data > spec.batch:
        yield f"{n_data} new trials, the spec allows {spec.batch} a round"
    missing = sorted(spec.wanted(plan.trials) - set(lab.properties or spec.wanted(plan.trials)))
    if missing:
        yield f"the lab does not measure {missing}"


def check_lab(subject: Subject) -> list[Check]:
    """What the lab itself says, an emergency stop among it."""
    own = subject.lab.validate(subject.plan)
    return [Check(name=f"lab: {check.name}", verdict=check.verdict, detail=check.detail) for check in own]
