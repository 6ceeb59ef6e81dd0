"""Flags on fresh values, raised by code: far off, not physical, stuck, a shifted batch, a repeat that disagrees."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from statistics import median

from eutectic.agents.decisions.analyst import FlagCode, QualityLine
from eutectic.agents.graph.guard import (
    asked_again,
    contradicted,
    off_references,
    recipe_scores,
    stuck_trials,
    worth_repeating,
)
from eutectic.core.notebook import CampaignView
from eutectic.core.record import significant
from eutectic.core.trial import Measurement, Trial, round_of

FAR = 3.5
"""Predictive standard deviations from which a value counts as far."""
_SHIFT = 2.0
DEFAULT_CV = 0.09
"""Relative noise assumed without replicates: the median replicate CV of published campaigns is 8-9 %."""
_FAR_FLAGS: tuple[FlagCode, ...] = ("far_from_prediction", "far_from_replicate", "stuck")


@dataclass(frozen=True)
class _Known:
    """What a round's values are judged by."""

    noise: dict[str, float]
    before: dict[str, float]
    """Noise without the round itself: an outlier must not excuse itself."""
    stuck: set[str]
    off: set[tuple[str, str]]
    new_gain: float | None
    scores: dict[str, dict[str, float]] = field(default_factory=dict)
    """Mean score of every recipe by property, worked out when the first suspicious value asks for it."""


def quality_lines(
    view: CampaignView, trials: Sequence[Trial], new_gain: float | None = None
) -> tuple[tuple[QualityLine, ...], str]:
    """The values of a round's trials with their flags, and what is known of the noise in words.

    `new_gain` is what a new trial is expected to gain, as a share of the range of scores seen.
    """
    has_guard = "guard" in view.features
    known = _Known(
        noise=replicate_cv(view),
        before=replicate_cv(view, without={trial.id for trial in trials}),
        stuck=stuck_trials(view, trials) if has_guard else set(),
        off=off_references(view) if has_guard else set(),
        new_gain=new_gain,
    )
    lines = [line for trial in trials for line in _lines(view, trial, known)]
    by_property: dict[str, list[float]] = defaultdict(list)
    for line in lines:
        if line.z is not None:
            by_property[line.property].append(line.z)
    shifted = {
        name
        for name, found in by_property.items()
        if len(found) >= 3 and abs(median(found)) > _SHIFT and (min(found) > 0 or max(found) < 0)
    }
    flagged = [
        line.model_copy(update={"flags": (*line.flags, "batch_shift")}) if line.property in shifted else line
        for line in lines
    ]
    if has_guard:
        flagged += [line for old, new in asked_again(view, trials) for line in _settled(view, old, new, known)]
        flagged += [_contradicted(view, trial, name, middle) for trial, name, middle in contradicted(view)]
    words = "; ".join(f"{name}: relative sd {cv:.3g} from replicates" for name, cv in sorted(known.noise.items()))
    return tuple(flagged), words or f"no replicates yet: a relative sd of {DEFAULT_CV:g} is assumed"


def _lines(view: CampaignView, trial: Trial, known: _Known) -> list[QualityLine]:
    item = view.observations.get(trial.id)
    if item is None or item.status != "ok":
        return []
    mates = view.trials_of(view.recipe_of[trial.id]) if trial.purpose != "data" else []
    others = [view.observations[key] for key in mates if key != trial.id and key in view.observations]
    twins = [view.corrected(other) for other in others if other.status == "ok"]
    return [
        _line(view, trial, measured, known, [v for twin in twins if (v := twin.value(measured.property)) is not None])
        for measured in view.corrected(item).measurements
        if measured.value is not None and measured.censoring == "none"
    ]


def _line(view: CampaignView, trial: Trial, measured: Measurement, known: _Known, others: list[float]) -> QualityLine:
    assert measured.value is not None
    name, flags = measured.property, list[FlagCode]()
    prediction = next((one for one in trial.predictions if one.property == name), None)
    z = None
    if prediction is not None:
        cv = max(known.noise.get(name, DEFAULT_CV), 1e-3)
        spread = math.hypot(prediction.sd, cv * abs(prediction.mean), 1e-12)
        z = significant((measured.value - prediction.mean) / spread, 3)
        flags += ["far_from_prediction"] if abs(z) > FAR else []
    usual = max(known.before.get(name, DEFAULT_CV), 1e-3)
    if others and abs(measured.value - median(others)) > FAR * usual * math.sqrt(2) * max(abs(median(others)), 1e-12):
        flags.append("far_from_replicate")
    if measured.value < 0 and _is_amount(measured.unit):
        flags.append("non_physical")
    flags += ["stuck"] if trial.id in known.stuck else []
    flags += ["reference_off"] if (trial.id, name) in known.off else []
    line = QualityLine(
        trial=trial.id,
        property=name,
        value=significant(measured.value),
        unit=measured.unit,
        expected=None if prediction is None else significant(prediction.mean),
        z=z,
        flags=tuple(flags),
    )
    return _priced(view, trial, line, usual, others, known)


