"""What is known of a measurement beside its value: stated uncertainty, detection limits, batches that are off."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from eutectic.tools.encoding import FloatArray
from eutectic.tools.gaussian_process import PropertyModel, fit_property
from eutectic.tools.kernel_fit import matern
from eutectic.tools.lattice import IntArray
from eutectic.tools.readings import Readings, batch_variance, censored_sites, plain_readings
from eutectic.tools.torch_scope import tensor, torch_scope


def surface(features: FloatArray) -> FloatArray:
    """A smooth function on the unit square."""
    return np.asarray(np.sin(3 * features[:, 0]) + features[:, 1] ** 2, dtype=np.float64)


def fitted(features: FloatArray, readings: Readings, groups: IntArray | None = None) -> PropertyModel:
    own = np.arange(len(features)) if groups is None else groups
    with torch_scope(0):
        return fit_property("y", features, readings, own, bend=False)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_a_limit_says_what_integration_over_what_lies_beyond_it_says(seed: int) -> None:
    """Expectation propagation beside brute-force integration over two censored values."""
    rng = np.random.default_rng(seed)
    features = rng.random((5, 2))
    covariance, _ = matern(features, np.array([0.6, 0.9]))
    noise = rng.uniform(0.05, 0.4, 5)
    standard = rng.normal(size=5)
    sides = np.array([0, 0, 0, *rng.choice([-1, 1], 2)])
    values, variances = censored_sites(covariance, np.zeros(5), standard, noise, sides)
    assert (values[:3] == standard[:3]).all() and (variances[:3] == noise[:3]).all()
    assert (variances[3:] >= noise[3:] - 1e-9).all(), "a limit says less than a value"
    gain = covariance @ np.linalg.inv(covariance + np.diag(variances))
    found = gain @ values
    seen = [0, 1, 2]
    inner = covariance[np.ix_(seen, seen)] + np.diag(noise[seen])
    to = covariance[np.ix_([3, 4], seen)] @ np.linalg.inv(inner)
    mean = to @ standard[seen]
    spread = covariance[np.ix_([3, 4], [3, 4])] - to @ covariance[np.ix_(seen, [3, 4])]
    draws = rng.multivariate_normal(mean, spread, 200_000)
    weights = norm.cdf(sides[3:] * (draws - standard[3:]) / np.sqrt(noise[3:])).prod(axis=1)
    by_hand = (weights[:, None] * draws).sum(axis=0) / weights.sum()
    error = np.sqrt((weights**2).sum()) / weights.sum()
    np.testing.assert_allclose(found[3:], by_hand, atol=0.03 + 6 * error)


def test_a_limit_is_not_taken_for_a_value() -> None:
    """A detector that saturates at 1: the model expects more than the limit where the rest says so."""
    rng = np.random.default_rng(0)
    features = rng.random((60, 2))
    truth = 3 * features[:, 0]
    limit = 1.8
    cut = np.minimum(truth, limit)
    sides = (truth > limit).astype(np.int64)
    nothing = plain_readings(cut)
    corner = np.array([[0.97, 0.5]])
    naive = fitted(features, nothing).predict(corner)[0][0]
    opened = fitted(features, replace(nothing, sides=sides)).predict(corner)[0][0]
    assert naive < 1.95
    assert 2.2 < opened < 3.5
    below = replace(plain_readings(-cut), sides=-sides)
    assert fitted(features, below).predict(corner)[0][0] == pytest.approx(-opened, abs=0.05)


def test_what_the_instrument_states_weighs_its_values() -> None:
    rng = np.random.default_rng(1)
    features = rng.random((40, 2))
    sds = np.where(np.arange(40) % 2 == 0, 0.02, 1.0)
    values = surface(features) + sds * rng.normal(size=40)
    probe = rng.random((200, 2))
    stated = fitted(features, replace(plain_readings(values), sds=sds)).predict(probe)[0]
    silent = fitted(features, plain_readings(values)).predict(probe)[0]
    error = np.sqrt(((stated - surface(probe)) ** 2).mean()), np.sqrt(((silent - surface(probe)) ** 2).mean())
    assert error[0] < 0.5 * error[1], error


def test_botorch_is_given_the_same_noise() -> None:
    rng = np.random.default_rng(2)
    features = rng.random((25, 2))
    readings = replace(
        plain_readings(surface(features)), sds=rng.uniform(0.01, 0.5, 25), sides=(np.arange(25) == 3).astype(np.int64)
    )
    model = fitted(features, readings)
    probe = rng.random((30, 2))
    with torch_scope(0):
        posterior = model.model.posterior(tensor(probe))
        mean, sd = model.process.moments(probe)
        np.testing.assert_allclose(mean, posterior.mean.detach().numpy().ravel(), atol=1e-4)
        np.testing.assert_allclose(sd, posterior.variance.detach().sqrt().numpy().ravel(), atol=1e-3)


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
        assert model.process.batch_variance > 0
        naive = fitted(features, replace(readings, batches=np.full(40, -1)), groups)
        truth = surface(probe)
        errors = [float(np.std(m.predict(probe)[0] - truth)) for m in (model, naive)]
        better += errors[0] < 0.8 * errors[1]
        with torch_scope(0):
            posterior = model.model.posterior(tensor(probe))
            mean, sd = model.process.moments(probe)
            np.testing.assert_allclose(posterior.mean.detach().numpy().ravel(), mean, atol=1e-3)
            np.testing.assert_allclose(posterior.variance.detach().sqrt().numpy().ravel(), sd, rtol=0.5)
    assert better >= 4


def test_batches_that_are_not_off_are_left_alone() -> None:
    found = [fitted(*batched(seed, 0.0)).process.batch_variance > 0 for seed in range(20)]
    assert sum(found) <= 1


def test_a_search_that_climbs_is_not_taken_for_an_offset() -> None:
    """Later batches better as a whole, repeats of the best in each: that is progress, not a batch effect."""
    rng = np.random.default_rng(0)
    values, groups, batches = [], [], []
    for batch in range(8):
        values += [*(batch + 0.1 * rng.normal(size=3)), *(0.1 * rng.normal(size=1) + max(batch - 1, 0))]
        groups += [100 + 10 * batch, 101 + 10 * batch, 102 + 10 * batch, 90 + 10 * batch]
        batches += [batch] * 4
    assert batch_variance(np.array(values), np.array(groups), np.array(batches)) == 0.0
