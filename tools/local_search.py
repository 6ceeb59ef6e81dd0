"""Candidates on the feasible lattice and their improvement by small exact moves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Set
from typing import TypeVar

import numpy as np

from eutectic.tools.encoding import FloatArray
from eutectic.tools.lattice import BoolArray, IntArray
from eutectic.tools.sampling import Domain, unique_rows
from eutectic.tools.walk import reach

T = TypeVar("T")
Merit = Callable[[IntArray], FloatArray]
_SIZES = np.array([1, 1, 2, 3, 5, 8, 13, 21], dtype=np.int64)
_TWICE = 0.3
"""Share of neighbours two moves away where rules on presence stand: components that only go together come in so."""


def row_keys(rows: IntArray) -> list[bytes]:
    """A hashable key of each row."""
    return [row.tobytes() for row in np.ascontiguousarray(rows, dtype=np.int64)]


class RowSet(Set[bytes]):
    """The keys of rows, sorted: a third of what a set of them takes, which is built and dropped at every ask."""

    def __init__(self, rows: IntArray) -> None:
        """`rows`: `n x w` whole numbers."""
        self._keys = np.sort(_texts(rows))

    @classmethod
    def _from_iterable(cls, it: Iterable[T]) -> Set[T]:
        return set(it)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, bytes) and bool(self.holds(np.frombuffer(key, dtype=np.int64)[None])[0])

    def __iter__(self) -> Iterator[bytes]:
        width = self._keys.dtype.itemsize
        return (bytes(key).ljust(width, b"\0") for key in self._keys)

    def __len__(self) -> int:
        return len(self._keys)

    def holds(self, rows: IntArray) -> BoolArray:
        """Which of some rows are in it."""
        if not len(self._keys):
            return np.zeros(len(rows), dtype=np.bool_)
        wanted = _texts(rows)
        place = np.minimum(np.searchsorted(self._keys, wanted), len(self._keys) - 1)
        return np.asarray(self._keys[place] == wanted, dtype=np.bool_)


def _texts(rows: IntArray) -> np.ndarray[tuple[int], np.dtype[np.bytes_]]:
    """Rows as byte strings of one width, which NumPy sorts; the zeros it strips from their ends tell no two apart."""
    whole = np.ascontiguousarray(rows, dtype=np.int64)
    return whole.view(f"S{whole.shape[1] * whole.itemsize}").ravel()


def allowed(rows: IntArray, taken: Set[bytes]) -> BoolArray:
    """Which rows are not among those taken."""
    if isinstance(taken, RowSet):
        return ~taken.holds(rows)
    return np.array([key not in taken for key in row_keys(rows)], dtype=np.bool_)


def candidates(domain: Domain, n: int, near: IntArray, taken: Set[bytes], rng: np.random.Generator) -> IntArray:
    """Feasible rows to score: all of a lattice of at most `2n` recipes, else `n` random ones and neighbours of `near`.

    An empty answer means that nothing is left, as far as an enumeration or a long walk can tell.
    """
    if domain.every is not None:
        free = domain.every[allowed(domain.every, taken)]
        if len(free) <= 2 * n:
            return free
        free = free[rng.permutation(len(free))[:n]]
    else:
        free = domain.random(n, rng)
    close = near[domain.lattice.feasible(near)]
    rows = unique_rows(np.vstack([free, neighbours(domain, np.repeat(close, 24, axis=0), rng)]))
    return rows[allowed(rows, taken)]


def improve(
    domain: Domain,
    starts: IntArray,
    merit: Merit,
    taken: Set[bytes],
    rng: np.random.Generator,
    *,
    rounds: int = 24,
    width: int = 64,
) -> IntArray:
    """Walk uphill from each start `S x (n + p)`, by the best of `width` random moves at a time, until none climbs."""
    rows, values = starts, merit(starts)
    width = min(width, 12 + 4 * domain.lattice.n_components)
    patience = 0
    for _ in range(rounds):
        tried = neighbours(domain, np.repeat(rows, width, axis=0), rng)
        tried_values = np.where(allowed(tried, taken), merit(tried), -np.inf).reshape(len(rows), width)
        best = tried_values.argmax(axis=1)
        better = tried_values[np.arange(len(rows)), best] > values + 1e-6
        picked = tried.reshape(len(rows), width, -1)[np.arange(len(rows)), best]
        rows = np.where(better[:, None], picked, rows)
        values = np.where(better, tried_values[np.arange(len(rows)), best], values)
        patience = 0 if better.any() else patience + 1
        if patience == 2:
            break
    return rows


def neighbours(domain: Domain, rows: IntArray, rng: np.random.Generator) -> IntArray:
    """One feasible neighbour of each row (the row itself where the move drawn is not possible)."""
    lattice = domain.lattice
    n, p = lattice.n_components, len(lattice.levels)
    moved = rows.copy()
    if len(domain.walker.moves) and len(rows):
        moved[:, :n] = _shifted(domain, rows[:, :n], rng)
        if len(lattice.present):
            again = rng.random(len(rows)) < _TWICE
            moved[:, :n] = np.where(again[:, None], _shifted(domain, moved[:, :n], rng), moved[:, :n])
    if p and len(rows):
        only = rng.random(len(rows)) < (p / (p + n) if len(domain.walker.moves) else 1.0)
        moved[only, :n] = rows[only, :n]
        moved[only] = _turn_one(lattice.levels, n, moved[only], rng)
    return np.where(lattice.feasible(moved)[:, None], moved, rows)


def _shifted(domain: Domain, counts: IntArray, rng: np.random.Generator) -> IntArray:
    """Counts after a small random move each, or one to the end of its line; gaps are not looked at."""
    move = domain.walker.moves[rng.integers(len(domain.walker.moves), size=len(counts))]
    least, most = reach(domain.lattice, counts, move)
    sign = rng.choice(np.array([-1, 1]), size=len(counts))
    times = sign * _SIZES[rng.integers(len(_SIZES), size=len(counts))]
    to_the_end = rng.random(len(counts)) < 0.2
    times = np.where(to_the_end, np.where(sign > 0, most, least), np.clip(times, least, most))
    return np.asarray(counts + times[:, None] * move, dtype=np.int64)


def _turn_one(levels: IntArray, n: int, rows: IntArray, rng: np.random.Generator) -> IntArray:
    """Rows with one process level changed: by a small step, a hundredth to a tenth of its range, or at random."""
    turned = rows.copy()
    which = rng.integers(len(levels), size=len(rows))
    size = levels[which]
    scale = np.maximum(1, np.rint(size * rng.choice(np.array([0.0, 0.01, 0.03, 0.1]), size=len(rows)))).astype(np.int64)
    small = turned[np.arange(len(rows)), n + which] + rng.choice(np.array([-1, 1]), size=len(rows)) * scale
    anywhere = rng.integers(size)
    turned[np.arange(len(rows)), n + which] = np.where(
        rng.random(len(rows)) < 0.3, anywhere, np.clip(small, 0, size - 1)
    )
    return turned
