"""Measured recipes with their replicates averaged, the best first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from eutectic.core.objective import Objective
from eutectic.tools.encoding import FloatArray
from eutectic.tools.goals import pareto
from eutectic.tools.history import Table
from eutectic.tools.lattice import BoolArray, IntArray


@dataclass(frozen=True)
class Measured:
    """Recipes with a value of every objective, best first; `G` recipes, `m` objectives."""

    rows: IntArray
    """`G x (n + p)` nearest lattice rows."""
    means: FloatArray
    """`G x m` means of the replicates, in their units."""
    counts: IntArray
    """`G` numbers of measurements."""
    is_kept: BoolArray
    """`G`: whether every limit is kept."""


def measured_recipes(table: Table, objectives: Sequence[Objective]) -> Measured:
    """Recipes in order: those that keep the limits, then by score (with several objectives, the Pareto front first).

    Recipes that are only calculated or screened are no results.
    """
    measured = table.measured
    complete = measured.take(np.flatnonzero((~np.isnan(measured.values)).all(axis=1)))
    groups = complete.groups
    counts = np.bincount(groups) if len(groups) else np.zeros(0, dtype=np.int64)
    means = np.column_stack([np.bincount(groups, weights=column) / counts for column in complete.values.T])
    rows = complete.rows[np.unique(groups, return_index=True)[1]]
    kept = np.array([_keeps(objectives, row) for row in means], dtype=np.bool_)
    pushed = [j for j, objective in enumerate(objectives) if objective.role == "optimize"]
    scores = np.array([[objectives[j].score(float(row[j])) for j in pushed] for row in means]).reshape(-1, len(pushed))
    spread = scores.std(axis=0) if len(scores) else np.ones(1)
    total = (scores / np.where(spread > 0, spread, 1.0)).sum(axis=1)
    front = pareto(scores) if len(scores) <= 2000 and scores.shape[1] > 1 else np.zeros(len(scores), dtype=np.bool_)
    order = np.lexsort((-total, ~front, ~kept))
    return Measured(rows[order], means[order], counts[order].astype(np.int64), kept[order])


def _keeps(objectives: Sequence[Objective], values: FloatArray) -> bool:
    return all(o.is_met(float(v)) for o, v in zip(objectives, values, strict=True) if o.role == "constrain")
