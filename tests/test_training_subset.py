"""The part of a large campaign that the surrogate is fitted on, and what choosing it costs."""

from __future__ import annotations

from eutectic.evals.bootstrap import mean_of
from eutectic.evals.suggestion_speed import SpeedCase, observations_of, spec_of
from eutectic.evals.training_subset import subset_lines
from eutectic.tools.optimizer_bayes import BayesOptimizer


def test_a_mean_stands_within_its_bounds() -> None:
    assert mean_of([2.0, 2.0, 2.0]) == (2.0, 2.0, 2.0)
    mean, low, high = mean_of([1.0, 2.0, 4.0, 9.0])
    assert mean == 4.0 and 1.0 <= low < mean < high <= 9.0


def test_every_way_is_measured_against_the_shipped_one() -> None:
    lines = subset_lines(2, 700, components=4)
    assert {(line.way, line.kept) for line in lines} == {
        ("shipped", 150), ("shipped", 300), ("shipped", 600), ("random", 600), ("best", 600), ("nearest", 600),
    }  # fmt: skip
    by_key = {(line.way, line.kept): line for line in lines}
    assert by_key["shipped", 600].less_shipped == (0.0, 0.0, 0.0)
    assert all(line.mean_gain <= line.gain for line in lines)


def test_a_campaign_beyond_the_limit_says_what_it_is_fitted_on() -> None:
    case = SpeedCase(observations=60, components=4, at_most=4)
    spec = spec_of(case, 0)
    optimizer = BayesOptimizer(spec, most=40)
    optimizer.tell(observations_of(spec, case, 0))
    assert any("40 of 60 observations" in note for note in optimizer.ask(2, round=3).notes)
