"""Tests of a cheap assay beside a dear one: what the spec says, what the model learns, what is chosen and recorded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from eutectic.agents.runs import read_campaign
from eutectic.core.composition import Composition
from eutectic.core.errors import BadInput
from eutectic.core.settings import Settings
from eutectic.core.spec import CampaignSpec
from eutectic.core.trial import Measurement, Observation
from eutectic.lab_interface.compile import compile_plan
from eutectic.lab_interface.labs.simulated import open as open_simulated
from eutectic.lab_interface.labs.worksheet import open as open_worksheet
from eutectic.tools.optimizer_bayes import BayesOptimizer
from eutectic.tools.prior_data import read_prior
from eutectic.tools.screening import log_index
from eutectic.tools.surrogate import fit_posterior

SCREEN = {"property": "quick", "unit": "1", "price": 1}
SELF = {**SCREEN, "property": "y"}


def spec_of(price: float = 1, cost: float = 10, **more: Any) -> CampaignSpec:
    """Three components, one property to push up, a screen beside it."""
    given: dict[str, Any] = {
        "name": "screens",
        "goal": "high",
        "space": {"components": [{"name": name, "step": "2%"} for name in ("Fe", "Co", "Ni")]},
        "objectives": [{"property": "y", "unit": "T", "direction": "maximize", "screen": {**SCREEN, "price": price}}],
        "budget": {"experiments": 300},
        "optimizer": {"trial_cost": cost},
        "lab": {"kind": "worksheet"},
        "seed": 3,
    }
    return CampaignSpec.model_validate(given | more)


def truth(composition: Composition) -> float:
    """A hill near 60 % Fe, 30 % Co."""
    shares = composition.fractions
    return 2.0 - 6 * (shares.get("Fe", 0.0) - 0.6) ** 2 - 4 * (shares.get("Co", 0.0) - 0.3) ** 2


def seen(trial: str, composition: Composition, name: str, value: float) -> Observation:
    """One measurement of a recipe."""
    unit = "T" if name == "y" else "1"
    read = (Measurement(property=name, unit=unit, value=value),)
    return Observation(trial=trial, composition=composition, measurements=read, simulated=True)


def recipes(n: int, seed: int) -> list[Composition]:
    """Recipes of the space at random."""
    draws = np.random.default_rng(seed).dirichlet(np.ones(3), n)
    return [Composition.of(dict(zip(("Fe", "Co", "Ni"), row, strict=True)), "at%", normalise=True) for row in draws]


def told(n_tests: int, screens: list[float] | None, seed: int = 1) -> list[Observation]:
    """Tests of random recipes, and screens of others with the values given (of the truth where None)."""
    tested, screened = recipes(n_tests, seed), recipes(30, seed + 100)
    values = screens or [50 + 4 * truth(item) for item in screened]
    found = [seen(f"r01-s{i + 1:02d}", item, "y", truth(item)) for i, item in enumerate(tested)]
    pairs = [seen(f"r02-s{i + 1:02d}", item, "quick", 50 + 4 * truth(item)) for i, item in enumerate(tested)]
    return [*found, *(pairs if screens is None else []), *(
        seen(f"r03-s{i + 1:02d}", item, "quick", value)
        for i, (item, value) in enumerate(zip(screened, values, strict=True))
    )]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"optimizer": {}}, "trial_cost"),
        ({"optimizer": {"kind": "random", "trial_cost": 3}}, "trial_cost"),
        ({"objectives": [{"property": "y", "unit": "T", "direction": "maximize", "screen": SELF}]},
         "a property of its own name"),
        ({"objectives": [{"property": "y", "unit": "T", "direction": "maximize", "screen": SCREEN},
                         {"property": "z", "unit": "1", "direction": "minimize"}]}, "a single objective"),
    ],
)  # fmt: skip
def test_a_spec_with_a_screen_that_cannot_be_is_refused_with_the_reason(change: dict[str, Any], word: str) -> None:
    with pytest.raises(ValidationError, match=word):
        spec_of(**change)


def test_screens_teach_the_surrogate_what_they_cost_less_than_tests_to_learn() -> None:
    spec, far = spec_of(), [(item, {}) for item in recipes(60, 77)]
    wanted = np.array([truth(item) for item, _ in far])
    errors = []
    for given in (told(6, None)[:6], told(6, None)):
        mean, _ = fit_posterior(spec, given).predict(far)["y"]
        errors.append(float(np.abs(mean - wanted).mean()))
    assert errors[1] < 0.5 * errors[0]


def test_a_screen_that_has_nothing_to_do_with_the_property_leaves_the_surrogate_as_it_is() -> None:
    spec, far = spec_of(), [(item, {}) for item in recipes(60, 77)]
    noise = np.random.default_rng(5).normal(size=30).tolist()
    plain, _ = fit_posterior(spec, told(8, noise)[:8]).predict(far)["y"]
    beside, _ = fit_posterior(spec, told(8, noise)).predict(far)["y"]
    assert np.abs(plain - beside).max() < 0.05


def test_the_index_is_the_best_threshold_and_never_beats_a_test_with_a_look_that_tells_nothing() -> None:
    chances = np.full(4, 0.25)
    same = log_index(np.log(np.full((1, 4), 2.0)), chances, np.array([1.0]), np.array([10.0]))
    assert np.exp(same[0]) == pytest.approx(2.0 / 11.0)
    split = log_index(np.log(np.array([[8.0, 1e-9, 1e-9, 1e-9]])), chances, np.array([1.0]), np.array([10.0]))
    assert np.exp(split[0]) == pytest.approx(0.25 * 8.0 / (1.0 + 2.5))


def _run(spec: CampaignSpec, rounds: int, tells: float) -> tuple[int, int, BayesOptimizer]:
    """Screens and tests of a search whose screen reads so much of the truth, the rest noise."""
    optimizer, noise = BayesOptimizer(spec), np.random.default_rng(4)
    counts = {"screen": 0, "data": 0, "replicate": 0}
    for number in range(1, rounds + 1):
        found = []
        for slot, item in enumerate(optimizer.ask(4, round=number).batch, start=1):
            counts[item.purpose] += 1
            trial, value = f"r{number:02d}-s{slot:02d}", truth(item.composition)
            screened = tells * 4 * value + (1 - tells) * float(noise.normal())
            is_screen = item.purpose == "screen"
            found.append(seen(trial, item.composition, "quick" if is_screen else "y", screened if is_screen else value))
        optimizer.tell(found)
    return counts["screen"], counts["data"] + counts["replicate"], optimizer


def test_a_good_screen_is_used_and_its_best_are_tested() -> None:
    screens, tests, optimizer = _run(spec_of(), 4, 1.0)
    assert screens >= 4 and tests > 4
    again = optimizer.ask(4, round=5).model_dump_json()
    assert again == optimizer.ask(4, round=5).model_dump_json()


def test_a_useless_screen_is_given_up_and_one_that_is_no_cheaper_never_used() -> None:
    screens, tests, _ = _run(spec_of(), 5, 0.0)
    assert tests >= screens
    assert _run(spec_of(price=10), 2, 1.0)[0] == 0


def test_a_reading_of_the_screen_in_earlier_data_steers_and_is_no_result(tmp_path: Path) -> None:
    path = tmp_path / "prior.csv"
    path.write_text("Fe,Co,Ni,y (T),quick\n60,30,10,,99\n50,50,0,1.5,7\n20,40,40,,3\n", encoding="utf-8")
    spec = spec_of()
    prior = read_prior(path, spec)
    optimizer = BayesOptimizer(spec)
    optimizer.tell(prior.observations)
    assert [item.value("y") for item in prior.observations] == [None, 1.5, None]
    assert {item.source for item in optimizer.ask(4, round=1).batch} == {"initial"}


LAB: dict[str, Any] = {
    "kind": "simulated",
    "settings": {
        "law": "fe_soft_magnet",
        "cost_per_trial": 10,
        "abandoned_rate": 0,
        "screen": {"slope": 30, "offset": 5, "misfit": 1, "noise": 0.05},
    },
}


def lab_spec(**more: Any) -> CampaignSpec:
    """A spec that a simulated lab serves."""
    objective = {"property": "Bs", "unit": "T", "direction": "maximize", "screen": SCREEN}
    space = {"components": [{"name": "Fe", "min": "60%"}, {"name": "B"}, {"name": "Si", "max": "12%"}]}
    given = {"space": space, "objectives": [objective], "lab": LAB, "approval": {"mode": "auto"}}
    return spec_of(**(given | more))


def test_a_lab_that_cannot_screen_and_settings_without_a_screen_are_refused(tmp_path: Path) -> None:
    bare = {key: value for key, value in LAB["settings"].items() if key != "screen"}
    with pytest.raises(BadInput, match="does not give 'quick'"):
        open_simulated(lab_spec(lab={"kind": "simulated", "settings": bare}), tmp_path)
    plain = {"property": "Bs", "unit": "T", "direction": "maximize"}
    with pytest.raises(BadInput, match="names no screen"):
        open_simulated(lab_spec(objectives=[plain]), tmp_path)


def test_a_campaign_screens_and_tests_within_its_money_and_its_best_is_a_test(tmp_path: Path) -> None:
    from eutectic.agents.replaying import replay
    from eutectic.agents.runs import create_campaign

    settings = Settings()
    spec = lab_spec(budget={"experiments": 60, "money": 85})
    with create_campaign(spec, tmp_path, settings) as campaign:
        campaign.advance()
        folder = campaign.folder
    with read_campaign(tmp_path, folder.name, settings) as (_, view, _):
        by_purpose = {key: view.trials[key].purpose for key in view.observations}
        screened = [view.observations[key] for key, purpose in by_purpose.items() if purpose == "screen"]
        tested = [view.observations[key] for key, purpose in by_purpose.items() if purpose != "screen"]
        assert view.spent.money <= 85
    assert screened and len(tested) > 4
    assert all(item.value("Bs") is None and item.cost == 1 for item in screened)
    assert all(item.value("quick") is None and item.cost == 10 for item in tested)
    assert replay(tmp_path, folder.name, settings, recompute=True).is_whole


def test_the_sheet_of_a_person_asks_for_the_screen_alone_where_a_sample_is_only_screened(tmp_path: Path) -> None:
    from simulated_lab_builder import PROTOCOL

    from eutectic.core.trial import Trial

    spec = spec_of()
    lab = open_worksheet(spec, tmp_path)
    made = recipes(2, 9)
    trials = [
        Trial(id="r01-s01", composition=made[0], source="optimizer", why="test"),
        Trial(id="r01-s02", composition=made[1], source="optimizer", why="screen", purpose="screen"),
    ]
    plan = compile_plan(spec, "screens-001", 1, 1, trials, PROTOCOL, lab.capabilities())
    assert plan.cost == 1
    lab.submit(plan, plan.key)
    folder = lab.folder_of(plan.key)
    assert "but those marked (screen): of these quick" in (folder / "worksheet.md").read_text(encoding="utf-8")
    assert "value quick [1]" in (folder / "results_template.csv").read_text(encoding="utf-8")
