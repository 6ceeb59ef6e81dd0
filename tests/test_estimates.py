"""Estimates of single recipes: carried over to others, judged by the campaign, asked of a model once, replayed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from test_knowledge_campaign import events, write

from eutectic.agents.campaign import Campaign, Collaborators
from eutectic.agents.cli.main import main
from eutectic.agents.decisions.checks import complaints
from eutectic.agents.decisions.estimates import EstimatePick, EstimatesContext
from eutectic.agents.minds import RulesMind
from eutectic.agents.runs import opening
from eutectic.agents.spec_file import dump_spec, load_spec
from eutectic.core.claim import Claim
from eutectic.core.decision import Answer, Decision
from eutectic.core.objective import Objective
from eutectic.core.record import Record
from eutectic.core.settings import Settings
from eutectic.core.space import SearchSpace
from eutectic.core.trial import Observation
from eutectic.knowledge.claim_ledger import ledger
from eutectic.knowledge.claim_words import claim_words
from eutectic.tools.estimate_term import estimate_term, estimate_terms
from eutectic.tools.sampling import domain_of

T = TypeVar("T", bound=Record)
SPACE = SearchSpace.model_validate(
    {
        "components": [{"name": name, "step": "5%"} for name in ("Fe", "Co", "B")],
        "process": [
            {"kind": "continuous", "name": "anneal_T", "low": 600, "high": 800, "unit": "K"},
            {"kind": "categorical", "name": "gas", "choices": ["Ar", "N2"]},
        ],
    }
)
OBJECTIVE = Objective.model_validate({"property": "Bs", "unit": "T", "direction": "maximize"})


def stand_in() -> tuple[np.ndarray, np.ndarray]:
    domain = domain_of(SPACE)
    rows = domain.random(500, np.random.default_rng(0))
    return domain.lattice.shares(rows), domain.encoder.plain(domain.lattice, rows)[:, 3:]


def claim(recipes: list[tuple[dict[str, float], dict[str, object], float]], **more: object) -> Claim:
    items = [
        {
            "composition": {"parts": [{"component": name, "fraction": part} for name, part in shares.items()]},
            "process": process,
            "value": value,
        }
        for shares, process, value in recipes
    ]
    return Claim.model_validate(
        {
            "property": "Bs",
            "statement": {"kind": "estimates", "recipes": items},
            "origin": "person",
            "author": "me",
            "dated": "2026-01-01",
            **more,
        }
    )


def peak(fe: float) -> float:
    return 2.0 - 8.0 * (fe - 0.6) ** 2


LINE = [({"Fe": fe, "Co": 1 - fe}, {"anneal_T": 700, "gas": "Ar"}, peak(fe)) for fe in np.linspace(0.05, 0.95, 10)]


def test_an_optimum_in_the_middle_is_carried_over() -> None:
    """What neither a sign nor a ranking can say."""
    (term,), unused = estimate_terms([claim(LINE)], SPACE, [OBJECTIVE], *stand_in())
    assert not unused and term.kind == "advice"
    shares = np.array([[fe, 1 - fe, 0.0] for fe in (0.1, 0.58, 0.92)])
    low, best, high = term.scores(shares, np.tile([0.5, 1.0, 0.0], (3, 1)))
    assert best > high + 0.5 and best > low + 0.5


def test_the_settings_of_processing_count() -> None:
    recipes = [
        ({"Fe": fe, "B": 1 - fe}, {"anneal_T": at, "gas": gas}, at / 100)
        for fe in (0.3, 0.5, 0.7)
        for at in (600, 700, 800)
        for gas in ("Ar", "N2")
    ]
    (term,), _ = estimate_terms([claim(recipes)], SPACE, [OBJECTIVE], *stand_in())
    shares = np.array([[0.5, 0.0, 0.5]] * 2)
    cold, hot = term.scores(shares, np.array([[0.05, 1.0, 0.0], [0.95, 1.0, 0.0]]))
    assert hot > cold + 1


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (claim(LINE[:8], property="Tc"), "no objective"),
        (claim([({"Zr": 0.5, "Fe": 0.5}, {}, 1.0 + i) for i in range(9)]), "0 recipes of this space"),
        (claim([(shares, {}, 1.5) for shares, _, _ in LINE]), "the same of every recipe"),
    ],
    ids=["property", "component", "constant"],
)
def test_estimates_that_say_nothing_here_say_why(given: Claim, why: str) -> None:
    terms, unused = estimate_terms([given], SPACE, [OBJECTIVE], *stand_in())
    assert not terms and why in unused[0].reason


def test_values_over_decades_are_read_by_their_logarithm() -> None:
    rng = np.random.default_rng(0)
    recipes, none = rng.dirichlet(np.ones(3), 30), np.zeros((30, 0))
    values = 10 ** (4 * recipes[:, 0])
    there = rng.dirichlet(np.ones(3), 300)
    term = estimate_term("me", "y", (recipes, values), 0.5, there, np.zeros((300, 0)))
    assert not isinstance(term, str)
    assert np.corrcoef(term.scores(there, np.zeros((300, 0))), there[:, 0])[0, 1] > 0.95
    assert len(none) == 30


@given(
    st.lists(
        st.tuples(st.floats(0, 1), st.floats(0, 1), st.floats(-1e9, 1e9, allow_nan=False)), min_size=8, max_size=20
    )
)
def test_any_estimates_give_scores_or_a_reason(items: list[tuple[float, float, float]]) -> None:
    recipes = np.array([[a, (1 - a) * b, (1 - a) * (1 - b)] for a, b, _ in items])
    there = np.random.default_rng(0).dirichlet(np.ones(3), 50)
    said = (recipes, np.array([value for _, _, value in items]))
    term = estimate_term("me", "y", said, 0.5, there, np.zeros((50, 0)))
    if isinstance(term, str):
        assert term
    else:
        assert np.isfinite(term.scores(there, np.zeros((50, 0)))).all()


def test_fewer_than_eight_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 8"):
        claim(LINE[:7])


def check(*estimates: tuple[str, str, float]) -> list[str]:
    context = EstimatesContext.model_validate(
        {
            "goal": "Soft.",
            "objectives": [{"property": "Bs", "unit": "T", "wish": "maximize"}],
            "recipes": [{"id": f"e{i:02d}", "recipe": f"Fe {i} Co {100 - i} at%"} for i in range(3)],
        }
    )
    pick = EstimatePick.model_validate(
        {"estimates": [{"recipe": r, "property": p, "value": v} for r, p, v in estimates], "note": ""}
    )
    return complaints(Decision("designer", "estimates", "r00/designer/estimates", context, EstimatePick), pick)


def test_the_answer_is_checked_against_the_recipes_shown() -> None:
    assert check() == []
    assert check(("e00", "Bs", 1.0), ("e01", "Bs", 1.1), ("e02", "Bs", 1.2)) == []
    assert any("e01" in words and "missing" in words for words in check(("e00", "Bs", 1.0), ("e02", "Bs", 1.2)))
    assert any("no recipe 'e77'" in words for words in check(("e77", "Bs", 1.0)))
    assert any("no objective 'Hc'" in words for words in check(("e00", "Hc", 1.0)))
    assert any("twice" in words for words in check(("e00", "Bs", 1.0), ("e00", "Bs", 2.0)))


def short(place: Path) -> Path:
    """The example with what is known, of two rounds."""
    path = write(place)
    spec = yaml.safe_load(path.read_text(encoding="utf-8"))
    spec["budget"]["experiments"] = 8
    path.write_text(yaml.safe_dump(spec), encoding="utf-8")
    return path


class IronMind(RulesMind):
    """Goes by the share of iron where it is asked for estimates, and by the rules else."""

    name = "model"

    def decide(self, question: Decision[T]) -> Answer[T]:
        context = question.context
        if not isinstance(context, EstimatesContext):
            return super().decide(question)
        shares = [re.search(r"Fe ([\d.]+)", line.recipe) for line in context.recipes]
        estimates = [
            {"recipe": line.id, "property": "Bs", "value": float(found[1]) / 50 if found else 0.0}
            for line, found in zip(context.recipes, shares, strict=True)
        ]
        value = question.answer.model_validate({"estimates": estimates, "note": "by the iron"})
        assert not complaints(question, value)
        return Answer(value=value, mind="model", model="iron")


def test_a_campaign_asks_once_freezes_what_it_is_told_and_replays(tmp_path: Path) -> None:
    name, out = "informed-magnet-001", tmp_path / "runs"
    (out / name).mkdir(parents=True)
    spec = load_spec(short(tmp_path))
    (out / name / "spec.yaml").write_text(dump_spec(spec), encoding="utf-8")
    with Campaign(out / name, name, Collaborators(settings=Settings(), mind=IronMind())) as campaign:
        campaign.begin(opening(spec, name))
        campaign.advance()
    found = events(out)
    slots = [slot for _, slot, _ in found]
    first = next(place for place, (kind, _, _) in enumerate(found) if kind == "trial")
    assert slots.index("r00/designer/estimate-recipes") < slots.index("r00/designer/claims-frozen") < first
    (asked,) = [payload for _, slot, payload in found if slot == "r00/designer/estimates"]
    assert len(asked["context"]["recipes"]) == 60  # type: ignore[index]
    (terms,) = [payload["result"]["used"] for _, slot, payload in found if slot == "r00/terms"]  # type: ignore[index]
    assert "advice: estimates of language model on Bs" in {line["name"] for line in terms}
    assert main(["replay", name, "--recompute", "--out", str(out)]) == 0


def test_rules_are_not_asked(tmp_path: Path) -> None:
    assert main(["run", str(short(tmp_path)), "--out", str(tmp_path / "runs")]) == 0
    assert not [slot for _, slot, _ in events(tmp_path / "runs") if "estimate" in slot]


def observed(fe: float, value: float) -> Observation:
    return Observation.model_validate(
        {
            "trial": f"r01-s{round(fe * 1e6):02d}",
            "composition": {"parts": [{"component": "Fe", "fraction": fe}, {"component": "Co", "fraction": 1 - fe}]},
            "simulated": True,
            "measurements": [{"property": "Bs", "value": value, "unit": "T"}],
        }
    )


def test_the_ledger_scores_estimates_on_what_was_measured() -> None:
    objective = [OBJECTIVE]
    (right,) = ledger([claim(LINE)], [observed(fe, peak(fe)) for fe in np.linspace(0.1, 0.9, 12)], objective)
    assert right.verdict == "supported" and right.trust_after > right.trust_before
    (wrong,) = ledger([claim(LINE)], [observed(fe, -peak(fe)) for fe in np.linspace(0.1, 0.9, 12)], objective)
    assert wrong.verdict == "refuted" and wrong.trust_after < wrong.trust_before
    by_weight = claim(LINE).model_dump(mode="json")
    for item in by_weight["statement"]["recipes"]:
        item["composition"] = {"basis": "wt%", "parts": [{"component": "P3HT", "fraction": 1.0}]}
    (uncounted,) = ledger(
        [Claim.model_validate(by_weight)], [observed(fe, peak(fe)) for fe in np.linspace(0.1, 0.9, 12)], objective
    )
    assert uncounted.verdict == "open" and "P3HT" in uncounted.statistic
    assert claim_words(right.claim) == "Bs as estimated for 10 recipes"
