"""Names as tables write them mean what the plain ones mean; names that only hold the letters do not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eutectic.tools.descriptor_term import RULES
from eutectic.tools.property_names import meaning


def fired(name: str, unit: str) -> set[str]:
    return {rule.descriptor for rule in RULES if rule.property.search(meaning(name, unit))}


PLAIN = [
    ("YS", "MPa", "yield strength"),
    ("yield", "GPa", "yield strength"),
    ("HV", "kgf", "hardness"),
    ("Bs", "T", "saturation induction"),
    ("Ms", "emu/g", "saturation magnetisation"),
    ("UTS", "MPa", "ultimate tensile strength"),
    ("Hc", "A/m", "coercivity"),
    ("overpotential", "mV", "overpotential"),
    ("Tg", "K", "glass transition temperature"),
]


@given(st.sampled_from(PLAIN), st.sampled_from(["{}", "{}_{u}", "{} ({u})", "{} [{u}]", "{} / {u}", "{}, {u}"]))
def test_glued_and_plain_names_mean_the_same(row: tuple[str, str, str], form: str) -> None:
    name, unit, words = row
    written = form.format(name, u=unit)
    assert meaning(written, unit) == words
    assert fired(written, unit) == fired(words, unit)
    if form != "{}":
        assert meaning(written, "1") == words


@pytest.mark.parametrize(
    ("name", "unit"),
    [("Ms", "K"), ("Bs_C", "K"), ("hv", "eV"), ("yield", "%"), ("quantum_yield", "1"), ("absorbance", "T"),
     ("days", "MPa"), ("HVAC", "1"), ("items_T", "T")],
)  # fmt: skip
def test_letters_alone_fire_nothing(name: str, unit: str) -> None:
    assert not fired(name, unit)


@pytest.mark.parametrize("name", ["Bs", "bs", "Bs_300K", "Js", "saturation_magnetization", "Ms (T)"])
def test_saturation_and_strength_fire(name: str) -> None:
    assert fired(name, "T") == {"magnetic moment"}
    assert fired("yield_strength_MPa", "MPa") == fired("hardness", "1") == fired("YS_MPa", "MPa") != set()
