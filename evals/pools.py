"""Landscapes to search: tables of measurements as they stand or made complete by an emulator, and closed forms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np

from eutectic.core.errors import BadInput
from eutectic.core.space import SearchSpace
from eutectic.evals.table_files import TABLES, FloatArray, Recipes, read_recipes
from eutectic.tools.encoding import encoder_of
from eutectic.tools.enumeration import enumerate_counts
from eutectic.tools.knowledge_term import KnowledgeTerm
from eutectic.tools.lattice import IntArray, Lattice, lattice_of
from eutectic.tools.sampling import Domain
from eutectic.tools.walk import Walker

__all__ = [
    "TABLES",
    "FloatArray",
    "Pool",
    "emulated_pool",
    "laws",
    "peak_pool",
    "synergy_pool",
    "table_pool",
    "whole_counts",
]
_MOST_POINTS = 200_000
_LEVELS = 1000
NOISE = 0.02
"""Standard deviation of a measurement on an emulator or a closed form, as a share of the range."""


@dataclass(frozen=True)
class Pool:
    """Recipes to choose among, each with its true value."""

    name: str
    about: str
    direction: str
    unit: str
    lattice: Lattice
    rows: IntArray
    values: FloatArray
    """`N` true values: of a table the means of its replicates."""
    kind: Literal["table", "emulator", "law"] = "law"
    readings: tuple[FloatArray, ...] | None = None
    """The single measurements of each recipe of a table."""
    second: FloatArray | None = None
    """`N` values of a second objective, NaN where it was not measured."""
    second_direction: str = "maximize"
    terms: tuple[KnowledgeTerm, ...] = ()
    """What is known of a group's own table from elsewhere, said of `y`."""

    @property
    def key(self) -> str:
        """What results are filed under."""
        return self.name if self.kind != "emulator" else f"{self.name}-emulated"

    @property
    def scores(self) -> FloatArray:
        """Values turned so that more is better, 0 for the worst recipe and 1 for the best."""
        turned = self.values if self.direction == "maximize" else -self.values
        return np.asarray((turned - turned.min()) / np.ptp(turned), dtype=np.float64)

    @cached_property
    def features(self) -> FloatArray:
        """`N x d` plain features of the recipes, as the optimiser sees them."""
        return encoder_of(self.lattice).plain(self.lattice, self.rows)

    def domain(self) -> Domain:
        """The recipes as all there is to search."""
        fixed = Walker(self.lattice, np.zeros((0, self.lattice.n_components), dtype=np.int64), self.rows[:1])
        return Domain(self.lattice, encoder_of(self.lattice), self.rows, fixed)

    def measure(self, place: int, rng: np.random.Generator) -> float:
        """A measurement of one recipe: one of its readings, or its true value with noise."""
        if self.readings is not None:
            return float(rng.choice(self.readings[place]))
        return float(self.values[place] + rng.normal() * NOISE * np.ptp(self.values))


def table_pool(name: str, data: Path) -> Pool:
    """A table as it stands: its recipes and no others, a measurement being one of its replicates drawn.

    Raises:
        BadInput: the table is not in the data folder.
    """
    table = TABLES[name]
    recipes = read_recipes(table, data)
    space = _space(recipes, "0.01%", table.process, None)
    lattice = lattice_of(space)
    counts = whole_counts(recipes.shares, 10_000)
    rows = np.hstack([counts, np.rint(recipes.process * _LEVELS).astype(np.int64)])
    _, kept = np.unique(rows, axis=0, return_index=True)
    kept = np.sort(kept)
    values = np.array([recipes.readings[i].mean() for i in kept])
    about = f"{len(kept)} measured recipes of {sum(len(recipes.readings[i]) for i in kept)} measurements, {table.path}"
    second = None if recipes.second is None else recipes.second[kept]
    readings = tuple(recipes.readings[i] for i in kept)
    return Pool(
        name,
        about,
        table.direction,
        table.unit,
        lattice,
        rows[kept],
        values,
        "table",
        readings,
        second,
        table.second_direction,
    )


def emulated_pool(name: str, data: Path) -> Pool | None:
    """A table on a regular lattice: exact where measured (replicates averaged), ExtraTrees between; None without one.

    Raises:
        BadInput: the table is not in the data folder.
    """
    table = TABLES[name]
    if table.step is None:
        return None
    recipes = read_recipes(table, data)
    lattice, rows = _all(_space(recipes, table.step, (), table.max_components))
    values = np.array([readings.mean() for readings in recipes.readings])
    emulated = _emulate(recipes.shares, values, lattice.shares(rows))
    about = f"{len(values)} measured recipes on {len(rows)} lattice points, {table.path}"
    return Pool(name, about, table.direction, table.unit, lattice, rows, emulated, "emulator")


