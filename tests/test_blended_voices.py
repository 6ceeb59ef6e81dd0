"""Knowledge beside none in what is measured next: its say grows and shrinks with what it foretells, within bounds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_earned_say import VALUES, model_of
from test_knowledge_term import Near
from test_optimizer import height, make_spec, observe

from eutectic.tools.blended_voices import BlendedVoices, weight_of
from eutectic.tools.gaussian_process import PropertyModel, fit_property
from eutectic.tools.knowledge_term import Slopes
from eutectic.tools.optimizer import open_optimizer
from eutectic.tools.readings import Readings
from eutectic.tools.source_term import judge_of
from eutectic.tools.torch_scope import torch_scope


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_the_say_rises_with_the_evidence_and_neither_side_is_silent(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert 0.02 < weight_of(low) <= weight_of(high) < 0.95
    assert weight_of(-20) < weight_of(0) < weight_of(20)


def fitted(scores: np.ndarray) -> PropertyModel:
    """A model of values that the four plain columns do not foretell, with scores as knowledge."""
    plain = np.random.default_rng(5).dirichlet(np.ones(4), len(VALUES))
    none, zeros = np.zeros(len(VALUES)), np.zeros(len(VALUES), dtype=np.int64)
    with torch_scope(0):
        return fit_property(
            "y",
            np.column_stack([plain, scores]),
            Readings(VALUES, none, zeros, zeros),
            np.arange(len(VALUES)),
            bend=True,
            slopes=Slopes(4, (4,), (0.4,), (0.5,)),
            n_shares=4,
        )


def blend(scores: np.ndarray, towards: float = 1.0) -> BlendedVoices:
    voices = fitted(scores).voices(0, towards)
    assert isinstance(voices, BlendedVoices)
    return voices


def test_what_foretells_the_values_gains_say_and_its_placebo_loses_it() -> None:
    assert blend(VALUES).weight > 0.85
    weights = [blend(np.random.default_rng(seed).permutation(VALUES)).weight for seed in range(5)]
    assert np.mean(weights) < weight_of(0.0) + 0.05


def test_being_right_about_the_better_half_counts_for_more_than_about_the_worse() -> None:
    better = np.median(VALUES) < VALUES
    chances = [np.random.default_rng(seed).permutation(VALUES) for seed in range(4)]
    for towards in (1.0, -1.0):
        knows_best, knows_worst = (
            np.mean([blend(np.where(known, VALUES, chance), towards).weight for chance in chances])
            for known in (better == (towards > 0), better == (towards < 0))
        )
        assert knows_best > 0.8 and knows_worst < knows_best - 0.2


def test_moments_lie_between_those_of_both_and_both_believe_the_same() -> None:
    voices = blend(VALUES)
    rng = np.random.default_rng(2)
    wanted = np.hstack([rng.dirichlet(np.ones(4), 6), rng.normal(size=(6, 1))])
    (mean, sd), (plain, plain_sd), (informed, informed_sd) = (
        v.moments(wanted) for v in (voices, voices.plain, voices.informed)
    )
    np.testing.assert_allclose(mean, plain + voices.weight * (informed - plain))
    np.testing.assert_allclose(sd, plain_sd + voices.weight * (informed_sd - plain_sd))
    after = voices.believing(wanted[:1])
    assert after.plain.process.standard[-1] == pytest.approx(mean[0])
    assert after.informed.process.standard[-1] == pytest.approx(mean[0])
    assert after.weight == voices.weight
    assert after.moments(wanted)[1][0] < sd[0]


def test_without_knowledge_nothing_is_blended() -> None:
    model = model_of(VALUES, np.zeros((30, 0)))
    assert not isinstance(model.voices(0), BlendedVoices)


def test_the_notes_say_how_much_knowledge_counts() -> None:
    spec = make_spec(optimizer={"initial": 4, "replicates": 0}, batch=4)
    optimizer = open_optimizer(spec, (Near(),), judge_of([Near()]))
    told = [observe(p, f"r01-s{i:02d}", {"y": height(p)}) for i, p in enumerate(optimizer.ask(4, round=1).batch)]
    optimizer.tell(told)
    notes = optimizer.ask(4, round=2).notes
    assert any("of the say" in note for note in notes)
    plain = open_optimizer(spec)
    plain.tell(told)
    assert not any("of the say" in note for note in plain.ask(4, round=2).notes)


def test_predictions_are_those_of_the_mixture() -> None:
    """Never as far off as knowledge alone, and less sure where both disagree."""
    model = fitted(np.random.default_rng(3).permutation(VALUES))
    voices = model.voices(0)
    assert isinstance(voices, BlendedVoices)
    rng = np.random.default_rng(4)
    wanted = np.hstack([rng.dirichlet(np.ones(4), 6), 9 * rng.normal(size=(6, 1))])
    plain, informed = (one.process.moments(wanted)[0] for one in (voices.plain, voices.informed))
    mean, sd = model.standard(wanted)
    far = np.abs(informed - plain) > 1
    assert far.any() and (np.abs(mean - plain)[far] < np.abs(informed - plain)[far]).all()
    assert (sd[far] > 0.08 * np.abs(informed - plain)[far]).all()
