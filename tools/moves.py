"""Steps on the lattice that keep the sum and every equality: the circuits and a basis of the integer kernel."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from math import comb, gcd, lcm

import numpy as np

from eutectic.tools.lattice import IntArray, Lattice

_MOST_SUPPORTS = 4000


def lattice_moves(lattice: Lattice) -> IntArray:
    """Moves `M x n` on counts that change neither the sum nor any equality.

    With only the sum they are the swaps of one component's steps for another's. With more equalities they are the
    circuits (kernel vectors of least support, after Sturmfels, Groebner Bases and Convex Polytopes, chapter 4) and a
    basis of the whole kernel, so that no point is cut off by coarse swaps.
    """
    rows = [[int(factor) for factor in row] for row in lattice.equal]
    n = lattice.n_components
    found = {move for support in _supports(n, _rank(rows)) for move in _circuits(rows, support, n)}
    found |= {tuple(move) for move in _kernel_basis(rows, n)}
    movable = lattice.high > lattice.low
    kept = sorted(_oriented(move) for move in found if all(movable[i] or not step for i, step in enumerate(move)))
    return np.array(sorted(set(kept)), dtype=np.int64).reshape(-1, n)


def _supports(n: int, rank: int) -> list[tuple[int, ...]]:
    size = rank + 1
    if size > n:
        return []
    if comb(n, size) <= _MOST_SUPPORTS:
        return list(combinations(range(n), size))
    rng = np.random.default_rng(0)
    return [tuple(sorted(rng.choice(n, size, replace=False).tolist())) for _ in range(_MOST_SUPPORTS)]


def _rank(rows: list[list[int]]) -> int:
    return len(_echelon(rows)[1])


def _circuits(rows: list[list[int]], support: tuple[int, ...], n: int) -> list[tuple[int, ...]]:
    """Integer kernel vectors of the columns in `support`, as moves on all `n` counts."""
    echelon, pivots = _echelon([[row[i] for i in support] for row in rows])
    moves = []
    for free in (i for i in range(len(support)) if i not in pivots):
        vector = [Fraction(0)] * len(support)
        vector[free] = Fraction(1)
        for row, pivot in zip(echelon, pivots, strict=True):
            vector[pivot] = -row[free]
        scale = lcm(*(value.denominator for value in vector))
        whole = [int(value * scale) for value in vector]
        common = gcd(*whole)
        move = [0] * n
        for i, value in zip(support, whole, strict=True):
            move[i] = value // common
        moves.append(tuple(move))
    return moves


def _echelon(rows: list[list[int]]) -> tuple[list[list[Fraction]], list[int]]:
    """Reduced row echelon form without zero rows, and its pivot columns."""
    work = [[Fraction(value) for value in row] for row in rows]
    pivots: list[int] = []
    for column in range(len(work[0])):
        rank = len(pivots)
        pivot = next((i for i in range(rank, len(work)) if work[i][column] != 0), None)
        if pivot is None:
            continue
        work[rank], work[pivot] = work[pivot], work[rank]
        work[rank] = [value / work[rank][column] for value in work[rank]]
        for i, row in enumerate(work):
            if i != rank and row[column] != 0:
                work[i] = [a - row[column] * b for a, b in zip(row, work[rank], strict=True)]
        pivots.append(column)
    return work[: len(pivots)], pivots


def _kernel_basis(rows: list[list[int]], n: int) -> list[list[int]]:
    """A basis of the integer vectors orthogonal to every row, by unimodular column steps (Cohen 1993, section 2.4)."""
    columns = [[row[i] for row in rows] + [int(i == j) for j in range(n)] for i in range(n)]
    done = 0
    for r in range(len(rows)):
        while True:
            active = [i for i in range(done, n) if columns[i][r] != 0]
            if len(active) <= 1:
                break
            least = min(active, key=lambda i: abs(columns[i][r]))
            for i in active:
                if i != least:
                    times = columns[i][r] // columns[least][r]
                    columns[i] = [a - times * b for a, b in zip(columns[i], columns[least], strict=True)]
        if active:
            columns[done], columns[active[0]] = columns[active[0]], columns[done]
            done += 1
    return _shortened([column[len(rows) :] for column in columns[done:]])


def _shortened(basis: list[list[int]]) -> list[list[int]]:
    """The same lattice with shorter vectors: pairwise reduction until nothing shrinks."""
    changed = True
    while changed:
        changed = False
        for i in range(len(basis)):
            for j, other in enumerate(basis):
                size = sum(b * b for b in other)
                times = round(Fraction(sum(a * b for a, b in zip(basis[i], other, strict=True)), size)) if i != j else 0
                shorter = [a - times * b for a, b in zip(basis[i], other, strict=True)]
                if times and sum(a * a for a in shorter) < sum(a * a for a in basis[i]):
                    basis[i], changed = shorter, True
    return basis


def _oriented(move: tuple[int, ...]) -> tuple[int, ...]:
    first = next(step for step in move if step)
    return move if first > 0 else tuple(-step for step in move)
