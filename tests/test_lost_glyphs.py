"""Glyphs that a page's text lost (U+FFFD): a unit's power is read with a minus and flagged, a sign is never guessed."""

from __future__ import annotations

from pathlib import Path

import pytest

from eutectic.core.settings import Settings
from eutectic.knowledge.library import open_library
from eutectic.knowledge.measures import find_measures
from eutectic.knowledge.record import LiteratureRecord
from eutectic.knowledge.record_sentences import Sentence
from eutectic.knowledge.records import Source, document_records
from eutectic.knowledge.units import read_unit

LOST = "\ufffd"


def read(text: str) -> list[LiteratureRecord]:
    return document_records(Source("a.pdf", {1: text}, [Sentence(1, text)], ()))


@pytest.mark.parametrize("gap", ["", " "])
@pytest.mark.parametrize(
    ("written", "unit"),
    [("mA h g{}1", "mA h g-1"), ("g cm{}3", "g/cm3"), ("W m{}1 K{}1", "W/m/K"), ("S cm{}1", "S/cm")],
)
def test_the_power_of_a_unit_can_only_have_lost_a_minus(written: str, unit: str, gap: str) -> None:
    (measure,) = find_measures(f"a value of 124 {written.format(LOST + gap, LOST + gap)} here")
    wanted = read_unit(unit)
    assert wanted is not None and measure.dimension == wanted.dimension
    assert measure.value == pytest.approx(124 * wanted.factor)


@pytest.mark.parametrize(
    "text", [f"of 2.1 × 10{LOST}5 S cm{LOST}1 there", f"of 10{LOST} 4 S cm{LOST} 1 there", f"of 3 × 10{LOST}2 mm there"]
)
def test_a_power_of_ten_without_its_sign_is_no_value(text: str) -> None:
    assert find_measures(text) == ()


def test_another_number_behind_a_lost_glyph_stays_a_number() -> None:
    assert [measure.value for measure in find_measures(f"from 5 K{LOST}20 K")] == [5.0, 20.0]


def test_what_rests_on_a_lost_sign_is_flagged() -> None:
    (capacity,) = read(f"The Na2FePO4F cathode has a discharge capacity of 124 mA h g{LOST}1 at 0.1 C.")
    assert (capacity.property, capacity.si_value, capacity.status) == ("specific capacity", 124.0, "flagged")
    assert [flaw.reason for flaw in capacity.flaws] == ["glyph_lost"]
    signed = read(f"The redox potential of LiFePO4 is {LOST}0.42 V vs SHE.")
    assert [item.status for item in signed] == ["flagged"] * len(signed) and signed
    assert all("glyph_lost" in [flaw.reason for flaw in item.flaws] for item in signed)


def test_a_question_for_the_value_is_answered(tmp_path: Path) -> None:
    paper = tmp_path / "cathodes.md"
    paper.write_text(
        f"# Cathodes\n\nPowders were milled for 5 h in argon. The Na2FePO4F cathode delivers a discharge capacity of "
        f"124 mA h g{LOST} 1 at 0.1 C. The cells were rested for a day before they were opened.\n", encoding="utf-8",
    )  # fmt: skip
    with open_library(tmp_path / "library", Settings()) as library:
        library.ingest([paper])
        reply = library.ask("What discharge capacity does Na2FePO4F deliver?")
        assert reply.answered and "124" in reply.sentences[0].text
        quote = reply.sentences[0].quotes[0]
        assert library.holds(quote.document, quote.page, quote.text)
