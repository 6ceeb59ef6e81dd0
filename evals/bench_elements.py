"""Whether element vectors learned from formulas alone reproduce the groups of the periodic table."""

from __future__ import annotations

import csv
import io
import tarfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eutectic.core.elements import elements
from eutectic.core.errors import BadInput
from eutectic.core.record import Record, significant
from eutectic.tools.element_vectors import element_vectors
from eutectic.tools.formula_vectors import ElementVectors, learn_vectors

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
_TABLE = "matminer/utils/data_files/mp_transport/transport_database.tar.xz"
_RARE_EARTH, _ACTINIDE = 101, 102
_PERMUTATIONS = 2000
FAMILIES: dict[str, tuple[str, ...]] = {
    "alkali metals": ("Li", "Na", "K", "Rb", "Cs"),
    "alkaline earths": ("Be", "Mg", "Ca", "Sr", "Ba"),
    "coinage metals": ("Cu", "Ag", "Au"),
    "pnictogens": ("N", "P", "As", "Sb", "Bi"),
    "chalcogens": ("O", "S", "Se", "Te"),
    "halogens": ("F", "Cl", "Br", "I"),
    "lanthanides": ("La", "Ce", "Pr", "Nd", "Sm", "Eu", "Gd", "Tb", "Dy", "Ho", "Er", "Tm", "Yb", "Lu"),
}


class Groups(Record):
    """How well the groups of the periodic table come out of vectors that never saw them."""

    elements: int
    formulas: int
    environments: int
    nearest_same_group: float
    """Share of elements whose nearest other one stands in the same group (lanthanides and actinides are a group)."""
    nearest_same_group_no_f: float
    """The same over elements outside the f block, which is the easy part."""
    three_same_group: float
    """Share of the three nearest that stand in the same group."""
    purity: float
    """Share of elements in the commonest group of their cluster; average linkage on cosines, as many as groups."""
    adjusted_rand: float
    """Agreement of those clusters with the groups: 0 by chance, 1 in full."""
    random_nearest: float
    """Mean of `nearest_same_group` over shuffled elements."""
    random_purity: float
    random_rand: float
    p_nearest: float
    """Share of shuffles that do as well (permutation test, one added on both sides)."""
    p_rand: float
    families: dict[str, float]
    """Share of the three nearest in the same family."""


def run(learn: Path | None = None, write: Path | None = None, smoke: bool = False, json: bool = False) -> Groups:
    """Measure the vectors that come with Eutectic, or learn them anew, and print the measures.

    Args:
        learn: List of formulas to learn from: a text file with one in a line, a CSV with a column `formula`, or the
            matminer wheel (`pip download --no-deps matminer==0.10.1`).
        write: Where to write what was learned as CSV.
        smoke: Fewer permutations.
        json: Print JSON.

    Raises:
        BadInput: the list cannot be read.
    """
    import typer

    vectors = element_vectors() if learn is None else learn_vectors(read_formulas(learn))
    if write is not None:
        _write(vectors, write)
    found = measure(vectors, 200 if smoke else _PERMUTATIONS)
    typer.echo(found.model_dump_json(indent=2) if json else describe(found))
    return found


def measure(vectors: ElementVectors, permutations: int = _PERMUTATIONS) -> Groups:
    """The measures, with elements shuffled over the vectors as the comparison."""
    groups = np.array([_group(symbol) for symbol in vectors.symbols])
    alike = vectors.vectors @ vectors.vectors.T
    np.fill_diagonal(alike, -np.inf)
    order = np.argsort(-alike, axis=1, kind="stable")
    clusters = _clusters(vectors.vectors, len(set(groups.tolist())))
    rng = np.random.default_rng(0)
    shuffled = [rng.permutation(groups) for _ in range(permutations)]
    nearest, rand = _nearest(order, groups), _rand(clusters, groups)
    by_chance = np.array([[_nearest(order, g), _purity(clusters, g), _rand(clusters, g)] for g in shuffled])
    plain = groups < _RARE_EARTH
    return Groups(
        elements=len(groups),
        formulas=vectors.n_formulas,
        environments=vectors.n_environments,
        nearest_same_group=significant(nearest, 3),
        nearest_same_group_no_f=significant(float((groups[order[:, 0]] == groups)[plain].mean()), 3),
        three_same_group=significant(float((groups[order[:, :3]] == groups[:, None]).mean()), 3),
        purity=significant(_purity(clusters, groups), 3),
        adjusted_rand=significant(rand, 3),
        random_nearest=significant(float(by_chance[:, 0].mean()), 3),
        random_purity=significant(float(by_chance[:, 1].mean()), 3),
        random_rand=significant(float(by_chance[:, 2].mean()), 3),
        p_nearest=significant(float((by_chance[:, 0] >= nearest).sum() + 1) / (permutations + 1), 2),
        p_rand=significant(float((by_chance[:, 2] >= rand).sum() + 1) / (permutations + 1), 2),
        families={name: _family(vectors.symbols, order, members) for name, members in FAMILIES.items()},
    )


