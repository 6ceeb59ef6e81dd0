"""Behaviour of records from headers that say little: symbols the text explains, cell edges, codes over formulas."""

from __future__ import annotations

import pytest

from eutectic.knowledge.formula_text import find_formulas
from eutectic.knowledge.record import LiteratureRecord
from eutectic.knowledge.record_sentences import Sentence
from eutectic.knowledge.records import Source, document_records
from eutectic.knowledge.symbols_said import symbols_said
from eutectic.knowledge.table import Table
from eutectic.knowledge.units_text import unit_at


def _records(
    headers: tuple[str, ...], rows: tuple[tuple[str, ...], ...], text: str = "", caption: str = "Results."
) -> list[LiteratureRecord]:
    table = Table(page=1, label="Table 1", caption=caption, headers=(headers,), rows=rows)
    page = "\n\n".join([text, *headers, *(" ".join(row) for row in rows)])
    return document_records(Source("a.pdf", {1: page}, [Sentence(1, text)] if text else [], [table]))


def test_a_symbol_means_what_the_text_says() -> None:
    headers, rows = ("Alloy", "Q (K)", "Rm (HV)"), (("Zr50Cu50", "700", "480"), ("Zr60Cu40", "690", "450"))
    said = "Here Q is the glass transition temperature, and Rm is the hardness."
    assert {r.property for r in _records(headers, rows, said)} == {"glass transition temperature", "hardness"}
    assert "glass transition temperature" not in {r.property for r in _records(headers, rows)}


def test_symbols_are_explained_in_order_and_in_one_way_only() -> None:
    said = symbols_said(["D and J2 denote the grain size and hardness, respectively."])
    assert {symbol: item.name for symbol, item in said.items()} == {"D": "grain size", "J2": "hardness"}
    assert not symbols_said(["Q is the hardness.", "Q is the activation energy."])


@pytest.mark.parametrize("text", ["It is the hardness that counts.", "This is the yield strength.", "Nb is the best."])
def test_words_are_no_symbols(text: str) -> None:
    assert not symbols_said([text])


@pytest.mark.parametrize(("unit", "is_edge"), [("Å", True), ("nm", True), ("mm", False), ("%", False)])
def test_a_and_c_in_small_lengths_are_edges_of_the_cell(unit: str, is_edge: bool) -> None:
    rows = (("BaTiO3", "3.994", "4.038"), ("SrTiO3", "3.905", "3.906"))
    if unit == "nm":
        rows = (("BaTiO3", "0.3994", "0.4038"), ("SrTiO3", "0.3905", "0.3906"))
    found = _records(("Compound", f"a ({unit})", f"c ({unit})"), rows)
    assert all((record.property == "lattice parameter") is is_edge for record in found)
    assert len(found) == 4 or not is_edge


def test_a_code_before_a_formula_is_no_element_of_it() -> None:
    headers = ("Sample Composition", "R1 Fe76Mn9Al10Cr5", "P4 Fe82.5Mn7.5Al7.5Cr2.5")
    found = _records(headers, (("Hardness (HV)", "589", "774"), ("UTS (MPa)", "1300", "1500")))
    assert len(found) == 4
    assert all(record.composition is not None and "P" not in record.composition.fractions for record in found)


def test_the_caption_settles_a_symbol_with_its_condition() -> None:
    rows = (("Li1.3Al0.3Ti1.7(PO4)3", "5.1 × 10⁻⁴"), ("Li1.4Al0.4Ti1.6(PO4)3", "3.1 × 10⁻⁴"))
    found = _records(("Electrolyte", "σ at 25 °C (S cm⁻¹)"), rows, caption="Ionic conductivity of the electrolytes.")
    assert [record.property for record in found] == ["ionic conductivity"] * 2
    assert [record.conditions.temperature for record in found] == [298.15] * 2


def test_a_bracket_behind_degrees_opens_another_unit() -> None:
    found = unit_at("25 °C (S cm⁻¹)", 2)
    assert found is not None
    assert found.unit.text == "°C"


@pytest.mark.parametrize("text", ["FeSiBPC", "LiPON", "InSBZnGdN", "CoFeSiB"])
def test_systems_and_acronyms_count_no_atoms(text: str) -> None:
    assert not find_formulas(f"The {text} ribbons were cast.")


@pytest.mark.parametrize("text", ["CoCrFeMnNi", "NiTi", "FeNCN", "NiOOH", "CuInGaSe2", "TiZrNbTaMo", "LiFePO4"])
def test_formulas_stay_formulas(text: str) -> None:
    assert [found.text for found in find_formulas(f"The {text} samples were cast.")] == [text]
