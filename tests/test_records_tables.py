"""Records from tables, proposals of a model, the CSV for a campaign, and the scores on made papers."""

from __future__ import annotations

from pathlib import Path

import pytest

from eutectic.agents.minds import RulesMind
from eutectic.agents.proposing import propose_records, reading_mind
from eutectic.agents.spec_file import load_spec
from eutectic.core.errors import BadSetting
from eutectic.core.settings import Settings
from eutectic.evals.score_records import score_made_papers
from eutectic.knowledge.labels import Labels
from eutectic.knowledge.library import open_library
from eutectic.knowledge.record import LiteratureRecord
from eutectic.knowledge.record_checks import mark_outliers
from eutectic.knowledge.record_proposals import Proposal, beside_rules, proposed_record
from eutectic.knowledge.record_sentences import Sentence
from eutectic.knowledge.record_table import SINGLE_SOURCE_FACTOR, Selection, noise_sd, prior_csv, select
from eutectic.knowledge.record_tables import table_records
from eutectic.knowledge.records import Source, document_compositions, document_records, text_records
from eutectic.knowledge.sentences import split_sentences
from eutectic.knowledge.table import Table
from eutectic.tools.prior_data import read_prior


def from_table(headers: list[str], rows: list[list[str]], caption: str = "", text: str = "") -> list[LiteratureRecord]:
    table = Table(page=1, label="Table 1", caption=caption, headers=(tuple(headers),), rows=tuple(map(tuple, rows)))
    cells = "\n".join([*headers, *(cell for row in rows for cell in row)])
    return document_records(Source("paper.pdf", {1: f"{text}\n\n{caption}\n\n{cells}"}, (), (table,)))


def values(records: list[LiteratureRecord], property: str) -> list[tuple[float | None, str]]:
    return [(record.value, record.status) for record in records if record.property == property]


def test_shares_of_elements_keep_their_basis_and_the_balance_is_worked_out() -> None:
    found = from_table(["Steel", "C", "Mn", "Fe"], [["S1", "0.40", "1.0", "Bal."]], "Composition (wt.%)")
    assert values(found, "mass fraction of C") == [(0.4, "verified")]
    assert found[0].composition is not None
    assert found[0].composition.fractions["Mn"] == pytest.approx(0.0100, abs=2e-4)
    assert found[0].composition.fractions["C"] == pytest.approx(0.0183, abs=2e-4)


def test_shares_without_a_basis_are_flagged_and_make_no_composition() -> None:
    found = from_table(["Steel", "C", "Mn", "Fe"], [["S1", "0.40", "1.0", "Bal."]])
    assert {record.status for record in found} == {"flagged"}
    assert all(record.composition is None for record in found)
    assert "basis_unknown" in [flaw.reason for flaw in found[0].flaws]


def test_mass_fractions_in_a_table_are_not_mixed_up_with_atomic_fractions_in_the_text() -> None:
    text = "The alloy has an atomic fraction of approximately 0.63% Mg and 0.65% Si."
    found = from_table(["Mass fraction in %", "Si", "Mg"], [["EN AW-6005A", "0.68", "0.57"]], text=text)
    assert [(r.property, r.value, r.material) for r in found] == [
        ("mass fraction of Si", 0.68, "EN AW-6005A"),
        ("mass fraction of Mg", 0.57, "EN AW-6005A"),
    ]
    assert all(record.composition is None for record in found)


def test_limits_of_a_standard_are_no_measurements() -> None:
    found = from_table(["wt.%", "Si", "Mg"], [["batch", "0.68", "0.57"], ["EN 573-3", "0.5–0.9", "<0.7"]])
    assert [(r.status, r.origin) for r in found if r.material == "EN 573-3"] == [("flagged", "specified")] * 2


def test_a_value_a_power_of_ten_away_from_its_column_is_flagged() -> None:
    rows = [[f"Fe{80 + i}B{20 - i}", value] for i, value in enumerate(["3.24", "3.88", "38", "3.27", "39.6", "2.77"])]
    found = from_table(["Alloy", "Cooling rate (10⁴ K/s)"], rows)
    assert [r.value for r in found if any(flaw.reason == "outlier" for flaw in r.flaws)] == [38.0, 39.6]
    hc = ["1", "8", "60", "400", "3000", "9000"]
    spread = from_table(["Alloy", "Hc (A/m)"], [[row[0], value] for row, value in zip(rows, hc, strict=True)])
    assert not any(flaw.reason == "outlier" for record in spread for flaw in record.flaws)
    assert mark_outliers([]) == []


