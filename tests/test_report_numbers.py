"""The numbers of the report: intervals, ranking, Pareto sets, volumes, wording and neutral cells."""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eutectic.agents.report.intervals import Noise, bounds, interval, noise_of
from eutectic.agents.report.ledger import read_ledger, round_of
from eutectic.agents.report.markdown import escape
from eutectic.agents.report.observations import neutral
from eutectic.agents.report.results import RecipeResult, Row, gather, pareto
from eutectic.agents.report.volume import dominated_volume
from eutectic.agents.report.wording import number, percent, plus_minus, short_formula
from eutectic.core.composition import Composition
from eutectic.core.objective import Objective
from eutectic.core.trial import Measurement, Observation, Trial

sys.path.insert(0, str(Path(__file__).parent))
from campaign_builder import COERCIVITY, INDUCTION, WAVELENGTH, CampaignBuilder, make_spec

FE_B = Composition.from_formula("Fe80B20")


def _row(i: int, value: float, composition: Composition = FE_B, *, status: str = "ok", sd: float | None = None) -> Row:
    trial = Trial(id=f"r01-s{i:02d}", composition=composition, source="initial", why="")
    found = Measurement(property="saturation induction", unit="T", value=value, sd=sd)
    seen = Observation(trial=trial.id, composition=composition, measurements=(found,), status=status, simulated=True)  # type: ignore[arg-type]
    return Row(i, trial, seen)


def _recipe(name: str, **means: float) -> RecipeResult:
    return RecipeResult(
        name, (_row(1, 1.0),), {k.replace("_", " "): v for k, v in means.items()}, dict.fromkeys(means, 1)
    )


def test_noise_pools_replicates_over_recipes() -> None:
    other = Composition.from_formula("Fe70B30")
    rows = [_row(1, 1.0), _row(2, 1.2), _row(3, 2.0, other), _row(4, 2.4, other), _row(5, 99.0, status="failed")]
    found = noise_of("saturation induction", rows, 5.0)
    assert found is not None
    assert found.degrees == 2
    assert found.sd == pytest.approx(np.sqrt((0.02 + 0.08) / 2))
    assert "replicates of 2 recipes" in found.source


def test_noise_falls_to_the_instrument_then_the_surrogate_and_says_so() -> None:
    stated = noise_of("saturation induction", [_row(1, 1.0, sd=0.3)], 5.0)
    fitted = noise_of("saturation induction", [_row(1, 1.0)], 5.0)
    assert stated is not None and stated.sd == pytest.approx(0.3) and "instrument" in stated.source
    assert fitted is not None and fitted.sd == 5.0 and "surrogate" in fitted.source
    assert noise_of("saturation induction", [_row(1, 1.0)], None) is None


def test_the_interval_covers_the_truth_nine_times_in_ten() -> None:
    rng = np.random.default_rng(0)
    held = 0
    for _ in range(400):
        values = rng.normal(1.0, 0.1, 4)
        rows = [_row(i, float(v)) for i, v in enumerate(values, 1)]
        recipe = RecipeResult(
            "k", tuple(rows), {"saturation induction": float(values.mean())}, {"saturation induction": 4}
        )
        found = interval(recipe, INDUCTION, noise_of("saturation induction", rows, None))
        assert found.half is not None
        held += abs(found.mean - 1.0) <= found.half
    assert held / 400 == pytest.approx(0.9, abs=0.05)


def test_the_chance_of_a_goal_is_half_on_its_edge() -> None:
    recipe = _recipe("a", saturation_induction=1.72)
    recipe = RecipeResult("a", recipe.rows, {"saturation induction": 1.72}, {"saturation induction": 1})
    assert interval(recipe, INDUCTION, Noise(0.1, 0, "")).chance_met == pytest.approx(0.5)
    assert interval(recipe, INDUCTION, Noise(0.0, 3, "")).chance_met == 1.0
    assert interval(recipe, INDUCTION, None).half is None


