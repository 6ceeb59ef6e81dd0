"""Families of compositions with a variable: found as papers write them, and the alloys that belong to them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eutectic.core.settings import Settings
from eutectic.knowledge.families import find_families, memberships, parts_of
from eutectic.knowledge.library import open_library
from eutectic.knowledge.tokens import tokenise


@pytest.mark.parametrize(
    ("text", "families"),
    [
        ("Soft magnetic Fe84−xB10C6Cux alloys", ["Fe84-xB10C6Cux"]),
        ("ribbons (Fe80CoxB14–xSi2P3Cu1) were cast", ["Fe80CoxB14-xSi2P3Cu1"]),
        ("the hydroxide Mg1-2xFe2xO", ["Mg1-2xFe2xO"]),
        ("Mg1−2x(Zr1−xNbx)4P6O24 and Ba(Zr1-xCex)O3−δ", ["Mg1-2x(Zr1-xNbx)4P6O24", "Ba(Zr1-xCex)O3"]),
        ("the glasses [(Fe1-xCox)0.75B0.25]96Nb4", []),
        ("the glasses (Fe1-xCox)75B25", ["(Fe1-xCox)75B25"]),
        ("a box, Ti-x, BTX, Fe80B20 and x = 2", []),
    ],
)
def test_families_are_found_with_any_dash(text: str, families: list[str]) -> None:
    assert find_families(text) == families
    assert {f"v:{family}" for family in families} <= set(tokenise(text))


def test_an_alloy_belongs_to_a_family_at_one_value_of_its_variable() -> None:
    known = ["v:Fe84-xB10C6Cux", "f:B20Fe80", "v:TiNx"]

    def alloy(formula: str) -> str:
        return next(token for token in tokenise(formula) if token.startswith("f:"))

    assert memberships(alloy("Fe83B10C6Cu1"), known) == {"v:Fe84-xB10C6Cux": 1.0}
    assert memberships(alloy("Fe82.5B10C6Cu1.5"), known) == {"v:Fe84-xB10C6Cux": 1.5}
    assert memberships(alloy("Fe83B11C5Cu1"), known) == {}
    assert memberships(alloy("Fe83B10C6Cu1Si1"), known) == {}


def test_elements_that_share_a_site_count_by_its_amount() -> None:
    by_symbol = {symbol: (base, slope) for symbol, base, slope in parts_of("Mg1-2x(Zr1-xNbx)4P6O24")}
    assert by_symbol == {"Mg": (1, -2), "Zr": (4, -4), "Nb": (0, 4), "P": (6, 0), "O": (24, 0)}
    alloy = next(token for token in tokenise("Fe60Co15B25") if token.startswith("f:"))
    assert memberships(alloy, ["v:(Fe1-xCox)75B25", "v:(Fe1-xNix)75B25"]) == {"v:(Fe1-xCox)75B25": 0.2}


def test_a_question_about_a_member_is_answered_where_its_value_is_named(tmp_path: Path) -> None:
    (tmp_path / "paper.md").write_text(
        "# Alloys\n\nThe coercivity of Fe84−xB10C6Cux alloys after annealing was measured. The alloy with x = 1 has "
        "a coercivity of 5 A/m.",
        encoding="utf-8",
    )
    (tmp_path / "other.md").write_text("# Others\n\nThe coercivity of Fe80B20 is 11 A/m.", encoding="utf-8")
    with open_library(tmp_path / "library", Settings()) as library:
        library.ingest([tmp_path / "paper.md", tmp_path / "other.md"])
        said = library.ask("What coercivity does Fe83B10C6Cu1 have?")
        assert said.answered
        assert "5 A/m" in said.sentences[0].text
        assert not library.ask("What coercivity does Fe81B10C6Cu3 have?").answered


@given(st.text(alphabet="FeCoBxyz-+−(). 0123456789", max_size=40))
def test_any_text_has_families_or_none(text: str) -> None:
    for family in find_families(text):
        assert any(part.slope for part in parts_of(family))
    memberships("f:B20Fe80", [f"v:{text}"])
