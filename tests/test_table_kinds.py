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
