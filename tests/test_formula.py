"""Formulas as text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eutectic.core.elements import element, elements
from eutectic.core.errors import BadInput
from eutectic.core.formula import parse_formula


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("Fe2O3", {"Fe": 2, "O": 3}),
        ("(Fe82Co18)85.5Ni1.5B9P3C1", {"Fe": 70.11, "Co": 15.39, "Ni": 1.5, "B": 9, "P": 3, "C": 1}),
        ("Fe₆₉Co₁₆Ni₁Si₃B₁₁", {"Fe": 69, "Co": 16, "Ni": 1, "Si": 3, "B": 11}),
        ("CuSO4(H2O)5", {"Cu": 1, "S": 1, "O": 9, "H": 10}),
        ("Al0.25 Co1 Fe1", {"Al": 0.25, "Co": 1, "Fe": 1}),
        ("Fe-Co", {"Fe": 1, "Co": 1}),
        ("(Fe0.5Co0.5)80B20", {"Fe": 40, "Co": 40, "B": 20}),
        ("FeFe2", {"Fe": 3}),
    ],
)
def test_reads_amounts(text: str, amounts: dict[str, float]) -> None:
    assert parse_formula(text) == pytest.approx(amounts)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            "Xx2",
            "Fe(",
            "Fe)",
            "Fe(B]2",
            "()2",
            "Fe0",
            "Fe1e9",
            "Fe2-xCox",
            "fe2",
            "2Fe",
            "Fe-1",
            "Fe+",
            "Fe" * 300,
        ),
        *("Ti-6Al-4V", "Fe80 20Ni", "CuSO4·5H2O", "Fe-20Ni", "(" * 40 + "Fe" + ")" * 40),
    ],
)
def test_refuses_what_it_cannot_read(text: str) -> None:
    with pytest.raises(BadInput):
        parse_formula(text)


@given(st.text(alphabet="FeCoB0123456789.()[]{}₂·- xX_$", max_size=40))
def test_any_text_gives_positive_amounts_or_bad_input(text: str) -> None:
    try:
        amounts = parse_formula(text)
    except BadInput:
        return
    assert amounts
    assert all(value > 0 for value in amounts.values())


@given(st.dictionaries(st.sampled_from(sorted(elements())), st.integers(1, 999), min_size=1, max_size=8))
def test_a_written_formula_reads_back(amounts: dict[str, int]) -> None:
    assert parse_formula("".join(f"{name}{amount}" for name, amount in amounts.items())) == amounts


def test_elements_are_all_there_and_a_wrong_case_is_mended() -> None:
    assert len(elements()) == 118
    assert element("Fe").mass == pytest.approx(55.845, abs=0.01)
    with pytest.raises(BadInput, match="did you mean 'Fe'"):
        element("fe")
