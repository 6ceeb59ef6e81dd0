"""Kinds of tables that papers print, each read into records: what its print leaves to the reader is written out."""

from __future__ import annotations

import pytest

from eutectic.knowledge.record import LiteratureRecord
from eutectic.knowledge.record_sentences import Sentence
from eutectic.knowledge.records import Source, document_records
from eutectic.knowledge.table import Table

Row = tuple[str, ...]


def read(*tables: Table, text: str = "") -> list[LiteratureRecord]:
    cells = "\n".join(" ".join(row) for table in tables for row in (*table.headers, *table.rows))
    sentences = [Sentence(1, text)] if text else []
    return document_records(Source("a.pdf", {1: f"{text}\n\n{cells}"}, sentences, tables))


def table(headers: list[Row], rows: list[Row], caption: str = "Results.", label: str = "Table 1") -> Table:
    return Table(page=1, label=label, caption=caption, headers=tuple(headers), rows=tuple(rows))


def verified(records: list[LiteratureRecord]) -> set[tuple[str, str, float | None]]:
    """Formula, property and value in SI of the verified records."""
    return {
        (record.composition.formula() if record.composition else "", record.property, record.si_value)
        for record in records
        if record.status == "verified"
    }


def test_the_caption_gives_units() -> None:
    found = read(table([("Alloy", "Bs", "Hc")], [("Fe80B20", "1.60", "8.1")], "Properties (Bs in T, Hc in A/m)."))
    assert verified(found) == {("Fe80B20", "saturation induction", 1.6), ("Fe80B20", "coercivity", 8.1)}


def test_two_properties_stand_in_one_column() -> None:
    rows = [("Fe80B20", "8.1 / 1.60"), ("Fe85B15", "6.4 / 1.62"), ("Fe75B25", "– / 1.55")]
    found = read(table([("Alloy", "Hc (A/m) / Bs (T)")], rows))
    assert {value for _, name, value in verified(found) if name == "coercivity"} == {8.1, 6.4}
    assert {value for _, name, value in verified(found) if name == "saturation induction"} == {1.6, 1.62, 1.55}


@pytest.mark.parametrize("mark", ["″", '"', "ditto", "do.", "同上"])
def test_ditto_marks_repeat_the_cell_above(mark: str) -> None:
    rows = [("Fe80B20", "573", "8.1"), (mark, "673", "4.0")]
    found = read(table([("Alloy", "Annealing temperature (K)", "Hc (A/m)")], rows))
    assert verified(found) == {("Fe80B20", "coercivity", 8.1), ("Fe80B20", "coercivity", 4.0)}
    assert {record.conditions.anneal_temperature for record in found} == {573.0, 673.0}


def test_decimal_commas_are_points_and_thousands_stay_thousands() -> None:
    german = read(table([("Alloy", "Density (g/cm3)")], [("Fe80B20", "7,352"), ("Fe85B15", "7,41")]))
    assert {round(value or 0) for _, _, value in verified(german)} == {7352, 7410}
    english = read(table([("Alloy", "Fracture strength (MPa)")], [("Zr50Cu50", "1,850"), ("Zr60Cu40", "1,790")]))
    assert {value for _, _, value in verified(english)} == {1.85e9, 1.79e9}


def test_a_heading_row_names_the_material_the_condition_or_the_property() -> None:
    head = ("State", "Hc (A/m)")
    rows = [("Fe80B20", ""), ("as-cast", "9.0"), ("annealed", "4.0"), ("Fe85B15", ""), ("as-cast", "7.0")]
    found = read(table([head], rows))
    assert verified(found) == {
        ("Fe80B20", "coercivity", 9.0), ("Fe80B20", "coercivity", 4.0), ("Fe85B15", "coercivity", 7.0),
    }  # fmt: skip
    rows = [
        ("Annealed at 673 K for 1 h", ""),
        ("Fe80B20", "4.0"),
        ("Annealed at 773 K for 1 h", ""),
        ("Fe80B20", "2.0"),
    ]
    by_value = {record.value: record.conditions for record in read(table([("Alloy", "Hc (A/m)")], rows))}
    assert by_value[4.0].anneal_temperature == 673.0
    assert by_value[2.0].anneal_temperature == 773.0
    rows = [
        ("Hardness (HV)", "", ""),
        ("Zr50Cu50", "520", "540"),
        ("Elongation (%)", "", ""),
        ("Zr50Cu50", "1.1", "2.2"),
    ]
    found = read(table([("Alloy", "As-cast", "Annealed")], rows))
    assert {(record.property, record.value) for record in found if record.status == "verified"} == {
        ("hardness", 520.0), ("hardness", 540.0), ("elongation", 1.1), ("elongation", 2.2),
    }  # fmt: skip


