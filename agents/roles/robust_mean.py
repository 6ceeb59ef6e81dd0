"""The analysis of repeated readings that the coder's rules hand out: mean and standard error without outliers.

Readings whose modified z-score passes 3.5 are left out (Iglewicz and Hoaglin, How to Detect and Handle Outliers, ASQC
Quality Press 1993); with fewer than four readings nothing can be told apart and all are kept.
"""

import math
import statistics


def analyse(readings: dict[str, list[float]]) -> dict[str, dict[str, float]]:
    """Mean and its standard error by property; `sd` is left out where one reading cannot tell it."""
    results: dict[str, dict[str, float]] = {}
    for name, values in readings.items():
        kept = without_outliers([float(value) for value in values if math.isfinite(value)])
        if not kept:
            continue
        results[name] = {"value": statistics.fmean(kept)}
        if len(kept) > 1:
            results[name]["sd"] = statistics.stdev(kept) / math.sqrt(len(kept))
    return results


def without_outliers(values: list[float]) -> list[float]:
    """The readings within 3.5 robust standard deviations of their median."""
    if len(values) < 4:
        return values
    middle = statistics.median(values)
    distances = [abs(value - middle) for value in values]
    spread = statistics.median(distances) / 0.6745
    if spread == 0:
        spread = statistics.fmean(distances) * 1.253314
    if spread == 0:
        return values
    return [value for value, distance in zip(values, distances, strict=True) if distance <= 3.5 * spread]
