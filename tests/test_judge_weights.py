"""The weights that judge answers, their file and what it says of its making; the abbreviations that widen questions."""

from __future__ import annotations

import datetime
import tomllib
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_literature_fit import made_cases

from eutectic.core.errors import BadInput
from eutectic.core.settings import Settings
from eutectic.evals.literature_data import near_misses, own_pairs
from eutectic.evals.literature_fit import fit
from eutectic.evals.literature_own import ask_own
from eutectic.evals.literature_refit import QuestionSet, further_set, written
from eutectic.knowledge.abbreviations import abbreviations
from eutectic.knowledge.index_lexical import LexicalIndex
from eutectic.knowledge.judge import CONFIDENCE, RANKING, read_weights
from eutectic.knowledge.library import open_library
from eutectic.knowledge.measures import find_measures
from eutectic.knowledge.question import read_question
from eutectic.knowledge.roots import by_root
from eutectic.knowledge.sorts import shows
from eutectic.knowledge.units import read_unit


def test_what_a_refit_writes_is_read_as_the_weights_it_found() -> None:
    cases = made_cases(3, 4)
    fitted = fit(cases)
    made = QuestionSet(name="made", pairs=tuple(case.pair for case in cases), folder=Path())
    text = written(fitted, [made], datetime.date(2026, 1, 2))
    weights = read_weights(text)
    assert weights.ranking == pytest.approx(fitted.ranking, abs=0.0051)
    assert weights.confidence == pytest.approx(fitted.confidence, abs=0.0051)
    assert weights.offset == pytest.approx(fitted.offset, abs=0.0051)
    assert tomllib.loads(text)["sets"] == [
        {"name": "made", "shipped": False, "papers": 3, "answerable": 12, "unanswerable": 12}
    ]


def test_the_weights_in_force_say_what_they_were_fitted_on() -> None:
    found = tomllib.loads(files("eutectic.knowledge").joinpath("judge_weights.toml").read_text(encoding="utf-8"))
    shipped = [item for item in found["sets"] if item["shipped"]]
    ours = [*own_pairs(), *near_misses()]
    assert len(shipped) == 1
    assert shipped[0]["answerable"] == sum(pair.is_answerable for pair in ours)
    assert shipped[0]["unanswerable"] == sum(not pair.is_answerable for pair in ours)
    assert shipped[0]["papers"] == len({pair.doc or pair.about for pair in ours} - {None})
    for weights in (RANKING, CONFIDENCE):
        assert max(weights.foreign, weights.unknown, weights.missing, weights.stranger, weights.silent) <= 0.0
        assert min(weights.near, weights.thing, weights.name, weights.condition) >= 0.0


@pytest.mark.parametrize("text", ["", "offset = 1", "offset = 1\n[ranking]\nwords = 1\n[confidence]\nwords = 1", "[["])
def test_a_file_without_every_weight_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="no weights"):
        read_weights(text)


def test_a_further_set_names_questions_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="folder of its papers"):
        further_set(str(tmp_path / "questions.jsonl"))
    (tmp_path / "q.jsonl").write_text('{"id": "1", "question": "What is it?"}\n', encoding="utf-8")
    found = further_set(f"{tmp_path / 'q.jsonl'}={tmp_path}")
    assert (found.name, len(found.pairs), found.is_shipped) == ("q", 1, False)


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        ("dissolved in oleic acid (OA) at once", "oa", {"oleic", "acid"}),
        ("pasted with polyvinylidene fluoride (PVDF) on foil", "pvdf", {"polyvinyliden", "fluorid"}),
        ("monodisperse nanoparticles (NPs) of magnetite", "nps", {"nanoparticl"}),
        ("into poly(styrene) (PS) beads", "ps", {"polystyren"}),
    ],
)
def test_an_abbreviation_is_read_with_its_words(text: str, short: str, long: set[str]) -> None:
    found = abbreviations(text)
    assert found[short] == long
    assert set(found) <= {short, short.removesuffix("s")}


@pytest.mark.parametrize("text", ["as shown (Fig. 2)", "heated (TEM) for hours", "of iron (Fe) alone", "no bracket OA"])
def test_a_bracket_that_is_short_for_nothing_before_it_is_none(text: str) -> None:
    assert abbreviations(text) == {}


@given(st.text(max_size=200))
def test_any_text_is_searched_for_abbreviations(text: str) -> None:
    for short, words in abbreviations(text + " (OA)").items():
        assert short not in words


def test_a_question_widened_knows_a_word_by_its_abbreviation_in_every_part() -> None:
    question = read_question("Which solvent was mixed with oleic acid?", {}, 10).widened({"oleic": {"oa"}})
    parts = [*question.terms, *question.things, *question.weighty]
    assert any(term.token == "oleic" for term in question.things)
    assert all(term.held({"oa"}) for term in parts if term.token == "oleic")
    assert not any(term.held({"oa"}) for term in parts if term.token == "acid")


