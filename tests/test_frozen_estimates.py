"""Frozen estimates: every place is a recipe of its table, no composition stands in the files, raters are averaged."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import numpy as np
import pytest

from eutectic.evals.frozen_estimates import COMPILED, RECALLED, estimates_of
from eutectic.evals.knowledge_arms import terms_for
from eutectic.evals.pools import table_pool
from eutectic.evals.table_files import TABLES, data_folder, read_recipes

DATA = data_folder(Path(os.environ.get("EUTECTIC_DATA", "../shared")))
needs_data = pytest.mark.skipif(
    DATA is None or not (DATA / TABLES["bs"].path).is_file(), reason="the measured tables are not there"
)
FILES = sorted((Path(__file__).parent.parent / "evals" / "estimates").glob("*.csv"))


def test_files_hold_places_and_numbers_only() -> None:
    assert {file.stem for file in FILES} == set(TABLES)
    for file in FILES:
        lines = [
            line for line in csv.reader(file.read_text(encoding="utf-8").splitlines()) if not line[0].startswith("#")
        ]
        assert lines[0] == ["place", "first", "second"]
        places = [int(line[0]) for line in lines[1:]]
        assert len(set(places)) == len(places) >= 50
        assert np.isfinite([[float(cell) for cell in line[1:]] for line in lines[1:]]).all()


def test_what_may_rest_on_the_table_is_marked() -> None:
    for file in FILES:
        marked = "may have read" in (text := file.read_text(encoding="utf-8")) or "Recalled" in text
        assert marked == (file.stem in COMPILED | RECALLED)


@needs_data
@pytest.mark.parametrize("name", ["perovskite", "bs", "hardness-alcocrcufeni"])
def test_estimates_are_a_term_of_the_table_and_left_out_where_recalled(name: str) -> None:
    assert DATA is not None
    pool = table_pool(name, DATA)
    for file in FILES:
        if file.stem == name:
            last = max(int(line.split(",")[0]) for line in file.read_text().splitlines() if line[0].isdigit())
            assert last < len(read_recipes(TABLES[name], DATA).shares)
    (term,) = terms_for(pool, "estimates", DATA)
    n = pool.lattice.n_components
    scores = term.scores(pool.lattice.shares(pool.rows), pool.features[:, n:])
    assert np.isfinite(scores).all() and scores.std() > 0.5
    assert "estimates" in " ".join(term.name for term in terms_for(pool, "true", DATA))
    assert "estimates" not in " ".join(term.name for term in terms_for(pool, "open", DATA))


@needs_data
def test_a_table_without_estimates_has_no_term() -> None:
    assert DATA is not None
    none = np.zeros((5, 0))
    assert estimates_of("synergy", DATA, np.random.default_rng(0).dirichlet(np.ones(6), 5), none) is None
