"""Checks that a plan belongs to this campaign and repeats nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from eutectic.core.plan import Check
from eutectic.lab_interface.checks.subject import Subject, outcome
from eutectic.lab_interface.labels import sample_label


def check_campaign(subject: Subject) -> list[Check]:
    """The campaign is this one, is open, and holds these trials as they stand in the plan."""
    return [
        outcome("campaign", _campaign_problems(subject), f"campaign {subject.campaign}, round {subject.plan.round}")
    ]


def _campaign_problems(subject: Subject) -> Iterator[str]:
    plan, view = subject.plan, subject.view
    if plan.campaign != subject.campaign:
        yield f"the plan is for campaign {plan.campaign!r}, this is {subject.campaign!r}"
    if view.closed is not None:
        yield "the campaign is closed"
    if view.id and view.spec != subject.spec:
        yield "the spec differs from the one the campaign was opened with"
    if view.round and plan.round != view.round:
        yield f"the plan is for round {plan.round}, the campaign is in round {view.round}"
    for trial in plan.trials:
        recorded = view.trials.get(trial.id)
        if recorded is not None and recorded != trial:
            yield f"trial {trial.id} differs from the one in the notebook"
        if not trial.id.startswith(f"r{plan.round:02d}-"):
            yield f"trial {trial.id} is not of round {plan.round}"


def check_duplicates(subject: Subject) -> list[Check]:
    """No trial, sample label or recipe stands twice, and none was measured or sent before."""
    plan, view = subject.plan, subject.view
    earlier = [view.trials_of(trial.recipe_key) for trial in plan.trials if trial.purpose == "data"]
    again = sum(any(mate in view.observations for mate in mates) for mates in earlier)
    passed = f"{len(plan.trials)} trials, each once" + (f"; {again} repeat an earlier recipe" if again else "")
    return [outcome("duplicates", _duplicate_problems(subject), passed)]


def _duplicate_problems(subject: Subject) -> Iterator[str]:
    plan = subject.plan
    ids = [trial.id for trial in plan.trials]
    yield from (f"trial {name} stands twice" for name in _double(ids))
    yield from (f"label {name} stands twice" for name in _double([item.sample for item in plan.samples]))
    recipes = {trial.recipe_key: trial.id for trial in plan.trials}
    doubled = _double([trial.recipe_key for trial in plan.trials if trial.is_new])
    yield from (f"the recipe of {recipes[key]} stands twice" for key in doubled)
    if [sample.trial for sample in plan.samples] != ids:
        yield "the samples are not those of the trials, in their order"
    for sample in plan.samples:
        if sample.sample != sample_label(plan.campaign, sample.trial):
            yield f"label {sample.sample!r} is not that of trial {sample.trial}"
    for name in ids:
        if name in subject.view.observations:
            yield f"trial {name} was measured already"
        elif subject.sent.get(name, plan.key) != plan.key:
            yield f"trial {name} was sent before as {subject.sent[name]} and has no end yet"


def _double(names: list[str]) -> list[str]:
    return sorted(name for name, count in Counter(names).items() if count > 1)
