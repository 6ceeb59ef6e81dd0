"""The fit of the weights that judge answers: papers left out, signs kept, other papers counted as no answer."""

from __future__ import annotations

import numpy as np
import pytest

from eutectic.evals.literature_data import Pair
from eutectic.evals.literature_fit import Case, fit, judge, leave_one_paper_out
from eutectic.knowledge.features import Features

NEUTRAL = dict.fromkeys(Features._fields, 1.0) | dict.fromkeys(
    ("foreign", "unknown", "silent", "missing", "stranger"), 0.0
)


def graded(**known: float) -> list[float]:
    return list(Features(**NEUTRAL | known))


def made_cases(papers: int, each: int) -> list[Case]:
    """Questions of some papers: the right statement holds the thing asked of, that of the other papers does not."""
    cases = []
    for number in range(papers * each):
        paper, other = f"{number % papers}.pdf", f"{(number + 1) % papers}.pdf"
        noise = 0.02 * (number % 5)
        here, there = graded(thing=1 - noise, near=1 - noise), graded(thing=0.0, near=0.05, entity=noise)
        cases.append(
            Case(
                Pair(id=f"a{number}", question="?", doc=paper, pages=(1,)),
                np.array([here, there]),
                np.array([True, False]),
                ((paper, 1), (other, 2)),
                paper,
            )
        )
        cases.append(
            Case(
                Pair(id=f"n{number}", question="?", about=paper),
                np.array([graded(silent=1.0, answer=0.0)]),
                np.array([False]),
                ((paper, 1),),
                paper,
            )
        )
    return cases


def test_papers_that_are_left_out_are_judged_as_the_others_taught() -> None:
    held = leave_one_paper_out(made_cases(4, 6))
    assert (held.answerable, held.unanswerable) == (24, 24)
    assert held.abstained == 1.0
    assert held.refused == 0.0
    assert held.answered_right == 1.0
    assert held.intervals["abstained"] == pytest.approx((24 / (24 + 1.959964**2), 1.0), abs=1e-5)
    assert held.intervals["refused"] == pytest.approx((0.0, 1 - 24 / (24 + 1.959964**2)), abs=1e-5)


def test_a_thing_that_only_another_paper_speaks_of_is_learnt_to_be_no_answer() -> None:
    cases = made_cases(4, 6)
    weights = fit(cases)
    elsewhere = Case(cases[0].pair, cases[0].features[1:], np.array([False]), cases[0].pages[1:], cases[0].fold)
    assert judge(cases[0], weights)[1] > 0.5
    assert judge(elsewhere, weights)[1] < 0.5


def test_what_speaks_against_a_statement_never_speaks_for_it() -> None:
    weights = fit(made_cases(3, 4))
    against = ("foreign", "unknown", "long", "silent", "missing", "stranger")
    for ranking, confidence, name in zip(weights.ranking, weights.confidence, Features._fields, strict=True):
        if name in against:
            assert ranking <= 0.0 >= confidence
        else:
            assert ranking >= 0.0 <= confidence
