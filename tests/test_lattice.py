"""Sampling and moves stay on the feasible lattice, to the last digit."""

from __future__ import annotations

import numpy as np
import pytest

from eutectic.core.space import SearchSpace
from eutectic.tools.lattice import lattice_of
from eutectic.tools.local_search import neighbours
from eutectic.tools.moves import lattice_moves
from eutectic.tools.sampling import domain_of, random_feasible, space_filling

ELEMENTS = [
    *("H", "He", "Li", "Be", "B", "C", "N", "O", "F", "Ne", "Na", "Mg", "Al", "Si", "P"),
    *("S", "Cl", "Ar", "K", "Ca", "Sc", "Ti", "V", "Cr", "Mn", "Fe", "Co", "Ni", "Cu", "Zn"),
]
SPACES = {
    "simplex": {"components": [{"name": n, "step": "10%"} for n in ELEMENTS[:4]]},
    "alloy": {
        "components": [
            {"name": "Fe", "min": "60%", "max": "85%", "step": "0.5%"},
            {"name": "Co", "max": "20%", "step": "0.5%"},
            {"name": "B", "min": "5%", "max": "20%", "step": "0.5%"},
            {"name": "Si", "max": "10%", "step": "0.5%", "min_dose": "1%"},
        ],
        "rules": [{"sum": ["B", "Si"], "relation": ">=", "value": "14%"}],
        "process": [
            {"kind": "continuous", "name": "T", "low": 500, "high": 800, "step": 7},
            {"kind": "continuous", "name": "t", "low": 0.1, "high": 0.7},
            {"kind": "integer", "name": "layers", "low": 2, "high": 9},
            {"kind": "categorical", "name": "gas", "choices": ["Ar", "N2", "vacuum"]},
        ],
    },
    "thirty components, at most six": {
        "components": [{"name": n, "max": "20%", "step": "0.5%", "min_dose": "1%"} for n in ELEMENTS],
        "max_components": 6,
    },
    "two equalities": {
        "basis": "mol%",
        "components": [{"name": n, "step": "1%"} for n in ("CsBr", "CsCl", "PbBr2", "PbCl2", "A", "B")],
        "rules": [
            {"sum": ["CsBr", "CsCl"], "relation": "==", "value": "40%"},
            {"sum": ["PbBr2", "PbCl2"], "relation": "==", "value": "40%"},
        ],
    },
    "ratio": {
        "components": [{"name": n, "step": "0.5%"} for n in ("Fe", "Co", "Ni", "B")],
        "rules": [{"terms": {"Fe": 1, "Co": -3, "Ni": 0.5}, "relation": "==", "value": 0}],
    },
    "steps that do not divide": {
        "components": [
            {"name": "Fe", "step": "0.7%"},
            {"name": "Co", "step": "1.1%"},
            {"name": "B", "step": "0.3%"},
            {"name": "Si", "step": "0.1%"},
        ]
    },
    "one point": {
        "components": [{"name": "Fe", "min": "70%", "max": "70%"}, {"name": "B", "min": "30%", "max": "30%"}]
    },
}


@pytest.fixture(params=SPACES.values(), ids=SPACES.keys())
def space(request: pytest.FixtureRequest) -> SearchSpace:
    return SearchSpace.model_validate(request.param)


def test_every_draw_and_every_move_is_feasible(space: SearchSpace) -> None:
    domain = domain_of(space)
    rng = np.random.default_rng(1)
    rows = domain.random(150, rng)
    moved = neighbours(domain, rows, rng)
    assert len(rows)
    for row in (*rows, *moved[:80]):
        composition, process = domain.lattice.recipe(row)
        assert space.violations(composition, process) == []
        assert sum(composition.ppm.values()) == 1_000_000
        assert (domain.lattice.nearest(composition, process) == row).all()


def test_draws_are_all_different_and_the_same_for_a_seed(space: SearchSpace) -> None:
    first, again = random_feasible(space, 40, 3), random_feasible(space, 40, 3)
    assert first == again
    keys = [(c.formula(), tuple(p.items())) for c, p in space_filling(space, 12, 5)]
    assert len(set(keys)) == len(keys) == min(12, len(first))


def test_walks_on_a_large_lattice_reach_all_of_it() -> None:
    """Chains of a walker visit a lattice evenly where it is small enough to count."""
    space = SearchSpace.model_validate(SPACES["simplex"] | {"max_components": 3})
    domain = domain_of(space)
    assert domain.every is not None
    rows = domain.walker.compositions(6000, np.random.default_rng(0))
    seen = np.unique(rows, axis=0)
    assert len(seen) == len(domain.every)
    assert np.allclose(domain.lattice.shares(rows).mean(axis=0), 0.25, atol=0.03)


def test_moves_keep_equalities_and_connect_the_lattice() -> None:
    space = SearchSpace.model_validate(
        {
            "components": [{"name": n, "step": "5%"} for n in ("Fe", "Co", "Ni", "B")],
            "rules": [{"terms": {"Fe": 1, "Co": -3, "Ni": 0.5}, "relation": "==", "value": 0}],
        }
    )
    domain, moves = domain_of(space), lattice_moves(lattice_of(space))
    assert not (moves @ domain.lattice.equal.T).any()
    assert domain.every is not None
    points = {tuple(row) for row in domain.every.tolist()}
    reached = [min(points)]
    for point in reached:
        for move in (*moves, *-moves):
            near = tuple((np.array(point) + move).tolist())
            if near in points and near not in reached:
                reached.append(near)
    assert len(reached) == len(points) > 10


def test_space_filling_covers_better_than_chance() -> None:
    space = SearchSpace.model_validate(SPACES["alloy"])
    domain = domain_of(space)
    probe = domain.encoder.rows(domain.lattice, domain.random(400, np.random.default_rng(9)))

    def gap(recipes: list) -> float:
        points = domain.encoder.recipes(recipes)
        return float(np.min([((probe - point) ** 2).sum(axis=1) for point in points], axis=0).mean())

    spread = np.mean([gap(space_filling(space, 12, seed)) for seed in range(4)])
    chance = np.mean([gap(random_feasible(space, 12, seed)) for seed in range(4)])
    assert spread < 0.9 * chance
