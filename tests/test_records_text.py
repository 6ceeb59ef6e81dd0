"""Records from running text: numbers, units, formulas, labels, links and what is refused, in English and Chinese."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eutectic.core.composition import Composition
from eutectic.knowledge.amounts import find_amounts, read_amount
from eutectic.knowledge.formula_text import find_formulas
from eutectic.knowledge.labels import read_labels
from eutectic.knowledge.materials import find_materials
from eutectic.knowledge.properties import find_property, properties, same_property
from eutectic.knowledge.record import LiteratureRecord
from eutectic.knowledge.record_sentences import Sentence
from eutectic.knowledge.records import Source, document_records, text_records
from eutectic.knowledge.sentences import split_sentences
from eutectic.knowledge.units import read_unit
from eutectic.knowledge.units_text import unit_at


def records_of(text: str) -> list[LiteratureRecord]:
    sentences = [Sentence(1, sentence) for sentence in split_sentences(text)]
    return document_records(Source("paper.pdf", {1: text}, sentences, ()))


def said(text: str) -> set[tuple[str, str, float | None, str]]:
    return {(r.material, r.property, r.value, r.unit) for r in records_of(text) if r.status != "refused"}


@pytest.mark.parametrize(
    ("text", "factor", "power_of_metre"),
    [
        ("A/m", 1.0, -1),
        ("A m⁻¹", 1.0, -1),
        ("mA cm⁻²", 10.0, -2),
        ("Acm-2", 1e4, -2),
        ("10⁴ K/s", 1e4, 0),
        ("×10⁻³ S cm⁻¹", 0.1, -3),
        ("J/(mol K)", 1.0, 2),
        ("J/g K", 1000.0, 2),
        ("cm2 V-1 s-1", 1e-4, 0),
        ("μΩ·cm", 1e-8, 3),
        ("安/米", 1.0, -1),
        ("emu/g", 1.0, 2),
        ("kOe", 1e6 / (4 * math.pi), -1),
        ("MPa m1/2", 1e6, -0.5),
    ],
)
def test_units_are_read_with_factor_and_dimension(text: str, factor: float, power_of_metre: float) -> None:
    unit = read_unit(text)
    assert unit is not None
    assert unit.factor == pytest.approx(factor)
    assert unit.dimension[0] == power_of_metre


@pytest.mark.parametrize("text", ["the", "samples", "Al", "Mg", "gas", "has", "Co", "", "a/b", "foo bar"])
def test_words_and_elements_are_no_units(text: str) -> None:
    assert read_unit(text) is None


@pytest.mark.parametrize(("text", "basis"), [("at.%", "at%"), ("wt. %", "wt%"), ("质量分数", "wt%"), ("vol.%", "vol%")])
def test_a_unit_tells_its_basis(text: str, basis: str) -> None:
    unit = read_unit(text)
    assert unit is not None
    assert unit.basis == basis


def test_celsius_has_an_offset_alone_but_not_in_a_rate_or_a_difference() -> None:
    celsius, rate, region = read_unit("°C"), read_unit("°C/min"), properties()["supercooled liquid region"]
    assert celsius is not None and rate is not None
    assert celsius.to_si(25.0) == pytest.approx(298.15)
    assert rate.offset == 0.0
    assert region.to_si(40.0, celsius) == pytest.approx(40.0)


def test_every_row_of_the_property_table_can_be_used() -> None:
    for item in properties().values():
        assert read_unit(item.unit) is not None, item.name
        assert item.low < item.high, item.name
        for name in item.names:
            assert find_property(name) is not None


def test_the_unit_decides_between_properties_of_one_name() -> None:
    per_mass, per_volume = read_unit("emu/g"), read_unit("kA/m")
    first, second = find_property("saturation magnetization", per_mass), find_property("Ms", per_volume)
    assert first is not None and first.name == "specific saturation magnetization"
    assert second is None
    assert same_property("Bs", "饱和磁感应强度")
    assert not same_property("Bs", "Hc")


@pytest.mark.parametrize(
    ("text", "value", "kind", "sd"),
    [
        ("1.60", 1.6, "exact", None),
        ("35.3 ±  2", 35.3, "exact", 2.0),
        ("< 5", 5.0, "upper_bound", None),
        ("≥ 99.9", 99.9, "lower_bound", None),
        ("~3", 3.0, "approx", None),
        ("3.06(5)", 3.06, "exact", 0.05),
        ("0.5–0.9", 0.7, "range", None),
        ("2.39 × 10⁻⁵", 2.39e-5, "exact", None),
        ("(1.2±0.1)×10⁻⁴", 1.2e-4, "exact", 1e-5),
        ("10⁵", 1e5, "exact", None),
        ("10²–10³", 550.0, "range", None),
        ("3,833", 3833.0, "exact", None),
        ("−2.356", -2.356, "exact", None),
        ("n.d.", None, "not_detected", None),
        ("未检出", None, "not_detected", None),
    ],
)
def test_cells_are_read_as_written(text: str, value: float | None, kind: str, sd: float | None) -> None:
    amount = read_amount(text)
    assert amount is not None
    assert amount.kind == kind
    assert amount.value == (None if value is None else pytest.approx(value, rel=1e-12))
    assert amount.sd == (None if sd is None else pytest.approx(sd))


@pytest.mark.parametrize("text", ["–", "—", "", "n/a", "Bal.", "fcc", "[15]", "0.75 m/s", "1, 3"])
def test_other_cells_are_no_amounts(text: str) -> None:
    assert read_amount(text) is None


@given(st.floats(min_value=1e-9, max_value=1e9), st.integers(-12, 12))
def test_a_printed_number_comes_back_with_its_magnitude(value: float, power: int) -> None:
    written = f"{value:.4g}"
    digits = "".join("⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".index(c)] for c in str(power))
    if "e" in written:
        return
    amount = read_amount(f"{written} × 10{digits}")
    assert amount is not None and amount.value is not None
    assert amount.value == pytest.approx(float(f"{written}e{power}"), rel=1e-12)


@given(st.text(max_size=60))
def test_readers_never_fail_on_any_text(text: str) -> None:
    list(find_amounts(text))
    find_formulas(text)
    find_materials(text, {})
    unit_at(text, 0)
    read_unit(text)


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("the matrix (Ti32.02Zr30.13Cu9.01Co4.84Be24.00) can", "Ti32.02Zr30.13Be24Cu9.01Co4.84"),
        ("and Ti60.58Zr3\n\n6.11Cu2.30Co1.01 (at.%, BT100)", "Ti60.58Zr36.11Cu2.3Co1.01"),
        ("(Fe82Co18)85.5Ni1.5B9P3C1 ribbons", "Fe70.11Co15.39B9P3Ni1.5C1"),
        ("合金Fe₇₃.₅Si₁₃.₅B₉Nb₃Cu₁的", "Fe73.5Si13.5B9Nb3Cu1"),
        ("La0.6Sr0.4Co0.2Fe0.8O3−δ cathode", "O60Fe16La12Sr8Co4"),
        ("Ti-6Al-4V (wt.%) sheet", "Ti86.204Al10.195V3.6"),
        ("60MgS·40P2S5 glass", "S65P20Mg15"),
    ],
)
def test_compositions_are_found_in_text(text: str, formula: str) -> None:
    found = [m.material.composition.formula() for m in find_materials(text, {}) if m.material.composition]
    assert found == [formula]


@pytest.mark.parametrize(
    "text", ["SEM and DSC of BT48 by Cu-Kα, P63/mmc, Fm3m", "the SO4²⁻ and PO4 groups", "Cu(II) ions", "CP\n3.24"]
)
def test_abbreviations_and_ions_are_no_materials(text: str) -> None:
    assert find_materials(text, {}) == []


def test_a_basis_is_never_guessed_and_a_wrong_sum_is_said() -> None:
    (dashed,) = find_materials("Ti-6Al-4V was used", {})
    (short,) = find_materials("Fe50Ni30Cr10 was used", {})
    assert dashed.material.composition is None and "basis_unknown" in dashed.material.problem
    assert short.material.composition is None and "add up to 90" in short.material.problem


def test_documents_name_their_materials_and_families() -> None:
    text = (
        "alloy A (Fe85B15) and Fe80Co5B15 (denoted as FC5). Fe80−xCoxB20 (x = 0, 5 and 10) ribbons, hereafter denoted "
        "as Co0, Co5 and Co10. 合金Fe85B13Cu2（记为S1）"
    )
    named = {name: material.composition for name, material in read_labels([(1, text)]).materials.items()}
    assert named["alloy A"] == Composition.from_formula("Fe85B15")
    assert named["FC5"] == Composition.from_formula("Fe80Co5B15")
    assert named["Co10"] == Composition.from_formula("Fe70Co10B20")
    assert named["S1"] == Composition.from_formula("Fe85B13Cu2")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "The Bs and Hc of Fe85B13Cu2 are 1.75 T and 6.5 A/m, respectively.",
            {("Fe85B13Cu2", "saturation induction", 1.75, "T"), ("Fe85B13Cu2", "coercivity", 6.5, "A/m")},
        ),
        (
            "Fe83Si4B8P4Cu1 and Fe85Si2B8P4Cu1 show Bs of 1.88 and 1.94 T, respectively.",
            {
                ("Fe83Si4B8P4Cu1", "saturation induction", 1.88, "T"),
                ("Fe85Si2B8P4Cu1", "saturation induction", 1.94, "T"),
            },
        ),
        (
            "The hardness of CoCrFeMnNi is 170 HV, compared with 520 HV for AlCoCrFeNi.",
            {("CoCrFeMnNi", "hardness", 170.0, "HV"), ("AlCoCrFeNi", "hardness", 520.0, "HV")},
        ),
        (
            "合金Fe73.5Si13.5B9Nb3Cu1的饱和磁感应强度为1.24 T，矫顽力为0.53 A/m。",
            {
                ("Fe73.5Si13.5B9Nb3Cu1", "saturation induction", 1.24, "T"),
                ("Fe73.5Si13.5B9Nb3Cu1", "coercivity", 0.53, "A/m"),
            },
        ),
        (
            "No glass formed for Zr65Cu30Al5.",
            {("Zr65Cu30Al5", "glass formation", None, "")},
        ),
        (
            "The optimum conductivity was observed at x = 0.15 in Mg1−2x(Zr1−xNbx)4P6O24 with 7.7 × 10⁻⁴ S cm⁻¹.",
            {("Mg1−2x(Zr1−xNbx)4P6O24 (x = 0.15)", "ionic conductivity", 7.7e-4, "S cm⁻¹")},
        ),
    ],
    ids=["two properties", "two materials", "compared", "Chinese", "negative", "family"],
)
def test_sentences_give_records(text: str, expected: set[tuple[str, str, float | None, str]]) -> None:
    assert said(text) == expected


def test_shared_powers_units_and_temperatures_are_paired() -> None:
    found = records_of(
        "MgZr4(PO4)6 has a conductivity of 2.9 × 10⁻⁵ and 6.1 × 10⁻³ S cm⁻¹ at 400 and 800 °C, respectively."
    )
    assert {(r.si_value, r.conditions.temperature) for r in found} == {(2.9e-3, 673.15), (0.61, 1073.15)}


def test_impossible_values_and_units_are_refused_with_the_reason() -> None:
    (range_,) = records_of("Fe85B15 has a Bs of 17.5 T.")
    (unit,) = records_of("Fe85B15 has a coercivity of 12 mV.")
    (total,) = records_of("Fe60B15 has a Bs of 1.5 T.")
    assert [(r.status, r.flaws[0].reason) for r in (range_, unit)] == [
        ("refused", "out_of_range"),
        ("refused", "unit_of_another_quantity"),
    ]
    assert total.composition is not None or total.status == "refused"


def test_a_quote_that_is_not_on_the_page_refuses_the_record() -> None:
    sentence = "Fe85B15 has a Bs of 1.75 T."
    (record,) = document_records(Source("paper.pdf", {1: "Another page."}, [Sentence(1, sentence)], ()))
    assert record.status == "refused"
    assert "quote_not_found" in [flaw.reason for flaw in record.flaws]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        (
            "Zr65Cu20Al15 and Zr60Cu25Al15 have glass transition temperatures of 662 K and 671 K and crystallization "
            "temperatures of 741 K and 749 K, respectively.",
            {("Zr65Cu20Al15", 662), ("Zr60Cu25Al15", 671), ("Zr65Cu20Al15", 741), ("Zr60Cu25Al15", 749)},
        ),
        ("The dielectric constant of Ba0.8Sr0.2TiO3 is 4200 at 1 kHz.", {("Ba0.8Sr0.2TiO3", 4200)}),
        ("The density of Fe80B20 is 7,35 g/cm3 and its Bs is 1,62 T.", {("Fe80B20", 7.35), ("Fe80B20", 1.62)}),
        ("The hardness of Ti90Nb10 reached 1,250 HV.", {("Ti90Nb10", 1250)}),
        ("Fe80B20 has a Bs of 1.62⁺⁰.⁰³₋₀.₀₂ T.", {("Fe80B20", 1.62)}),
        (
            "The coercivity of Fe80−xCoxB20 (x = 0, 5 and 10) is 4.1, 5.2 and 7.7 A/m, respectively.",
            {(f"Fe80−xCoxB20 (x = {x})", value) for x, value in ((0, 4.1), (5, 5.2), (10, 7.7))},
        ),
        (
            "For Ba1−xSrxTiO3 the Curie temperature is 90 °C at x = 0.1 and 35 °C at x = 0.3.",
            {("Ba1−xSrxTiO3 (x = 0.1)", 90), ("Ba1−xSrxTiO3 (x = 0.3)", 35)},
        ),
        (
            "In Zr65−xTixCu20Al15 the glass transition temperature falls from 665 K for x = 0 to 641 K for x = 8.",
            {("Zr65−xTixCu20Al15 (x = 0)", 665), ("Zr65−xTixCu20Al15 (x = 8)", 641)},
        ),
        ("The hardness of the steel balls used for milling Ti90Nb10 was 800 HV.", set()),
    ],
)
def test_lists_numbers_and_families_of_a_sentence(text: str, values: set[tuple[str, float]]) -> None:
    found = records_of(text)
    assert {(record.material, record.value) for record in found if record.status == "verified"} == values
    assert all(record.composition is not None for record in found)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("The Curie temperature increases from 620 K for Fe85B15 to 655 K for Fe80B20.", [620.0, 655.0]),
        ("The activation energy falls from 0.42 eV for LiZr2(PO4)3 to 0.31 eV for LiTi2(PO4)3.", [0.42, 0.31]),
        ("Both Zr55Cu30Al10Ni5 and Zr60Cu25Al10Ni5 have a density of 6.8 g/cm3.", [6.8, 6.8]),
        ("The Curie temperature of Fe85B15 changed when it was heated from 500 K to 700 K.", []),
    ],
)
def test_two_materials_of_one_sentence_each_have_their_value(text: str, values: list[float]) -> None:
    found = [record for record in text_records("a.pdf", 1, text) if record.status != "refused"]
    assert sorted(record.value or 0.0 for record in found) == sorted(values)
    assert len({record.material for record in found}) == len(values)
