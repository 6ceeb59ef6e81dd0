"""The contract of every law: each file of `laws/` is found and tested here without touching this test."""

from __future__ import annotations

from math import isfinite
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eutectic.core.composition import Composition
from eutectic.core.errors import BadInput
from eutectic.core.trial import CauseCode
from eutectic.lab_interface.law import Law
from eutectic.lab_interface.registry import law_names, open_law

LAWS = pytest.mark.parametrize("name", law_names())


def mixture(law: Law, weights: list[float]) -> Composition:
    amounts = {name: weight for name, weight in zip(law.components, weights, strict=False) if weight > 0}
    return Composition.of(amounts or {law.components[0]: 1.0}, law.basis, normalise=True)


def middle(law: Law) -> dict[str, float | int | str]:
    return {item.name: item.default for item in law.process}


def test_there_are_laws():
    assert {"fe_soft_magnet", "her_catalyst", "soda_lime_glass", "thin_film_resistor"} <= set(law_names())


def test_an_unknown_law_is_refused_with_those_there_are():
    with pytest.raises(BadInput, match="fe_soft_magnet"):
        open_law("no_such_law")


@LAWS
def test_a_law_says_what_it_is(name):
    law = open_law(name)
    assert len(law.components) >= 3
    assert len(set(law.components)) == len(law.components)
    assert len({item.name for item in law.properties}) == len(law.properties) >= 1
    assert all(item.unit for item in law.properties)
    assert len(law.citation) > 40
    assert "made up" in law.citation or "DOI" in law.citation
    for item in law.process:
        assert item.choices or (
            item.low is not None and item.high is not None and item.low <= item.default <= item.high
        )


@LAWS
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_values_are_finite_complete_and_repeatable(name, data):
    law = open_law(name)
    n = len(law.components)
    weights = data.draw(st.lists(st.one_of(st.just(0.0), st.floats(0.001, 1)), min_size=n, max_size=n))
    process = {
        item.name: data.draw(st.sampled_from(item.choices) if item.choices else st.floats(item.low, item.high))
        for item in law.process
    }
    composition = mixture(law, weights)
    values = law.true_values(composition, process)
    assert set(values) == {item.name for item in law.properties}
    assert all(isfinite(value) for value in values.values())
    assert values == open_law(name).true_values(composition, process)
    assert law.feasible(composition, process) in (None, *get_args(CauseCode))


@LAWS
def test_process_variables_have_defaults(name):
    law = open_law(name)
    composition = mixture(law, [1.0] * len(law.components))
    assert law.true_values(composition, {}) == law.true_values(composition, middle(law))


@LAWS
def test_what_a_law_does_not_know_is_refused(name):
    law = open_law(name)
    whole = mixture(law, [1.0] * len(law.components))
    with pytest.raises(BadInput, match="Unobtainium"):
        law.true_values(Composition.of({"Unobtainium": 1.0}, law.basis), {})
    with pytest.raises(BadInput, match="vol%"):
        law.true_values(whole.model_copy(update={"basis": "vol%"}), {})
    with pytest.raises(BadInput, match="moon_phase"):
        law.true_values(whole, {"moon_phase": 1.0})
    for item in law.process:
        if not item.choices:
            with pytest.raises(BadInput, match="not a number"):
                law.true_values(whole, {item.name: "hot"})


@LAWS
def test_properties_depend_on_the_composition(name):
    law = open_law(name)
    pairs = [{a: 0.8, b: 0.2} for a in law.components for b in law.components if a != b]
    found = [law.true_values(Composition.of(pair, law.basis), {}) for pair in pairs]
    assert all(len({values[item.name] for values in found}) > 2 for item in law.properties)
