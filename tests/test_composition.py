"""Compositions and their bases."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eutectic.core.composition import PPM, Basis, Composition
from eutectic.core.errors import BadInput

ELEMENTS = ("Al", "B", "Co", "Cr", "Cu", "Fe", "Ni", "Si")
amounts = st.dictionaries(st.sampled_from(ELEMENTS), st.floats(1e-4, 1e4), min_size=1, max_size=6)


@given(amounts)
def test_ppm_are_whole_and_add_up_to_a_million(given_amounts: dict[str, float]) -> None:
    composition = Composition.of(given_amounts, normalise=True)
    assert sum(composition.ppm.values()) == PPM
    assert all(abs(part - composition.fractions[name] * PPM) <= 1 for name, part in composition.ppm.items())


@pytest.mark.parametrize("extra", [9e-7, -9e-7])
def test_ppm_add_up_where_the_fractions_are_slightly_off(extra: float) -> None:
    composition = Composition.of({"Fe": 0.5, "Co": 0.3, "B": 0.2 + extra})
    assert sum(composition.ppm.values()) == PPM


@given(amounts, st.sampled_from(["wt%", "vol%", "mol%"]))
def test_another_basis_and_back_is_the_same_material(given_amounts: dict[str, float], basis: Basis) -> None:
    composition = Composition.of(given_amounts, normalise=True)
    back = composition.to(basis).to("at%")
    assert back.fractions == pytest.approx(composition.fractions)


def test_steel_in_weight_percent() -> None:
    # Fe-1wt%C is 4.49 at% C: 1/12.011 over 1/12.011 + 99/55.845.
    steel = Composition.of({"Fe": 0.99, "C": 0.01}, "wt%").to("at%")
    assert steel.fractions["C"] == pytest.approx(0.0449, abs=1e-4)


def test_volume_follows_the_densities() -> None:
    # Half and half by volume of Al (2.70 g/cm3) and W (19.25 g/cm3): W holds 19.25 / 21.95 of the mass.
    mixed = Composition.of({"Al": 0.5, "W": 0.5}, "vol%").to("wt%")
    assert mixed.fractions["W"] == pytest.approx(19.25 / 21.95, abs=0.002)


def test_equal_materials_are_equal_records_whatever_the_order() -> None:
    first = Composition.of({"Fe": 0.8, "B": 0.2, "Co": 0.0})
    assert first == Composition.of({"B": 0.2, "Fe": 0.8})
    assert first.vector(["B", "Co", "Fe"]) == (0.2, 0.0, 0.8)
    assert first.formula() == "Fe80B20"
    assert Composition.from_formula("Fe4B") == first


@pytest.mark.parametrize(
    "fractions",
    [{"Fe": 0.5}, {"Fe": 1.2, "B": -0.2}, {}, {"Fe": float("nan")}, {"Fe": float("inf")}, {"Fe": 80, "B": 20}],
)
def test_fractions_that_are_no_whole_are_refused(fractions: dict[str, float]) -> None:
    with pytest.raises(BadInput):
        Composition.of(fractions)


@pytest.mark.parametrize("given_amounts", [{}, {"Fe": 0.0}, {"Fe": 1, "B": -1}, {"Fe": float("nan"), "B": 1}])
def test_amounts_that_cannot_be_normalised_are_refused(given_amounts: dict[str, float]) -> None:
    with pytest.raises(BadInput):
        Composition.of(given_amounts, normalise=True)


def test_ingredients_have_no_other_basis_and_gases_no_volume() -> None:
    with pytest.raises(BadInput, match="not a chemical element"):
        Composition.of({"P3HT": 1.0}, "wt%").to("at%")
    with pytest.raises(BadInput, match="density"):
        Composition.of({"Fe": 0.9, "N": 0.1}).to("vol%")


def test_double_components_are_refused() -> None:
    parts = [{"component": "Fe", "fraction": 0.5}, {"component": "Fe", "fraction": 0.5}]
    with pytest.raises(ValueError, match="twice"):
        Composition.model_validate({"parts": parts})


def test_a_copy_forgets_what_was_computed_from_the_old_values() -> None:
    old = Composition.of({"Fe": 0.5, "Co": 0.5})
    assert old.fractions == {"Co": 0.5, "Fe": 0.5} and old.ppm["Fe"] == 500_000
    new = old.model_copy(update={"parts": Composition.of({"Fe": 1.0}).parts})
    assert new.fractions == {"Fe": 1.0} and new.ppm == {"Fe": 1_000_000}
