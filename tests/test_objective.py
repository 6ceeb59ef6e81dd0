"""Objectives: completeness, when they are met, and their score."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from eutectic.core.objective import Objective

values = st.floats(-1e6, 1e6)


def objective(**fields: Any) -> Objective:
    return Objective.model_validate({"property": "Bs", "unit": "T", "direction": "maximize"} | fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"direction": "target"},
        {"direction": "target", "target": 1.0},
        {"direction": "target", "tolerance": 1.0},
        {"target": 1.0, "tolerance": 0.1},
        {"direction": "target", "target": 1.0, "tolerance": 0},
        {"role": "constrain"},
        {"at_least": 2.0, "at_most": 1.0},
        {"direction": "up"},
        {"unit": None},
        {"at_least": float("nan")},
    ],
)
def test_incomplete_objectives_are_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        objective(**fields)


@given(values, values)
def test_better_means_a_higher_score(first: float, second: float) -> None:
    up, down = objective(), objective(direction="minimize")
    near = objective(direction="target", target=10.0, tolerance=1.0)
    assert (up.score(first) > up.score(second)) == (first > second)
    assert (down.score(first) > down.score(second)) == (first < second)
    assert (near.score(first) > near.score(second)) == (abs(first - 10) < abs(second - 10))


@pytest.mark.parametrize(
    ("fields", "met", "missed"),
    [
        ({"at_least": 1.5}, [1.5, 2.0], [1.4999, -1.0]),
        ({"at_most": 1.5}, [1.5, -2.0], [1.5001]),
        ({"at_least": 1.0, "at_most": 2.0}, [1.0, 1.5, 2.0], [0.9, 2.1]),
        ({"direction": "target", "target": 5.0, "tolerance": 0.5}, [4.5, 5.5], [4.4, 5.6]),
        ({}, [], [0.0, 1e6]),
    ],
)
def test_met_from_the_limit_on(fields: dict[str, Any], met: list[float], missed: list[float]) -> None:
    item = objective(**fields)
    assert item.has_goal == bool(fields)
    assert all(item.is_met(value) for value in met)
    assert not any(item.is_met(value) for value in missed)
