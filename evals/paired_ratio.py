"""One method against another on the same seeds of one landscape, in plain words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from eutectic.evals.bootstrap import bounds
from eutectic.evals.pools import FloatArray
from eutectic.evals.search_report import Interval, interval_of, reaches
from eutectic.evals.search_runs import Run

_DRAWS = 2000
_NONE = "ours-none"


def paired_ratio(runs: Sequence[Run], method: str, other: str) -> Interval | None:
    """Mean trials of a method to the best 1 % over those of another, with its 95 % bootstrap interval over seeds.

    Args:
        runs: Of one landscape and one batch size; a seed that never got there counts with all its trials.
        method: The one asked about.
        other: What it is compared with.

    Returns:
        None where the two share no seed.
    """
    by = {name: {run.seed: run for run in runs if run.method == name} for name in (method, other)}
    seeds = sorted(set(by[method]) & set(by[other]))
    if not seeds:
        return None
    trials = min(len(by[name][seed].scores) for name in by for seed in seeds)
    one, two = (reaches([by[name][seed] for seed in seeds], trials) for name in (method, other))
    draws = np.random.default_rng(0).integers(len(seeds), size=(_DRAWS, len(seeds)))
    spread = one[draws].mean(axis=1) / two[draws].mean(axis=1)
    return interval_of(float(one.mean() / two.mean()), spread)


def describe_over_none(runs: Sequence[Run]) -> str:
    """What each kind of knowledge needs over the same optimiser without any, over all pools; empty without runs."""
    lines = []
    for batch in sorted({run.batch for run in runs}):
        for method in dict.fromkeys(run.method for run in runs):
            rows = _rows([run for run in runs if run.batch == batch], method) if method != _NONE else {}
            if rows:
                lines.append(f"  batch {batch:<2} {method:18} {_over(rows)}")
    head = f"Trials to the best 1 % over those of {_NONE}, paired, geometric mean [95 % bootstrap over seeds]:"
    return "\n".join(["", head, *lines]) if lines else ""


def _rows(runs: Sequence[Run], method: str) -> dict[str, tuple[FloatArray, FloatArray]]:
    """By pool the trials of a method that chooses its starts and of the one without knowledge, on common seeds."""
    if not method.startswith("ours-"):
        return {}
    found = {}
    for pool in sorted({run.pool for run in runs}):
        by = {name: {r.seed: r for r in runs if r.pool == pool and r.method == name} for name in (method, _NONE)}
        seeds = sorted(set(by[method]) & set(by[_NONE]))
        if seeds:
            trials = min(len(by[name][seed].scores) for name in by for seed in seeds)
            one, two = (reaches([by[name][seed] for seed in seeds], trials) for name in (method, _NONE))
            found[pool] = one, two
    return found


def _over(rows: dict[str, tuple[FloatArray, FloatArray]]) -> str:
    ratios = {pool: float(one.mean() / two.mean()) for pool, (one, two) in rows.items()}
    rng = np.random.default_rng(0)
    spread = []
    for _ in range(_DRAWS):
        logs = []
        for one, two in rows.values():
            drawn = rng.integers(len(one), size=len(one))
            logs.append(np.log(one[drawn].mean() / two[drawn].mean()))
        spread.append(np.exp(np.mean(logs)))
    low, high = bounds(spread, 3)
    worst, best = max(ratios, key=ratios.__getitem__), min(ratios, key=ratios.__getitem__)
    mean = float(np.exp(np.mean(np.log(list(ratios.values())))))
    return (
        f"{mean:.3f} [{low:.3f}, {high:.3f}] over {len(ratios)} pools; worst {ratios[worst]:.2f} on {worst}, "
        f"best {ratios[best]:.2f} on {best}"
    )


def describe_pairs(runs: Sequence[Run]) -> str:
    """What this optimiser and a spec's knowledge would have saved on a group's own table, line by line."""
    words = []
    for batch in sorted({run.batch for run in runs}):
        same = [run for run in runs if run.batch == batch]
        for method, other, saying in (
            ("ours-none", "random", "this optimiser beside random draws"),
            ("ours-true", "ours-none", "with what your spec knows beside without"),
            ("ours-shuffled", "ours-none", "the same with its components exchanged (a placebo) beside without"),
        ):
            ratio = paired_ratio(same, method, other)
            if ratio is not None:
                words.append(f"  batches of {batch}: {saying}: {_saving(ratio)}")
    return "\n".join(["", "On your table, trials to the best 1 %:", *words]) if words else ""


def _saving(ratio: Interval) -> str:
    saved, least, most = (round((1 - value) * 100) for value in (ratio[0], ratio[2], ratio[1]))
    if least > 0:
        return f"{saved} % fewer (95 %: {least} to {most} %)"
    if most < 0:
        return f"{-saved} % more (95 %: {-most} to {-least} %)"
    return f"not told apart from it (between {max(most, 0)} % fewer and {max(-least, 0)} % more)"
