"""The tables of measurements that benchmarks search: where each lies, what is varied in it and what is sought."""

from __future__ import annotations

import csv
import os
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from eutectic.core.errors import BadInput

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class TableFile:
    """Where a table lies and how it is searched."""

    path: str
    columns: tuple[str, ...]
    value: str
    unit: str
    direction: str
    step: str | None = None
    """Step of the lattice its emulator is filled on; None where the space is too large for one."""
    max_components: int | None = None
    process: tuple[str, ...] = ()
    absolute: bool = False
    """Whether the size of the value counts, not its sign."""
    second: str | None = None
    second_direction: str = "maximize"


class Recipes(NamedTuple):
    """Distinct recipes with their measurements."""

    columns: tuple[str, ...]
    """The `n` components that occur at all; every one where there is a lattice to fill."""
    shares: FloatArray
    """`N x n`."""
    process: FloatArray
    """`N x q` on their range 0 to 1; of a variable over three decades the logarithm."""
    readings: list[FloatArray]
    second: FloatArray | None


def _names(words: str) -> tuple[str, ...]:
    return tuple(words.split())


_SOFT = _names("Fe Si C Al B P Ga Ge Cu Ag Au Zn Ti V Cr Zr Nb Mo Hf Ta W Ce Pr Gd U")
_HARD = _names("Al B C Co Cr Cu Fe Hf Li Mg Mn Mo Nb Nd Ni Pd Re Sc Si Sn Ta Ti V W Y Zn Zr")
_YIELD = _names("Al C Ca Co Cr Cu Fe Hf Li Mg Mn Mo Nb Ni Pd Re Sc Si Sn Ta Ti V W Y Zn Zr")
_HEAT = ("anneal_T_K", "anneal_t_s")
_NANO = _names("Fe Si C Al B P Ga Ge Cu Ag Au Zn Ti V Cr Mn Zr Nb Mo Hf Ta W Ce Pr Nd Gd U")
_OER, _MPEA = "oer_oxide_plates", "mpea_mechanical"
_MAGNET = "soft_magnetic_fe_nano/soft_magnetic.csv"
_NANOCRYSTALLINE = "fe_nanocrystalline_wang2020/data.csv"
_ACID = ("acidic_oer_mobo/co_mn_sb_sn_ti.csv", ("Co", "Mn", "Sb", "Sn", "Ti"))