def read_formulas(path: Path) -> list[str]:
    """Formulas of a text file, a CSV with a column `formula`, or the matminer wheel.

    Raises:
        BadInput: the file is missing or holds no such list.
    """
    if not path.is_file():
        raise BadInput(f"there is no file {path}", mend="give a list of formulas, one in a line")
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as wheel, tarfile.open(fileobj=io.BytesIO(wheel.read(_TABLE))) as packed:
            member = packed.extractfile("transport_database.csv")
            assert member is not None
            text = member.read().decode()
    else:
        text = path.read_text(encoding="utf-8-sig")
    lines = text.splitlines()
    head = lines[0].split(",") if lines else []
    column = next((name for name in ("pretty_formula", "formula") if name in head), None)
    if column is not None:
        return [row[column] for row in csv.DictReader(lines)]
    return [line.strip() for line in lines if line.strip()]


def describe(found: Groups) -> str:
    """The measures in a few lines."""
    families = ", ".join(f"{name} {value:.2f}" for name, value in found.families.items())
    return (
        f"{found.elements} elements, learned from {found.formulas} formulas "
        f"({found.environments} shared environments)\n"
        f"  nearest element in the same group: {found.nearest_same_group:.2f} (outside the f block "
        f"{found.nearest_same_group_no_f:.2f}); shuffled elements {found.random_nearest:.2f}, p = {found.p_nearest:g}\n"
        f"  three nearest in the same group: {found.three_same_group:.2f}\n"
        f"  clusters against groups: purity {found.purity:.2f} (shuffled {found.random_purity:.2f}), adjusted Rand "
        f"index {found.adjusted_rand:.2f} (shuffled {found.random_rand:.2f}), p = {found.p_rand:g}\n"
        f"  three nearest in the family: {families}"
    )


def _write(vectors: ElementVectors, path: Path) -> None:
    head = "symbol," + ",".join(f"v{i + 1}" for i in range(vectors.vectors.shape[1]))
    rows = [
        f"{symbol}," + ",".join(f"{value:.5g}" for value in vector)
        for symbol, vector in zip(vectors.symbols, vectors.vectors, strict=True)
    ]
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")


def _group(symbol: str) -> int:
    entry = elements()[symbol]
    if 57 <= entry.number <= 71:
        return _RARE_EARTH
    return entry.group if entry.group is not None and entry.number < 89 else _ACTINIDE


def _nearest(order: IntArray, groups: IntArray) -> float:
    return float((groups[order[:, 0]] == groups).mean())


def _clusters(vectors: FloatArray, n: int) -> IntArray:
    from scipy.cluster.hierarchy import fcluster, linkage

    return np.asarray(fcluster(linkage(vectors, "average", metric="cosine"), n, criterion="maxclust"), dtype=np.int64)


def _table(clusters: IntArray, groups: IntArray) -> IntArray:
    """Counts by cluster and group."""
    _, rows = np.unique(clusters, return_inverse=True)
    _, columns = np.unique(groups, return_inverse=True)
    counts = np.zeros((rows.max() + 1, columns.max() + 1), dtype=np.int64)
    np.add.at(counts, (rows, columns), 1)
    return counts


def _purity(clusters: IntArray, groups: IntArray) -> float:
    return float(_table(clusters, groups).max(axis=1).sum() / len(groups))


def _rand(clusters: IntArray, groups: IntArray) -> float:
    """Adjusted Rand index (Hubert and Arabie 1985, DOI 10.1007/BF01908075)."""
    counts = _table(clusters, groups)

    def pairs(n: IntArray) -> float:
        return float((n * (n - 1) / 2).sum())

    rows, columns = pairs(counts.sum(axis=1)), pairs(counts.sum(axis=0))
    expected = rows * columns / pairs(np.array([len(groups)]))
    most = (rows + columns) / 2
    return (pairs(counts) - expected) / (most - expected) if most != expected else 1.0


def _family(symbols: Sequence[str], order: IntArray, members: Sequence[str]) -> float:
    known = [i for i, symbol in enumerate(symbols) if symbol in members]
    hits = [symbols[j] in members for i in known for j in order[i, :3]]
    return significant(float(np.mean(hits)), 2) if hits else 0.0
