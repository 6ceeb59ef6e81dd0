"""Figures of the optimiser benchmark: trials to a goal with censored seeds, areas, paired ratios, intervals, curves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from eutectic.core.record import Record
from eutectic.evals.bootstrap import bounds
from eutectic.evals.pools import FloatArray
from eutectic.evals.search_methods import BASELINES, METHODS
from eutectic.evals.search_runs import Run

_DRAWS = 2000
Interval = tuple[float, float, float]
"""An estimate and its 95 % bootstrap interval over seeds."""


class Line(Record):
    """One method on one pool with one batch size."""

    pool: str
    method: str
    batch: int
    seeds: int
    trials: int
    to_top1: Interval
    """Mean trials to the best 1 %, restricted to the trials done: a seed that never got there counts with them all."""
    reached_top1: float
    """Share of seeds that got there."""
    to_95: Interval
    """The same to within 5 % of the range of the best."""
    reached_95: float
    area: Interval
    """Mean best score so far (0 worst recipe, 1 best) over all trials."""
    ratio: Interval | None
    """Trials to the best 1 % over those of the better baseline, paired by seed; the choice of the better one is
    repeated in every bootstrap draw. None where no baseline ran."""
    seconds_per_suggestion: float


class Overall(Record):
    """One method over all pools of a batch size."""

    method: str
    batch: int
    pools: int
    ratio: Interval
    """Geometric mean over the pools of the ratios to the better baseline."""
    worst: tuple[str, float]
    """The pool with the largest ratio."""


def first_reach(run: Run, wanted: float, trials: int) -> float:
    """The trial (from 1) that first scores `wanted`; `trials` + 1 where none does."""
    hits = np.flatnonzero(np.array(run.scores[:trials]) >= wanted)
    return float(hits[0] + 1) if len(hits) else float(trials + 1)


def reaches(runs: Sequence[Run], trials: int) -> FloatArray:
    """Trials of each run to the best 1 %, (runs,); one that never got there counts with all its trials."""
    return np.array([min(first_reach(run, run.top, trials), trials) for run in runs], dtype=np.float64)


def lines_of(runs: Sequence[Run]) -> tuple[list[Line], list[Overall]]:
    """The figures of every method on every pool, and over the pools; seeds that all methods of a pool have are used."""
    groups: dict[tuple[str, int], dict[str, dict[int, Run]]] = {}
    for run in runs:
        groups.setdefault((run.pool, run.batch), {}).setdefault(run.method, {})[run.seed] = run
    lines: list[Line] = []
    drawn: dict[tuple[str, int], list[tuple[str, float, FloatArray]]] = {}
    for (pool, batch), methods in sorted(groups.items()):
        seeds = sorted(set.intersection(*(set(found) for found in methods.values())))
        if not seeds:
            continue
        found, ratios = _pool_lines(pool, batch, {name: [by[s] for s in seeds] for name, by in methods.items()})
        lines += found
        for name, (ratio, draws) in ratios.items():
            drawn.setdefault((name, batch), []).append((pool, ratio, draws))
    overall = [_overall(name, batch, found) for (name, batch), found in sorted(drawn.items())]
    return lines, overall


def _pool_lines(
    pool: str, batch: int, methods: Mapping[str, list[Run]]
) -> tuple[list[Line], dict[str, tuple[float, FloatArray]]]:
    trials = min(len(run.scores) for found in methods.values() for run in found)
    count = len(next(iter(methods.values())))
    draws = np.random.default_rng(0).integers(count, size=(_DRAWS, count))
    top = {name: reaches(found, trials) for name, found in methods.items()}
    base = [name for name in BASELINES if name in methods]
    best = min((float(top[name].mean()) for name in base), default=np.nan)
    best_drawn = np.min([top[name][draws].mean(axis=1) for name in base], axis=0) if base else None
    lines, ratios = [], {}
    for name, found in methods.items():
        near = np.array([first_reach(run, 0.95, trials) for run in found])
        ratio = None
        if best_drawn is not None:
            spread = top[name][draws].mean(axis=1) / best_drawn
            ratios[name] = (float(top[name].mean()) / best, spread)
            ratio = interval_of(ratios[name][0], spread)
        lines.append(
            Line(
                pool=pool,
                method=name,
                batch=batch,
                seeds=count,
                trials=trials,
                to_top1=_mean(top[name], draws),
                reached_top1=float(np.mean([first_reach(run, run.top, trials) <= trials for run in found])),
                to_95=_mean(np.minimum(near, trials), draws),
                reached_95=float((near <= trials).mean()),
                area=_mean(np.array([np.maximum.accumulate(run.scores[:trials]).mean() for run in found]), draws, 4),
                ratio=ratio,
                seconds_per_suggestion=round(sum(run.seconds for run in found) / (trials * count), 4),
            )
        )
    return lines, ratios


def _overall(name: str, batch: int, found: list[tuple[str, float, FloatArray]]) -> Overall:
    ratios = np.array([ratio for _, ratio, _ in found])
    spread = np.exp(np.mean([np.log(draws) for _, _, draws in found], axis=0))
    worst = int(ratios.argmax())
    return Overall(
        method=name,
        batch=batch,
        pools=len(found),
        ratio=interval_of(float(np.exp(np.log(ratios).mean())), spread),
        worst=(found[worst][0], round(float(ratios[worst]), 3)),
    )


def _mean(values: FloatArray, draws: np.ndarray[tuple[int, int], np.dtype[np.int64]], digits: int = 1) -> Interval:
    return round(float(values.mean()), digits), *bounds(values[draws].mean(axis=1), digits)


def interval_of(value: float, draws: FloatArray) -> Interval:
    """An estimate with the 95 % interval of its bootstrap draws."""
    return round(value, 3), *bounds(draws, 3)


def describe(lines: Sequence[Line], overall: Sequence[Overall]) -> str:
    """The figures as text."""
    words = []
    for pool, batch in dict.fromkeys((line.pool, line.batch) for line in lines):
        own = [line for line in lines if (line.pool, line.batch) == (pool, batch)]
        words.append(f"{pool}: {own[0].seeds} seeds, {own[0].trials} trials in batches of {batch}")
        words.append(
            f"  {'':15}{'trials to top 1 %':>24}{'reached':>9}{'to 95 %':>20}{'reached':>9}{'area':>7}"
            f"{'over better baseline':>24}{'s each':>9}"
        )
        for line in own:
            ratio = "" if line.ratio is None else _text(line.ratio, 2)
            words.append(
                f"  {line.method:15}{_text(line.to_top1, 1):>24}{line.reached_top1:>9.0%}{_text(line.to_95, 1):>20}"
                f"{line.reached_95:>9.0%}{line.area[0]:>7.3f}{ratio:>24}{line.seconds_per_suggestion:>9.3f}"
            )
    if overall:
        words.append(f"\nTrials to the best 1 % over those of the better of {', '.join(BASELINES)}, geometric mean:")
    words += [
        f"  batch {item.batch:<3}{item.method:15}{_text(item.ratio, 3)} over {item.pools} pools; worst "
        f"{item.worst[1]:.2f} on {item.worst[0]}"
        for item in overall
    ]
    used = dict.fromkeys(line.method for line in lines)
    words += ["", "Methods:", *(f"  {name:15}{METHODS[name][0]}" for name in used if name in METHODS)]
    words.append(
        "A seed that did not get there counts with all its trials (restricted mean); [ ] is a 95 % bootstrap interval "
        "over seeds."
    )
    return "\n".join(words)


def _text(three: Interval, digits: int) -> str:
    return f"{three[0]:.{digits}f} [{three[1]:.{digits}f}, {three[2]:.{digits}f}]"


def draw_curves(runs: Sequence[Run], path: Path) -> None:
    """Best so far (mean and quartiles) and the share of seeds still short of the best 1 %, for each pool and batch."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    pools = sorted({(run.pool, run.batch) for run in runs})
    figure, axes = pyplot.subplots(len(pools), 2, figsize=(11, 3.0 * len(pools)), squeeze=False)
    colours = {name: f"C{i}" for i, name in enumerate(sorted({run.method for run in runs}))}
    for (pool, batch), (left, right) in zip(pools, axes, strict=True):
        for name, colour in colours.items():
            own = [run for run in runs if (run.pool, run.batch, run.method) == (pool, batch, name)]
            if not own:
                continue
            trials = min(len(run.scores) for run in own)
            best = np.array([np.maximum.accumulate(run.scores[:trials]) for run in own])
            at = np.arange(1, trials + 1)
            left.plot(at, best.mean(axis=0), color=colour, label=name)
            left.fill_between(at, *np.quantile(best, [0.25, 0.75], axis=0), color=colour, alpha=0.12, linewidth=0)
            reach = np.array([first_reach(run, run.top, trials) for run in own])
            short = (reach[:, None] > at).mean(axis=0)
            right.step(at, short, where="post", color=colour)
            if short[-1] > 0:
                right.plot(trials, short[-1], "+", color=colour, markersize=9)
        left.set(title=f"{pool}, batch {batch}", ylabel="best so far (0 to 1)")
        right.set(ylabel="seeds short of the top 1 %", ylim=(-0.02, 1.02), title="+ : seeds censored there")
    axes[-1][0].set_xlabel("trials")
    axes[-1][1].set_xlabel("trials")
    axes[0][0].legend(fontsize=7)
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    pyplot.close(figure)
