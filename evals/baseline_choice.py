"""What choosing a baseline costs against the choice made in hindsight, and how much of that is chance of the seeds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from eutectic.core.record import Record
from eutectic.evals.bootstrap import bounds
from eutectic.evals.pools import FloatArray
from eutectic.evals.search_methods import BASELINES
from eutectic.evals.search_report import reaches
from eutectic.evals.search_runs import Run

_SPLITS = 1000


class Choice(Record):
    """One way to choose a baseline, over all pools of a batch size."""

    name: str
    batch: int
    pools: int
    ratio: float
    """Geometric mean over the pools of trials to the best 1 % over those of the baseline best in hindsight."""
    spread: tuple[float, float] | None
    """2.5 and 97.5 % of it over random halvings of the seeds; None where nothing is drawn."""
    worst: float
    """The largest ratio of a pool; its median over the halvings where they are drawn."""


def choices_of(runs: Sequence[Run], splits: int = _SPLITS) -> list[Choice]:
    """The choices for every batch size, from pools where all baselines that ran at it have seeds in common."""
    groups: dict[tuple[int, str], dict[str, dict[int, Run]]] = {}
    for run in runs:
        groups.setdefault((run.batch, run.pool), {}).setdefault(run.method, {})[run.seed] = run
    found: list[Choice] = []
    for batch in sorted({batch for batch, _ in groups}):
        pools = [methods for (size, _), methods in sorted(groups.items()) if size == batch]
        base = [name for name in BASELINES if any(name in methods for methods in pools)]
        if len(base) < 2:
            continue
        tables = [_reached(base, methods) for methods in pools if all(name in methods for name in base)]
        tables = [table for table in tables if table.shape[1]]
        if tables:
            found += compare(batch, base, tables, splits)
    return found


def _reached(base: Sequence[str], methods: dict[str, dict[int, Run]]) -> FloatArray:
    seeds = sorted(set.intersection(*(set(by) for by in methods.values())))
    trials = min((len(by[seed].scores) for by in methods.values() for seed in seeds), default=0)
    return np.array([reaches([methods[name][seed] for seed in seeds], trials) for name in base])


def compare(batch: int, names: Sequence[str], tables: Sequence[FloatArray], splits: int = _SPLITS) -> list[Choice]:
    """Every baseline always, a fair coin, the choice by the other half of the seeds, and the noise floor.

    Args:
        batch: Batch size.
        names: The baselines.
        tables: Trials to the best 1 % for each pool, (baselines, seeds), a censored seed with all its trials.
        splits: Random halvings of the seeds, the same for every call.
    """
    means = [table.mean(axis=1) for table in tables]
    fixed = {name: [float(mean[i] / mean.min()) for mean in means] for i, name in enumerate(names)}
    fixed["coin"] = [float(mean.mean() / mean.min()) for mean in means]
    count = len(tables)
    found = [
        Choice(name=name, batch=batch, pools=count, ratio=_geometric(ratios), spread=None, worst=round(max(ratios), 3))
        for name, ratios in fixed.items()
    ]
    if min(table.shape[1] for table in tables) < 2:
        return found
    rng = np.random.default_rng(0)
    both = np.array([[halved(table, rng.permutation(table.shape[1])) for table in tables] for _ in range(splits)])
    for name, ratios in (("other half", both[:, :, 0]), ("noise floor", both[:, :, 1])):
        over = np.exp(np.log(ratios).mean(axis=1))
        low, high = bounds(over, 3)
        worst = round(float(np.median(ratios.max(axis=1))), 3)
        found.append(
            Choice(name=name, batch=batch, pools=count, ratio=_geometric(over), spread=(low, high), worst=worst)
        )
    return found


def halved(table: FloatArray, order: np.ndarray[tuple[int], np.dtype[np.int64]]) -> tuple[float, float]:
    """Two ratios of one halving of the seeds of a pool.

    Args:
        table: Trials, (baselines, seeds).
        order: The seeds in some order; the first half of them is one half.

    Returns:
        Every seed with the baseline that the other half prefers, over the baseline best on all seeds; and the best
        mean of the first half over the best mean of the second.
    """
    cut = len(order) // 2
    first, second = table[:, order[:cut]], table[:, order[cut:]]
    one, two = first.mean(axis=1), second.mean(axis=1)
    chosen = (second[one.argmin()].sum() + first[two.argmin()].sum()) / table.shape[1]
    return float(chosen / table.mean(axis=1).min()), float(one.min() / two.min())


def _geometric(ratios: Sequence[float] | FloatArray) -> float:
    return round(float(np.exp(np.log(ratios).mean())), 3)


def describe_choices(choices: Sequence[Choice]) -> str:
    """The choices as text."""
    words = ["\nThe same ratio for ways to choose a baseline (the better one in hindsight is 1):"]
    for item in choices:
        spread = "" if item.spread is None else f" [{item.spread[0]:.3f}, {item.spread[1]:.3f}]"
        worst = f"{'worst' if item.spread is None else 'median worst'} {item.worst:.2f}"
        words.append(f"  batch {item.batch:<3}{item.name:15}{item.ratio:.3f}{spread} over {item.pools} pools; {worst}")
    words.append(
        "other half: each half of the seeds uses the baseline the other half prefers; noise floor: the better baseline "
        "of one half over that of the other; [ ] is 2.5 to 97.5 % over random halvings, not over seeds."
    )
    return "\n".join(words)
