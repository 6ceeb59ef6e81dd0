"""The NumPy process and the closed-form improvement against BoTorch, quadrature and brute force."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm

from eutectic.tools.exact_process import ExactProcess
from eutectic.tools.gaussian_process import fit_property
from eutectic.tools.improvement import log_improvement
from eutectic.tools.kernel_fit import Kernel
from eutectic.tools.knowledge_term import Slopes
from eutectic.tools.readings import Readings, plain_readings
from eutectic.tools.torch_scope import tensor, torch_scope


def process(slopes: Slopes) -> ExactProcess:
    rng = np.random.default_rng(0)
    features = np.column_stack([rng.dirichlet(np.ones(3), 20), rng.normal(size=20)])
    return ExactProcess(features, rng.normal(size=20), Kernel(np.array([0.3, 0.5, 0.9]), 0.02, 0.1), slopes)


@pytest.mark.parametrize("slopes", [Slopes(3), Slopes(3, (3,), (0.5,), (0.7,))], ids=["plain", "with knowledge"])
def test_it_is_the_process_that_botorch_computes(slopes: Slopes) -> None:
    rng = np.random.default_rng(1)
    with torch_scope(0):
        model = fit_property(
            "y", process(slopes).features, plain_readings(rng.normal(size=20)), np.arange(20), bend=False, slopes=slopes
        )
        wanted = np.column_stack([rng.dirichlet(np.ones(3), 50), rng.normal(size=50)])
        posterior = model.model.posterior(tensor(wanted))
        mean, sd = model.process.moments(wanted)
        np.testing.assert_allclose(mean, posterior.mean.detach().numpy().ravel(), atol=1e-5)
        np.testing.assert_allclose(sd, posterior.variance.detach().sqrt().numpy().ravel(), atol=1e-4)


def test_a_believed_recipe_keeps_the_mean_and_loses_its_uncertainty() -> None:
    before = process(Slopes(3))
    point = np.array([[0.9, 0.05, 0.05, 0.0]])
    after = before.believing(point)
    assert after.moments(point)[0] == pytest.approx(before.moments(point)[0], abs=1e-6)
    assert after.moments(point)[1][0] < 0.6 * before.moments(point)[1][0]


@pytest.mark.parametrize("slopes", [Slopes(3), Slopes(3, (3,), (0.5,), (0.7,))], ids=["plain", "with knowledge"])
def test_a_factor_that_grew_by_believing_is_the_one_found_anew(slopes: Slopes) -> None:
    rng = np.random.default_rng(2)
    grown = replace(process(slopes), extra=np.full(20, 0.01), batches=np.arange(20) // 5, batch_variance=0.3)
    for _ in range(3):
        grown = grown.believing(np.column_stack([rng.dirichlet(np.ones(3), 4), rng.normal(size=4)]))
    wanted = np.column_stack([rng.dirichlet(np.ones(3), 30), rng.normal(size=30)])
    anew = replace(grown)
    for ours, whole in zip(grown.moments(wanted), anew.moments(wanted), strict=True):
        np.testing.assert_allclose(ours, whole, atol=1e-9)


def test_improvement_is_right_near_and_finite_far_below_the_best() -> None:
    for mean in (-3.0, -0.5, 0.0, 2.0):
        grid = np.linspace(0, 12, 400_001)
        by_hand = np.trapezoid(grid * norm.pdf(grid, mean - 0.2, 0.7), grid)
        assert log_improvement(np.array([mean]), np.array([0.7]), 0.2)[0] == pytest.approx(np.log(by_hand), abs=1e-4)
    far = log_improvement(np.array([-1.0, -10.0, -100.0, -1e4]), np.full(4, 0.1), 0.0)
    assert np.isfinite(far).all() and (np.diff(far) < 0).all()


def test_outliers_among_values_of_stated_uncertainty_are_noise_and_no_landscape() -> None:
    """A fit once explained them by length-scales of nothing and lost the landscape."""
    errors = []
    for seed in range(4):
        rng = np.random.default_rng(seed)
        features = np.vstack([rng.random((90, 3)), np.full((20, 3), 0.5)])
        truth = np.sin(2 * features[:, 0]) + features[:, 1] ** 2
        values = truth + 0.03 * rng.normal(size=len(truth))
        values[rng.choice(90, 6, replace=False)] += 0.5 * rng.choice([-1.0, 1.0], 6)
        groups = np.append(np.arange(90), np.full(20, 90))
        shown = Readings(values, np.full(110, 0.03), np.zeros(110, dtype=np.int64), np.full(110, -1))
        new = rng.random((200, 3))
        wanted = np.sin(2 * new[:, 0]) + new[:, 1] ** 2
        with torch_scope(0):
            model = fit_property("y", features, shown, groups, bend=False)
            errors.append(float(np.sqrt(np.mean((model.predict(new)[0] - wanted) ** 2))))
    assert max(errors) < 0.11, errors
