"""Alloy descriptors: signed enthalpy, entropy, mismatch, induction, against hand values and known invariants."""

from __future__ import annotations

import json
from math import log

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eutectic.core.composition import Composition
from eutectic.core.errors import BadInput
from eutectic.core.tool import TOOLS
from eutectic.tools import basis, mixing, slater_pauling  # noqa: F401  (imported for their tools)
from eutectic.tools.alloy_table import alloy_elements, pair_enthalpies
from eutectic.tools.mixing import (
    GAS_CONSTANT,
    alloy_descriptors,
    density,
    mixing_enthalpy,
    mixing_enthalpy_sum,
    mixing_entropy,
    size_mismatch,
)
from eutectic.tools.slater_pauling import magnetic_valence, moment, saturation_induction, slater_pauling_induction

A, B = "(Fe82Co18)85.5Ni1.5B9P3C1", "Fe69Co16Ni1Si3B11"
ALLOY = st.lists(st.sampled_from(sorted(alloy_elements())), min_size=1, max_size=6, unique=True).flatmap(
    lambda names: st.tuples(st.just(names), st.lists(st.floats(0.01, 1), min_size=len(names), max_size=len(names))).map(
        lambda both: Composition.of(dict(zip(*both, strict=True)), normalise=True).fractions
    )
)


@pytest.mark.parametrize(
    ("formula", "enthalpy", "entropy", "omega", "size", "chi", "electrons"),
    [(A, -14.30, 8.05, 1.03, 0.0989, 0.107, 7.60), (B, -14.05, 7.84, 1.04, 0.0971, 0.066, 7.51)],
    ids=["A", "B"],
)
def test_descriptors_of_two_published_glasses(formula, enthalpy, entropy, omega, size, chi, electrons):
    found = alloy_descriptors(formula)
    assert found.mixing_enthalpy == pytest.approx(enthalpy, abs=0.005)
    assert found.mixing_entropy == pytest.approx(entropy, abs=0.005)
    assert found.omega == pytest.approx(omega, abs=0.005)
    assert found.size_mismatch == pytest.approx(size, abs=5e-5)
    assert found.electronegativity_mismatch == pytest.approx(chi, abs=5e-4)
    assert found.valence_electrons == pytest.approx(electrons, abs=0.005)
    assert found.missing_pairs == ()


@pytest.mark.parametrize(("pair", "value"), [(("Fe", "B"), -26), (("Cu", "Fe"), 13), (("Ni", "Zr"), -49)])
def test_equal_parts_give_the_tabulated_enthalpy_with_its_sign(pair, value):
    assert mixing_enthalpy_sum(dict.fromkeys(pair, 0.5)).value == pytest.approx(value)


def test_a_missing_pair_is_named_and_never_taken_for_zero():
    assert frozenset(("Fe", "Re")) not in pair_enthalpies()
    found = mixing_enthalpy("Fe80Re10B10")
    assert found.enthalpy is None
    assert found.missing_pairs == ("B-Re", "Fe-Re")
    assert found.missing == 2
    assert found.known_part == pytest.approx(4 * 0.8 * 0.1 * -26)


def test_every_pair_of_the_listed_elements_is_tabulated():
    names = sorted(alloy_elements())
    missing = [
        (a, b) for i, a in enumerate(names) for b in names[i + 1 :] if frozenset((a, b)) not in pair_enthalpies()
    ]
    assert missing == []


@given(ALLOY)
def test_descriptors_have_their_bounds(fractions):
    entropy = mixing_entropy(fractions)
    assert -1e-9 <= entropy <= GAS_CONSTANT * log(len(fractions)) + 1e-9
    assert 0 <= size_mismatch(fractions) < 1
    assert 0 < density(fractions) < 25
    if len(fractions) == 1:
        assert mixing_enthalpy_sum(fractions).value == 0


@given(ALLOY)
def test_descriptors_do_not_depend_on_the_order_of_elements(fractions):
    turned = dict(reversed(fractions.items()))
    assert mixing_enthalpy_sum(turned).value == pytest.approx(mixing_enthalpy_sum(fractions).value)
    assert size_mismatch(turned) == pytest.approx(size_mismatch(fractions))


@pytest.mark.parametrize(
    ("symbol", "valence"),
    [("Fe", 2), ("Co", 1), ("Ni", 0), ("Cu", -1), ("Zn", -2), ("B", -3), ("Si", -4), ("P", -5), ("Nb", -5), ("Zr", -4)],
)
def test_magnetic_valences(symbol, valence):
    assert magnetic_valence(symbol) == valence


@pytest.mark.parametrize("symbol", ["Pd", "Pt", "Gd", "Ar", "Ru"])
def test_elements_without_a_known_valence_are_refused(symbol):
    with pytest.raises(BadInput, match="magnetic valence"):
        magnetic_valence(symbol)


def test_induction_by_hand():
    """Fe80B20: m = 0.8*2 - 0.2*3 + 0.6 = 1.6; V = 0.8*7.09 + 0.2*4.7 = 6.612 cm3/mol."""
    fractions = {"Fe": 0.8, "B": 0.2}
    assert moment(fractions) == pytest.approx(1.6)
    expected = 1.25663706e-6 * 1.6 * 9.2740100783e-24 * 6.02214076e23 / 6.612e-6
    assert saturation_induction(fractions) == pytest.approx(expected, rel=1e-8)
    assert slater_pauling_induction("Fe80B20").induction == pytest.approx(1.698, abs=0.001)


def test_the_moment_never_is_negative():
    assert saturation_induction({"Fe": 0.2, "Nb": 0.8}) == 0


@settings(max_examples=50)
@given(st.floats(0.0, 0.3), st.floats(0.001, 0.05))
def test_more_metalloid_means_less_induction(boron, more):
    before = saturation_induction({"Fe": 1 - boron, "B": boron})
    assert saturation_induction({"Fe": 1 - boron - more, "B": boron + more}) < before


@pytest.mark.parametrize(
    ("name", "arguments", "key", "value"),
    [
        ("slater_pauling_induction", {"formula": "Fe80B20"}, "moment", 1.6),
        ("mixing_enthalpy", {"formula": "Fe50B50"}, "enthalpy", -26.0),
        ("read_formula", {"formula": "Fe50B50"}, "formula", "B50Fe50"),
    ],
)
def test_tools_answer_in_json(name, arguments, key, value):
    assert json.loads(TOOLS[name].call(arguments))[key] == value


def test_bases_convert_there_and_back():
    there = TOOLS["convert_basis"].call(
        {
            "parts": [{"component": "Fe", "fraction": 0.5}, {"component": "B", "fraction": 0.5}],
            "from_basis": "at%",
            "to_basis": "wt%",
        }
    )
    parts = json.loads(there)["parts"]
    assert {part["component"]: part["fraction"] for part in parts}["Fe"] == pytest.approx(55.845 / 66.655, abs=1e-4)
    back = json.loads(TOOLS["convert_basis"].call({"parts": parts, "from_basis": "wt%", "to_basis": "at%"}))
    assert [part["fraction"] for part in back["parts"]] == pytest.approx([0.5, 0.5])


@pytest.mark.parametrize(
    "parts",
    [
        [{"component": "Fe", "fraction": 0.5}],
        [{"component": "Fe", "fraction": 0.5}, {"component": "Fe", "fraction": 0.5}],
        [{"component": "Xx", "fraction": 1.0}],
    ],
    ids=["sum", "double", "unknown"],
)
def test_bad_parts_are_refused(parts):
    with pytest.raises(BadInput):
        TOOLS["convert_basis"].call({"parts": parts, "from_basis": "at%", "to_basis": "wt%"})
