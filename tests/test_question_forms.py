"""Forms of questions and of writing that foreign papers and questions brought: units, sentences, kinds of answer."""

from __future__ import annotations

import pytest

from eutectic.knowledge.ask import Verify, answer
from eutectic.knowledge.asked import Question
from eutectic.knowledge.features import Place, grade
from eutectic.knowledge.measures import find_measures
from eutectic.knowledge.question import read_question
from eutectic.knowledge.searching import Graded, Ranking
from eutectic.knowledge.sentences import split_sentences
from eutectic.knowledge.sorts import shows
from eutectic.knowledge.statement import Statement
from eutectic.knowledge.statement_tables import table_statements
from eutectic.knowledge.table import Table
from eutectic.knowledge.units import read_unit


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("sintered for 30 min (SL2) is shown", 1800, "s"),
        ("held for 20 h (N2)", 72000, "s"),
        ("a conductivity of 5 W/(m K) at best", 5, "W/m/K"),
        ("of 120 J/(mol K).", 120, "J/mol/K"),
        ("of 120 J/(mol·K).", 120, "J/mol/K"),
    ],
)
def test_a_bracket_belongs_to_a_unit_only_where_it_divides(text: str, value: float, unit: str) -> None:
    (measure,) = find_measures(text)
    read = read_unit(unit)
    assert read is not None
    assert (measure.value, measure.dimension) == (value, read.dimension)


def test_a_full_stop_before_a_comma_ends_no_sentence() -> None:
    text = "Black (Shanghai Chemical Co., Ltd., Shanghai, China) and binder were mixed. Then it was dried."
    assert split_sentences(text) == [text[: text.index(" Then")], "Then it was dried."]


@pytest.mark.parametrize(
    ("question", "held", "lacking"),
    [
        ("What is the dislocation density?", "m-2", "Pa"),
        ("What is the density of the glass?", "kg/m3", "Pa"),
        ("What energy density does the cell have?", "J/kg", "kg/m3"),
        ("What is the penetration depth of the bead?", "m", "s"),
        ("At which strain did it fail?", "%", "Pa"),
    ],
)
def test_a_density_a_depth_and_a_strain_have_units_of_their_own(question: str, held: str, lacking: str) -> None:
    dimensions = read_question(question, {}, 10).dimensions
    units = [read_unit(held), read_unit(lacking)]
    assert [unit is not None and unit.dimension in dimensions for unit in units] == [True, False]


def test_a_mass_ratio_is_no_mass() -> None:
    kilogram = read_unit("kg")
    assert kilogram is not None
    assert kilogram.dimension in read_question("What mass of salt was used?", {}, 10).dimensions
    assert kilogram.dimension not in read_question("What mass ratio of salt to water was used?", {}, 10).dimensions


@pytest.mark.parametrize("phase", ["FCC", "fcc", "bcc", "HCP", "f.c.c."])
def test_a_crystal_structure_is_named_by_its_letters(phase: str) -> None:
    assert shows("symmetry", f"The pattern shows a single {phase} phase.", frozenset())


def _asked(question: Question, text: str) -> float:
    statement = Statement("c", "d", 1, (text,), "", False)
    return grade(question, statement, Place(statement.tokens, frozenset(), 0, 0.5, 0.0)).asked


def test_the_size_of_the_grains_is_the_grain_size() -> None:
    question = read_question("What grain size does the base alloy have?", {}, 10)
    assert _asked(question, "The size of the observed grains is 23 μm.") == 1.0
    assert _asked(question, "The size of the crucible is 23 mm.") < 1.0


def test_a_row_on_the_second_page_of_a_table_is_quoted_from_there() -> None:
    table = Table(
        document="d",
        page=1,
        last_page=2,
        label="Table 1",
        headers=(("Turns", "UTS [MPa]"),),
        rows=(("5 turns", "2015"),),
    )
    (cell,) = table_statements(table, "c")
    features = grade(read_question("UTS?", {}, 1), cell, Place(cell.tokens, frozenset(), 0, 0.5, 0.0))
    ranking = Ranking((), (), (Graded(cell, features, 1.0),), 0.9)

    def on(page: int) -> Verify:
        return lambda _, asked, text: text if asked == page else None

    assert [quote.page for quote in answer("UTS?", ranking, {}, on(2)).sentences[0].quotes] == [2]
    assert not answer("UTS?", ranking, {}, on(3)).answered


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("The cluster has 4 atoms on average.", 1.0),
        ("The lattice parameter is 3.571 Å for all atoms.", 0.0),
        ("Clusters of atoms were seen before [58].", 0.0),
    ],
)
def test_what_is_counted_has_no_unit_and_is_no_reference(text: str, held: float) -> None:
    question = read_question("How many atoms form a cluster?", {}, 10)
    statement = Statement("c", "d", 1, (text,), "", False)
    assert grade(question, statement, Place(statement.tokens, frozenset(), 0, 0.5, 0.0)).answer == held


def test_elements_are_asked_for_by_name_whatever_they_change() -> None:
    assert not read_question("Which elements strengthen the alloy at the expense of ductility?", {}, 10).dimensions
    assert read_question("Which ductility does the alloy have?", {}, 10).dimensions


def test_how_deep_is_answered_by_a_length() -> None:
    question = read_question("How deep was the notch?", {}, 10)
    assert _asked(question, "The notch was 2 mm long.") > _asked(question, "The notch was sharp.")


@pytest.mark.parametrize(
    ("text", "n"),
    [("What is the nose of the diagram of 6005A?", 0), ("What is the wear at a current of 15 A?", 1), ("At 20 mm?", 1)],
)
def test_a_grade_of_the_library_is_no_amount_of_current(text: str, n: int) -> None:
    read = read_question(text, {"6005a": 12, "mm": 40, "15": 3}, 100)
    assert len(read.conditions) == n
    assert ("6005a" in {term.token for term in read.names}) == (n == 0)
