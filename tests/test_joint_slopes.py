"""Sources that say much the same are together worth little more than one, and one alone keeps its slope."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eutectic.tools.joint_slopes import joint_slopes
from eutectic.tools.source_term import SourceTerm

SHARES = np.random.default_rng(0).dirichlet(np.ones(4), 400)
NONE = np.zeros((400, 0))


def term(name: str, weights: list[float], slope: float = 0.4, property: str = "y") -> SourceTerm:
    raw = SHARES @ np.array(weights)
    return SourceTerm(
        name=name,
        kind="advice",
        property=property,
        slope=(slope, 0.5),
        raw=lambda shares, _: shares @ np.array(weights),
        centre=float(raw.mean()),
        scale=float(raw.std()),
        about="",
    )


def slopes(*terms: SourceTerm) -> list[tuple[float, float]]:
    return [found.slope for found in joint_slopes(terms, SHARES, NONE)]


def test_one_source_keeps_its_slope_and_so_do_those_of_other_properties() -> None:
    assert slopes(term("a", [1, 0, 0, 0])) == [(0.4, 0.5)]
    assert slopes(term("a", [1, 0, 0, 0]), term("b", [1, 0, 0, 0], property="z")) == [(0.4, 0.5)] * 2


def test_the_same_said_twice_counts_as_once() -> None:
    (one, sd), (other, _) = slopes(term("a", [1, 0, 0, 0]), term("b", [1, 0, 0, 0]))
    assert one == pytest.approx(other)
    assert one + other == pytest.approx(0.4)
    assert sd == pytest.approx(0.5 / 2**0.5)


def test_the_one_most_trusted_does_not_silence_the_others() -> None:
    (strong, _), (weak, _) = slopes(term("a", [1, 0, 0, 0], 0.7), term("b", [1, 0.02, 0, 0], 0.4))
    assert strong == pytest.approx(0.35, abs=0.01) and weak == pytest.approx(0.2, abs=0.01)


def test_different_things_keep_nearly_all_of_theirs() -> None:
    for mean, _ in slopes(term("a", [1, -1, 0, 0]), term("b", [0, 0, 1, -1])):
        assert mean == pytest.approx(0.4, abs=0.05)


def test_a_source_without_direction_neither_gives_nor_takes() -> None:
    found = slopes(term("a", [1, 0, 0, 0]), term("b", [1, 0, 0, 0], slope=0.0))
    assert found == [(0.4, 0.5), (0.0, 0.5)]


@given(st.lists(st.tuples(st.lists(st.floats(-1, 1), min_size=4, max_size=4), st.floats(0.05, 1)), max_size=5))
def test_no_slope_grows_turns_or_dies(items: list[tuple[list[float], float]]) -> None:
    terms = [term(str(i), weights, slope) for i, (weights, slope) in enumerate(items) if np.ptp(weights) > 0.1]
    for before, after in zip(terms, joint_slopes(terms, SHARES, NONE), strict=True):
        assert before.slope[0] / len(terms) - 1e-9 <= after.slope[0] <= before.slope[0] + 1e-9
        assert 0 < after.slope[1] <= 0.5
