"""Questions for an extreme or for the holders of an element: answered from records with quotes, or left to the text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from eutectic.core.settings import Settings
from eutectic.knowledge.asking import asked_phrase, superlative_of
from eutectic.knowledge.library import Library, open_library
from eutectic.knowledge.tokens import stem

PAPER = """# Ribbons

Ribbons were cast in argon. Table 1 lists what was measured.

| Alloy | Bs (T) | Hc (A/m) |
|---|---|---|
| Fe80B20 | 1.61 | 4.2 |
| Fe78Si9B13 | 1.56 | 2.4 |
| Co70Fe5Si15B10 | 0.77 | 0.9 |
| Fe85Nb6B9 | 1.49 | 5.8 |

Table 1. Magnetic properties of the ribbons.
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder: Path = tmp_path_factory.mktemp("ribbons")
    (folder / "ribbons.md").write_text(PAPER, encoding="utf-8")
    with open_library(folder / "library", Settings()) as opened:
        opened.ingest([folder])
        yield opened


@pytest.mark.parametrize(
    ("question", "value", "material"),
    [
        ("Which alloy has the highest saturation induction?", "1.61 T", "Fe80B20"),
        ("Which alloy showed the lowest coercivity?", "0.9 A/m", "Co70Fe5Si15B10"),
        ("哪种合金的矫顽力最低？", "0.9 A/m", "Co70Fe5Si15B10"),
    ],
)
def test_an_extreme_is_read_from_the_records(library: Library, question: str, value: str, material: str) -> None:
    reply = library.ask(question)
    said = [item for item in reply.sentences if item.text.startswith("Of 4 values")]
    assert reply.answered and len(said) == 1
    assert f"{value} of {material}" in said[0].text
    assert all(library.holds(quote.document, quote.page, quote.text) for quote in said[0].quotes)


@pytest.mark.parametrize(
    "question",
    [
        "Which alloy has the highest thermal conductivity?",
        "Which alloy has the highest saturation induction after annealing at 700 K?",
        "Which cobalt-free alloy has the lowest coercivity?",
        "Which alloy has the best yield strength?",
    ],
)
def test_a_question_that_says_more_or_asks_of_nothing_recorded_is_left_to_the_text(
    library: Library, question: str
) -> None:
    assert not [item for item in library.ask(question).sentences if item.text.startswith("Of ")]


@pytest.mark.parametrize("question", ["Which alloys contain Nb?", "What alloys contain niobium?"])
def test_the_holders_of_an_element_are_named_with_their_share(library: Library, question: str) -> None:
    reply = library.ask(question)
    assert [item.text for item in reply.sentences if "at% Nb" in item.text] == ["Fe85Nb6B9 holds 6 at% Nb."]
    assert not [item for item in library.ask("Which alloys contain Zr?").sentences if "at% Zr" in item.text]


@pytest.mark.parametrize(
    ("question", "phrase"),
    [
        ("Which alloy has the highest yield strength?", "yield strength"),
        ("Which of the samples shows the largest coercivity after annealing?", "coercivity"),
        ("What steel reaches the greatest hardness at 300 K?", "hardness"),
    ],
)
def test_what_is_asked_of_a_superlative_is_its_property(question: str, phrase: str) -> None:
    assert superlative_of(question) == phrase == asked_phrase(question)


def test_a_superlative_of_no_property_asks_for_its_noun() -> None:
    assert superlative_of("Which group has the most members?") == ""


def test_a_composite_is_no_composition() -> None:
    assert stem("composite") == stem("composites") != stem("composition")
