"""Sources of knowledge: claims become scores with the right sign, campaigns transfer, and what misleads is dropped."""

from __future__ import annotations

import numpy as np
import pytest

from eutectic.core.claim import Claim
from eutectic.core.objective import Objective
from eutectic.core.space import SearchSpace
from eutectic.tools.campaign_term import campaign_term, without_overlap
from eutectic.tools.claim_term import claim_terms
from eutectic.tools.descriptor_term import descriptor_terms
from eutectic.tools.descriptors import atoms_of, electronegativity_mismatches, mixing_enthalpies, size_mismatches
from eutectic.tools.knowledge_meter import read_meter, words
from eutectic.tools.knowledge_term import Standing
from eutectic.tools.mixing import electronegativity_mismatch, mixing_enthalpy_sum, size_mismatch
from eutectic.tools.own_replay import replay_own
from eutectic.tools.source_term import derangement, verdict

NAMES = ("Fe", "Co", "Ni", "B")
SPACE = SearchSpace.model_validate({"components": [{"name": name, "step": "1%"} for name in NAMES]})
RNG = np.random.default_rng(0)
SHARES = RNG.dirichlet(np.ones(4), 400)
NONE = np.zeros((400, 0))


def objective(direction: str = "maximize", name: str = "Bs") -> Objective:
    target = {"target": 1.0, "tolerance": 0.1} if direction == "target" else {}
    return Objective.model_validate({"property": name, "unit": "T", "direction": direction, **target})


def claim(statement: dict[str, object], author: str = "me", **more: object) -> Claim:
    return Claim.model_validate(
        {"property": "Bs", "statement": statement, "origin": "person", "author": author, "dated": "2026-01-01", **more}
    )


def recipe(**shares: float) -> np.ndarray:
    return np.array([[shares.get(name, 0.0) for name in NAMES]])


@pytest.mark.parametrize(
    ("statement", "high", "low"),
    [
        ({"kind": "effect", "component": "Fe", "sign": 1}, recipe(Fe=0.9, B=0.1), recipe(Fe=0.1, B=0.9)),
        ({"kind": "effect", "component": "Fe", "sign": -1}, recipe(Fe=0.1, B=0.9), recipe(Fe=0.9, B=0.1)),
        ({"kind": "synergy", "components": ["Fe", "Co"], "sign": 1}, recipe(Fe=0.5, Co=0.5), recipe(Fe=1.0)),
        ({"kind": "ranking", "components": ["Fe", "Co", "B"]}, recipe(Fe=1.0), recipe(B=1.0)),
    ],
    ids=["raises", "lowers", "synergy", "ranking"],
)
def test_a_claim_scores_in_the_sense_of_the_value(
    statement: dict[str, object], high: np.ndarray, low: np.ndarray
) -> None:
    for direction in ("maximize", "minimize"):
        (term,), unused = claim_terms([claim(statement)], SPACE, [objective(direction)], SHARES)
        assert not unused
        assert term.scores(high, NONE)[0] > term.scores(low, NONE)[0]


@pytest.mark.parametrize("direction", ["maximize", "minimize"])
def test_good_regions_turn_with_the_objective(direction: str) -> None:
    parts = [{"component": "Fe", "fraction": 0.5}, {"component": "Co", "fraction": 0.5}]
    best = {"kind": "optimum", "composition": {"parts": parts}, "radius": 0.2}
    (term,), _ = claim_terms([claim(best)], SPACE, [objective(direction)], SHARES)
    gap = term.scores(recipe(Fe=0.5, Co=0.5), NONE)[0] - term.scores(recipe(B=1.0), NONE)[0]
    assert gap > 0 if direction == "maximize" else gap < 0


def test_scores_are_standard_and_sources_apart() -> None:
    claims = [
        claim({"kind": "effect", "component": "Fe", "sign": 1}, "one", trust=0.8),
        claim({"kind": "effect", "component": "B", "sign": 1}, "two", trust=0.2),
    ]
    terms, _ = claim_terms(claims, SPACE, [objective()], SHARES)
    assert len({term.name for term in terms}) == 2
    assert terms[0].slope[0] > terms[1].slope[0]
    for term in terms:
        scores = term.scores(SHARES, NONE)
        assert abs(scores.mean()) < 0.1 and 0.8 < scores.std() < 1.1


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (claim({"kind": "effect", "component": "Zr", "sign": 1}), "needs Zr"),
        (claim({"kind": "effect", "component": "Fe", "sign": 1}, property="Tc"), "no objective"),
        (claim({"kind": "ranking", "components": ["Zr", "Fe"]}), "fewer than two"),
    ],
    ids=["component", "property", "ranking"],
)
def test_what_says_nothing_here_says_why(given: Claim, why: str) -> None:
    terms, unused = claim_terms([given], SPACE, [objective()], SHARES)
    assert not terms and why in unused[0].reason


def test_a_target_gives_a_best_range_no_direction() -> None:
    best = claim({"kind": "range", "component": "Fe", "low": 0.2, "high": 0.4})
    terms, unused = claim_terms([best], SPACE, [objective("target")], SHARES)
    assert not terms and "target" in unused[0].reason


