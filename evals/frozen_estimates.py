"""Frozen estimates: what a language model expected of single recipes of a table, shown without any of its values."""

from __future__ import annotations

import csv
from importlib.resources import files
from pathlib import Path

import numpy as np

from eutectic.evals.table_files import TABLES, FloatArray, read_recipes
from eutectic.tools.estimate_term import estimate_term, on_their_scale
from eutectic.tools.source_term import SourceTerm

COMPILED = frozenset(
    {
        "hardness-alcocrcufeni",
        "hardness-all",
        "yield-strength",
        "elongation",
        "bs",
        "coercivity",
        "magnetostriction",
        "curie",
        "grain-size",
        "permeability",
    }
)
"""Tables compiled from publications, which a language model may have read."""
RECALLED = frozenset({"p3ht", "perovskite", "opv", "oer-3496"})
"""Tables of whose own paper a rater said that it remembered something."""
_TRUST = 0.5


def estimates_of(name: str, data: Path, shares: FloatArray, process: FloatArray) -> SourceTerm | None:
    """The term of the estimates of a table, said of `y`; None where it has none.

    Each line of the file names a recipe by its place among the distinct ones of the table and what each of several
    raters, who did not see each other's answers, expected; their standardised mean is used.

    Args:
        name: The table.
        data: Folder of the tables.
        shares: `N x n` recipes that stand for the space.
        process: `N x q` process columns of the same.
    """
    path = files("eutectic.evals").joinpath("estimates", f"{name}.csv")
    if not path.is_file():
        return None
    with path.open(encoding="utf-8") as file:
        lines = [line for line in csv.reader(file) if line and not line[0].startswith("#")][1:]
    places = [int(line[0]) for line in lines]
    said = np.array([[float(cell) for cell in line[1:]] for line in lines])
    recipes = read_recipes(TABLES[name], data)
    shown = np.hstack([recipes.shares, recipes.process])[places]
    term = estimate_term("language model", "y", (shown, _together(said)), _TRUST, shares, process)
    return None if isinstance(term, str) else term


def _together(said: FloatArray) -> FloatArray:
    """`M` means of the standardised columns of `M x k` estimates."""
    if said.shape[1] == 1:
        return np.asarray(said[:, 0], dtype=np.float64)
    read = np.column_stack([on_their_scale(column) for column in said.T])
    return np.asarray(((read - read.mean(axis=0)) / read.std(axis=0)).mean(axis=1), dtype=np.float64)
