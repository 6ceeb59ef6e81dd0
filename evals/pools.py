"""Landscapes to search: tables of real measurements made complete by an emulator, and closed-form functions."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eutectic.core.errors import BadInput
from eutectic.core.space import SearchSpace
from eutectic.tools.enumeration import enumerate_counts
from eutectic.tools.lattice import IntArray, Lattice, lattice_of

FloatArray = NDArray[np.float64]
_MOST_POINTS = 200_000


@dataclass(frozen=True)
class Pool:
    """Every recipe of a lattice with its true value."""

    name: str
    about: str
    direction: str
    unit: str
    lattice: Lattice
    rows: IntArray
    values: FloatArray

    @property
    def scores(self) -> FloatArray:
        """Values turned so that more is better, 0 for the worst recipe and 1 for the best."""
        turned = self.values if self.direction == "maximize" else -self.values
        return np.asarray((turned - turned.min()) / np.ptp(turned), dtype=np.float64)


@dataclass(frozen=True)
class _Table:
    """Where a table lies and how it is searched."""

    path: str
    columns: tuple[str, ...]
    value: str
    unit: str
    direction: str
    step: str
    max_components: int | None = None


TABLES: dict[str, _Table] = {
    "oer-3496": _Table(
        "oer_oxide_plates/plate_3496_NiFeCoMnCeLa.csv",
        ("Ni", "Fe", "Co", "Mn", "Ce", "La"),
        "overpotential_V",
        "V",
        "minimize",
        "10%",
        4,
    ),
    "oer-3860": _Table(
        "oer_oxide_plates/plate_3860_SnFeCoTaMnCu.csv",
        ("Sn", "Fe", "Co", "Ta", "Mn", "Cu"),
        "overpotential_V",
        "V",
        "minimize",
        "10%",
        4,
    ),
    "p3ht": _Table(
        "p3ht_cnt_conductivity/p3ht.csv",
        ("P3HT", "D1", "D2", "D6", "D8"),
        "conductivity_S_cm",
        "S/cm",
        "maximize",
        "5%",
    ),
    "opv": _Table(
        "opv_photostability/photo_wf3.csv",
        ("PBQ-QF", "P3HT", "PCBM", "oIDTBR"),
        "photodegradation",
        "1",
        "minimize",
        "5%",
    ),
    "perovskite": _Table(
        "perovskite_stability/perovskite.csv",
        ("CsPbI3", "FAPbI3", "MAPbI3"),
        "instability_index",
        "1",
        "minimize",
        "1%",
    ),
}


def table_pool(name: str, data: Path) -> Pool:
    """A table of measurements on its lattice: exact where measured (replicates averaged), ExtraTrees between.

    Raises:
        BadInput: the table is not in the data folder.
    """
    table = TABLES[name]
    path = data / table.path
    if not path.is_file():
        raise BadInput(f"there is no table {path}", mend="give the data folder with --data or EUTECTIC_DATA")
    shares, values = _read(path, table)
    space = SearchSpace.model_validate(
        {
            "basis": "mol%",
            "components": [
                {"name": column, "step": table.step, "max": float(min(1.0, shares[:, i].max()))}
                for i, column in enumerate(table.columns)
            ],
            "max_components": table.max_components,
        }
    )
    lattice, rows = _all(space)
    emulated = _emulate(shares, values, lattice.shares(rows))
    about = f"{len(values)} measured recipes on {len(rows)} lattice points, {table.path}"
    return Pool(name, about, table.direction, table.unit, lattice, rows, emulated)


def synergy_pool() -> Pool:
    """Six components at 5 %, at most four: volcano in the mean binding strength times pair synergy, closed form."""
    strength = np.array([-0.9, -0.45, -0.1, 0.25, 0.6, 1.0])

    def value(shares: FloatArray) -> FloatArray:
        volcano = np.exp(-(((shares @ strength - 0.1) / 0.25) ** 2))
        synergy = 1 + 6 * shares[:, 1] * shares[:, 4] + 8 * shares[:, 0] * shares[:, 3] * (1 - shares[:, 5])
        return np.asarray(volcano * synergy, dtype=np.float64)

    return _closed_form("synergy", "volcano times pair synergy", ("Pd", "Pt", "Cu", "Ni", "Co", "Fe"), value, 4)


def peak_pool() -> Pool:
    """Five components at 2.5 % with a broad hill and a narrow, higher peak at a corner of it, closed form."""
    hill, peak = np.array([0.4, 0.3, 0.1, 0.1, 0.1]), np.array([0.7, 0.05, 0.15, 0.05, 0.05])

    def value(shares: FloatArray) -> FloatArray:
        broad = np.exp(-((shares - hill) ** 2).sum(axis=1) / 0.08)
        narrow = 1.4 * np.exp(-((shares - peak) ** 2).sum(axis=1) / 0.015)
        return np.asarray(broad + narrow, dtype=np.float64)

    return _closed_form("peak", "broad hill and narrow peak", ("Fe", "Co", "Ni", "B", "Si"), value, None, "2.5%")


def _closed_form(
    name: str,
    about: str,
    components: Sequence[str],
    value: Callable[[FloatArray], FloatArray],
    max_components: int | None,
    step: str = "5%",
) -> Pool:
    space = SearchSpace.model_validate(
        {"components": [{"name": c, "step": step} for c in components], "max_components": max_components}
    )
    lattice, rows = _all(space)
    return Pool(name, f"{about}, {len(rows)} points", "maximize", "1", lattice, rows, value(lattice.shares(rows)))


def _all(space: SearchSpace) -> tuple[Lattice, IntArray]:
    lattice = lattice_of(space)
    rows = enumerate_counts(lattice, _MOST_POINTS)
    if rows is None:
        raise BadInput(f"the space has more than {_MOST_POINTS} recipes", mend="use coarser steps")
    return lattice, rows


def _read(path: Path, table: _Table) -> tuple[FloatArray, FloatArray]:
    """Distinct shares, their sum made 1, and mean values."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    shares = np.array([[float(line[column]) for column in table.columns] for line in lines])
    shares = np.round(shares / shares.sum(axis=1, keepdims=True), 4)
    unique, inverse = np.unique(shares, axis=0, return_inverse=True)
    values = np.array([float(line[table.value]) for line in lines])
    return unique, np.bincount(inverse.ravel(), weights=values) / np.bincount(inverse.ravel())


def _emulate(shares: FloatArray, values: FloatArray, wanted: FloatArray) -> FloatArray:
    from sklearn.ensemble import ExtraTreesRegressor

    forest = ExtraTreesRegressor(200, random_state=0).fit(shares, values)
    found = np.asarray(forest.predict(wanted), dtype=np.float64)
    measured = {tuple(row): value for row, value in zip(np.round(shares, 4).tolist(), values, strict=True)}
    for i, row in enumerate(np.round(wanted, 4).tolist()):
        found[i] = measured.get(tuple(row), found[i])
    return found