def synergy_pool() -> Pool:
    """Six components at 5 %, at most four: volcano in the mean binding strength times pair synergy, closed form."""
    strength = np.array([-0.9, -0.45, -0.1, 0.25, 0.6, 1.0])

    def value(shares: FloatArray) -> FloatArray:
        volcano = np.exp(-(((shares @ strength - 0.1) / 0.25) ** 2))
        synergy = 1 + 6 * shares[:, 1] * shares[:, 4] + 8 * shares[:, 0] * shares[:, 3] * (1 - shares[:, 5])
        return np.asarray(volcano * synergy, dtype=np.float64)

    return _closed_form("synergy", "volcano times pair synergy", ("Pd", "Pt", "Cu", "Ni", "Co", "Fe"), value, 4, "10%")


def peak_pool() -> Pool:
    """Five components at 5 % with a broad hill and a narrow, higher peak at a corner of it, closed form."""
    hill, peak = np.array([0.4, 0.3, 0.1, 0.1, 0.1]), np.array([0.7, 0.05, 0.15, 0.05, 0.05])

    def value(shares: FloatArray) -> FloatArray:
        broad = np.exp(-((shares - hill) ** 2).sum(axis=1) / 0.08)
        narrow = 1.4 * np.exp(-((shares - peak) ** 2).sum(axis=1) / 0.015)
        return np.asarray(broad + narrow, dtype=np.float64)

    return _closed_form("peak", "broad hill and narrow peak", ("Fe", "Co", "Ni", "B", "Si"), value, None, "10%")


def laws() -> list[Pool]:
    """The closed forms."""
    return [synergy_pool(), peak_pool()]


def _closed_form(
    name: str,
    about: str,
    components: Sequence[str],
    value: Callable[[FloatArray], FloatArray],
    max_components: int | None,
    step: str,
) -> Pool:
    space = SearchSpace.model_validate(
        {"components": [{"name": c, "step": step} for c in components], "max_components": max_components}
    )
    lattice, rows = _all(space)
    return Pool(name, f"{about}, {len(rows)} points", "maximize", "1", lattice, rows, value(lattice.shares(rows)))


def _space(recipes: Recipes, step: str, process: Sequence[str], most: int | None) -> SearchSpace:
    top = np.ceil(recipes.shares.max(axis=0) * 100) / 100
    return SearchSpace.model_validate(
        {
            "basis": "mol%",
            "components": [
                {"name": column, "step": step, "max": float(min(1.0, most_of))}
                for column, most_of in zip(recipes.columns, top, strict=True)
            ],
            "max_components": most,
            "process": [{"kind": "integer", "name": name, "low": 0, "high": _LEVELS} for name in process],
        }
    )


def whole_counts(shares: FloatArray, total: int) -> IntArray:
    """Counts that add up to `total` exactly, by largest remainders."""
    scaled = shares / shares.sum(axis=1, keepdims=True) * total
    counts: IntArray = np.floor(scaled + 1e-9).astype(np.int64)
    for row, left in zip(counts, np.argsort(counts - scaled, axis=1, kind="stable"), strict=True):
        row[left[: total - int(row.sum())]] += 1
    return counts


def _all(space: SearchSpace) -> tuple[Lattice, IntArray]:
    lattice = lattice_of(space)
    rows = enumerate_counts(lattice, _MOST_POINTS)
    if rows is None:
        raise BadInput(f"the space has more than {_MOST_POINTS} recipes", mend="use coarser steps")
    return lattice, rows


def _emulate(shares: FloatArray, values: FloatArray, wanted: FloatArray) -> FloatArray:
    from sklearn.ensemble import ExtraTreesRegressor

    forest = ExtraTreesRegressor(200, random_state=0).fit(shares, values)
    found = np.asarray(forest.predict(wanted), dtype=np.float64)
    measured = {tuple(row): value for row, value in zip(np.round(shares, 4).tolist(), values, strict=True)}
    for i, row in enumerate(np.round(wanted, 4).tolist()):
        found[i] = measured.get(tuple(row), found[i])
    return found
