"""Exact doses: the least worst deviation that whole ticks can have, by a short series of integer programs."""

from __future__ import annotations

import numpy as np

from eutectic.core.errors import LabFailed
from eutectic.lab_interface.dispense import FLOOR, SUM_WEIGHT, Array, Problem
from eutectic.lab_interface.dispense_snap import snap

_NODES = 4_000
"""Nodes of branch and bound; a count and not a time, so that the same batch gives the same bytes on any machine."""
_GAP = 2e-3
"""Relative to the worst deviation found before."""
_ROUNDS = 8


def exact(problem: Problem, *, above: float = 1.0) -> Array | None:
    """The doses with the least worst deviation, by integer programs; None where no doses keep every limit.

    The deviation of a share is a ratio of sums of ticks; Dinkelbach's iteration (DOI 10.1287/mnsc.13.7.492) turns it
    into a few linear programs, each with a better bound on the ratio. Where something is mixed beforehand there is no
    quick start, and `above` is a score that is known to be reached otherwise: None where nothing is better.

    Raises:
        LabFailed: the solver gave up without an answer.
    """
    best = snap(problem) if problem.mix is None else None
    ratio = float(problem.score(best[None, :])[0]) if best is not None else above
    if best is not None and problem.worst(best) <= FLOOR:
        return best
    for _ in range(_ROUNDS):
        found = _program(problem, ratio)
        if found is None:
            return best
        score = float(problem.score(found[None, :])[0])
        if not np.isfinite(score):
            return best
        if problem.worst(found) <= FLOOR:
            return found
        if not score < ratio - 1e-7:
            return found if score < ratio or (best is None and problem.mix is None) else best
        best, ratio = found, score
    return best


def _program(problem: Problem, ratio: float) -> Array | None:
    """Minimise worst + weight * mean deviation - ratio * amount, all as amounts.

    Variables: `m` ticks, `m` switches, `n` deviations, the worst one, and a 1 that keeps the objective away from 0, so
    that the solver's relative gap means something.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    m, n, limits = len(problem.sources), len(problem.components), problem.limits
    high = float(limits.total_high)
    scale = max(float(problem.strong.max()) * high, 1e-12)
    matrix, strong = problem.matrix / scale, problem.strong / scale
    deviation = matrix - np.outer(problem.share, strong)
    eye_n, column = np.eye(n), np.ones((n, 1))
    none, eye_m, wide = np.zeros((n, m)), np.eye(m), np.zeros((m, n + 2))
    rows = [
        np.hstack([deviation, none, -eye_n, 0 * column, 0 * column]),
        np.hstack([-deviation, none, -eye_n, 0 * column, 0 * column]),
        np.hstack([none, none, eye_n, -column, 0 * column]),
        np.hstack([eye_m / problem.most, -eye_m, wide]),
        np.hstack([-eye_m / problem.most, problem.least / problem.most * eye_m, wide]),
        np.hstack([FLOOR * strong, np.zeros(m + n), [-1.0, 0.0]])[None, :],
    ]
    ticks = np.hstack([problem.fill / high, np.zeros(m + n + 2)])[None, :]
    amount = np.hstack([strong, np.zeros(m + n + 2)])[None, :]
    constraints = [
        LinearConstraint(np.vstack(rows), ub=0.0),
        LinearConstraint(ticks, lb=problem.total_low / high, ub=1.0),
        LinearConstraint(amount, lb=limits.amount_low / scale, ub=limits.amount_high / scale),
    ]
    if problem.needed:
        holds = (problem.matrix[problem.needed] > 0).astype(float)
        one = np.hstack([np.zeros((len(holds), m)), holds, np.zeros((len(holds), n + 2))])
        constraints.append(LinearConstraint(one, lb=1.0))
    if problem.mix is not None:
        together = np.hstack([np.arange(m) >= problem.mix.first, np.zeros(m + n + 2)])[None, :] / problem.mix.total
        constraints.append(LinearConstraint(together, lb=1.0, ub=1.0))
    cost = np.concatenate([-ratio * strong, np.zeros(m), np.full(n, SUM_WEIGHT / n), [1.0, ratio]])
    low = np.concatenate([np.zeros(2 * m + n + 1), [1.0]])
    upper = np.concatenate([problem.most, np.ones(m), np.full(n + 1, np.inf), [1.0]])
    answer = milp(
        cost,
        integrality=np.concatenate([np.ones(2 * m), np.zeros(n + 2)]),
        bounds=Bounds(low, upper),
        constraints=constraints,
        options={"node_limit": _NODES, "mip_rel_gap": _GAP},
    )
    if answer.x is None:
        if answer.status == 2:
            return None
        raise LabFailed(f"no whole doses were found: {answer.message}")
    return np.rint(np.asarray(answer.x[:m], dtype=np.float64))