def test_shares_of_chunks_are_counted_by_document() -> None:
    one, two = "a" * 16, "b" * 16
    index = LexicalIndex.build(
        [(f"{one}:1", ["iron", "cast"]), (f"{one}:2", ["iron"]), (f"{two}:1", ["cast"]), (f"{two}:2", ["steel"])], "s"
    )
    assert index.shares("iron") == {one: 1.0}
    assert index.shares("cast") == {one: 0.5, two: 0.5}
    assert index.shares("gold") == {}
    assert np.isclose(sum(index.shares("steel").values()), 0.5)


@pytest.mark.parametrize(
    ("question", "unit"),
    [
        ("With which program were the grains simulated?", None),
        ("At which wavenumber was the G peak observed?", "1/m"),
        ("What weight gain was measured?", "%"),
        ("How large is the molar heat capacity?", "J/mol/K"),
        ("How wide is the supercooled liquid region of the glass?", "K"),
        ("How large are the crystals?", "m"),
        ("Which power law does the coercivity follow?", None),
    ],
)
def test_a_question_wants_a_value_of_its_own_kind(question: str, unit: str | None) -> None:
    dimensions = read_question(question, {}, 10).dimensions
    if unit is None:
        assert not dimensions
    else:
        read = read_unit(unit)
        assert read is not None
        assert read.dimension in dimensions


def test_units_joined_by_a_hyphen_below_a_slash_divide() -> None:
    per_mole, conductivity = read_unit("J/mol/K"), read_unit("W/m/K")
    assert per_mole is not None and conductivity is not None
    (measure,) = find_measures("was 76.3 J/mol-K.")
    assert (measure.value, measure.dimension) == (76.3, per_mole.dimension)
    assert find_measures("2 W/m-K at once")[0].dimension == conductivity.dimension
    assert find_measures("a 10 K-edge")[0].value == 10


def test_one_of_two_alternatives_is_enough() -> None:
    question = read_question("Is the flow laminar or turbulent?", {}, 10)
    assert all(term.held({"turbul"}) for term in question.terms if term.token in ("laminar", "turbul"))


def test_a_word_of_the_library_is_found_by_its_root_alone() -> None:
    question = read_question("Which optimal anneal?", {"optimum": 1}, 10, roots=by_root(["optimum"]))
    assert any("optimum" in term.stand_ins for term in question.terms)


@pytest.mark.parametrize(
    ("question", "words", "is_shown"),
    [
        ("What is the cost of the powder?", "It was heated for 3 h at 400 K.", False),
        ("What is the cost of the powder?", "The powder is sold for 30 USD per kg.", True),
        ("Which lattice planes are parallel?", "between Ag(111) and ZnO(110) of the crystals", True),
        ("Which lattice planes are parallel?", "the hexagonal wurtzite structure of ZnO", False),
    ],
)
def test_sorts_of_answers_show_in_words(question: str, words: str, is_shown: bool) -> None:
    read = read_question(question, {}, 10)
    assert shows(read.sort, words, read.meant) is is_shown


def test_a_group_asks_its_own_questions_of_its_own_papers(tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    papers.mkdir()
    (papers / "glass.txt").write_text(
        "A calcium glass\n\nThe glass transition temperature of the alloy Ca50Mg20Cu25Zn5 is 406 K. "
        "The density of Ca50Mg20Cu25Zn5 was measured as 2.45 g/cm3 by the Archimedes method.\n",
        encoding="utf-8",
    )
    lines = [
        '{"id": "a", "doc": "glass.txt", "page": 1, "question": "What is the density of Ca50Mg20Cu25Zn5?", '
        '"value": 2.45, "unit": "g/cm3"}',
        '{"id": "n", "question": "What is the coercivity of Nd2Fe14B?"}',
    ]
    (tmp_path / "q.jsonl").write_text("\n".join(lines), encoding="utf-8")
    found = ask_own(tmp_path / "q.jsonl", papers, Settings())
    assert found.figures["page hit@1"] == 1.0
    assert found.figures["answer recall"] == 1.0
    assert found.figures["abstains"] == 1.0
    assert found.gates == ()
    with open_library(tmp_path / "lib", Settings()) as library:
        library.ingest([papers / "glass.txt"])
    assert ask_own(tmp_path / "q.jsonl", tmp_path / "lib", Settings()).figures == found.figures
    (tmp_path / "q.jsonl").write_text('{"id": "a", "doc": "other.txt", "page": 1, "question": "?"}', encoding="utf-8")
    with pytest.raises(BadInput, match=r"other\.txt"):
        ask_own(tmp_path / "q.jsonl", tmp_path / "lib", Settings())
