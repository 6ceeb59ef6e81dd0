"""Behaviour of records out of drawn papers: kinds of table come back whole, and a wrong truth lowers the score."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("pymupdf", reason="PyMuPDF is not installed")

from eutectic.evals.drawn_archetypes import FIRST
from eutectic.evals.drawn_archetypes_more import MORE
from eutectic.evals.drawn_fresh import FRESH
from eutectic.evals.drawn_fresh_later import FRESH_LATER
from eutectic.evals.drawn_held_back import HELD_BACK
from eutectic.evals.drawn_held_back_more import LATER_HELD_BACK
from eutectic.evals.score_drawn import Read, drawn_papers, read_papers, score_lines, score_papers

N_KINDS = sum(map(len, (FIRST, MORE, HELD_BACK, LATER_HELD_BACK, FRESH, FRESH_LATER)))


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> list[Read]:
    return read_papers(drawn_papers(N_KINDS, 5, tmp_path_factory.mktemp("drawn"), held_back=False))


def test_every_kind_is_drawn_and_its_records_come_back(read: list[Read]) -> None:
    *kinds, total = score_papers(read)
    assert len(kinds) == N_KINDS
    assert total.tables.precision >= 0.95
    assert total.tables.recall >= 0.95
    assert total.compositions.f1 >= 0.95
    assert total.tables.magnitude_errors == 0
    assert total.conditions >= 0.9 * total.with_conditions


def test_a_truth_that_is_not_what_was_drawn_is_not_found(read: list[Read]) -> None:
    tenfold = [
        item._replace(gold=[gold._replace(value=gold.value and 10 * gold.value) for gold in item.gold]) for item in read
    ]
    total = score_papers(tenfold)[-1].tables
    assert total.recall < 0.05
    assert total.magnitude_errors > 0.9 * total.gold


def test_the_same_seed_draws_the_same_papers(tmp_path: Path) -> None:
    first, again, other = (drawn_papers(3, seed, tmp_path / str(i)) for i, seed in enumerate((1, 1, 2)))
    assert [item.paper for item in first] == [item.paper for item in again]
    assert [item.look for item in first] == [item.look for item in again]
    assert [item.paper for item in first] != [item.paper for item in other]


def test_kinds_held_back_are_printed_by_their_total_only(tmp_path: Path) -> None:
    scores = score_papers(read_papers(drawn_papers(2, 0, tmp_path, held_back=True)))
    assert [item.name for item in scores][-1] == "held back"
    assert len(score_lines(scores, with_held_back=False)) == 2
    assert len(score_lines(scores, with_held_back=True)) == 4
