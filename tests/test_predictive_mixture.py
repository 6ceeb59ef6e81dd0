"""Predictions: between those of their parts, wide where values are few, holding what is measured next."""

from __future__ import annotations

import numpy as np
from test_voices import process

from eutectic.evals.eval_calibration import LEAST_COVERAGE, calibration_lines
from eutectic.evals.pools import laws
from eutectic.tools.predictive_mixture import Part, PredictiveMixture, widening
from eutectic.tools.settings_voice import settings_voice


def test_few_values_widen_and_many_do_not() -> None:
    factors = [widening(n) for n in range(1, 60)]
    assert factors == sorted(factors, reverse=True)
    assert factors[0] == factors[3] < 2 and factors[-1] < 1.02


def test_moments_are_those_of_the_parts_together() -> None:
    given = process(12)
    voice = settings_voice(given)
    assert voice is not None
    wanted = np.random.default_rng(5).dirichlet(np.ones(3), 8)
    fitted, sd = given.moments(wanted)
    averaged = voice.means(wanted)
    np.testing.assert_allclose(averaged, voice.moments(wanted)[0])
    mean, whole = PredictiveMixture([Part(given, 1.0)]).moments(wanted)
    np.testing.assert_allclose(mean, (fitted + averaged) / 2)
    assert (whole >= widening(12) * np.abs(fitted - averaged) / 2 - 1e-12).all()
    assert (whole**2 >= widening(12) ** 2 * sd**2 / 2).all()


def test_with_very_many_values_the_process_speaks_alone() -> None:
    given = process(301)
    wanted = np.random.default_rng(5).dirichlet(np.ones(3), 8)
    mean, sd = PredictiveMixture([Part(given, 1.0)]).moments(wanted)
    np.testing.assert_allclose(mean, given.moments(wanted)[0])
    np.testing.assert_allclose(sd, given.moments(wanted)[1] * widening(301))


def test_two_parts_that_disagree_are_less_sure_than_either() -> None:
    given = process(301)
    other = process(301)
    shifted = type(other)(
        other.features, other.standard + 3.0, type(other.kernel)(other.kernel.lengthscales, 0.02, 3.0), other.slopes
    )
    wanted = np.random.default_rng(5).dirichlet(np.ones(3), 8)
    mean, sd = PredictiveMixture([Part(given, 0.5), Part(shifted, 0.5)]).moments(wanted)
    np.testing.assert_allclose(mean, given.moments(wanted)[0] + 1.5, atol=1e-6)
    assert (sd > 1.4).all()


def test_intervals_hold_more_of_what_is_measured_next_than_one_fitted_process() -> None:
    lines = {(line.way, line.values): line for line in calibration_lines(laws(), 4)}
    for n in (5, 8, 12, 20):
        shipped, alone = lines["shipped", n], lines["fitted process alone", n]
        assert shipped.within_95[0] >= LEAST_COVERAGE - 0.05
        assert shipped.within_95[0] > alone.within_95[0]
        assert shipped.log_score[0] > alone.log_score[0]
