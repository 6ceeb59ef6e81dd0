"""The kind of thing a question asks for, and whether words hold it: sorts, people, abbreviations, ranges, counts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eutectic.knowledge.asked import Question
from eutectic.knowledge.asking import answers_in_words, kind_of
from eutectic.knowledge.conditions_held import conditions_held
from eutectic.knowledge.features import Place, grade
from eutectic.knowledge.question import read_question
from eutectic.knowledge.sorts import shows, sort_of
from eutectic.knowledge.statement import Statement
from eutectic.knowledge.tokens import tokenise
from eutectic.knowledge.units import NUMBER, read_unit

NOWHERE = Place(frozenset(), frozenset(), 0, 0.0, 0.0)


def asked(text: str, *known: str) -> Question:
    """A question to a library that holds some words in a few of its passages."""
    return read_question(text, {token: 3 for word in known for token in tokenise(word)}, 100)


def said(text: str, around: str = "") -> Statement:
    return Statement("c", "paper.pdf", 1, (text,), around, is_row=False)


@pytest.mark.parametrize(
    ("phrase", "sort", "answer", "none"),
    [
        ("heat treatment atmosphere", "gas", "Pieces were annealed in flowing argon.", "Pieces were annealed for 2 h."),
        ("space group", "symmetry", "It crystallises in P63/mmc.", "It crystallises slowly."),
        ("crystal structure", "symmetry", "It has the NaCl structure.", "Its lattice shrinks."),
        ("company", "proper", "The powder came from Alfa Aesar.", "The powder was bought."),
        ("binder", "binder", "The slurry held polyvinylidene fluoride.", "The slurry held iron."),
        ("solvent", "solvent", "It was dissolved in ethanol.", "It was dissolved with iron."),
        ("salt", "salt", "It held 1 M LiPF6.", "It has the NaCl-type structure."),
        ("secondary phase", "chemical", "Some Fe2B was seen.", "Something was seen."),
        ("shape", "shape", "They are needles of some length.", "They are small."),
        ("technique", "way", "It was found by spectroscopy.", "It was found again."),
        ("software version", "version", "We ran version 5.4.1 of it.", "We ran it."),
        ("coercivity", "", "", ""),
    ],
)
def test_what_is_asked_for_by_a_class_noun_shows(phrase: str, sort: str, answer: str, none: str) -> None:
    assert sort_of(phrase) == sort
    if sort:
        assert shows(sort, answer, frozenset())
        assert not shows(sort, none, frozenset())


def test_what_a_question_names_itself_is_no_answer() -> None:
    question = asked("Which element replaces Zr in Zr3Fe?", "Zr", "Zr3Fe")
    assert question.sort == "chemical"
    assert shows("chemical", "Hf replaces Zr in Zr3Fe.", question.meant | {"el:Zr", "el:Fe"})
    assert not shows("chemical", "Zr is replaced in part.", question.meant | {"el:Zr", "el:Fe"})


@pytest.mark.parametrize(
    ("words", "is_answer"),
    [
        ("SEI (solid electrolyte interphase) grows.", True),
        ("The solid electrolyte interphase (SEI) grows.", True),
        ("SEI stands for an interphase.", True),
        ("SEI is the reason (see the next section of it).", False),
        ("SEI growth is slow.", False),
    ],
)
def test_an_abbreviation_is_answered_by_its_words(words: str, is_answer: bool) -> None:
    assert answers_in_words("definition", words, "What does SEI stand for?") is is_answer


def test_names_of_anions_families_and_split_words_are_found_in_formulas_codes_and_compounds() -> None:
    def stand_ins(text: str, token: str, *known: str) -> frozenset[str]:
        return next(term.stand_ins for term in asked(text, *known).terms if term.token == token)

    assert "el:P" in stand_ins("How well does the zirconium phosphate conduct?", "phosphat")
    assert stand_ins("How pure were the BT alloys?", "bt", "BT0 BT48 BX5") >= {"bt0", "bt48"}
    assert "bx5" not in stand_ins("How pure were the BT alloys?", "bt", "BT0 BT48 BX5")
    assert "beamtim" in stand_ins("Who gave beam time?", "beam", "beamtime")


def test_the_number_of_a_reference_is_no_part_of_the_word_before_it() -> None:
    assert "johnson" in tokenise("Lin and Johnson³⁷ suggested it.")
    assert "cm²" not in tokenise("an area of 2 cm²")
    assert any(token.startswith("q:") for token in tokenise("an area of 2 cm²"))


def test_the_things_a_question_speaks_of_are_told_from_what_is_asked() -> None:
    question = asked("How thick is the silver layer of the cell?")
    assert {term.token for term in question.things} == {"silver", "layer", "cell"}
    near = grade(question, said("The silver layer of the cell is 2 µm thick."), NOWHERE)
    far = grade(question, said("The strip is 2 mm thick."), NOWHERE)
    assert near.thing == near.near == 1.0
    assert far.thing == 0.0
    assert far.near < 0.1


def test_a_unit_is_asked_for_with_its_prefix() -> None:
    ohm = read_unit("ohm")
    assert ohm is not None
    assert asked("What is the resistance in milliohm?").dimensions == {ohm.dimension}


def test_a_treatment_is_told_by_temperature_and_time_and_a_composition_by_its_column() -> None:
    treated = asked("What heat treatment was applied to it?")
    assert grade(treated, said("It was held at 540 °C for 20 min."), NOWHERE).answer == 1.0
    assert grade(treated, said("The same heat treatment was applied."), NOWHERE).answer == 0.5
    cell = Statement("c", "p.pdf", 1, ("6 mm Ti60Zr40",), "Table 1", is_row=True, said="6 mm, Compositions: Ti60Zr40")
    assert grade(asked("What composition has the rod of 6 mm?"), cell, NOWHERE).answer == 1.0


def test_sizes_changes_and_shares_take_the_units_that_fit() -> None:
    metre, field = read_unit("m"), read_unit("A/m")
    assert metre is not None
    assert field is not None
    assert asked("How large is the deviation?").dimensions == {metre.dimension, NUMBER}
    assert asked("How thick is the film?").dimensions == {metre.dimension}
    assert asked("By how much does the coercivity drop?").dimensions == {field.dimension, NUMBER}
    assert asked("How many alloys have a coercivity?").dimensions == frozenset()
    highest = asked("At which composition is the magnetization highest?")
    assert grade(highest, said("The magnetization is highest at x = 0.3."), NOWHERE).silent == 0.0
    assert grade(highest, said("The magnetization is highest there."), NOWHERE).silent == 1.0


def test_a_year_is_no_count() -> None:
    question = asked("How many alloys were made?")
    assert grade(question, said("Alloys were made by Smith in 2016."), NOWHERE).answer == 0.0
    assert grade(question, said("In all 17 alloys were made."), NOWHERE).answer == 1.0


def test_a_person_is_not_an_element_an_abbreviation_or_one_who_was_asked_about() -> None:
    question = "Who improved the model of Turnbull?"
    assert answers_in_words("person", "Later Johnson improved it.", question)
    assert answers_in_words("person", "Inoue et al. improved it.", question)
    assert not answers_in_words("person", "Turnbull and Fe and NaCl improved it.", question)
    assert not answers_in_words("person", "as shown in Fig. 2 for the SEB cell", question)


def test_a_range_asked_for_is_held_by_its_ends_however_they_are_written() -> None:
    question = asked("Which phase forms between 480 and 390 °C?")
    for text in ("It forms from 480 °C to 390 °C.", "Between about 390 °C and 480 °C it forms."):
        assert conditions_held(question, said(text)) == 1.0, text
    assert conditions_held(question, said("It forms between 390 °C and 410 °C.")) == 0.0


def test_counts_units_and_relative_values_are_told_apart() -> None:
    energy, mass = read_unit("J/g"), read_unit("mg")
    assert energy is not None
    assert mass is not None
    assert asked("How many joules per gram were released in total?").dimensions == {energy.dimension}
    assert asked("How many milligrams did it weigh?").dimensions == {mass.dimension}
    assert asked("How many alloys were screened in minutes?").dimensions == frozenset()
    assert asked("What reduced temperature is it?").dimensions == {NUMBER}
    assert asked("Which density functional was chosen?").dimensions == frozenset()
    assert kind_of("How many compositions were made?") == "number"
    assert asked("How much manganese does EN 573-3 allow?").bare == frozenset()


def test_abbreviations_are_no_formulas() -> None:
    for text in ("LIB", "NIB", "PBE", "HV1", "HV"):
        assert not any(token.startswith(("f:", "el:")) for token in tokenise(text)), text
    assert any(token.startswith("f:") for token in tokenise("KOH"))
    assert "el:K" not in tokenise("Cu-Kα radiation")


def test_a_verb_that_is_not_said_and_another_element_speak_against_a_statement() -> None:
    melts = asked("At which temperature does MgSc2Se4 melt?", "MgSc2Se4", "melt", "temperature")
    assert grade(melts, said("MgSc2Se4 at 25 °C."), NOWHERE).act == 0.0
    assert grade(melts, said("MgSc2Se4 melts at 1200 °C."), NOWHERE).act == 1.0
    calcium = asked("What capacity does a calcium anode have?", "calcium", "capacity", "anode")
    assert grade(calcium, said("A lithium anode has a capacity of 2066 mAh/cm3."), NOWHERE).foreign == 1.0
    assert grade(calcium, said("A Ca anode has a capacity of 2073 mAh/cm3."), NOWHERE).foreign == 0.0
    nickel = asked("How much nickel does EN 573-3 allow?", "nickel", "EN 573-3")
    assert grade(nickel, said("EN 573-3, Cr: <0.3"), NOWHERE).foreign == 1.0


def test_a_subject_that_is_nowhere_in_the_library_is_a_stranger() -> None:
    question = asked("What glass transition temperature does polystyrene have?", "glass transition temperature")
    features = grade(question, said("The glass transition temperature is 602 K."), NOWHERE)
    assert features.stranger == 1.0
    assert features.missing > 0.3


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_words_are_graded_between_nothing_and_all(question: str, text: str) -> None:
    features = grade(asked(question), said(text), NOWHERE)
    assert all(0.0 <= value <= 1.0 + 1e-9 for value in features)
