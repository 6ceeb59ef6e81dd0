"""Flags on fresh values, raised by code: far from the prediction or a replicate, not physical, a shifted batch."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Sequence
from statistics import median

from eutectic.agents.decisions.analyst import FlagCode, QualityLine
from eutectic.core.notebook import CampaignView
from eutectic.core.record import significant
from eutectic.core.trial import Trial

FAR = 3.5
"""Predictive standard deviations from which a value counts as far."""
_SHIFT = 2.0
DEFAULT_CV = 0.09
"""Relative noise assumed without replicates: the median replicate CV of published campaigns is 8-9 %."""


def quality_lines(view: CampaignView, trials: Sequence[Trial]) -> tuple[tuple[QualityLine, ...], str]:
    """The values of a round's trials with their flags, and what is known of the noise in words."""
    noise = replicate_cv(view)
    before = replicate_cv(view, without={trial.id for trial in trials})
    lines = [line for trial in trials for line in _lines(view, trial, noise, before)]
    by_property: dict[str, list[float]] = defaultdict(list)
    for line in lines:
        if line.z is not None:
            by_property[line.property].append(line.z)
    shifted = {
        name
        for name, found in by_property.items()
        if len(found) >= 3 and abs(median(found)) > _SHIFT and (min(found) > 0 or max(found) < 0)
    }
    flagged = tuple(
        line.model_copy(update={"flags": (*line.flags, "batch_shift")}) if line.property in shifted else line
        for line in lines
    )
    words = "; ".join(f"{name}: relative sd {cv:.3g} from replicates" for name, cv in sorted(noise.items()))
    return flagged, words or f"no replicates yet: a relative sd of {DEFAULT_CV:g} is assumed"


def _lines(view: CampaignView, trial: Trial, noise: dict[str, float], before: dict[str, float]) -> list[QualityLine]:
    item = view.observations.get(trial.id)
    if item is None or item.status != "ok":
        return []
    expected = {prediction.property: prediction for prediction in trial.predictions}
    mates = view.trials_of[view.recipe_of[trial.id]] if trial.purpose != "data" else []
    known = [view.observations[key] for key in mates if key != trial.id and key in view.observations]
    twins = [other for other in known if other.status == "ok"]
    lines = []
    for measured in item.measurements:
        if measured.value is None or measured.censoring != "none":
            continue
        cv = max(noise.get(measured.property, DEFAULT_CV), 1e-3)
        prediction = expected.get(measured.property)
        z = None
        flags: list[FlagCode] = []
        if prediction is not None:
            spread = math.hypot(prediction.sd, cv * abs(prediction.mean), 1e-12)
            z = significant((measured.value - prediction.mean) / spread, 3)
            if abs(z) > FAR:
                flags.append("far_from_prediction")
        others = [value for twin in twins if (value := twin.value(measured.property)) is not None]
        usual = max(before.get(measured.property, DEFAULT_CV), 1e-3) * math.sqrt(2)
        if others and abs(measured.value - median(others)) > FAR * usual * max(abs(median(others)), 1e-12):
            flags.append("far_from_replicate")
        if measured.value < 0 and _is_amount(measured.unit):
            flags.append("non_physical")
        lines.append(
            QualityLine(
                trial=trial.id,
                property=measured.property,
                value=significant(measured.value),
                unit=measured.unit,
                expected=None if prediction is None else significant(prediction.mean),
                z=z,
                flags=tuple(flags),
            )
        )
    return lines


def _is_amount(unit: str) -> bool:
    """Units whose quantity cannot be negative."""
    return unit in {"A/m", "mm", "nm", "um", "HV", "MPa", "GPa", "K", "USD/kg", "EUR/kg", "S/cm", "kg/m3", "g/cm3"}


def replicate_cv(view: CampaignView, without: Collection[str] = ()) -> dict[str, float]:
    """Pooled relative standard deviation of replicates by property; only properties with replicates.

    `without` leaves trials out, such as those that are judged by it: an outlier must not excuse itself.
    """
    values: dict[tuple[str, str], list[float]] = defaultdict(list)
    for recipe, mates in view.trials_of.items():
        for key in mates if len(mates) > 1 else ():
            item = view.observations.get(key)
            if item is None or item.status != "ok" or key in view.excluded or key in without:
                continue
            for measured in item.measurements:
                if measured.value is not None and measured.censoring == "none":
                    values[measured.property, recipe].append(measured.value)
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for (name, _), found in values.items():
        mean = sum(found) / len(found)
        if len(found) > 1 and mean:
            sums[name][0] += sum((value / mean - 1) ** 2 for value in found)
            sums[name][1] += len(found) - 1
    return {name: math.sqrt(total / degrees) for name, (total, degrees) in sums.items() if degrees}