def test_the_caption_names_the_property_of_columns_headed_by_temperatures() -> None:
    caption = "Yield strength (MPa) of the alloys at different temperatures."
    found = read(table([("Alloy", "293 K", "673 K")], [("CoCrFeNi", "300", "210")], caption))
    assert {(r.si_value, r.conditions.temperature) for r in found} == {(3e8, 293.0), (2.1e8, 673.0)}
    crossed = read(
        table([("T (K)", "CoCrFeNi", "CoCrFeMnNi")], [("293", "300", "320"), ("673", "210", "230")], caption)
    )
    assert {(r.material, r.value, r.conditions.temperature) for r in crossed if r.status == "verified"} == {
        ("CoCrFeNi", 300.0, 293.0), ("CoCrFeNi", 210.0, 673.0),
        ("CoCrFeMnNi", 320.0, 293.0), ("CoCrFeMnNi", 230.0, 673.0),
    }  # fmt: skip


def test_a_header_over_temperatures_keeps_its_property_and_unit() -> None:
    headers = [("Alloy", "Yield strength (MPa)", "Yield strength (MPa)"), ("", "RT", "600 °C")]
    found = read(table(headers, [("CoCrFeNi", "300", "210")]))
    assert {(r.property, r.si_value) for r in found if r.status == "verified"} == {
        ("yield strength", 3e8), ("yield strength", 2.1e8),
    }  # fmt: skip


def test_samples_are_named_or_numbered_in_another_table_or_told_respectively() -> None:
    names = table([("Sample", "Composition")], [("1", "Fe80B20"), ("2", "Fe85B15")], "Samples.")
    values = table([("Sample", "Hc (A/m)")], [("1", "8.1"), ("2", "6.4")], label="Table 2")
    assert verified(read(names, values)) == {("Fe80B20", "coercivity", 8.1), ("Fe85B15", "coercivity", 6.4)}
    told = "The samples S-1 and S-2 have the compositions Fe80B20 and Fe85B15, respectively."
    found = read(table([("Sample", "Hc (A/m)")], [("S-1", "8.1"), ("S-2", "6.4")]), text=told)
    assert verified(found) == {("Fe80B20", "coercivity", 8.1), ("Fe85B15", "coercivity", 6.4)}
    both = read(table([("Sample", "Hc (A/m)")], [("A1: Fe80B20", "8.1"), ("Fe85B15 (A2)", "6.4")]))
    assert verified(both) == {("Fe80B20", "coercivity", 8.1), ("Fe85B15", "coercivity", 6.4)}


def test_oxide_columns_make_a_composition() -> None:
    rows = [("G1", "60", "25", "15", "2.51"), ("G2", "65", "20", "15", "2.49")]
    found = read(table([("Glass", "SiO2", "Na2O", "CaO", "Density (g/cm3)")], rows, "Glasses (mol%)."))
    dense = next(r for r in found if r.property == "density" and r.value == 2.51)
    assert dense.status == "verified"
    assert dense.composition is not None
    assert dense.composition.fractions["Si"] == pytest.approx(60 / (60 * 3 + 25 * 3 + 15 * 2))
    assert {r.value for r in found if r.property == "mole fraction of SiO2"} == {60.0, 65.0}


def test_the_first_element_column_says_the_basis_for_all() -> None:
    rows = [("X1", "60", "40"), ("X2", "55", "45")]
    found = read(table([("Sample", "Fe (at.%)", "Co")], rows))
    assert {r.property for r in found if r.status == "verified"} == {"atomic fraction of Fe", "atomic fraction of Co"}


def test_a_variable_named_in_words_fills_the_family_of_the_caption() -> None:
    rows = [("0.05", "3.45"), ("0.10", "3.60")]
    found = read(table([("Mg content, x", "Band gap (eV)")], rows, "Films of Zn1-xMgxO."))
    assert {r.composition.formula() for r in found if r.composition} == {"O50Zn47.5Mg2.5", "O50Zn45Mg5"}


@pytest.mark.parametrize(
    ("cell", "value", "sd"),
    [
        ("1.62 (+0.03/−0.02)", 1.62, 0.03),
        ("1.62 ± 0.02 (n = 5)", 1.62, 0.02),
        ("1.62 [12]", 1.62, None),
        ("1.62¹²", 1.62, None),
        ("1.62 (7)", 1.62, None),
    ],
)
def test_what_stands_behind_a_number_does_not_change_it(cell: str, value: float, sd: float | None) -> None:
    (record,) = read(table([("Alloy", "Bs (T)")], [("Fe80B20", cell)]))
    assert (record.status, record.si_value, record.si_sd) == ("verified", value, sd)


def test_abbreviations_are_told_in_the_caption_and_settings_are_conditions() -> None:
    found = read(table([("Alloy", "GS (μm)")], [("CoCrFeNi", "48")], "Results (GS: grain size)."))
    assert verified(found) == {("Co25Cr25Fe25Ni25", "grain size", 48e-6)}
    found = read(table([("Milling time (h)", "Hardness (HV)")], [("2", "300"), ("20", "410")], "Powders of CoCrFeNi."))
    assert {(r.property, r.conditions.other) for r in found} == {
        ("hardness", ("Milling time: 2 h",)), ("hardness", ("Milling time: 20 h",)),
    }  # fmt: skip