def test_descriptors_equal_the_ones_for_a_single_alloy() -> None:
    atoms = atoms_of(NAMES, "at%")
    assert not isinstance(atoms, str)
    fractions = atoms.fractions(SHARES[:20])
    for i in range(20):
        one = dict(zip(atoms.symbols, fractions[i].tolist(), strict=True))
        assert mixing_enthalpies(atoms, fractions)[i] == pytest.approx(mixing_enthalpy_sum(one).value)
        assert size_mismatches(atoms, fractions)[i] == pytest.approx(size_mismatch(one))
        assert electronegativity_mismatches(atoms, fractions)[i] == pytest.approx(electronegativity_mismatch(one))


def test_descriptors_know_where_they_say_nothing() -> None:
    (term,), _ = descriptor_terms(SPACE, [objective()], SHARES)
    assert term.scores(recipe(Fe=1.0), NONE)[0] > term.scores(recipe(B=1.0), NONE)[0]
    terms, unused = descriptor_terms(SPACE, [objective(name="colour")], SHARES)
    assert not terms and "no rule" in unused[0].reason
    polymers = SearchSpace.model_validate(
        {"basis": "wt%", "components": [{"name": "P3HT", "step": "1%"}, {"name": "CNT", "step": "1%"}]}
    )
    terms, unused = descriptor_terms(polymers, [objective()], SHARES[:, :2])
    assert not terms and "no formula" in unused[0].reason


def test_an_earlier_campaign_transfers_what_both_have() -> None:
    theirs = ("Fe", "Co", "Mn")
    shares = RNG.dirichlet(np.ones(3), 200)
    term = campaign_term("old.csv", "Bs", (theirs, shares, shares @ [2.0, 1.0, 0.0]), NAMES, SHARES, NONE)
    assert not isinstance(term, str)
    assert np.corrcoef(term.scores(SHARES, NONE), SHARES @ [2.0, 1.0, 0.0, 0.0])[0, 1] > 0.8
    assert 0.4 < term.slope[0] <= 0.5
    noise = campaign_term("noise.csv", "Bs", (theirs, shares, RNG.normal(size=200)), NAMES, SHARES, NONE)
    assert not isinstance(noise, str) and noise.slope[0] < 0.15
    assert "fewer than two" in str(
        campaign_term("x", "Bs", (("Zr", "Fe"), shares[:, :2], shares[:, 0]), NAMES, SHARES, NONE)
    )


def test_recipes_that_could_be_measured_anew_are_taken_out() -> None:
    shares = np.array([[0.5, 0.5, 0.0], [0.5, 0.0, 0.5]])
    _, kept, values = without_overlap((("Fe", "Co", "Mn"), shares, np.array([1.0, 2.0])), NAMES)
    assert kept.tolist() == [[0.5, 0.0, 0.5]] and values.tolist() == [2.0]


@pytest.mark.parametrize(
    ("slope", "evidence", "expected"),
    [((-0.5, 0.3), 0.0, "drop"), ((0.5, 0.3), -2.0, "drop"), ((0.5, 0.3), 2.0, "trust"), ((0.2, 0.3), 0.5, "use")],
)
def test_sources_live_and_die_by_the_data(slope: tuple[float, float], evidence: float, expected: str) -> None:
    assert verdict(Standing("a", "Bs", 10, slope, evidence)) == expected


@pytest.mark.parametrize(("sign", "expected"), [(1.0, "helps"), (-1.0, "hurts")], ids=["right", "wrong"])
def test_the_meter_tells_help_from_harm(sign: float, expected: str) -> None:
    rng = np.random.default_rng(1)
    features = rng.random((40, 6))
    truth = (features - 0.5) @ np.array([4.0, -3.0, 2.0, 3.0, -2.0, 1.0])
    values = truth + rng.normal(0, 0.1, 40)
    known = sign * ((truth - truth.mean()) / truth.std())[:, None]
    placebo = rng.permutation(known)
    slope = (1.0, 0.2 if sign > 0 else 0.01)
    reading = read_meter("Bs", features, values, np.repeat(np.arange(1, 11), 4), known, [placebo], [slope])
    assert reading.verdict == expected
    assert ("better" if sign > 0 else "worse") in words(reading)
    early = read_meter("Bs", features[:6], values[:6], np.repeat([1, 2], 3), known[:6], [placebo[:6]], [slope])
    assert early.verdict == "too early" and "too early" in words(early)


def test_replays_of_own_trials_see_a_good_source() -> None:
    rng = np.random.default_rng(2)
    features = rng.random((30, 5))
    scores = -((features - 0.7) ** 2).sum(axis=1)
    known = ((scores - scores.mean()) / scores.std())[:, None]
    found = replay_own(features, scores, known, rng.permutation(known), [(1.0, 0.5)], 6)
    assert found is not None and found.knowledge <= found.plain and found.knowledge < found.random
    assert replay_own(features[:5], scores[:5], known[:5], known[:5], [(1.0, 0.5)]) is None


def test_a_derangement_leaves_nothing_in_place() -> None:
    for n in (2, 3, 7):
        order = derangement(n, np.random.default_rng(n))
        assert sorted(order) == list(range(n)) and all(i != j for i, j in enumerate(order))
