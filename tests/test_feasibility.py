"""Empty search spaces are refused, and the message names what clashes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eutectic.core.errors import InfeasibleSpace
from eutectic.core.space import SearchSpace
from eutectic.tools.enumeration import enumerate_counts
from eutectic.tools.feasibility import check_space
from eutectic.tools.lattice import lattice_of

CLASHES = {
    "two minima": (
        {"components": [{"name": "Fe", "min": "60%"}, {"name": "Co", "min": "50%"}, {"name": "B", "max": "5%"}]},
        ["Fe min 60%", "Co min 50%", "add up to 100%"],
        ["B max"],
    ),
    "maxima too low": (
        {"components": [{"name": "Fe", "max": "30%"}, {"name": "Co", "max": "30%"}]},
        ["Fe max 30%", "Co max 30%"],
        ["step"],
    ),
    "steps": (
        {"components": [{"name": "Fe", "step": "30%"}, {"name": "Co", "step": "30%"}, {"name": "B", "max": "5%"}]},
        ["Fe step 30%", "Co step 30%", "B max 5%"],
        [],
    ),
    "rules alone": (
        {
            "components": [{"name": "Fe"}, {"name": "Co"}, {"name": "B"}],
            "rules": [
                {"name": "magnetic", "sum": ["Fe", "Co"], "relation": ">=", "value": "90%"},
                {"name": "cheap", "sum": ["Fe", "Co"], "relation": "<=", "value": "80%"},
            ],
        },
        ["rule 'magnetic'", "rule 'cheap'"],
        ["add up", "step"],
    ),
    "at most k": (
        {
            "components": [{"name": n, "min": "5%"} for n in ("Fe", "Co", "Si")] + [{"name": "B"}],
            "max_components": 2,
        },
        ["Fe min 5%", "Co min 5%", "Si min 5%", "at most 2 components"],
        ["add up", "step"],
    ),
    "least dose": (
        {
            "components": [{"name": "Fe", "min_dose": "30%"}, {"name": "Co"}],
            "rules": [{"name": "little iron", "sum": ["Fe"], "relation": "==", "value": "10%"}],
        },
        ["Fe min_dose 30%", "rule 'little iron'"],
        ["Co"],
    ),
    "many alike": (
        {"components": [{"name": n, "max": "5%"} for n in ("Fe", "Co", "Ni", "B", "Si", "P", "C", "Cu")]},
        ["max 5% of Fe, Co, Ni and 5 more", "add up to 100%"],
        [],
    ),
}


@pytest.mark.parametrize("case", CLASHES.values(), ids=CLASHES.keys())
def test_the_message_names_what_clashes_and_nothing_else(case: tuple[dict[str, object], list[str], list[str]]) -> None:
    given_space, named, unnamed = case
    with pytest.raises(InfeasibleSpace) as caught:
        check_space(SearchSpace.model_validate(given_space))
    assert all(words in str(caught.value) for words in named), str(caught.value)
    assert not any(words in str(caught.value) for words in unnamed), str(caught.value)


def test_thirds_written_in_decimals_are_thirds() -> None:
    check_space(
        SearchSpace.model_validate(
            {
                "components": [{"name": "Fe", "step": "5%"}, {"name": "Co", "step": "5%"}],
                "rules": [{"terms": {"Fe": 0.333333, "Co": -1}, "relation": "==", "value": 0}],
            }
        )
    )


@st.composite
def small_spaces(draw: st.DrawFn) -> SearchSpace:
    names = ["Fe", "Co", "Ni", "B"][: draw(st.integers(2, 4))]
    share = st.integers(0, 10).map(lambda tenths: tenths / 10)
    components = []
    for name in names:
        low, high = sorted([draw(share), draw(share)])
        dose = draw(st.sampled_from([0.0, 0.2]))
        step = draw(st.sampled_from([0.05, 0.1, 0.15, 0.2]))
        components.append({"name": name, "min": low if draw(st.booleans()) else 0, "max": max(high, dose, step)})
        components[-1] |= {"step": step, "min_dose": dose}
        components[-1]["min"] = min(components[-1]["min"], components[-1]["max"])
    rules = []
    if draw(st.booleans()):
        factors = {name: draw(st.sampled_from([-1, 0.5, 1, 2])) for name in names}
        rules.append({"terms": factors, "relation": draw(st.sampled_from(["==", "<=", ">="])), "value": draw(share)})
    most = draw(st.none() | st.integers(1, 4))
    return SearchSpace.model_validate({"components": components, "rules": rules, "max_components": most})


@settings(max_examples=80, deadline=None)
@given(small_spaces())
def test_refused_exactly_when_no_recipe_exists(space: SearchSpace) -> None:
    """The solver, the enumeration and the space's own check agree."""
    lattice = lattice_of(space)
    found = enumerate_counts(lattice)
    assert found is not None
    for row in found[:20]:
        assert space.violations(lattice.recipe(row)[0]) == []
    if len(found):
        check_space(space)
    else:
        with pytest.raises(InfeasibleSpace, match="clash"):
            check_space(space)


def test_enumeration_leaves_nothing_out() -> None:
    space = SearchSpace.model_validate(
        {"components": [{"name": n, "step": "10%"} for n in ("Ni", "Fe", "Co", "Mn", "Ce", "La")], "max_components": 4}
    )
    found = enumerate_counts(lattice_of(space))
    assert found is not None
    assert len(found) == len(np.unique(found, axis=0)) == 2121