TABLES: dict[str, TableFile] = {
    "oer-3496": TableFile(
        f"{_OER}/plate_3496_NiFeCoMnCeLa.csv",
        ("Ni", "Fe", "Co", "Mn", "Ce", "La"),
        "overpotential_V",
        "V",
        "minimize",
        "10%",
        4,
    ),
    "oer-3860": TableFile(
        f"{_OER}/plate_3860_SnFeCoTaMnCu.csv",
        ("Sn", "Fe", "Co", "Ta", "Mn", "Cu"),
        "overpotential_V",
        "V",
        "minimize",
        "10%",
        4,
    ),
    "p3ht": TableFile(
        "p3ht_cnt_conductivity/p3ht.csv",
        ("P3HT", "D1", "D2", "D6", "D8"),
        "conductivity_S_cm",
        "S/cm",
        "maximize",
        "10%",
        5,
    ),
    "opv": TableFile(
        "opv_photostability/photo_wf3.csv",
        ("PBQ-QF", "P3HT", "PCBM", "oIDTBR"),
        "photodegradation",
        "1",
        "minimize",
        "5%",
        4,
    ),
    "perovskite": TableFile(
        "perovskite_stability/perovskite.csv",
        ("CsPbI3", "FAPbI3", "MAPbI3"),
        "instability_index",
        "1",
        "minimize",
        "2.5%",
        3,
    ),
    "acidic-oer": TableFile(
        *_ACID,
        "overpotential_mV",
        "mV",
        "minimize",
        "10%",
        5,
        second="overpotential_change_mV",
        second_direction="minimize",
    ),
    "acidic-drift": TableFile(*_ACID, "overpotential_change_mV", "mV", "minimize", "10%", 5),
    "hardness-alcocrcufeni": TableFile(
        f"{_MPEA}/hardness_AlCoCrCuFeNi.csv",
        ("Al", "Co", "Cr", "Cu", "Fe", "Ni"),
        "hardness_HV",
        "HV",
        "maximize",
        "10%",
        6,
    ),
    "hardness-all": TableFile(f"{_MPEA}/hardness_all.csv", _HARD, "hardness_HV", "HV", "maximize"),
    "yield-strength": TableFile(
        f"{_MPEA}/yield_strength_RT.csv", _YIELD, "YS_MPa", "MPa", "maximize", second="elongation_pct"
    ),
    "elongation": TableFile(f"{_MPEA}/yield_strength_RT.csv", _YIELD, "elongation_pct", "%", "maximize"),
    "bs": TableFile(_MAGNET, _SOFT, "Bs_T", "T", "maximize", process=_HEAT),
    "coercivity": TableFile(_MAGNET, _SOFT, "coercivity_A_m", "A/m", "minimize", process=_HEAT),
    "magnetostriction": TableFile(
        _MAGNET, _SOFT, "magnetostriction_ppm", "1e-6", "minimize", process=_HEAT, absolute=True
    ),
    # The next three were used to confirm choices in the optimiser, to make none.
    "curie": TableFile(_NANOCRYSTALLINE, _NANO, "Tc_K", "K", "maximize", process=_HEAT),
    "grain-size": TableFile(_NANOCRYSTALLINE, _NANO, "grain_nm", "nm", "minimize", process=_HEAT),
    "permeability": TableFile(_NANOCRYSTALLINE, _NANO, "permeability_1kHz", "1", "maximize", process=_HEAT),
}


def data_folder(data: Path | None = None) -> Path | None:
    """The folder of the tables: the one given, or `EUTECTIC_DATA` or its `data` folder; None without."""
    if data is None and "EUTECTIC_DATA" in os.environ:
        data = Path(os.environ["EUTECTIC_DATA"])
    if data is not None and (data / "data").is_dir():
        return data / "data"
    return data


def read_recipes(table: TableFile, data: Path) -> Recipes:
    """The distinct recipes of a table, their sum made 1; rows without a value are left out.

    Raises:
        BadInput: the table is not in the data folder.
    """
    path = data / table.path
    if not path.is_file():
        raise BadInput(f"there is no table {path}", mend="give the data folder with --data or EUTECTIC_DATA")
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = [line for line in csv.DictReader(file) if line[table.value] != ""]
    shares = np.array([[float(line[column]) for column in table.columns] for line in lines])
    shares = np.round(shares / shares.sum(axis=1, keepdims=True), 4)
    process = _process(lines, table.process)
    values = np.array([float(line[table.value]) for line in lines])
    values = np.abs(values) if table.absolute else values
    unique, inverse = np.unique(np.hstack([shares, process]), axis=0, return_inverse=True)
    groups = [np.flatnonzero(inverse.ravel() == i) for i in range(len(unique))]
    second = None
    if table.second:
        other = np.array([float(line[table.second] or "nan") for line in lines])
        second = np.array([_mean(other[group]) for group in groups])
    used = (shares > 0).any(axis=0) if table.step is None else np.ones(len(table.columns), dtype=np.bool_)
    n = len(table.columns)
    columns = tuple(name for name, there in zip(table.columns, used, strict=True) if there)
    return Recipes(columns, unique[:, :n][:, used], unique[:, n:], [values[group] for group in groups], second)


def _process(lines: list[dict[str, str]], names: tuple[str, ...]) -> FloatArray:
    columns = []
    for name in names:
        column = np.array([float(line[name] or "nan") for line in lines])
        column = np.where(np.isnan(column), np.nanmedian(column), column)
        column = np.log1p(column) if column.max() > 2000 else column
        columns.append(np.round((column - column.min()) / (np.ptp(column) or 1.0), 3))
    return np.array(columns).T.reshape(len(lines), len(names))


def _mean(values: FloatArray) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else float("nan")
