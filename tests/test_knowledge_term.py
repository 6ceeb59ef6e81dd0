"""The seam for knowledge: true knowledge saves trials, false knowledge is seen through, none changes nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from test_optimizer import height, keys, make_spec, observe

from eutectic.core.spec import CampaignSpec
from eutectic.tools.knowledge_term import FloatArray, Judge, KnowledgeTerm, Standing
from eutectic.tools.optimizer import open_optimizer

TOP = np.array([0.5, 0.3, 0.2, 0.0])


@dataclass(frozen=True)
class Near:
    """Says that the property is larger (or, with sign -1, smaller) near the true top."""

    sign: float = 1.0
    name: str = "near the top"
    property: str = "y"
    slope: tuple[float, float] = (0.5, 0.5)

    def scores(self, shares: FloatArray, process: FloatArray) -> FloatArray:
        return self.sign * (2.0 - 5.0 * np.sqrt(((shares - TOP) ** 2).sum(axis=1)))


def campaign(spec: CampaignSpec, trials: int, terms: tuple[KnowledgeTerm, ...], judge: Judge | None = None):
    """All proposals of a campaign on the hill, in batches of 3, and its notes."""
    optimizer = open_optimizer(spec, terms, judge)
    rng, proposals, notes = np.random.default_rng(1), [], []
    for number in range(1, trials // 3 + 1):
        advice = optimizer.ask(3, round=number)
        notes += advice.notes
        proposals += advice.batch
        optimizer.tell(
            [
                observe(p, f"r{number:02d}-s{i:02d}", {"y": height(p) + 0.01 * rng.normal()})
                for i, p in enumerate(advice.batch)
            ]
        )
    return proposals, notes


def test_true_knowledge_starts_better_and_false_knowledge_does_not_stop_the_search() -> None:
    spec = make_spec(optimizer={"initial": 9, "replicates": 0}, batch=3)
    plain, guided, misled = (
        np.maximum.accumulate([height(p) for p in campaign(spec, 21, terms)[0]])
        for terms in ((), (Near(),), (Near(-1.0),))
    )
    assert guided[8] > plain[8] + 0.05
    assert guided[-1] > 0.97
    assert misled[-1] > 0.9


def test_the_standing_tells_true_from_false_and_dropping_it_gives_the_plain_surrogate() -> None:
    seen: list[Standing] = []

    def judge(standings: list[Standing]) -> dict[str, str]:
        seen.extend(standings)
        return {standing.name: "drop" for standing in standings}

    spec = make_spec(optimizer={"initial": 9, "replicates": 0}, batch=3)
    _, notes = campaign(spec, 15, (Near(), Near(-1.0, name="far from it")), judge)
    last = {standing.name: standing for standing in seen[-2:]}
    good, bad = last["near the top"], last["far from it"]
    assert good.n == bad.n == 12
    assert good.slope[0] > 0.3 and good.log_evidence > 0
    assert bad.slope[0] < good.slope[0] and bad.log_evidence < 0
    assert "knowledge 'far from it' is set aside" in notes

    one = open_optimizer(spec, (Near(),), lambda standings: {"near the top": "drop"})
    other = open_optimizer(spec)
    first = other.ask(9, round=1).batch
    told = [observe(p, f"r01-s{i:02d}", {"y": height(p)}) for i, p in enumerate(first)]
    one.tell(told)
    other.tell(told)
    assert keys(one.ask(3, round=2).batch) == keys(other.ask(3, round=2).batch)


def test_a_term_of_another_property_and_one_without_numbers_change_nothing_that_breaks() -> None:
    @dataclass(frozen=True)
    class Empty(Near):
        def scores(self, shares: FloatArray, process: FloatArray) -> FloatArray:
            return np.full(len(shares), np.nan)

    spec = make_spec(optimizer={"initial": 6}, batch=3)
    stranger, _ = campaign(spec, 9, (Near(property="x"),))
    assert keys(tuple(stranger)) == keys(tuple(campaign(spec, 9, ())[0]))
    assert len(campaign(spec, 9, (Empty(),))[0]) == 9


@pytest.mark.parametrize("one_in", [2, 4])
@pytest.mark.parametrize("n", [1, 2, 3, 4, 10])
def test_a_share_of_the_trials_is_left_to_the_plain_surrogate(n: int, one_in: int) -> None:
    from eutectic.tools.optimizer_bayes import _n_plain

    counts = [_n_plain(n, number, one_in) for number in range(3, 11)]
    assert sum(counts) * one_in == 8 * n
    assert max(counts) - min(counts) <= 1