def test_a_cell_over_two_modes_gives_both_its_property_and_its_unit() -> None:
    headers = ["Melt level (mm)", "", "10", "15", "20"]
    rows = [
        ["Cooling rate", "CP", "3.2", "3.9", "3.3"],
        ["(10⁴ K/s)", "OSP", "—", "3.5", "2.8"],
        ["Temperature at the nip (K)", "CP", "497", "445", "405"],
        ["", "OSP", "—", "471", "501"],
    ]
    found = [r for r in from_table(headers, rows, "Cooling of Al35La50Ni15") if r.property == "cooling rate"]
    assert sorted(r.si_value or 0 for r in found) == pytest.approx([2.8e4, 3.2e4, 3.3e4, 3.5e4, 3.9e4])


def test_compositions_are_listed_once_with_their_names_and_without_baths() -> None:
    text = "The alloy BT0 (Ti32Zr30Cu9Co5Be24) was etched in HNO3. BT0 is Ti32Zr30Cu9Co5Be24 again, beside Fe85B15."
    sentences = [Sentence(1, sentence) for sentence in split_sentences(text)]
    found = document_compositions(Source("d.pdf", {1: text}, sentences, ()))
    assert [(item.written, item.label) for item in found] == [("Ti32Zr30Cu9Co5Be24", "BT0"), ("Fe85B15", "")]


def test_negative_results_and_bounds_are_kept() -> None:
    found = from_table(["Alloy", "Dmax (mm)"], [["Zr50Cu50", "2"], ["Zr70Cu30", "n.d."], ["Zr40Cu60", "< 1"]])
    assert [(r.value, r.value_type) for r in found] == [(2.0, "exact"), (None, "not_detected"), (1.0, "upper_bound")]


def test_every_table_record_quotes_its_page() -> None:
    found = from_table(["Alloy", "Bs (T)", "Hc (A/m)"], [["Fe85B15", "1.70", "9"], ["Fe80B20", "1.61", "7"]])
    assert [record.quote for record in found] == ["Fe85B15 1.70 9"] * 2 + ["Fe80B20 1.61 7"] * 2


def test_the_made_papers_hold_their_gates_without_an_error_of_magnitude() -> None:
    for item in score_made_papers():
        if item.name.endswith("table records"):
            assert min(item.precision, item.recall) >= 0.95, item
        if item.name.endswith(("text records", "compositions")):
            assert item.f1 >= 0.8, item
        assert item.magnitude_errors == 0, item


SENTENCE = "The Fe85B13Cu2 ribbon has a coercivity of 9.5 A/m and a Bs of 1.80 T."


def proposal(**changes: str) -> LiteratureRecord | str:
    plain = {
        "document": "d.pdf", "page": 1, "quote": SENTENCE, "material": "Fe85B13Cu2", "property": "coercivity",
        "value": "9.5", "value_type": "exact", "unit": "A/m",
    }  # fmt: skip
    item = Proposal(**(plain | changes))  # type: ignore[arg-type]
    return proposed_record(item, Labels({}, ()), lambda page, quote: quote if quote in SENTENCE else None, "a-model")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"value": "9.4"}, "number_not_in_quote"),
        ({"unit": "kA/m"}, "unit_not_in_quote"),
        ({"unit": "mV"}, "unit_of_another_quantity"),
        ({"material": "Fe90B10"}, "material_not_in_quote"),
        ({"quote": "The Fe85B13Cu2 ribbon has a coercivity of 9.5 A/m today."}, "quote_not_found"),
        ({"property": "Bs", "value": "180", "unit": "T"}, "out_of_range"),
    ],
)
def test_a_model_only_proposes_and_code_decides(changes: dict[str, str], reason: str) -> None:
    made = proposal(**changes)
    assert isinstance(made, LiteratureRecord)
    assert reason in [flaw.reason for flaw in made.flaws]
    assert made.status != "verified"


def test_a_sound_proposal_counts_and_says_who_made_it() -> None:
    made = proposal()
    assert isinstance(made, LiteratureRecord)
    assert (made.status, made.proposer, made.si_value) == ("verified", "a-model", 9.5)
    assert isinstance(proposal(value="high"), str)
    assert isinstance(proposal(unit="parsecs"), str)


def test_proposals_the_rules_have_are_left_out_and_contradictions_are_flagged() -> None:
    rules = text_records("d.pdf", 1, SENTENCE)
    same, other = proposal(), proposal(value="1.80")
    assert isinstance(same, LiteratureRecord) and isinstance(other, LiteratureRecord)
    (kept,) = beside_rules([same, other], rules)
    assert "disagrees" in [flaw.reason for flaw in kept.flaws]


def test_proposing_needs_a_model_and_says_so() -> None:
    with pytest.raises(BadSetting, match="no language model"):
        reading_mind(Settings())


def test_the_rules_mind_proposes_nothing_the_rules_have_not() -> None:
    source = Source("d.pdf", {1: SENTENCE}, [Sentence(1, SENTENCE)], ())
    assert propose_records(RulesMind(), [source], document_records(source), lambda line: None) == ([], [], [])


