"""Drift and control charts: intervals that hold under drift, jumps and outliers, and run lengths as stated."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eutectic.core.composition import Composition
from eutectic.core.drift import Drift, Drifts, Shift
from eutectic.core.trial import Measurement, Observation
from eutectic.tools.control_chart import control_chart, run_length
from eutectic.tools.drift import Reading, estimate_drift
from eutectic.tools.repeat_value import SURPRISES, USUAL_OUTLIERS, Suspect, repeat_value

NOISE = 0.04


def campaign(seed: int, drift: float, batch: float, jumps: float, outliers: float) -> tuple[list[Reading], list[float]]:
    """Twenty rounds of a reference and five new recipes, with the true value of each."""
    rng = np.random.default_rng(seed)
    readings, truths, level = [], [], 0.0
    for number in range(1, 21):
        level += drift + (rng.normal() * 0.2 if number > 1 and rng.random() < jumps else 0.0)
        shift = level + rng.normal() * batch
        for slot in range(6):
            truth = 1.5 if slot == 0 else float(rng.uniform(1, 2))
            wrong = 10 * NOISE * truth * rng.choice([-1, 1]) if rng.random() < outliers else 0.0
            value = truth * math.exp(shift + rng.normal() * NOISE) + wrong
            trial = f"r{number:02d}-s{slot + 1:02d}"
            readings.append(Reading(trial, number, "reference" if slot == 0 else trial, float(value)))
            truths.append(math.nan if wrong else truth)
    return readings, truths


def covered(found: Drift, readings: list[Reading], truths: list[float]) -> list[bool]:
    hits = []
    for reading, truth in zip(readings, truths, strict=True):
        if reading.recipe != "reference" and not math.isnan(truth):
            item = found.corrected(Measurement(property="y", unit="1", value=reading.value), reading.round)
            assert item.value is not None and item.sd is not None
            hits.append(abs(item.value - truth) <= 1.645 * item.sd)
    return hits


@pytest.mark.parametrize(
    ("drift", "batch", "jumps", "outliers"),
    [
        pytest.param(0.0, 0.0, 0.0, 0.0, id="quiet"),
        pytest.param(0.01, 0.02, 0.0, 0.0, id="drift"),
        pytest.param(0.0, 0.02, 0.1, 0.0, id="jumps"),
        pytest.param(0.005, 0.02, 0.0, 0.03, id="outliers"),
        pytest.param(0.005, 0.02, 0.07, 0.03, id="all"),
    ],
)
def test_ninety_percent_intervals_hold(drift: float, batch: float, jumps: float, outliers: float) -> None:
    hits = []
    for seed in range(15):
        readings, truths = campaign(seed, drift, batch, jumps, outliers)
        hits += covered(estimate_drift("y", readings), readings, truths)
    assert 0.84 <= np.mean(hits) <= 0.97


def test_a_reference_with_a_certified_value_shows_an_offset_from_the_first_round_on() -> None:
    readings = [Reading(f"r{n:02d}-s01", n, "reference", 1.1 * (1 + 0.001 * (-1) ** n)) for n in range(1, 9)]
    known = estimate_drift("y", readings, {"reference": 1.0})
    assert all(abs(shift.shift - math.log(1.1)) < 3 * shift.sd + 0.01 for shift in known.shifts)
    assert known.shifts[0].shift > 0.05
    assert abs(estimate_drift("y", readings).shifts[0].shift) < 0.01


def test_a_jump_and_an_outlier_are_told_apart() -> None:
    rng = np.random.default_rng(1)
    jumped = [
        Reading(f"r{n:02d}-s01", n, "ref", float(np.exp(rng.normal() * 0.01 + 0.3 * (n >= 8)))) for n in range(1, 15)
    ]
    found = estimate_drift("y", jumped)
    assert found.jumps == (8,) and found.outliers == ()
    single = [Reading(f"r{n:02d}-s01", n, "ref", float(np.exp(rng.normal() * 0.01))) for n in range(1, 15)]
    single[5] = single[5]._replace(value=1.5)
    found = estimate_drift("y", single)
    assert found.outliers == ("r06-s01",) and found.jumps == ()


def test_values_of_both_signs_are_corrected_by_a_difference() -> None:
    readings = [Reading(f"r{n:02d}-s01", n, "ref", -0.2 + 0.05 * n + 0.001 * (-1) ** n) for n in range(1, 12)]
    found = estimate_drift("y", readings)
    last = found.shifts[-1]
    assert found.scale == "difference" and last.shift > 0.3 and abs(last.shift - 0.5) < 2.5 * last.sd


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 6), st.integers(0, 3), st.floats(-1e6, 1e6)), min_size=1, max_size=12))
def test_any_readings_give_finite_shifts(rows: list[tuple[int, int, float]]) -> None:
    readings = [Reading(f"r{n:02d}-s{i:02d}", n, f"recipe-{r}", v) for i, (n, r, v) in enumerate(rows)]
    found = estimate_drift("y", readings)
    assert {shift.round for shift in found.shifts} == {n for n, _, _ in rows}
    assert all(math.isfinite(shift.shift) and math.isfinite(shift.sd) for shift in found.shifts)


def test_a_correction_leaves_alone_what_it_does_not_know() -> None:
    drift = Drift(property="y", scale="ratio", noise=0.1, shifts=(Shift(round=2, shift=math.log(2), sd=0.05),))
    known = Drifts(round=2, properties=(drift,))
    item = Observation(
        trial="r02-s01",
        composition=Composition.of({"Fe": 1.0}),
        measurements=(Measurement(property="y", unit="1", value=3.0), Measurement(property="x", unit="1", value=5.0)),
        simulated=True,
    )
    read = known.corrected(item)
    assert (read.value("y"), read.value("x")) == (pytest.approx(1.5), 5.0)
    assert read.measurements[0].sd == pytest.approx(1.5 * math.hypot(0.1, 0.05), rel=1e-4)
    other = item.model_copy(update={"trial": "r03-s01"})
    assert known.corrected(other) is other


def test_stated_run_lengths() -> None:
    assert run_length("shewhart") == pytest.approx(370.4, abs=0.1)
    assert run_length("ewma") == pytest.approx(500, rel=0.01)
    assert run_length("cusum") == pytest.approx(465, rel=0.01)
    assert run_length("shewhart", 1.0) == pytest.approx(43.9, abs=0.1)
    assert run_length("cusum", 1.0) < 11 and run_length("ewma", 1.0) < 11


def test_in_control_charts_signal_as_seldom_as_stated() -> None:
    rng = np.random.default_rng(5)
    points = [p for _ in range(120) for p in control_chart(rng.normal(10, 2, 60).tolist())]
    judged = [p for p in points if p.q is not None]
    for chart in ("shewhart", "ewma", "cusum"):
        expected = len(judged) / run_length(chart)
        signals = sum(chart in point.signals for point in judged)
        assert abs(signals - expected) <= 3.3 * math.sqrt(expected), chart


def test_a_drift_of_the_reference_is_signalled() -> None:
    rng = np.random.default_rng(2)
    values = [float(10 + rng.normal() * 0.1 + (0.25 if n >= 20 else 0.0)) for n in range(40)]
    signals = [place for place, point in enumerate(control_chart(values)) if point.signals]
    assert signals and 20 <= signals[0] <= 28
    outlier = [*values[:10], 14.0, *values[11:20]]
    assert "shewhart" in control_chart(outlier)[10].signals


def test_a_point_left_out_is_judged_and_not_learned_from() -> None:
    values = [10.0, 10.2, 25.0, 9.9, 10.1, 10.0, 11.5]
    whole, without = control_chart(values), control_chart(values, {2})
    assert whole[-1].signals == () and without[-1].q is not None and without[-1].q > 2.5
    assert without[2].q is not None


@pytest.mark.parametrize(
    ("read", "best", "wanted"),
    [
        pytest.param(1.3, 1.2, True, id="would lead, if it is right"),
        pytest.param(2.0, 1.2, True, id="would lead by far"),
        pytest.param(0.2, 1.2, False, id="bad either way"),
        pytest.param(1.02, 1.2, False, id="as expected"),
    ],
)
def test_a_repeat_is_worth_most_where_it_may_change_the_choice(read: float, best: float, wanted: bool) -> None:
    found = repeat_value(Suspect(read, 1.0, 0.05, 0.05, best, 0.3))
    assert (found.value > 0.01) is wanted
    assert 0 <= found.probability <= 1


@settings(max_examples=100, deadline=None)
@given(*[st.floats(-10, 10) for _ in range(3)], *[st.floats(1e-3, 5) for _ in range(3)])
def test_a_repeat_never_hurts(read: float, mean: float, best: float, sd: float, noise: float, spread: float) -> None:
    found = repeat_value(Suspect(read, mean, sd, noise, best, spread))
    assert 0 <= found.probability <= 1 and 0 <= found.value < 60


def brute_force(suspect: Suspect, outliers: float, n: int = 600_000) -> tuple[float, float]:
    """Probability of being wrong and value of a repeat, by drawing truths and repeats and choosing after each."""
    rng = np.random.default_rng(3)
    surprised = rng.random(n) < SURPRISES
    truth = suspect.mean + np.where(surprised, max(suspect.spread, suspect.sd), suspect.sd) * rng.normal(size=n)
    wrong = rng.random(n) < outliers
    width = np.where(wrong, 10 * suspect.noise, suspect.noise)
    weight = np.exp(-0.5 * ((suspect.read - truth) / width) ** 2) / width
    picked = rng.choice(n, size=n, p=weight / weight.sum())
    again = truth[picked] + suspect.noise * rng.normal(size=n)
    order = np.argsort(again)
    means = np.array([chunk.mean() for chunk in np.array_split(truth[picked][order], 150)])
    gain = float(np.maximum(means, suspect.best).mean()) - max(float(truth[picked].mean()), suspect.best)
    return float(wrong[picked].mean()), gain


@pytest.mark.parametrize(
    "suspect",
    [
        pytest.param(Suspect(1.30, 1.0, 0.10, 0.05, 1.20, 0.3), id="would lead"),
        pytest.param(Suspect(1.25, 1.0, 0.15, 0.08, 1.20, 0.2), id="noisy"),
        pytest.param(Suspect(0.70, 1.0, 0.10, 0.05, 0.95, 0.3), id="fell behind"),
        pytest.param(Suspect(1.05, 1.0, 0.10, 0.05, 1.60, 0.3), id="far from the best"),
    ],
)
def test_a_repeat_is_worth_what_drawing_truths_and_repeats_says(suspect: Suspect) -> None:
    found = repeat_value(suspect)
    probability, gain = brute_force(suspect, USUAL_OUTLIERS)
    assert found.probability == pytest.approx(probability, abs=0.02)
    assert found.value == pytest.approx(gain, abs=0.02 * suspect.spread + 0.05 * gain)
