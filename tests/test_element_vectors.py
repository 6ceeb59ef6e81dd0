"""Element vectors: learned from formulas alone, they must find the groups of the periodic table; chance must not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from eutectic.agents.knowledge_freeze import Terms, terms_of
from eutectic.agents.spec_file import load_spec
from eutectic.core.errors import BadInput
from eutectic.evals.bench_elements import measure, read_formulas
from eutectic.tools.campaign_term import campaign_term
from eutectic.tools.element_vectors import element_vectors, similar_elements
from eutectic.tools.formula_vectors import ElementVectors, learn_vectors
from eutectic.tools.source_term import SourceTerm

SALTS = [
    f"{metal}{n}{anion}{m}"
    for metal, n, m in [("Li", 1, 1), ("Na", 1, 1), ("K", 1, 1), ("Mg", 1, 2), ("Ca", 1, 2), ("Sr", 1, 2)]
    for anion in ("F", "Cl", "Br", "I")
]


def test_shipped_vectors_find_the_groups() -> None:
    found = measure(element_vectors(), 200)
    assert found.nearest_same_group > 0.7 and found.random_nearest < 0.15
    assert found.adjusted_rand > 0.4 and abs(found.random_rand) < 0.05
    assert found.p_nearest < 0.01 and found.p_rand < 0.01


def test_random_vectors_do_not() -> None:
    shipped = element_vectors()
    rng = np.random.default_rng(3)
    noise = rng.normal(size=shipped.vectors.shape)
    found = measure(ElementVectors(shipped.symbols, noise / np.linalg.norm(noise, axis=1, keepdims=True), 0, 0), 200)
    assert found.nearest_same_group < 0.2 and found.p_rand > 0.01


def test_learning_ties_what_makes_the_same_compounds() -> None:
    vectors = learn_vectors(SALTS, 4)
    assert set(vectors.nearest("Na", 2)) == {"Li", "K"}
    assert set(vectors.nearest("Cl", 3)) == {"F", "Br", "I"}
    assert learn_vectors(reversed(SALTS), 4).vectors.tobytes() == vectors.vectors.tobytes()


def test_unreadable_and_repeated_formulas_change_nothing() -> None:
    more = learn_vectors([*SALTS, "LiF", "Li1F1", "not a formula", "Fe", "", "Fe0.5Co0.5"], 4)
    assert np.allclose(more.vectors, learn_vectors(SALTS, 4).vectors) or more.n_formulas > len(SALTS)


def test_too_short_a_list_is_refused() -> None:
    with pytest.raises(BadInput, match="longer list"):
        learn_vectors(["NaCl", "MgO"])


def test_formula_lists_are_read(tmp_path: Path) -> None:
    plain, table = tmp_path / "list.txt", tmp_path / "list.csv"
    plain.write_text("NaCl\n\nMgO\n", encoding="utf-8")
    table.write_text("id,formula\n1,NaCl\n2,MgO\n", encoding="utf-8")
    assert read_formulas(plain) == read_formulas(table) == ["NaCl", "MgO"]
    with pytest.raises(BadInput, match="no file"):
        read_formulas(tmp_path / "none.txt")


def test_the_tool_says_what_it_does_not_know() -> None:
    assert [item.symbol for item in similar_elements("Cl", 3)] == ["Br", "I", "F"]
    with pytest.raises(BadInput, match="no vector"):
        similar_elements("Og", 3)


SPEC = """
name: vectors
goal: the highest gap
space:
  components:
    - {{name: {0}, min: 0%, max: 60%, step: 5%}}
    - {{name: {1}, min: 0%, max: 60%, step: 5%}}
    - {{name: {2}, min: 0%, max: 60%, step: 5%}}
    - {{name: Fe, min: 0%, max: 60%, step: 5%}}
objectives: [{{property: gap, unit: eV, direction: maximize}}]
budget: {{experiments: 8}}
lab: {{kind: worksheet}}
knowledge: {{sources: {{embeddings: {3}}}}}
"""


def terms(tmp_path: Path, *components: str, is_on: bool = True) -> tuple[list[SourceTerm], Terms]:
    path = tmp_path / "spec.yaml"
    path.write_text(SPEC.format(*components, "true" if is_on else "false"), encoding="utf-8")
    return terms_of(load_spec(path), (), ())


def test_element_vectors_are_a_source_that_a_spec_switches_on(tmp_path: Path) -> None:
    assert terms(tmp_path, "Cl", "Br", "Na", is_on=False)[0] == []
    found, lines = terms(tmp_path, "Cl", "Br", "Na")
    assert [term.kind for term in found] == ["embeddings"] * 3 and len(lines.used) == 3
    recipes = np.array([[0.4, 0.2, 0.2, 0.2], [0.2, 0.4, 0.2, 0.2], [0.2, 0.2, 0.4, 0.2]])
    chlorine, bromine, sodium = found[0].scores(recipes, np.zeros((3, 0)))
    assert abs(chlorine - bromine) < 0.5 * abs(chlorine - sodium), "along the leading direction the halogens are alike"


def test_an_element_without_a_vector_is_named(tmp_path: Path) -> None:
    found, lines = terms(tmp_path, "Og", "Br", "Na")
    assert found == [] and any("no vector is known for Og" in reason for _, reason in lines.unused)


def test_a_table_judges_an_element_it_never_had_by_its_likes() -> None:
    """The source knows that strontium raises the value and molybdenum lowers it: so do barium and tungsten."""
    rng = np.random.default_rng(1)
    shares = rng.dirichlet(np.ones(4), 160)
    values = 3 * shares[:, 2] - 3 * shares[:, 3] + rng.normal(0, 0.05, 160)
    recipes = rng.dirichlet(np.ones(3), 200)

    def slope(newcomer: str) -> float:
        source = (("Fe", "Co", "Sr", "Mo"), shares, values)
        term = campaign_term("old", "gap", source, ("Fe", "Co", newcomer), recipes, np.zeros((200, 0)))
        assert not isinstance(term, str)
        low, high = term.scores(np.array([[0.45, 0.45, 0.1], [0.2, 0.2, 0.6]]), np.zeros((2, 0)))
        return float(high - low)

    assert slope("Ba") > 0.5
    assert slope("W") < -0.5
