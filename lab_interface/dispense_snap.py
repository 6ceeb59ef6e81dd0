"""Quick doses: real-valued ones rounded, small ones left out or raised, then bettered move by move."""

from __future__ import annotations

import numpy as np

from eutectic.lab_interface.dispense import Array, Problem, reach

_MOVES = 400


def snap(problem: Problem) -> Array | None:
    """Quick doses: the real-valued ones rounded, small ones left out or raised, then bettered step by step.

    None where no start that keeps every limit was found.
    """
    start, _ = reach(problem)
    limits, m = problem.limits, len(problem.sources)
    starts = []
    for total in dict.fromkeys((limits.total_high, (limits.total_low + limits.total_high) // 2, limits.total_low)):
        whole = float(problem.fill @ start)
        scaled = start * (total / whole) if whole > 0 else start
        for level in (problem.least / 2, problem.least * 0.999, 0.0 + 1e-9):
            rounded = np.where(scaled < level, 0.0, np.maximum(np.rint(scaled), problem.least))
            starts.append(_fill(rounded, total, problem))
    candidates = np.array(starts) if starts else np.zeros((0, m))
    scores = problem.score(candidates)
    order = np.argsort(scores, kind="stable")
    best, best_score = None, float("inf")
    for index in order[:3]:
        if np.isfinite(scores[index]):
            found, score = _climb(problem, candidates[index], float(scores[index]))
            if score < best_score:
                best, best_score = found, score
    return best


def _fill(ticks: Array, total: float, problem: Problem) -> Array:
    """Put what is missing to the total on the largest dose, or take what is too much from it."""
    filled = ticks.copy()
    if filled.size and filled.max() > 0:
        big = int(np.argmax(filled * problem.fill))
        more = np.floor((total - float(problem.fill @ filled)) / problem.fill[big])
        filled[big] = max(problem.least[big], filled[big] + more)
    return filled


def _climb(problem: Problem, ticks: Array, score: float) -> tuple[Array, float]:
    """Take the best single move (one dose changed, or ticks from one to another) until none is better."""
    limits, m = problem.limits, len(problem.sources)
    steps = sorted({1.0, 2.0, 5.0, float(limits.least)})
    eye = np.eye(m)
    pairs = np.array([eye[i] - eye[j] for i in range(m) for j in range(m) if i != j]).reshape(-1, m)
    directions = np.vstack([eye, -eye, pairs])
    for _ in range(_MOVES):
        many = np.vstack([ticks + step * directions for step in steps])
        many = np.vstack([many, ticks * (1 - eye)])
        drops = np.array([_fill(row, float(problem.fill @ ticks), problem) for row in ticks * (1 - eye)])
        many = np.vstack([many, drops]) if m else many
        found = problem.score(np.where(many < 0, -1.0, many))
        found = np.where((many < 0).any(axis=1), np.inf, found)
        best = int(np.argmin(found))
        if not found[best] < score - 1e-12:
            break
        ticks, score = many[best], float(found[best])
    return ticks, score