def _priced(
    view: CampaignView, trial: Trial, line: QualityLine, cv: float, others: list[float], known: _Known
) -> QualityLine:
    """A suspicious line with the probability that it is wrong and what a repeat is worth; nothing for no objective."""
    if "guard" not in view.features or not any(flag in _FAR_FLAGS for flag in line.flags):
        return line
    objective = next((item for item in view.spec.objectives if item.property == line.property), None)
    if objective is None:
        return line.model_copy(update={"repeat_gain": 0.0})
    if line.property not in known.scores:
        known.scores[line.property] = recipe_scores(view, objective)
    found = worth_repeating(view, trial, objective, cv, others, known.scores[line.property])
    if found is None:
        return line
    worth, span = found
    return line.model_copy(
        update={
            "wrong": significant(1.0 if "stuck" in line.flags else worth.probability, 3),
            "repeat_gain": significant(worth.value / span, 3),
            "new_gain": None if known.new_gain is None else significant(known.new_gain, 3),
        }
    )


def _settled(view: CampaignView, old: Trial, new: Trial, known: _Known) -> list[QualityLine]:
    """What a repeat says of the suspicious values it was asked for."""
    first, second = view.corrected(view.observations[old.id]), view.corrected(view.observations[new.id])
    lines = []
    for measured in first.measurements:
        again = second.value(measured.property)
        if measured.value is None or measured.censoring != "none" or again is None:
            continue
        usual = max(known.before.get(measured.property, DEFAULT_CV), 1e-3) * math.sqrt(2)
        agrees = abs(measured.value - again) <= FAR * usual * max(abs(again), 1e-12)
        lines.append(
            QualityLine(
                trial=old.id,
                property=measured.property,
                value=significant(measured.value),
                unit=measured.unit,
                expected=significant(again),
                z=None,
                flags=("confirmed",) if agrees else ("not_reproduced",),
            )
        )
    return lines


def _contradicted(view: CampaignView, trial: Trial, name: str, middle: float) -> QualityLine:
    """A reading that the others of its recipe contradict."""
    item = next(m for m in view.corrected(view.observations[trial.id]).measurements if m.property == name)
    assert item.value is not None
    return QualityLine(
        trial=trial.id,
        property=name,
        value=significant(item.value),
        unit=item.unit,
        expected=significant(middle),
        z=None,
        flags=("not_reproduced",),
    )


def _is_amount(unit: str) -> bool:
    """Units whose quantity cannot be negative."""
    return unit in {"A/m", "mm", "nm", "um", "HV", "MPa", "GPa", "K", "USD/kg", "EUR/kg", "S/cm", "kg/m3", "g/cm3"}


def _came(trial: str) -> tuple[int, str]:
    """Round and name of a trial, which put trials in the order they came."""
    return round_of(trial), trial


def replicate_cv(view: CampaignView, without: Collection[str] = ()) -> dict[str, float]:
    """Pooled relative standard deviation of replicates by property; only properties with replicates.

    `without` leaves trials out, such as those that are judged by it: an outlier must not excuse itself.
    """
    drifts = {} if view.drift is None else {one.property: one for one in view.drift.properties}
    values: dict[tuple[str, str], list[float]] = defaultdict(list)
    for recipe, mates in sorted(view.repeated.items(), key=lambda item: _came(item[1][0])):
        for key in mates:
            if key in view.excluded or key in without:
                continue
            number, _ = _came(key)
            for name, value in view.replicates.get(key, ()):
                level = drifts[name].level(value, number) if name in drifts else value
                values[name, recipe].append(level)
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for (name, _), found in values.items():
        mean = sum(found) / len(found)
        if len(found) > 1 and mean:
            sums[name][0] += sum((value / mean - 1) ** 2 for value in found)
            sums[name][1] += len(found) - 1
    return {name: math.sqrt(total / degrees) for name, (total, degrees) in sums.items() if degrees}