def test_a_target_has_two_edges() -> None:
    assert bounds(WAVELENGTH) == (515, 525)
    assert bounds(Objective(property="x", unit="1", direction="target", target=5, tolerance=2, at_least=4)) == (4, 7)


@given(st.lists(st.tuples(st.floats(0, 10), st.floats(0, 10)), min_size=1, max_size=30))
def test_nothing_beats_the_pareto_set_and_the_rest_is_beaten(values: list[tuple[float, float]]) -> None:
    objectives = (INDUCTION, COERCIVITY)
    recipes = [_recipe(str(i), saturation_induction=a, coercivity=b) for i, (a, b) in enumerate(values)]
    front = {r.key for r in pareto(recipes, objectives)}
    assert front
    for recipe in recipes:
        a, b = recipe.means["saturation induction"], recipe.means["coercivity"]
        better = [o for o in recipes if (o.means["saturation induction"], -o.means["coercivity"]) != (a, -b)
                  and o.means["saturation induction"] >= a and o.means["coercivity"] <= b]  # fmt: skip
        if recipe.key in front:
            assert not better
        else:
            twins = [o for o in recipes if o.key in front and o.means == recipe.means]
            assert better or twins


@pytest.mark.parametrize("m", [1, 2, 3])
def test_the_dominated_volume_agrees_with_counting_points(m: int) -> None:
    rng = np.random.default_rng(m)
    points, probes = rng.random((7, m)), rng.random((200_000, m))
    inside = np.zeros(len(probes), bool)
    for point in points:
        inside |= np.all(probes <= point, axis=1)
    assert dominated_volume(points) == pytest.approx(inside.mean(), abs=0.005)
    assert dominated_volume(np.vstack([points, points[:1] * 0.5])) == pytest.approx(dominated_volume(points))


def test_the_best_is_the_best_mean_that_keeps_the_limits(tmp_path: Path) -> None:
    ledger = read_ledger(CampaignBuilder(tmp_path, make_spec(), seed=2).build(4))
    results = gather(ledger)
    assert results.best is not None
    means = {recipe.trial: recipe.means["saturation induction"] for recipe in results.recipes}
    assert means[results.best.trial] == max(means.values())
    assert all(row.trial.id not in means for row in results.measured if row.excluded)
    pooled = [r for r in results.recipes if r.counts["saturation induction"] > 1]
    assert pooled, "the builder repeats its leader"


@given(st.text())
def test_no_cell_can_begin_a_formula(text: str) -> None:
    buffer = io.StringIO()
    csv.writer(buffer).writerow([neutral(text)])
    cell = next(csv.reader(io.StringIO(buffer.getvalue(), newline="")))
    assert not "".join(cell).lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))


@given(st.text())
def test_escaped_text_holds_no_markup_and_one_line(text: str) -> None:
    found = escape(text)
    assert "<" not in found
    assert "\n" not in found


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0.0, "0"), (1.81123, "1.811"), (1234.5678, "1\u202f235"), (-0.5, "\u22120.5"), (1e-7, "1.000e-07"), (None, "-")],
)
def test_numbers_are_short(value: float | None, expected: str) -> None:
    assert number(value) == expected


def test_wording_of_intervals_shares_and_recipes() -> None:
    assert plus_minus(1.81123, 0.0213) == "1.811 ± 0.021"
    assert plus_minus(523.4, 12.0) == "523 ± 12"
    assert percent(0.999) == "above 99.5 %"
    assert percent(1.0) == "100 %"
    assert short_formula(Composition.of({"Fe": 0.8, "B": 0.2})) == "Fe80B20"
    assert short_formula(Composition.of({"PbBr2": 0.25, "CsBr": 0.75}, "mol%")) == "CsBr 75 %, PbBr2 25 %"


@pytest.mark.parametrize(
    ("slot", "expected"),
    [("r02/designer/choose", 2), ("soft-magnet-k7/r11/a1", 11), ("r03-s01", 3), ("frame/pi/frame", 0)],
)
def test_the_round_of_a_slot(slot: str, expected: int) -> None:
    assert round_of(slot) == expected
