"""Ways to choose a baseline against the choice in hindsight, by numbers worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from eutectic.evals.baseline_choice import choices_of, compare, describe_choices, halved
from eutectic.evals.search_methods import BASELINES
from eutectic.evals.search_runs import Run


def test_fixed_choices_and_coin_by_hand() -> None:
    # means (10, 20) and (40, 10): always a 1 and 4, always b 2 and 1, coin 1.5 and 2.5
    tables = [np.array([[10.0], [20.0]]), np.array([[40.0], [10.0]])]
    a, b, coin = compare(4, ("a", "b"), tables)
    assert (a.ratio, a.worst, b.ratio, b.worst) == (2.0, 4.0, 1.414, 2.0)
    assert (coin.ratio, coin.worst, coin.spread) == (1.936, 2.5, None)


def test_a_halving_by_hand() -> None:
    table = np.array([[2.0, 4.0, 30.0, 30.0], [10.0, 10.0, 12.0, 12.0]])
    # halves prefer a (3) and b (12); crossed: (30 + 30 + 10 + 10) / 4 = 20 over b's 11; floor 3 / 12
    assert halved(table, np.array([0, 1, 2, 3])) == pytest.approx((20 / 11, 0.25))
    # seeds 0, 2 and 1, 3: a 16 and 17, b 11 and 11, so b in both
    assert halved(table, np.array([0, 2, 1, 3])) == pytest.approx((1.0, 1.0))


def test_splits_repeat_and_seeds_that_agree_have_no_noise() -> None:
    table = np.array([[2.0, 4.0, 30.0, 30.0], [10.0, 10.0, 12.0, 12.0]])
    assert compare(1, ("a", "b"), [table], 50) == compare(1, ("a", "b"), [table], 50)
    flat = compare(1, ("a", "b"), [np.array([[5.0] * 4, [10.0] * 4])], 20)
    assert [(item.ratio, item.spread) for item in flat[3:]] == [(1.0, (1.0, 1.0)), (1.0, (1.0, 1.0))]


def test_a_censored_seed_counts_with_all_its_trials() -> None:
    first, second = BASELINES[:2]
    runs = [
        Run(method=name, pool="p", seed=0, batch=1, scores=scores, top=0.9, seconds=0.0)
        for name, scores in ((first, (0.1, 1.0, 1.0, 1.0)), (second, (0.1, 0.1, 0.1, 0.1)))
    ]
    always = {item.name: item.ratio for item in choices_of(runs)}
    assert always == {first: 1.0, second: 2.0, "coin": 1.5}  # 2 trials, and 4 of 4 without getting there
    assert "coin" in describe_choices(choices_of(runs))
    assert choices_of(runs[:1]) == []
    assert choices_of([run.model_copy(update={"method": "ours-none"}) for run in runs[:1]]) == []
