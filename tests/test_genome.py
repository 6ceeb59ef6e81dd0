"""The statistics of a material genome: exact on closed cases, right about planted effects, quiet without them."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from eutectic.core.composition import Composition
from eutectic.core.errors import BadInput, BadTable
from eutectic.knowledge.genome import Material, adjusted, fisher, genome, wilson
from eutectic.knowledge.genome_sources import from_table
from eutectic.knowledge.sites import sites_of


def planted(n: int, seed: int, gain: float) -> list[Material]:
    """Alloys in which Co, where it is, adds `gain` to noise of 1."""
    generator = np.random.default_rng(seed)
    made = []
    for place in range(n):
        amounts = {"Fe": 70.0, "B": float(generator.uniform(10, 20))}
        amounts |= {
            name: float(generator.uniform(1, 9)) for name in ("Co", "Ni", "Si", "Cu") if generator.random() < 0.5
        }
        value = generator.normal() + (gain if "Co" in amounts else 0.0)
        made.append(Material(Composition.of(amounts, normalise=True), float(value), "", f"paper {place % 12}"))
    return made


def test_a_planted_component_comes_first_and_nothing_else_counts() -> None:
    found = genome("Bs", planted(120, 1, 2.0), maximize=True)
    assert found.rows[0].component == "Co"
    assert found.rows[0].q < 1e-3
    assert found.rows[0].share_low > found.top_share
    assert found.rows[0].median_low > (found.rows[0].median_without or 0.0)
    assert all(row.q > 0.05 for row in found.rows if row.component != "Co")


def test_the_other_direction_turns_it_round() -> None:
    found = genome("Bs", planted(120, 1, 2.0), maximize=False)
    row = next(row for row in found.rows if row.component == "Co" and row.site == "any")
    assert row.lift < 0.5


def test_without_an_effect_few_rows_pass_the_correction() -> None:
    passed = sum(row.q < 0.05 for seed in range(8) for row in genome("Bs", planted(60, seed, 0.0)).rows)
    assert passed <= 2


def test_repeats_of_a_composition_count_once() -> None:
    materials = planted(40, 2, 1.0)
    once, thrice = genome("Bs", materials), genome("Bs", materials * 3)
    assert once.rows == thrice.rows
    assert thrice.notes == ("80 repeats of a composition were put together",)


def test_closed_cases_of_the_statistics() -> None:
    assert wilson(0, 10) == pytest.approx((0.0, 0.2775), abs=1e-3)
    assert wilson(5, 10) == pytest.approx((0.2366, 0.7634), abs=1e-3)
    assert fisher(3, 4, 4, 8) == pytest.approx(0.4857, abs=1e-4)  # Fisher's tea
    assert fisher(0, 5, 0, 20) == 1.0


def test_too_few_materials_are_refused() -> None:
    with pytest.raises(BadInput, match="at least 8"):
        genome("Bs", planted(7, 1, 0.0))


@pytest.mark.parametrize(
    ("formula", "sites"),
    [
        ("(Fe0.8Co0.2)85B15", {"Fe": "Fe site", "Co": "Fe-site dopant", "B": "major"}),
        ("La0.6Sr0.4Co0.2Fe0.8O3", {"La": "A site", "Sr": "A site", "Co": "B site", "Fe": "B site", "O": "anion"}),
        ("Fe73.5Si13.5B9Nb3Cu1", {"Fe": "host", "Si": "major", "B": "major", "Nb": "minor", "Cu": "minor"}),
    ],
)
def test_sites_are_read_from_the_formula(formula: str, sites: dict[str, str]) -> None:
    assert sites_of(Composition.from_formula(formula).fractions, formula) == sites


def test_a_table_without_the_property_says_what_there_is(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("formula,Bs_T\nFe85B15,1.7\n")
    assert [item.value for item in from_table(path, "Bs")] == [1.7]
    with pytest.raises(BadTable, match="no column holds"):
        from_table(path, "hardness")


def test_the_real_table_shows_what_metallurgists_know() -> None:
    """Niobium thins the moment of nanocrystalline iron alloys; phosphorus with little silicon makes room for iron."""
    root = Path(os.environ.get("EUTECTIC_DATA", Path(__file__).parents[2] / "shared"))
    table = root / "data" / "soft_magnetic_fe_nano" / "soft_magnetic.csv"
    if not table.exists():
        pytest.skip(f"no measured tables in {root}")
    rows = {(row.component, row.site): row for row in genome("Bs_T", from_table(table, "Bs_T")).rows}
    assert rows["Nb", "any"].lift < 0.5 and rows["Nb", "any"].q < 0.01
    assert rows["P", "any"].lift > 1.5 and rows["P", "any"].q < 0.01


def test_many_rows_of_one_paper_do_not_count_as_many_papers() -> None:
    """All the good materials with Co stand in two papers of twelve: the materials tell, the papers do not."""
    generator = np.random.default_rng(5)
    made = []
    for place in range(96):
        paper = place % 12
        amounts = {"Fe": 80.0, "B": float(generator.uniform(5, 40))} | ({"Co": 5.0} if paper < 2 else {})
        value = float(generator.normal()) + (5.0 if paper < 2 else 0.0)
        made.append(Material(Composition.of(amounts, normalise=True), value, "", f"paper {paper}"))
    row = next(row for row in genome("Bs", made).rows if row.component == "Co")
    assert row.n_sources == 2 and row.q < 1e-4
    assert row.q_sources > 1e-3
    spread = genome("Bs", planted(120, 1, 2.0))
    assert next(row for row in spread.rows if row.component == "Co").q_sources < 0.05


def test_statistics_without_rows_and_of_few_papers_say_so() -> None:
    few = [item._replace(source="one paper") for item in planted(8, 3, 0.0)]
    found = genome("Bs", few, least=8, unit="T")
    assert found.rows == () and found.unit == "T"
    assert any("at least 8" in note for note in found.notes) and any("1 sources" in note for note in found.notes)


def test_q_values_are_those_of_benjamini_and_hochberg() -> None:
    assert adjusted([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.02, 0.04, 0.04, 0.02])
    assert adjusted([]) == []
