"""The guard against irreproducible data: drift, stuck readings, repeats, and what a repeat is worth."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from statistics import fmean, median

from eutectic.core.drift import Drifts
from eutectic.core.notebook import CampaignView
from eutectic.core.objective import Objective
from eutectic.core.record import significant
from eutectic.core.trial import Observation, Trial, recipe_key, round_of
from eutectic.tools.control_chart import Point, control_chart
from eutectic.tools.drift import Reading, estimate_drift
from eutectic.tools.repeat_value import RepeatValue, Suspect, repeat_value

_STUCK_DIGITS = 5
"""Digits two readings share before they count as one reading given twice."""


def drifts(view: CampaignView, number: int) -> Drifts:
    """What the readings so far tell of the drift of every measured property."""
    return Drifts(
        round=number,
        properties=tuple(
            estimate_drift(objective.property, found, _certified(view, objective))
            for objective in view.spec.objectives
            if (found := readings(view, objective.property))
        ),
    )


def readings(view: CampaignView, name: str) -> list[Reading]:
    """Usable readings of a property in the order they came, as they were read."""
    found = []
    for key, item in view.observations.items():
        value = item.value(name) if item.status == "ok" and key not in view.excluded else None
        if value is None:
            continue
        trial = view.trials[key]
        expected = next((one for one in trial.predictions if one.property == name), None)
        stated = next((one.sd for one in item.measurements if one.property == name), None)
        found.append(
            Reading(
                key,
                round_of(key),
                view.recipe_of[key],
                value,
                None if expected is None else expected.mean,
                None if expected is None else expected.sd,
                stated,
                expected is None and trial.purpose == "data" and trial.source in ("initial", "optimizer"),
                item.started_h,
            )
        )
    return found


def _certified(view: CampaignView, objective: Objective) -> dict[str, float]:
    given, recipe = view.spec.reference, view.spec.reference_recipe
    if given is None or recipe is None or objective.property not in given.values:
        return {}
    return {recipe_key(recipe, given.process): given.values[objective.property]}


def reference_trials(view: CampaignView) -> list[Trial]:
    """Trials of the reference sample that gave something, in order."""
    return [view.trials[key] for key in view.references if key in view.observations]


def reference_chart(view: CampaignView, name: str) -> list[tuple[str, Point]]:
    """The control chart of a property of the reference sample, by trial."""
    pairs = [(trial.id, view.observations[trial.id].value(name)) for trial in reference_trials(view)]
    known = [(trial, value) for trial, value in pairs if value is not None]
    left_out = {place for place, (trial, _) in enumerate(known) if trial in view.excluded}
    points = control_chart([value for _, value in known], left_out)
    return list(zip([trial for trial, _ in known], points, strict=True))


def off_references(view: CampaignView) -> set[tuple[str, str]]:
    """Trial and property of every reference reading that a chart signals at."""
    return {
        (trial, objective.property)
        for objective in view.spec.objectives
        for trial, point in reference_chart(view, objective.property)
        if point.signals
    }


def contradicted(view: CampaignView) -> list[tuple[Trial, str, float]]:
    """Trials that are outliers among at least three readings of their recipe, with the property and the others' middle.

    Of two readings that disagree nobody can tell which is wrong.
    """
    found = []
    for one in () if view.drift is None else view.drift.properties:
        for key in one.outliers:
            mates = [mate for mate in view.trials_of(view.recipe_of[key]) if mate != key and mate not in view.excluded]
            items = [view.corrected(view.observations[mate]) for mate in mates if mate in view.observations]
            values = [
                value for item in items if item.status == "ok" and (value := item.value(one.property)) is not None
            ]
            if len(values) >= 2 and key not in view.excluded:
                found.append((view.trials[key], one.property, median(values)))
    return found


def stuck_trials(view: CampaignView, trials: Sequence[Trial]) -> set[str]:
    """Trials whose every reading is, digit for digit, that of the trial before, which is another recipe."""
    known = [trial for trial in trials if trial.id in view.observations]
    return {
        after.id
        for before, after in pairwise(known)
        if before.recipe_key != after.recipe_key
        and _same_readings(view.observations[before.id], view.observations[after.id])
    }


def _same_readings(one: Observation, two: Observation) -> bool:
    pairs = [(item.value, two.value(item.property)) for item in one.measurements if item.censoring == "none"]
    values = [a for a, b in pairs if a is not None and a == b]
    has_digits = any(significant(value, _STUCK_DIGITS - 1) != value for value in values)
    return bool(pairs) and len(values) == len(pairs) and has_digits


def asked_again(view: CampaignView, trials: Sequence[Trial]) -> list[tuple[Trial, Trial]]:
    """Pairs of a trial that was to be repeated for its value and its repeat among `trials`."""
    by_recipe = {trial.recipe_key: trial for trial in trials if trial.purpose == "replicate"}
    olds = [view.trials[key] for key in view.repeat if key in view.observations]
    return [
        (old, by_recipe[old.recipe_key])
        for old in olds
        if old.recipe_key in by_recipe
        and view.observations[old.id].status == "ok"
        and by_recipe[old.recipe_key].id in view.observations
    ]


def worth_repeating(
    view: CampaignView,
    trial: Trial,
    objective: Objective,
    cv: float,
    twins: Sequence[float],
    scores: Mapping[str, float],
) -> tuple[RepeatValue, float] | None:
    """What a repeat of a trial is worth in an objective, and the range of scores seen; None without an expectation.

    `scores` are those of `recipe_scores`: the same for every trial of a round, and long in a long campaign.
    """
    name = objective.property
    value = view.corrected(view.observations[trial.id]).value(name)
    prediction = next((item for item in trial.predictions if item.property == name), None)
    if value is None or (prediction is None and not twins):
        return None
    noise = cv * abs(value)
    if twins or prediction is None:
        mean = median(twins)
        sd = cv * abs(mean) / math.sqrt(len(twins))
    else:
        mean, sd = prediction.mean, prediction.sd
    own = view.recipe_of[trial.id]
    others = [score for recipe, score in scores.items() if recipe != own]
    if len(others) < 2:
        return None
    seen = [*others, objective.score(value)]
    middle = fmean(others)
    spread = math.sqrt(math.fsum((score - middle) ** 2 for score in others) / len(others))
    suspect = Suspect(
        objective.score(value), objective.score(mean), sd, max(noise, 1e-12), max(others), spread or noise
    )
    return repeat_value(suspect), max(max(seen) - min(seen), 1e-12)


def recipe_scores(view: CampaignView, objective: Objective) -> dict[str, float]:
    """Mean score of every recipe that models may learn from."""
    values: dict[str, list[float]] = {}
    for trial, value in _values(view, objective.property):
        values.setdefault(view.recipe_of[trial], []).append(objective.score(value))
    return {recipe: fmean(found) for recipe, found in values.items()}


def _values(view: CampaignView, name: str) -> Iterator[tuple[str, float]]:
    """Trial and value of everything models may learn from; observations are unpacked only where drift corrects them."""
    if view.drift is None:
        yield from ((trial, value) for trial, value in view.read(name) if trial not in view.excluded)
        return
    for item in view.each_training():
        value = item.value(name) if item.status == "ok" else None
        if value is not None:
            yield item.trial, value