SPEC = """
name: from-papers
goal: the highest Bs
space:
  basis: at%
  components: [{name: Fe, min: 50%, max: 90%}, {name: B, min: 5%, max: 40%}, {name: Co, min: 0%, max: 40%}]
objectives: [{property: Bs, unit: T, direction: maximize}]
budget: {experiments: 8}
"""


def test_records_of_a_library_become_prior_data_of_a_campaign(tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    papers.mkdir()
    (papers / "a.md").write_text(
        "# A\n\nThe Bs of Fe85B15 is 1.70 T. Fe60Co25B15 has a Bs of 1.80 T. Fe70Ni30 has a Bs of 1.6 T."
    )
    (papers / "b.md").write_text(
        "# B\n\nFe85B15 has a Bs of 1.66 T. The Bs of Fe80B20 was estimated to be 1.5 T by DFT."
    )
    (tmp_path / "spec.yaml").write_text(SPEC)
    spec = load_spec(tmp_path / "spec.yaml")
    with open_library(tmp_path / "library", Settings()) as library:
        library.ingest([papers])
        records = library.records()
        assert library.records() == records
    text, kept = prior_csv(records, spec)
    assert kept == 3, "Ni is outside the space, the calculated value is no measurement"
    (tmp_path / "prior.csv").write_text(text)
    prior = read_prior(tmp_path / "prior.csv", spec)
    by_value = {
        o.measurements[0].value: (o.composition.formula(), o.measurements[0].sd or 0.0) for o in prior.observations
    }
    assert by_value[1.70][0] == by_value[1.66][0] == "Fe85B15"
    assert by_value[1.80][1] > 2 * by_value[1.70][1], "a single document's word weighs less"
    assert all(item.note for item in prior.observations)


def test_a_single_document_is_taken_as_more_uncertain_by_a_stated_factor() -> None:
    (record,) = text_records("d.pdf", 1, "Fe85B15 has a Bs of 1.70 T.")
    assert noise_sd(record, 1) == pytest.approx(SINGLE_SOURCE_FACTOR * noise_sd(record, 2))
    assert noise_sd(record, 2) > 0


def test_selections_filter_by_property_element_and_status() -> None:
    records = text_records("d.pdf", 1, SENTENCE + " Fe85B15 has a Bs of 17 T.")
    assert len(select(records, Selection(property="Bs"))) == 1
    assert len(select(records, Selection(elements=("Cu",)))) == 2
    assert len(select(records, Selection(statuses=("refused",)))) == 1


@pytest.mark.parametrize(
    ("cell", "unit", "si"), [("21.1", "MPa m¹/²", 21.1), ("98", "MPa m0.5", 98.0), ("600", "MPa m1/2", None)]
)
def test_fracture_toughness_is_judged_in_the_unit_of_its_range(cell: str, unit: str, si: float | None) -> None:
    table = Table(
        page=1, headers=(("Alloy", f"Fracture toughness ({unit})"),), rows=(("Fe80B20", cell), ("Fe70B30", "30"))
    )
    record = table_records(table, Labels({}, ()))[0]
    refused = any(flaw.reason == "out_of_range" for flaw in record.flaws)
    assert (None if refused else record.si_value) == si


def made_records(headers: tuple[tuple[str, ...], ...], rows: tuple[tuple[str, ...], ...]) -> list[LiteratureRecord]:
    return table_records(Table(page=1, headers=headers, rows=rows), Labels({}, ()))


def test_compounds_under_a_head_of_composition_are_one_composition_a_row() -> None:
    headers = (("Sample", *["Composition (wt%)"] * 3, "Density (g/cm³, ±1%)"), ("", "SiO2", "CaO", "Na2O", ""))
    records = made_records(headers, (("S1", "70", "10", "20", "2.49"), ("S2", "65", "15", "20", "2.53")))
    density = [record for record in records if record.property == "density"]
    assert [record.value for record in density] == [2.49, 2.53]
    assert all(record.composition is not None and record.unit == "g/cm³" for record in density)


def test_compounds_down_the_side_that_add_up_to_a_whole_are_shares_of_the_samples_above() -> None:
    rows = (("CaO", "43.5", "43.7"), ("SiO2", "35.8", "35.5"), ("Al2O3", "14.5", "14.8"), ("MgO", "6.2", "6.0"))
    records = made_records((("Components", "Slag", "Glass"),), rows)
    assert {record.material for record in records} == {"Slag", "Glass"}
    assert not any(record.composition is not None for record in records)


def test_samples_along_the_header_turn_a_table_whose_side_names_few_properties() -> None:
    rows = (
        ("A", "-2.3", "-2.1"),
        ("T 0", "258.6", "251.2"),
        ("T rg", "0.558", "0.560"),
        ("Density (g/cm3)", "2.3", "2.4"),
    )
    records = made_records((("", "Glass 0", "Glass 0.1"),), rows)
    found = {(record.material, record.property): record.value for record in records}
    assert found["Glass 0", "reduced glass transition temperature"] == 0.558
    assert found["Glass 0.1", "density"] == 2.4


def test_two_values_in_a_cell_are_no_uncertainty_and_a_guest_without_amount_no_composition() -> None:
    records = made_records((("Route", "Ir (at.%)", "Sn (at.%)"),), (("Sol-gel", "30(34)", "70(66)"),))
    assert records == []
    headers = (("Formula", "Density (g/cm3)"),)
    records = made_records(headers, (("SiO2.1:H", "2.1"), ("Zn0.9O1.1", "5.2")))
    assert [record.composition is None for record in records] == [True, False]


def test_a_header_of_sodium_is_no_missing_value() -> None:
    headers = (("Sample", *["Impurities (ppm)"] * 2), ("", "Na", "K"))
    records = made_records(headers, (("A", "0.2", "0.1"), ("B", "0.3", "0.4")))
    assert {record.property_written for record in records} == {"Na ppm", "K ppm"}


def test_a_table_of_one_line_a_value_has_a_column_for_each_property() -> None:
    rows = (
        ("Fe80B20", "Coercivity", "4.2", "A/m"),
        ("Fe80B20", "Density", "7.4", "g/cm3"),
        ("Fe75B25", "Coercivity", "5.1", "A/m"),
        ("Fe75B25", "Density", "7.3", "g/cm3"),
    )
    records = made_records((("Material", "Property", "Value", "Unit"),), rows)
    assert [(r.material, r.property, r.value, r.unit) for r in records] == [
        ("Fe80B20", "coercivity", 4.2, "A/m"),
        ("Fe80B20", "density", 7.4, "g/cm3"),
        ("Fe75B25", "coercivity", 5.1, "A/m"),
        ("Fe75B25", "density", 7.3, "g/cm3"),
    ]
    assert [(record.row, record.column) for record in records] == [(i, 2) for i in range(4)]


def test_families_in_heading_rows_dopants_in_place_of_m_and_broken_formulas() -> None:
    rows = (("Fe82−xCoxB18", ""), ("2", "1.6"), ("4", "1.7"), ("Fe82−xNixB18", ""), ("2", "1.5"), ("4", "1.4"))
    formulas = [r.composition.formula() for r in made_records((("x", "Bs (T)"),), rows) if r.composition is not None]
    assert formulas == ["Fe80B18Co2", "Fe78B18Co4", "Fe80B18Ni2", "Fe78B18Ni4"]
    table = Table(
        page=1, caption="Fe80B18M2 (M = Cr, Nb) ribbons", headers=(("M", "Hc (A/m)"),), rows=(("Cr", "4"), ("Nb", "3"))
    )
    found = [r.composition.formula() for r in table_records(table, Labels({}, ())) if r.composition is not None]
    assert found == ["Fe80B18Cr2", "Fe80B18Nb2"]
    broken = made_records((("Alloy", "Tx (K)"),), (("Cu87.5 Zr2.5Al10", "760"), ("Cu80 Zr8Al12", "762")))
    assert [r.composition.formula() for r in broken if r.composition is not None] == ["Cu87.5Al10Zr2.5", "Cu80Al12Zr8"]


def test_uncertainties_beside_the_samples_of_a_turned_table_belong_to_their_values() -> None:
    headers = (("Property", "Unit", "Fe80B20", "±", "Fe75B25", "±"),)
    records = made_records(
        headers, (("Coercivity", "A/m", "4.2", "0.3", "5.1", "0.2"), ("Density", "g/cm3", "7.4", "0.1", "7.3", "0.1"))
    )
    assert {(r.material, r.property, r.value, r.sd) for r in records} == {
        ("Fe80B20", "coercivity", 4.2, 0.3),
        ("Fe75B25", "coercivity", 5.1, 0.2),
        ("Fe80B20", "density", 7.4, 0.1),
        ("Fe75B25", "density", 7.3, 0.1),
    }


def test_a_caption_settles_a_symbol_only_between_properties_of_one_name() -> None:
    rows = (("Li6PS5Cl", "3.4"), ("Li6PS5Br", "2.1"))
    table = Table(page=1, caption="Ionic conductivity at 25 °C", headers=(("Compound", "σ (mS/cm)"),), rows=rows)
    assert {record.property for record in table_records(table, Labels({}, ()))} == {"ionic conductivity"}
    caption = "Properties (Vickers hardness in HV; E in GPa)"
    table = Table(page=1, caption=caption, headers=(("Alloy", "E"),), rows=(("Zr80Cu20", "89"), ("Zr70Cu30", "92")))
    assert {record.property for record in table_records(table, Labels({}, ()))} == {"young's modulus"}
