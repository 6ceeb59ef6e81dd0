"""Knowledge steers once it has foretold the better half of the values: not for being right about the worse half."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from test_knowledge_term import Near
from test_optimizer import height, keys, make_spec, observe

from eutectic.core.objective import Objective
from eutectic.tools.earned_say import earned
from eutectic.tools.encoding import FloatArray
from eutectic.tools.gaussian_process import PropertyModel, fit_property
from eutectic.tools.knowledge_term import KnowledgeTerm, Slopes
from eutectic.tools.optimizer import open_optimizer
from eutectic.tools.readings import Readings
from eutectic.tools.source_term import judge_of
from eutectic.tools.torch_scope import torch_scope


@dataclass(frozen=True)
class Column:
    """A term whose scores are given in the table itself."""

    name: str
    property: str = "y"
    slope: tuple[float, float] = (0.5, 0.5)

    def scores(self, shares: FloatArray, process: FloatArray) -> FloatArray:
        raise NotImplementedError


def model_of(values: FloatArray, known: FloatArray) -> PropertyModel:
    """A model of values that the four plain columns do not foretell, with scores behind them."""
    plain = np.random.default_rng(5).dirichlet(np.ones(4), len(values))
    readings = Readings(
        values, np.zeros(len(values)), np.zeros(len(values), dtype=np.int64), np.zeros(len(values), dtype=np.int64)
    )
    with torch_scope(0):
        return fit_property(
            "y", np.hstack([plain, known]), readings, np.arange(len(values)), bend=True, slopes=Slopes(4), n_shares=4
        )


def said(direction: str, values: FloatArray, scores: FloatArray) -> bool:
    objective = Objective.model_validate({"property": "y", "unit": "1", "direction": direction})
    model = model_of(values, scores[:, None])
    return "one" in earned([objective], {"y": model}, [Column("one")])


VALUES = np.sort(np.random.default_rng(0).normal(size=30))


def test_what_foretells_every_value_has_a_say_and_its_placebo_has_none() -> None:
    assert said("maximize", VALUES, VALUES)
    assert said("minimize", VALUES, VALUES)
    for seed in range(5):
        assert not said("maximize", VALUES, np.random.default_rng(seed).permutation(VALUES))
    assert not said("maximize", VALUES, np.full(30, 0.3))


def test_what_foretells_the_worse_half_only_has_none() -> None:
    worse, chance = VALUES - np.median(VALUES) < 0, np.random.default_rng(3).permutation(VALUES)
    blind_above = np.where(worse, VALUES, chance)
    assert not said("maximize", VALUES, blind_above)
    blind_below = np.where(worse, chance, VALUES)
    assert not said("minimize", VALUES, blind_below)


def test_few_values_earn_nothing() -> None:
    assert not said("maximize", VALUES[::6], VALUES[::6])


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_judged_term_steers_only_once_it_has_earned_it(sign: float) -> None:
    """With random trials on a hill, knowing the top helps and its opposite changes nothing that is proposed."""
    term: KnowledgeTerm = Near(sign, slope=(0.5, 0.1))
    spec = make_spec(optimizer={"initial": 4, "replicates": 0}, batch=4)
    plain = open_optimizer(spec)
    told = [
        observe(p, f"r01-s{i:02d}", {"y": height(p)}) for i, p in enumerate(open_optimizer(spec).ask(4, round=1).batch)
    ]
    more = make_spec(optimizer={"initial": 16, "replicates": 0}, batch=4, seed=3)
    told += [
        observe(p, f"r02-s{i:02d}", {"y": height(p)}) for i, p in enumerate(open_optimizer(more).ask(16, round=1).batch)
    ]
    informed = open_optimizer(spec, (term,), judge_of([term]))
    plain.tell(told)
    informed.tell(told)
    advice = informed.ask(4, round=3)
    alike = keys(advice.batch) == keys(plain.ask(4, round=3).batch)
    silent = [note for note in advice.notes if "near the top" in note]
    assert bool(silent) == alike == (sign < 0)


@pytest.mark.parametrize("initial, guided", [(4, 0), (5, 0), (12, 2)])
def test_the_first_starts_fill_the_space_and_later_ones_follow_knowledge(initial: int, guided: int) -> None:
    spec = make_spec(optimizer={"initial": initial, "replicates": 0}, batch=initial, budget={"experiments": 60})
    plain = set(keys(open_optimizer(spec).ask(initial, round=1).batch))
    informed = set(keys(open_optimizer(spec, (Near(),)).ask(initial, round=1).batch))
    assert len(informed - plain) == guided
