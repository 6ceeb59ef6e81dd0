"""Which recipes are best: limits, replicates, fronts and goals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eutectic.agents.graph.ranking import Leaderboard
from eutectic.core.composition import Composition
from eutectic.core.objective import Objective
from eutectic.core.space import ComponentRange, SearchSpace
from eutectic.core.spec import Budget, CampaignSpec
from eutectic.core.trial import Measurement, Observation

STRENGTH = Objective(property="strength", unit="MPa", direction="maximize")
DENSITY = Objective(property="density", unit="g/cm3", direction="minimize")
LIMIT = Objective(property="density", unit="g/cm3", direction="minimize", at_most=5, role="constrain")


def spec(*objectives: Objective) -> CampaignSpec:
    space = SearchSpace(components=(ComponentRange(name="Fe"), ComponentRange(name="Al")))
    return CampaignSpec(name="rank", goal="rank", space=space, objectives=objectives, budget=Budget(experiments=9))


def seen(trial: str, status: str = "ok", **values: float) -> Observation:
    measured = [{"property": name, "unit": "MPa", "value": value} for name, value in values.items()]
    return Observation.model_validate(
        {
            "trial": trial,
            "composition": Composition.of({"Fe": 1.0}),
            "measurements": [Measurement.model_validate(item) for item in measured],
            "status": status,
            "simulated": True,
        }
    )


def board(objectives: tuple[Objective, ...], *items: Observation, recipes: dict[str, str] | None = None) -> Leaderboard:
    return Leaderboard(spec(*objectives), lambda trial: (recipes or {}).get(trial, trial), items)


def order(found: Leaderboard) -> list[str]:
    return [row.pooled.trial for row in found.best(9)]


def test_a_recipe_that_breaks_a_limit_comes_last_and_only_where_nothing_else_is() -> None:
    heavy = seen("r01-s01", strength=900, density=8)
    light = seen("r01-s02", strength=500, density=4)
    assert order(board((STRENGTH, LIMIT), heavy)) == ["r01-s01"]
    assert order(board((STRENGTH, LIMIT), heavy, light)) == ["r01-s02"]


def test_failed_and_incomplete_results_are_not_ranked() -> None:
    found = board((STRENGTH, LIMIT), seen("r01-s01", "failed", strength=900, density=1), seen("r01-s02", strength=900))
    assert order(found) == []


def test_replicates_are_pooled_so_that_a_lucky_reading_does_not_win() -> None:
    recipes = {"r02-s01": "r01-s01"}
    lucky, steady = seen("r01-s01", strength=900), seen("r01-s02", strength=800)
    assert order(board((STRENGTH,), lucky, steady)) == ["r01-s01", "r01-s02"]
    found = board((STRENGTH,), lucky, steady, seen("r02-s01", strength=600), recipes=recipes)
    assert order(found) == ["r01-s02", "r01-s01"]
    second = found.best()[1]
    assert second.measured == 2 and second.pooled.value("strength") == 750


def test_a_front_holds_what_no_other_beats_and_begins_with_the_compromise() -> None:
    strong = seen("r01-s01", strength=1000, density=8)
    middle = seen("r01-s02", strength=900, density=4)
    light = seen("r01-s03", strength=300, density=3)
    beaten = seen("r01-s04", strength=850, density=4.5)
    found = board((STRENGTH, DENSITY), strong, middle, light, beaten)
    assert order(found)[0] == "r01-s02"
    assert set(order(found)) == {"r01-s01", "r01-s02", "r01-s03"}


def test_a_recipe_steps_back_onto_the_front_when_the_one_that_beat_it_was_lucky() -> None:
    recipes = {"r02-s01": "r01-s01"}
    lucky, other = seen("r01-s01", strength=900, density=4), seen("r01-s02", strength=850, density=4.5)
    found = board((STRENGTH, DENSITY), lucky, other, recipes=recipes)
    assert set(order(found)) == {"r01-s01"}
    found.add(seen("r02-s01", strength=500, density=4))
    assert set(order(found)) == {"r01-s01", "r01-s02"}


def test_a_goal_counts_only_with_its_limits_and_only_while_the_mean_meets_it() -> None:
    wish = Objective(property="strength", unit="MPa", direction="maximize", at_least=700)
    recipes = {"r02-s01": "r01-s02"}
    heavy, light = seen("r01-s01", strength=900, density=8), seen("r01-s02", strength=750, density=4)
    assert board((wish, LIMIT), heavy).goal_met is None
    found = board((wish, LIMIT), heavy, light, recipes=recipes)
    assert found.goal_met == "r01-s02"
    found.add(seen("r02-s01", strength=500, density=4))
    assert found.goal_met is None
    assert board((STRENGTH, LIMIT), light).goal_met is None


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=25))
def test_the_front_is_the_same_in_any_order(values: list[tuple[int, int]]) -> None:
    items = [seen(f"r01-s{i:02d}", strength=a, density=b) for i, (a, b) in enumerate(values)]
    kept = {(row.scores) for row in board((STRENGTH, DENSITY), *items).best(99)}
    turned = {(row.scores) for row in board((STRENGTH, DENSITY), *reversed(items)).best(99)}
    beaten = {(a, -b) for a, b in values if any(c >= a and d <= b and (c, d) != (a, b) for c, d in values)}
    assert kept == turned == {(float(a), float(-b)) for a, b in values} - beaten


@pytest.mark.parametrize("target", [500.0])
def test_a_target_ranks_by_distance(target: float) -> None:
    wish = Objective(property="strength", unit="MPa", direction="target", target=target, tolerance=10)
    found = board((wish,), seen("r01-s01", strength=560), seen("r01-s02", strength=495))
    assert order(found) == ["r01-s02", "r01-s01"] and found.goal_met == "r01-s02"
