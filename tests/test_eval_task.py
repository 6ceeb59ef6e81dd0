"""Tasks and what is printed of them: shares of yes and no carry an interval, means of shares do not."""

from __future__ import annotations

import pytest

from eutectic.evals.literature import outcome_lines
from eutectic.evals.task import Score, Scorer, Task, run_task


def test_shares_of_yes_and_no_carry_wilsons_interval_and_gates_stay() -> None:
    task = Task[int, int](
        name="numbers",
        samples=range(10),
        solver=lambda sample: sample,
        scorers=(
            Scorer("even", "half of them", lambda _, out: Score(value=float(out % 2 == 0))),
            Scorer("none", "never", lambda _, out: Score(value=0.0)),
            Scorer("part", "a share of each", lambda _, out: Score(value=out / 10)),
            Scorer("silent", "never applies", lambda _, out: Score(value=None)),
        ),
        gates=(("even", "at least", 0.5),),
    )
    outcome = run_task(task, str)
    assert set(outcome.intervals) == {"even", "none"}
    assert outcome.intervals["even"] == pytest.approx((0.2366, 0.7634), abs=1e-4)
    assert outcome.intervals["none"] == pytest.approx((0.0, 0.2775), abs=1e-4)
    assert outcome.is_passed
    lines = outcome_lines(outcome, is_gate=True).splitlines()
    assert lines[1].split(maxsplit=1) == ["even", "0.500 (95 %: 0.237-0.763)"]
    assert lines[3].split() == ["part", "0.450"]
    assert lines[4].split() == ["silent", "-"]
