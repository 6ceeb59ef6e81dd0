"""The first trials: recipes that fill the space, then a few among those that knowledge rates in the best tenth."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from eutectic.core.objective import Objective
from eutectic.tools.encoding import FloatArray
from eutectic.tools.lattice import IntArray
from eutectic.tools.local_search import row_keys
from eutectic.tools.sampling import Domain, farthest

_POOL = 4000
_BEST = 0.1
_FILLING = 4
"""Starts that fill the space before any is guided: one guided among five cost a tenth more trials in replays."""
_GUIDED = 0.25
"""Share of the others: with half, alloys that could not be made cost a simulated campaign its first batch."""


def start_design(domain: Domain, objectives: Sequence[Objective], n: int, seed: int) -> IntArray:
    """Up to `n` rows, the same for a seed: space-filling ones, then guided ones where terms give a direction.

    A quarter of those beyond the first four is guided.
    """
    spread = domain.spread(n, np.random.default_rng([seed, 0]))
    n_guided = round(max(0, n - _FILLING) * _GUIDED)
    if not domain.encoder.terms or not n_guided:
        return spread
    pool = domain.random(_POOL, np.random.default_rng([seed, 1]))
    promise = _promise(domain, objectives, pool)
    if float(np.ptp(promise)) == 0.0:
        return spread
    best = pool[promise >= np.quantile(promise, 1 - _BEST)]
    features = domain.encoder.plain(domain.lattice, best)
    guided = best[farthest(features, features[:0], n_guided)]
    taken = set(row_keys(guided))
    others = [row for row, key in zip(spread, row_keys(spread), strict=True) if key not in taken]
    rows = [*others[: n - len(guided)], *guided]
    return np.array(rows, dtype=np.int64).reshape(-1, pool.shape[1])


def _promise(domain: Domain, objectives: Sequence[Objective], rows: IntArray) -> FloatArray:
    """`N` sums of expected slope times score over the objectives to maximise or minimise, better is larger."""
    encoder = domain.encoder
    features = encoder.rows(domain.lattice, rows)
    signs = {"maximize": 1.0, "minimize": -1.0, "target": 0.0}
    towards = {o.property: signs[o.direction] for o in objectives if o.role == "optimize"}
    weights = np.array([towards.get(term.property, 0.0) * term.slope[0] for term in encoder.terms])
    return np.asarray(features[:, encoder.n_plain :] @ weights, dtype=np.float64)
