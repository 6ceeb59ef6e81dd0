"""Two tests by permutation: a partial rank correlation, and the mean rank of some observations against the others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from eutectic.core.record import sha256

FloatArray = NDArray[np.float64]
_LEAST_SIDE = 3
"""Observations inside and outside of a range or region."""
_PERMUTATIONS = 999


class Tested(NamedTuple):
    """What a test found; without an estimate it could not be done, for the reason in `words`."""

    estimate: float | None
    p: float | None
    n: int
    words: str


def inside_test(inside: NDArray[np.bool_], ranked: FloatArray, n: int, seed: str) -> Tested:
    """Whether the observations inside rank better than the others."""
    count = int(inside.sum())
    if min(count, n - count) < _LEAST_SIDE:
        return Tested(
            None, None, n, f"{count} of {n} observations lie inside, at least {_LEAST_SIDE} on each side are needed"
        )

    def gap(mask: NDArray[np.bool_]) -> float:
        return float(ranked[mask].mean() - ranked[~mask].mean()) / n

    generator = _generator(seed)
    found = gap(inside)
    more = sum(abs(gap(generator.permutation(inside))) >= abs(found) - 1e-12 for _ in range(_PERMUTATIONS))
    p = (1 + more) / (1 + _PERMUTATIONS)
    return Tested(
        found,
        p,
        n,
        f"{count} of {n} inside; their mean rank is {found * n:+.1f} of {n} better than outside, p = {p:.3g}",
    )


def partial(
    score: FloatArray, ranked: FloatArray, controls: Sequence[FloatArray], n: int, seed: str, what: str
) -> Tested:
    """Partial Spearman correlation, residuals permuted (Freedman and Lane 1983, DOI 10.1080/07350015.1983.10509354)."""
    held = [ranks(control) for control in controls]
    x, y = _residuals(ranks(score), held), _residuals(ranked, held)
    if np.std(x) < 1e-9 or np.std(y) < 1e-9:
        return Tested(None, None, n, "the components it names did not vary by themselves")
    found = float(np.corrcoef(x, y)[0, 1])
    generator = _generator(seed)
    more = sum(
        abs(float(np.corrcoef(x, generator.permutation(y))[0, 1])) >= abs(found) - 1e-12 for _ in range(_PERMUTATIONS)
    )
    p = (1 + more) / (1 + _PERMUTATIONS)
    fixed = f", {len(controls)} other components held" if controls else ""
    return Tested(found, p, n, f"{what} {found:+.2f} in the sense of the claim, n = {n}{fixed}, p = {p:.3g}")


def _residuals(values: FloatArray, controls: Sequence[FloatArray]) -> FloatArray:
    design = np.column_stack([np.ones(len(values)), *controls])
    fitted, *_ = np.linalg.lstsq(design, values, rcond=None)
    return np.asarray(values - design @ fitted, dtype=np.float64)


def ranks(values: FloatArray) -> FloatArray:
    """Ranks from 1, ties shared."""
    _, inverse, counts = np.unique(np.round(values, 12), return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return np.asarray(((ends - counts + 1 + ends) / 2)[inverse], dtype=np.float64)


def _generator(seed: str) -> np.random.Generator:
    return np.random.default_rng(int(sha256({"claim": seed})[:12], 16))
