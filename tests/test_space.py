"""The search space and shares."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from eutectic.core.composition import Composition
from eutectic.core.space import ComponentRange, LinearRule, SearchSpace


def space(**changes: Any) -> SearchSpace:
    fields: dict[str, Any] = {
        "components": [
            {"name": "Fe", "min": "50%", "max": "90%", "step": "1%"},
            {"name": "Co", "max": "30%", "step": "1%", "min_dose": "5%"},
            {"name": "B", "max": 0.2, "step": 0.01},
        ],
        "rules": [
            {"terms": {"Co": 1, "Fe": -1}, "relation": "<=", "value": 0},
            {"name": "B below Co less 10 %", "terms": {"B": 1, "Co": -1}, "relation": "<=", "value": "-10%"},
        ],
        "max_components": 3,
        "process": [
            {"kind": "continuous", "name": "anneal_C", "low": 20, "high": 100, "step": 20, "unit": "degC"},
            {"kind": "integer", "name": "layers", "low": 1, "high": 3},
            {"kind": "categorical", "name": "gas", "choices": ["Ar", "N2"]},
        ],
    }
    return SearchSpace.model_validate(fields | changes)


GOOD: dict[str, Any] = {"anneal_C": 40.0, "layers": 2, "gas": "Ar"}


def test_a_recipe_inside_breaks_nothing() -> None:
    assert space().violations(Composition.from_formula("Fe70Co20B10"), GOOD) == []


@pytest.mark.parametrize(
    ("formula", "process", "word"),
    [
        ("Fe40Co30B30", GOOD, "outside"),
        ("Fe80Co2B18", GOOD, "least dose"),
        ("Fe70.5Co20B9.5", GOOD, "multiple"),
        ("Fe60Co22B18", GOOD, "rule 'B below Co less 10 %' is broken"),
        ("Fe70Co20Ni10", GOOD, "not a component"),
        ("Fe70Co20B10", {**GOOD, "anneal_C": 50.0}, "multiple"),
        ("Fe70Co20B10", {**GOOD, "anneal_C": 500.0}, "outside"),
        ("Fe70Co20B10", {**GOOD, "layers": 1.5}, "whole number"),
        ("Fe70Co20B10", {**GOOD, "layers": True}, "not a number"),
        ("Fe70Co20B10", {**GOOD, "gas": "He"}, "not one of"),
        ("Fe70Co20B10", {**GOOD, "speed": 3}, "not a process variable"),
        ("Fe70Co20B10", {"anneal_C": 40.0}, "missing"),
    ],
)
def test_each_break_is_named(formula: str, process: dict[str, Any], word: str) -> None:
    assert any(word in text for text in space().violations(Composition.from_formula(formula), process))


def test_rules_bases_and_counts() -> None:
    plain = space(process=[], rules=[{"sum": ["Co", "B"], "relation": "==", "value": "25%"}], max_components=2)
    found = plain.violations(Composition.from_formula("Fe70Co20B10"))
    assert any("rule" in text for text in found)
    assert any("at most 2" in text for text in found)
    assert "basis" in plain.violations(Composition.of({"Fe": 1.0}, "wt%"))[0]


@pytest.mark.parametrize(
    "component",
    [
        {"name": "Fe", "min": 0.6, "max": 0.5},
        {"name": "Fe", "step": 0},
        {"name": "Fe", "step": 1.5e-6},
        {"name": "Fe", "max": 0.1, "step": 0.5},
        {"name": "Fe", "max": 0.1, "min_dose": 0.2},
        {"name": "Fe", "max": 20},
        {"name": "Fe", "max": 10**400},
        {"name": "Fe", "max": "120%"},
        {"name": "Fe", "max": float("nan")},
        {"name": "Fe", "mx": 0.5},
        {"name": "=cmd"},
        {"name": ""},
    ],
)
def test_component_bounds_that_make_no_sense_are_refused(component: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ComponentRange.model_validate(component)


@pytest.mark.parametrize(
    "rule",
    [
        {"sum": 3, "relation": "<=", "value": 1},
        {"sum": [["Fe"]], "relation": "<=", "value": 1},
        {"sum": ["Fe", "Fe"], "relation": "<=", "value": 1},
        {"sum": [], "relation": "<=", "value": 1},
        {"sum": ["Fe"], "terms": {"Fe": 1}, "relation": "<=", "value": 1},
        {"terms": {"Fe": 1}, "relation": "<", "value": 1},
    ],
)
def test_malformed_rules_are_refused(rule: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        LinearRule.model_validate(rule)


@pytest.mark.parametrize(
    "changes",
    [
        {"components": [{"name": "Fe"}]},
        {"components": [{"name": "Fe"}, {"name": "Fe"}]},
        {"components": [{"name": "Fe"}, {"name": "Unobtainium"}], "rules": []},
        {"rules": [{"sum": ["Ni"], "relation": "<=", "value": 0.1}]},
        {"process": [{"kind": "continuous", "name": "T", "low": 5, "high": 5}]},
        {"process": [{"kind": "categorical", "name": "gas", "choices": ["Ar"]}]},
        {"process": [{"kind": "integer", "name": "Fe", "low": 1, "high": 2}]},
    ],
)
def test_contradictory_spaces_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        space(**changes)


@given(st.integers(0, 100))
def test_a_percentage_is_its_hundredth(percent: int) -> None:
    for text in (f"{percent}%", f" {percent} at% ", f"{percent} %"):
        assert ComponentRange.model_validate({"name": "Fe", "min": text}).min == pytest.approx(percent / 100)
