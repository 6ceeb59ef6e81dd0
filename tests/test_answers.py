"""What a question asks for, what a statement must hold to answer it, where sources disagree, and quantities in text."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eutectic.core.settings import Settings
from eutectic.evals.literature_data import near_misses, own_pairs
from eutectic.evals.literature_negatives import made_negatives
from eutectic.knowledge import searching
from eutectic.knowledge.asking import answers_in_words, asked_phrase, kind_of
from eutectic.knowledge.library import Library, open_library
from eutectic.knowledge.measures import find_measures
from eutectic.knowledge.question import read_question
from eutectic.knowledge.question_words import tidy
from eutectic.knowledge.roots import root
from eutectic.knowledge.tokens import stem
from eutectic.knowledge.units import read_unit

PAPERS = {
    "magnets.md": "# Soft magnets\n\nRibbons of Fe80B20 were cast at 40 m/s in argon. The coercivity of Fe80B20 was "
    "4.2 A/m after annealing at 653 K for 10 min. At 753 K the coercivity of Fe80B20 rises to 61 A/m because "
    "Fe2B forms. "
    "The saturation induction of Fe80B20 is 1.61 T. The coating of the ribbons is described elsewhere.",
    "films.md": "# Films\n\nThe density of the Ni0.75Fe0.25 film is 3.9 g/cm3. Its roughness was 12 nm. The grains "
    "were imaged by scanning electron microscopy. SEI stands for solid electrolyte interphase. "
    "Smith proposed the model.",
    "second.md": "# A second paper\n\nThe saturation induction of Fe80B20 is 1.48 T.",
}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("papers")
    for name, text in PAPERS.items():
        (folder / name).write_text(text, encoding="utf-8")
    with open_library(folder / "library", Settings()) as opened:
        opened.ingest([folder])
        yield opened


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("What is the coercivity of annealed Fe80B20?", "4.2 A/m"),
        ("Why does the coercivity of Fe80B20 rise at 753 K?", "because"),
        ("How rough is the Ni0.75Fe0.25 film?", "12 nm"),
        ("How dense is the Ni0.75Fe0.25 film?", "3.9 g/cm3"),
        ("What does SEI stand for?", "solid electrolyte interphase"),
        ("At which speed was Fe80B20 cast?", "40 m/s"),
        ("How large is the coercivity of Fe80B20 after 480 C?", "61 A/m"),
    ],
)
def test_questions_in_other_words_are_answered(library: Library, question: str, words: str) -> None:
    reply = library.ask(question)
    assert reply.answered, reply.reason
    assert words in reply.sentences[0].text


@pytest.mark.parametrize(
    "question",
    [
        "What is the coercivity of Fe78B22?",
        "What is the Curie temperature of Fe80B20?",
        "What is the coercivity of Fe80B20 after annealing at 573 K?",
        "What is the density of the Co0.75Fe0.25 film?",
        "How much nickel does Fe80B20 contain?",
    ],
    ids=["other composition", "other property", "other condition", "other film", "other element"],
)
def test_near_misses_are_refused(library: Library, question: str) -> None:
    reply = library.ask(question)
    assert not reply.answered, reply.sentences
    assert reply.reason.startswith("not in the library")


def test_only_the_promising_passages_are_cut_and_no_passage_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(12):
        text = f"# Paper {number}\n\nThe hardness of sample S{number} is {100 + number} HV after ageing."
        (tmp_path / f"p{number:02d}.md").write_text(text, encoding="utf-8")
    with open_library(tmp_path / "library", Settings()) as library:
        library.ingest(sorted(tmp_path.glob("*.md")))
        whole = library.rank("What is the hardness of sample S7?")
        monkeypatch.setattr(searching, "LOOKED_AT", 3)
        cut = library.rank("What is the hardness of sample S7?")
    assert cut.rows[0] == whole.rows[0]
    assert {row.id for row in cut.rows} == {row.id for row in whole.rows}
    assert len({item.statement.chunk for item in cut.graded}) == 3
    assert cut.graded[0].statement.text == whole.graded[0].statement.text


def test_what_a_table_is_of_is_told_by_the_sentence_that_cites_it(tmp_path: Path) -> None:
    text = (
        "# Castings\n\nThe phases of the cast rods are given in Table 1.\n\n"
        + "The furnace was cleaned and the crucible was weighed again. " * 60
        + "\n\nTable 1. Phases by diameter.\n\n"
        "| Diameter | Phase | Composition |\n|---|---|---|\n| 6 mm | matrix | Ti59Zr35Cu6 |\n"
        "| 10 mm | matrix | Ti60Zr36Cu4 |\n"
    )
    (tmp_path / "castings.md").write_text(text, encoding="utf-8")
    with open_library(tmp_path / "library", Settings()) as library:
        library.ingest([tmp_path / "castings.md"])
        graded = library.rank("What composition has the matrix in the rod of 6 mm?").graded
    cell = next(item for item in graded if item.statement.text.endswith("Ti59Zr35Cu6"))
    assert graded[0] == cell
    assert cell.features.thing > 0


def test_sources_that_disagree_are_both_shown(library: Library) -> None:
    reply = library.ask("What is the saturation induction of Fe80B20?")
    assert {quote.document for sentence in reply.sentences for quote in sentence.quotes} >= {"magnets.md", "second.md"}
    assert len(reply.conflicts) == 1
    assert "1.61 T" in reply.conflicts[0]
    assert "1.48 T" in reply.conflicts[0]
    assert library.ask("What is the coercivity of Fe80B20 at 753 K?").conflicts == ()


def test_other_materials_and_other_temperatures_are_no_conflict(tmp_path: Path) -> None:
    """A question about a class finds many values; they contradict each other only of one thing under one condition."""
    text = (
        "# Conductors\n\nMgZr4(PO4)6 showed an ionic conductivity of 6.1 x 10-3 S/cm at 800 °C.\n\n"
        "Mg(BH4)2 showed an ionic conductivity of 1.2 x 10-9 S/cm at 30 °C.\n\n"
        "MgSc2Se4 showed an ionic conductivity of 1.0 x 10-4 S/cm at 30 °C.\n\n"
        "MgZr4(PO4)6 showed an ionic conductivity of 2.9 x 10-5 S/cm at 400 °C.\n\n"
    )
    (tmp_path / "conductors.md").write_text(text, encoding="utf-8")
    (tmp_path / "again.md").write_text(
        "# Again\n\nMgSc2Se4 showed an ionic conductivity of 3.5 x 10-6 S/cm at 303 K.\n", encoding="utf-8"
    )
    with open_library(tmp_path / "library", Settings()) as library:
        library.ingest([tmp_path / "conductors.md", tmp_path / "again.md"])
        reply = library.ask("What ionic conductivity do magnesium conductors show?")
    assert reply.answered
    assert len(reply.conflicts) == 1
    assert "again.md" in reply.conflicts[0]


@pytest.mark.parametrize(
    ("question", "phrase", "kind"),
    [
        ("What critical cooling rate has BT0?", "critical cooling rate", ""),
        ("How wide are the pores of the framework?", "wide", ""),
        ("How large is the volumetric capacity of a lithium anode?", "volumetric capacity", ""),
        ("How much manganese does the standard allow?", "manganese", "number"),
        ("How well does the film conduct at 500 °C?", "conduct", ""),
        ("Why do ions move slowly?", "", "cause"),
        ("Who carried out the measurements?", "", "person"),
        ("In which year was it published?", "year", "year"),
        ("What is the composition of the matrix?", "composition", "formula"),
        ("Which instrument determined the liquidus temperatures?", "instrument", ""),
    ],
)
def test_a_question_is_taken_apart(question: str, phrase: str, kind: str) -> None:
    assert asked_phrase(question) == phrase
    assert kind_of(question) == kind


def test_causes_and_definitions_show_in_words() -> None:
    assert answers_in_words("cause", "It is brittle due to the oxide.", "Why is it brittle?")
    assert not answers_in_words("cause", "It is brittle.", "Why is it brittle?")
    assert answers_in_words("definition", "SEI stands for an interphase.", "What does SEI stand for?")


def test_words_of_one_root_meet_and_others_do_not() -> None:
    for one, other in (
        ("rough", "roughness"),
        ("safer", "safety"),
        ("solid", "solidify"),
        ("conductor", "conductivity"),
    ):
        assert root(stem(one)) == root(stem(other))
    for one, other in (("magnet", "magnesium"), ("react", "reach"), ("present", "represent"), ("iron", "ion")):
        assert root(stem(one)) != root(stem(other))


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("below 20 mm¹⁹⁻²⁵.", [0.02]),
        ("a flux of 1.8 T¹²,¹³ was", [1.8]),
        ("an area of 3 mm²", [3e-6]),
        ("a density of 3.9 g/cm3. It", [3900.0]),
        ("6 × 10⁻⁵ S cm⁻¹ at 70◦C", [6e-3, 343.15]),
        ("1.7 T and 17 kG", [1.7, 1.7]),
    ],
)
def test_citations_behind_a_unit_are_no_power_of_it(text: str, values: list[float]) -> None:
    assert [measure.value for measure in find_measures(text)] == [pytest.approx(value) for value in values]


@given(st.text(alphabet="mKkgsAV/()^-0123456789 ·⁻¹²%°CµΩ.e", max_size=60))
def test_any_text_is_a_unit_or_none(text: str) -> None:
    unit = read_unit(text)
    assert unit is None or (math.isfinite(unit.factor) and unit.factor > 0)
    find_measures(f"5 {text}")


@pytest.mark.parametrize("text", ["m9999999", "km^999", "(km/h)99 mm99 km99 km99 km99 km99 km99 km99", "m2" * 300])
def test_units_out_of_all_measure_are_none(text: str) -> None:
    assert read_unit(text) is None


@given(st.text(max_size=120))
def test_any_question_is_read(text: str) -> None:
    question = read_question(text, {"iron": 3}, 10)
    assert 0 <= question.unknown <= 1


def test_degrees_are_understood_without_their_sign() -> None:
    assert find_measures(tidy("at 725 C?"))[0].value == pytest.approx(998.15)
    assert tidy("a charge of 5 C?") == "a charge of 5 C?"


def test_the_questions_of_the_evaluation_are_many_and_of_many_kinds() -> None:
    questions = near_misses()
    assert sum(pair.is_answerable for pair in questions) >= 120
    assert sum(not pair.is_answerable for pair in questions) >= 50
    assert {pair.kind for pair in questions} >= {
        "why",
        "table",
        "figure",
        "definition",
        "method",
        "comparison",
        "condition",
    }
    assert all(pair.quote is None for pair in questions)
    assert len({pair.question for pair in (*questions, *own_pairs())}) == len(questions) + len(own_pairs())


def test_made_questions_name_the_paper_they_come_from(library: Library) -> None:
    made = made_negatives(library, near_misses(), 60)
    assert len(made) >= 50
    assert all(not pair.is_answerable and pair.about for pair in made)
