"""Rounds that are off, by an offset of their own or by a slow drift: found from repeats, taken out, else left alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from eutectic.tools.encoding import FloatArray
from eutectic.tools.gaussian_process import PropertyModel, fit_property
from eutectic.tools.lattice import IntArray
from eutectic.tools.readings import Readings, plain_readings
from eutectic.tools.round_shift import RoundShift, likeliest_shift
from eutectic.tools.torch_scope import tensor, torch_scope

_ROUNDS = 10


def surface(features: FloatArray) -> FloatArray:
    """A smooth function on the unit square."""
    return np.asarray(np.sin(3 * features[:, 0]) + features[:, 1] ** 2, dtype=np.float64)


def fitted(features: FloatArray, readings: Readings, groups: IntArray) -> PropertyModel:
    with torch_scope(0):
        return fit_property("y", features, readings, groups, bend=False)


def batched(seed: int, offset: float) -> tuple[FloatArray, Readings, IntArray]:
    """Eight batches of five, each off by its own amount; two recipes of each are the same in all."""
    rng = np.random.default_rng(seed)
    features = rng.random((40, 2))
    batches, slots = np.divmod(np.arange(40), 5)
    for slot in (0, 1):
        features[slots == slot] = features[slot]
    groups = np.where(slots < 2, slots, np.arange(40))
    values = surface(features) + 0.05 * rng.normal(size=40) + (offset * rng.normal(size=8))[batches]
    return features, replace(plain_readings(values), batches=batches), groups


def test_batches_that_are_off_are_found_and_taken_off() -> None:
    probe = np.random.default_rng(9).random((300, 2))
    better = 0
    for seed in range(5):
        features, readings, groups = batched(seed, 0.6)
        model = fitted(features, readings, groups)
        assert model.process.shift is not None
        naive = fitted(features, replace(readings, batches=np.full(40, -1)), groups)
        truth = surface(probe)
        errors = [float(np.std(m.predict(probe)[0] - truth)) for m in (model, naive)]
        better += errors[0] < 0.8 * errors[1]
        with torch_scope(0):
            posterior = model.model.posterior(tensor(probe))
            mean, sd = model.standard(probe)
            np.testing.assert_allclose(posterior.mean.detach().numpy().ravel(), mean, atol=1e-3)
            np.testing.assert_allclose(posterior.variance.detach().sqrt().numpy().ravel(), sd, rtol=0.5)
    assert better >= 4


def test_batches_that_are_not_off_are_left_alone() -> None:
    found = [fitted(*batched(seed, 0.0)).process.shift is not None for seed in range(20)]
    assert sum(found) <= 1


def test_a_search_that_climbs_is_not_taken_for_an_offset() -> None:
    """Later batches better as a whole, repeats of the best in each: that is progress, not a batch effect."""
    rng = np.random.default_rng(0)
    values, groups, batches = [], [], []
    for batch in range(8):
        values += [*(batch + 0.1 * rng.normal(size=3)), *(0.1 * rng.normal(size=1) + max(batch - 1, 0))]
        groups += [100 + 10 * batch, 101 + 10 * batch, 102 + 10 * batch, 90 + 10 * batch]
        batches += [batch] * 4
    assert likeliest_shift(np.array(values), np.array(groups), np.array(batches))[0] is None


def drifting(seed: int, drift: FloatArray) -> tuple[FloatArray, Readings, IntArray]:
    """Ten rounds of four; the first recipe of the first is measured again in each from the third on."""
    rng = np.random.default_rng(seed)
    features = rng.random((4 * _ROUNDS, 2))
    batches, slots = np.divmod(np.arange(4 * _ROUNDS), 4)
    again = (slots == 0) & (batches >= 2)
    features[again] = features[0]
    values = surface(features) + 0.05 * rng.normal(size=len(features)) + drift[batches]
    groups = np.where(again, 0, np.arange(len(features)))
    return features, replace(plain_readings(values), batches=batches + 1), groups


@pytest.mark.parametrize(
    "drift",
    [np.linspace(0, 1, _ROUNDS), -np.linspace(0, 1, _ROUNDS), 1 - np.exp(-np.arange(_ROUNDS) / 3)],
    ids=["up", "down", "settling"],
)
def test_a_slow_drift_is_found_and_taken_off(drift: FloatArray) -> None:
    probe = np.random.default_rng(9).random((300, 2))
    errors = []
    for seed in range(6):
        features, readings, groups = drifting(seed, drift)
        models = [fitted(features, one, groups) for one in (readings, replace(readings, batches=np.full(40, -1)))]
        assert models[0].process.shift is not None
        errors.append([float(np.std(model.predict(probe)[0] - surface(probe))) for model in models])
    ours, naive = np.mean(errors, axis=0)
    assert ours < 0.6 * naive


def test_predictions_are_of_what_the_latest_round_would_read() -> None:
    features, readings, groups = drifting(0, np.linspace(0, 3, _ROUNDS))
    probe = np.random.default_rng(9).random((300, 2))
    assert float(np.mean(fitted(features, readings, groups).predict(probe)[0] - surface(probe))) == pytest.approx(
        3, abs=0.3
    )


def test_the_best_value_read_is_one_less_its_drift() -> None:
    """What was read high because the instrument did is no best to beat."""
    features, readings, groups = drifting(0, -np.linspace(0, 3, _ROUNDS))
    process = fitted(features, readings, groups).process
    assert process.best[1] < float(process.standard.max()) - 0.5


def test_without_drift_or_repeats_nothing_is_taken_off() -> None:
    still = [drifting(seed, np.zeros(_ROUNDS)) for seed in range(40)]
    found = [likeliest_shift(readings.values, groups, readings.batches)[0] for _, readings, groups in still]
    assert sum(one is not None for one in found) <= 4
    _, readings, _ = drifting(0, np.linspace(0, 3, _ROUNDS))
    assert likeliest_shift(readings.values, np.arange(40), readings.batches)[0] is None


def test_earlier_data_and_unknown_rounds_take_no_part_in_a_drift() -> None:
    found = RoundShift(walk=1.0, trend=1.0).covariance(np.array([-1, 0, 1, 3, 900_001]))
    assert not found[[0, 3, 4]].any() and found[2, 2] == 2 + 4