def test_the_numbers_of_columns_and_a_unit_column_behind_the_value_are_no_values() -> None:
    counted = [("(1)", "(2)", "(3)"), ("Fe80B20", "1.60", "8.1")]
    found = read(table([("Alloy", "Bs (T)", "Hc (A/m)")], counted))
    assert verified(found) == {("Fe80B20", "saturation induction", 1.6), ("Fe80B20", "coercivity", 8.1)}
    rows = [("Density", "7.35", "g/cm3"), ("Hardness", "950", "HV")]
    listed = read(table([("Property", "Value", "Unit")], rows, "Properties of Fe80B20."))
    assert {(r.property, r.value, r.unit, r.status) for r in listed} == {
        ("density", 7.35, "g/cm3", "verified"), ("hardness", 950.0, "HV", "verified"),
    }  # fmt: skip


def test_a_change_is_no_value_of_its_property() -> None:
    found = verified(read(table([("Alloy", "Hc (A/m)", "Hc (A/m)", "Change (%)"), ("", "Before", "After", "")],
                                [("Fe80B20", "12", "6", "-50"), ("Fe82B18", "10", "8", "-20")])))  # fmt: skip
    assert found == {("Fe80B20", "coercivity", value) for value in (12.0, 6.0)} | {
        ("Fe82B18", "coercivity", value) for value in (10.0, 8.0)
    }


def test_rows_of_other_papers_are_not_of_this_ones_material() -> None:
    review = table(
        [("Year", "Cooling rate (K/s)", "References")], [("1970", "100000", "[15]"), ("2005", "100", "[17]")]
    )
    found = read(review, text="Ribbons of Fe80B20 were cast.")
    assert found and all(record.composition is None for record in found)


def test_a_grade_beside_the_only_formula_leaves_no_material_for_a_sentence() -> None:
    text = "Precipitates of Mg2Si form in EN AW-6005A. The critical cooling rates of 6005A are 6.3 K/s at most."
    sentences = [Sentence(1, part) for part in text.split(". ")]
    found = document_records(Source("a.pdf", {1: text}, sentences, ()))
    assert [record.material for record in found] == ["EN AW-6005A"] and found[0].composition is None


@pytest.mark.parametrize("unit", ["MPa m¹/²", "MPa·m^{1/2}", "MPa √m", "MPa m⁰·⁵"])
def test_roots_are_units_in_a_cell(unit: str) -> None:
    rows = [("Fe80B20", f"12.5 {unit}"), ("Fe82B18", f"31.0 {unit}")]
    found = verified(read(table([("Alloy", "Fracture toughness")], rows)))
    assert found == {("Fe80B20", "fracture toughness", 12.5), ("Fe82B18", "fracture toughness", 31.0)}


def test_two_values_parted_by_a_slash_alone_both_count() -> None:
    rows = [("Fe80Cr20", "1235/1803"), ("Fe82Cr18", "808/1745")]
    found = verified(read(table([("Alloy", "YS/UTS (MPa)")], rows)))
    assert ("Fe80Cr20", "ultimate tensile strength", 1803e6) in found and len(found) == 4


def test_a_state_over_a_property_without_a_unit_lends_it_none() -> None:
    heads = [("Alloy", "Annealing at 450 °C", "Annealing at 450 °C"), ("", "Effective permeability", "Bs / T")]
    found = verified(read(table(heads, [("Fe80B20", "21932", "1.10"), ("Fe82B18", "6607", "1.67")])))
    assert ("Fe80B20", "permeability", 21932.0) in found and not any("nneal" in name for _, name, _ in found)


def test_a_property_over_the_columns_heads_its_rows_as_the_one_further_down_does() -> None:
    heads = [("Alloy", "400 K", "500 K"), ("", "Elongation (%)", "Elongation (%)")]
    rows = [("Fe80Cr20", "18.5", "20.4"), ("Fe82Cr18", "17.6", "6.4"), ("", "Hardness (HV)", ""),
            ("Fe80Cr20", "246", "730"), ("Fe82Cr18", "456", "169")]  # fmt: skip
    found = read(table(heads, rows))
    by_name = {name: sorted(r.value for r in found if r.property == name) for name in ("elongation", "hardness")}
    assert by_name == {"elongation": [6.4, 17.6, 18.5, 20.4], "hardness": [169.0, 246.0, 456.0, 730.0]}


def test_a_dash_in_the_row_of_units_stands_for_none() -> None:
    rows = [("", "(%)", "–"), ("Ba0.75Sr0.25TiO3", "95.5", "8603"), ("Ba0.7Sr0.3TiO3", "98.9", "2873")]
    found = read(table([("Material", "Relative density", "εr")], rows))
    assert {(r.property, r.value, r.unit) for r in found if r.value in (95.5, 8603)} == {
        ("relative density", 95.5, "%"), ("dielectric constant", 8603.0, "1"),
    }  # fmt: skip
