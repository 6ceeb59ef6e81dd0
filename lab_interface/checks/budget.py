"""Checks that a plan's price is told truly and that the budget still covers it."""

from __future__ import annotations

from collections.abc import Iterator

from eutectic.core.plan import Check
from eutectic.lab_interface.checks.subject import Subject, outcome
from eutectic.lab_interface.compile import plan_cost, plan_hours

_CENT = 1e-6


def check_budget(subject: Subject) -> list[Check]:
    """Experiments, money and hours left suffice, at the lab's own prices."""
    budget, spent = subject.spec.budget, subject.view.spent
    passed = f"{spent.experiments + len(subject.plan.trials)} of {budget.experiments} experiments after this"
    return [outcome("budget", _problems(subject), passed), outcome("rate", _rate(subject), "within the daily limit")]


def _rate(subject: Subject) -> Iterator[str]:
    most = subject.limits.max_samples_per_day
    if most is not None and subject.sent_lately + len(subject.plan.samples) > most:
        yield (
            f"{subject.sent_lately} samples were sent within 24 hours and {len(subject.plan.samples)} would follow, "
            f"{most} a day are allowed"
        )


def _problems(subject: Subject) -> Iterator[str]:
    plan, budget, spent = subject.plan, subject.spec.budget, subject.view.spent
    cost = plan_cost(subject.spec, plan.trials, plan.samples, subject.capabilities)
    time = plan_hours(len(plan.samples), subject.capabilities)
    if abs(plan.cost - cost) > _CENT or abs(plan.hours - time) > _CENT:
        yield f"the plan says {plan.cost:g} and {plan.hours:g} h, the lab's prices make {cost:g} and {time:g} h"
    if spent.experiments + len(plan.trials) > budget.experiments:
        yield f"{len(plan.trials)} experiments, {max(0, budget.experiments - spent.experiments)} are left"
    if budget.money is not None and spent.money + cost > budget.money + _CENT:
        yield f"{cost:g} {budget.currency}, {budget.money - spent.money:g} are left"
    if budget.hours is not None and spent.hours + time > budget.hours + _CENT:
        yield f"{time:g} h, {budget.hours - spent.hours:g} h are left"
