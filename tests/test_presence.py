"""Rules on presence and price: every proposal keeps them, nothing is left out, and a clash is named."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from eutectic.core.composition import Composition
from eutectic.core.errors import InfeasibleSpace
from eutectic.core.recipe_price import price_per_kg
from eutectic.core.space import SearchSpace
from eutectic.core.spec import CampaignSpec
from eutectic.core.trial import Observation
from eutectic.tools.enumeration import enumerate_counts
from eutectic.tools.feasibility import check_space
from eutectic.tools.lattice import lattice_of
from eutectic.tools.local_search import neighbours
from eutectic.tools.optimizer import open_optimizer
from eutectic.tools.sampling import domain_of

NAMES = ("Fe", "Co", "Ni", "Cu", "B")
PRICES = (1.0, 30.0, 15.0, 9.0, 4.0)


@st.composite
def spaces(draw: st.DrawFn) -> SearchSpace:
    """Up to five components in steps of a tenth or a fifth with any rules on presence, price and doses."""
    n = draw(st.integers(2, 5))
    names = NAMES[:n]
    subset = st.lists(st.sampled_from(names), min_size=1, max_size=n, unique=True)
    rules = []
    for _ in range(draw(st.integers(0, 3))):
        of = draw(subset)
        others = [name for name in names if name not in of]
        kinds = ["at_most", "at_least", "together", *(["requires"] if others else [])]
        kind = draw(st.sampled_from(kinds))
        if kind == "requires":
            rules.append({"of": of, "requires": [draw(st.sampled_from(others))]})
        else:
            value = True if kind == "together" else draw(st.integers(1, len(of)))
            rules.append({"of": of, kind: value})
    least, most = sorted((draw(st.integers(1, n)), draw(st.integers(1, n))))
    components = [
        {
            "name": name,
            "step": draw(st.sampled_from([0.1, 0.2])),
            "price": price,
            "min_dose": draw(st.sampled_from([0, 0.2])),
        }
        for name, price in zip(names, PRICES, strict=False)
    ]
    return SearchSpace.model_validate(
        {
            "basis": draw(st.sampled_from(["at%", "wt%", "vol%"])),
            "components": components,
            "presence": rules,
            "min_components": draw(st.none() | st.just(least)),
            "max_components": draw(st.none() | st.just(most)),
            "max_price": draw(st.none() | st.sampled_from([0.5, 4.0, 9.0, 14.0])),
        }
    )


def by_hand(space: SearchSpace) -> set[tuple[int, ...]]:
    """All recipes in tenths that the space itself finds no fault with."""
    found = set()
    for tenths in product(range(11), repeat=len(space.components)):
        if sum(tenths) == 10:
            shares = {name: t / 10 for name, t in zip(space.component_names, tenths, strict=True) if t}
            if not space.violations(Composition.of(shares, space.basis)):
                found.add(tenths)
    return found


@settings(max_examples=120, deadline=None)
@given(spaces())
def test_lattice_solver_and_space_agree_with_trying_every_recipe(space: SearchSpace) -> None:
    lattice = lattice_of(space)
    wanted = by_hand(space)
    counts = enumerate_counts(lattice)
    assert counts is not None
    assert {tuple((row * lattice.steps // 100_000).tolist()) for row in counts} == wanted
    if not wanted:
        with pytest.raises(InfeasibleSpace, match="clash"):
            check_space(space)
        return
    check_space(space)
    domain = domain_of(space)
    rng = np.random.default_rng(0)
    walked = domain.walker.compositions(200, rng)
    assert lattice.feasible(walked).all()
    assert lattice.feasible(neighbours(domain, domain.random(50, rng), rng)).all()


COUPLED = {
    "components": [{"name": n, "step": "5%"} for n in NAMES],
    "presence": [{"of": ["Fe", "Co"], "together": True}, {"of": ["Ni"], "requires": ["Cu"]}, {"never": ["Fe", "B"]}],
}


def test_walks_and_moves_reach_recipes_behind_a_coupling() -> None:
    """Components that only come together are out of reach of single moves."""
    space = SearchSpace.model_validate(COUPLED)
    domain = domain_of(space)
    assert domain.every is not None
    seen = {tuple(row) for row in domain.walker.compositions(40_000, np.random.default_rng(0)).tolist()}
    assert len(seen) > 0.98 * len(domain.every)
    kinds = {tuple(np.array(row) > 0) for row in domain.every.tolist()}
    assert {tuple(np.array(row) > 0) for row in seen} == kinds
    start = domain.every[(domain.every[:, :2] == 0).all(axis=1)][:1]
    near = neighbours(domain, np.repeat(start, 4000, axis=0), np.random.default_rng(0))
    assert (near[:, :2] > 0).all(axis=1).any(), "the pair comes in by one step of the search"


def test_proposals_of_a_large_space_keep_every_rule() -> None:
    names = ("Fe", "Co", "Ni", "Cu", "B", "Si", "P", "Al", "Mn", "Cr", "Mo", "W")
    spec = CampaignSpec.model_validate(
        {
            "name": "t",
            "goal": "g",
            "space": {
                "components": [
                    {"name": n, "step": "0.5%", "max": "70%", "min_dose": "1%", "price": float(i)}
                    for i, n in enumerate(names)
                ],
                "min_components": 3,
                "max_components": 5,
                "presence": [
                    {"of": ["B", "Si"], "together": True},
                    {"never": ["Mo", "W"]},
                    {"of": ["Cu"], "requires": ["Ni"]},
                ],
                "max_price": 4.5,
            },
            "objectives": [{"property": "y", "unit": "1", "direction": "maximize"}],
            "budget": {"experiments": 50},
            "batch": 6,
        }
    )
    optimizer = open_optimizer(spec)
    for number in range(1, 5):
        batch = optimizer.ask(6, round=number).batch
        for proposal in batch:
            assert spec.space.violations(proposal.composition) == []
        optimizer.tell(
            [
                Observation.model_validate(
                    {
                        "trial": f"r{number:02d}-s{i:02d}",
                        "composition": p.composition,
                        "measurements": [
                            {"property": "y", "unit": "1", "value": p.composition.fractions.get("W", 0.0)}
                        ],
                        "simulated": True,
                    }
                )
                for i, p in enumerate(batch)
            ]
        )
    prices = {item.name: item.price or 0.0 for item in spec.space.components}
    assert max(price_per_kg(p.composition.fractions, prices, "at%") for p in batch) > 4.0, "it goes to the cap"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"presence": [{"of": ["Fe", "Co"]}]}, "says nothing"),
        ({"presence": [{"of": ["Fe", "Zn"], "together": True}]}, "Zn"),
        ({"presence": [{"of": ["Fe", "Co"], "at_most": 3}]}, "more than the 2"),
        ({"presence": [{"of": ["Fe"], "requires": ["Fe"]}]}, "twice"),
        ({"presence": [{"never": ["Fe", "Co"], "at_least": 1}]}, "stands alone"),
        ({"min_components": 6}, "min_components 6"),
        ({"min_components": 3, "max_components": 2}, "min_components 3"),
        ({"max_price": 3.0}, "price of every component"),
    ],
)
def test_rules_that_cannot_be_meant_are_refused(changes: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        SearchSpace.model_validate({"components": [{"name": n} for n in NAMES], **changes})


def test_a_clash_names_the_rule_on_presence() -> None:
    space = SearchSpace.model_validate(
        {
            "components": [{"name": n, "max": "40%", "step": "5%", "price": 5} for n in ("Fe", "Co", "Ni")],
            "presence": [{"never": ["Fe", "Co"]}],
        }
    )
    with pytest.raises(InfeasibleSpace, match="never together: Fe, Co"):
        check_space(space)
    with pytest.raises(InfeasibleSpace, match="max_price 4"):
        check_space(space.model_copy(update={"presence": (), "max_price": 4.0}))


def test_a_price_in_moles_counts_masses() -> None:
    fractions = {"CsBr": 0.5, "PbBr2": 0.5}
    price = price_per_kg(fractions, {"CsBr": 100.0, "PbBr2": 10.0}, "mol%")
    assert price == pytest.approx((212.81 * 100 + 367.0 * 10) / (212.81 + 367.0), rel=1e-3)
    assert price_per_kg(fractions, {"CsBr": 100.0, "PbBr2": 10.0}, "wt%") == pytest.approx(55.0)
