"""Two objectives at once: the gain in hypervolume by hand, a blind surrogate found out, and a front filled sooner."""

from __future__ import annotations

import json

import numpy as np
import pytest

from eutectic.agents.cli.main import main
from eutectic.core.spec import CampaignSpec
from eutectic.core.trial import Observation
from eutectic.evals.fronts import hypervolume
from eutectic.tools.exact_process import ExactProcess
from eutectic.tools.fantasies import Fantasies
from eutectic.tools.front_improvement import front_gain, raw_scores, sees
from eutectic.tools.gaussian_process import fit_property
from eutectic.tools.goals import Goal
from eutectic.tools.optimizer import open_optimizer
from eutectic.tools.readings import plain_readings
from eutectic.tools.sampling import random_feasible
from eutectic.tools.torch_scope import torch_scope

NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(24)
WEIGHTS = WEIGHTS / WEIGHTS.sum()


def test_the_expected_gain_is_that_of_drawn_points() -> None:
    front, worst = np.array([[0.2, 0.9], [0.6, 0.5], [0.8, 0.1]]), np.zeros(2)
    mean, sd = np.array([[0.5, 0.7], [0.9, 0.9], [0.1, 0.1]]), np.array([[0.2, 0.1], [0.3, 0.3], [0.05, 0.05]])
    gains = front_gain(*(mean[:, [j]] + sd[:, [j]] * NODES for j in range(2)), WEIGHTS, front, worst)
    rng = np.random.default_rng(0)
    for i in range(3):
        drawn = mean[i] + sd[i] * rng.normal(size=(4000, 2))
        each = [hypervolume(np.vstack([front, np.maximum(point, 0.0)])) for point in drawn]
        assert gains[i] == pytest.approx(np.mean(each) - hypervolume(front), abs=0.012)


def test_a_front_of_nothing_leaves_the_whole_quadrant() -> None:
    sure = np.full((1, len(NODES)), 2.0)
    assert front_gain(sure, 3 * sure, WEIGHTS, np.zeros((0, 2)), np.zeros(2))[0] == pytest.approx(12.0)


def process_of(values: np.ndarray, features: np.ndarray) -> ExactProcess:
    with torch_scope(0):
        return fit_property("y", features, plain_readings(values), np.arange(len(values)), bend=True).process


def test_a_surrogate_is_blind_to_noise_and_sees_a_law() -> None:
    rng = np.random.default_rng(1)
    features = rng.dirichlet(np.ones(5), 24)
    assert sees(process_of(features @ np.arange(5.0), features))
    assert sum(sees(process_of(rng.normal(size=24), features)) for _ in range(6)) <= 1


def test_drawing_one_after_the_other_is_a_joint_draw() -> None:
    """Means and covariance of the draws are those of the process, and a recipe drawn is known from then on."""
    rng = np.random.default_rng(3)
    features = rng.dirichlet(np.ones(3), 15)
    process = process_of(features @ np.array([1.0, 0.0, 2.0]) + 0.2 * rng.normal(size=15), features)
    wanted = np.array([[0.9, 0.05, 0.05], [0.85, 0.1, 0.05]])
    drawn = Fantasies.of(process, 4000).drawing(wanted, rng.normal(size=(2, 4000)))
    mean, sd = process.moments(wanted)
    np.testing.assert_allclose(drawn.draws.mean(axis=1), mean, atol=0.05 * sd.max() + 1e-3)
    np.testing.assert_allclose(drawn.draws.std(axis=1), sd, rtol=0.05)
    means, left = drawn.moments(wanted)
    np.testing.assert_allclose(means, drawn.draws, atol=0.02)
    assert (left < 0.1 * sd).all()


def test_a_target_is_scored_by_the_distance_in_its_unit() -> None:
    features = np.random.default_rng(4).dirichlet(np.ones(3), 12)
    with torch_scope(0):
        model = fit_property("y", features, plain_readings(10 * features[:, 0]), np.arange(12), bend=False)
    goal = Goal(0, 1.0, float(model.warp.forward(4.0)), None)
    scores = raw_scores(model, goal, model.warp.forward(np.array([1.0, 4.0, 6.0])))
    np.testing.assert_allclose(scores, [-3.0, 0.0, -2.0], atol=1e-9)


def spec_of(law: bool) -> CampaignSpec:
    return CampaignSpec.model_validate(
        {
            "name": "t",
            "goal": "g",
            "space": {"components": [{"name": name, "step": "5%"} for name in ("Fe", "Co", "Ni", "Cr")]},
            "objectives": [
                {"property": "one", "unit": "1", "direction": "maximize"},
                {"property": "two", "unit": "1", "direction": "minimize"},
            ],
            "budget": {"experiments": 100},
            "optimizer": {"replicates": 0, "initial": 5},
            "seed": int(law),
        }
    )


def told(spec: CampaignSpec, n: int, *, law: bool) -> list[Observation]:
    rng = np.random.default_rng(103)
    found = []
    for i, (composition, _) in enumerate(random_feasible(spec.space, n, 0)):
        x = np.array(composition.vector(spec.space.component_names))
        values = {"one": x[0] + x[1] * x[2], "two": x[0] - x[3] if law else rng.normal()}
        found.append(
            Observation.model_validate(
                {
                    "trial": f"r{i // 4 + 1:02d}-s{i % 4:02d}",
                    "composition": composition,
                    "measurements": [{"property": k, "unit": "1", "value": float(v)} for k, v in values.items()],
                    "simulated": True,
                }
            )
        )
    return found


@pytest.mark.parametrize("law", [True, False], ids=["a law", "noise"])
def test_a_user_is_told_where_the_surrogate_is_blind(law: bool) -> None:
    spec = spec_of(law)
    optimizer = open_optimizer(spec)
    optimizer.tell(told(spec, 20, law=law))
    advice = optimizer.ask(4, round=6)
    said = [note for note in advice.notes if "drawn at random" in note]
    assert len(advice.batch) == 4
    assert not said if law else "two" in said[0] and "one" not in said[0].split(" no better")[0]


def test_recipes_with_only_one_of_the_values_do_not_break_it() -> None:
    spec = spec_of(True)
    optimizer = open_optimizer(spec)
    whole = told(spec, 12, law=True)
    cut = [o.model_copy(update={"measurements": o.measurements[:1]}) if i % 3 == 0 else o for i, o in enumerate(whole)]
    optimizer.tell(cut)
    assert len(optimizer.ask(4, round=4).batch) == 4


def test_the_front_of_a_law_is_filled_sooner_than_by_chance(capsys: pytest.CaptureFixture[str]) -> None:
    from eutectic.evals.fronts import run_fronts

    (line,) = run_fronts(None, 3, 4, 40)
    assert line.ours[-1] > line.random[-1] + 0.03
    assert main(["bench", "optimise", "--front", "--smoke", "--json"]) == 0
    assert any(item["pool"] == "synergy-price" for item in json.loads(capsys.readouterr().out))


def test_repeats_by_value_are_measured_beside_never_and_always() -> None:
    from eutectic.evals.repeats import describe_repeats, run_repeats

    lines = run_repeats(2, 20)
    assert {line.rule for line in lines} == {"never", "by_value", "always"}
    assert all(line.repeats == 0 and line.less_never[0] == 0 for line in lines if line.rule == "never")
    assert "less never" in describe_repeats(lines)
