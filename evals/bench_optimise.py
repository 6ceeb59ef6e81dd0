"""The optimiser beside its peers on tables of measurements, emulators of them and closed forms; resumable."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

from eutectic.core.errors import BadInput
from eutectic.evals.baseline_choice import choices_of, describe_choices
from eutectic.evals.search_methods import METHODS, STARTS
from eutectic.evals.search_report import describe, draw_curves, lines_of
from eutectic.evals.search_runs import Run, Task, pool_keys, run_all
from eutectic.evals.table_files import data_folder

_SMOKE_POOLS = ("acidic-oer", "synergy")


def run(
    *,
    smoke: bool = False,
    seeds: int | None = None,
    data: Path | None = None,
    as_json: bool = False,
    methods: Sequence[str] = (),
    pools: Sequence[str] = (),
    batches: Sequence[int] = (),
    trials: int | None = None,
    out: Path | None = None,
    workers: int | None = None,
    starts: int = 5,
) -> list[Run]:
    """Run what is not yet kept in the results folder and print the figures of all that was asked for.

    Args:
        smoke: Two pools, two seeds, 24 trials in batches of 4: about a minute.
        seeds: Paired seeds; 20 by default.
        data: Folder of the tables; `EUTECTIC_DATA` (or its `data` folder) by default. Without one only closed forms.
        as_json: Print JSON.
        methods: Which methods; all by default.
        pools: Which pools; all by default.
        batches: Batch sizes; 1, 4 and 10 by default.
        trials: Trials of a campaign; 80 by default.
        out: Folder of results and plot.
        workers: Processes; one per core by default.
        starts: Random recipes that all methods without knowledge begin with, the same for a seed, and the number of
            starts of those with; 0 leaves each to its own.

    Raises:
        BadInput: a method or pool is not known.
    """
    import typer

    folder = data_folder(data)
    if folder is not None:
        os.environ["EUTECTIC_DATA"] = str(folder)  # so that arms with sister tables find them, in workers too
    keys = [key for key in pool_keys(folder) if not smoke or key in _SMOKE_POOLS]
    tasks = [
        Task(
            method=method,
            pool=pool,
            seed=seed,
            batch=batch,
            trials=trials or (24 if smoke else 80),
            data="" if folder is None else str(folder),
            starts=starts,
        )
        for pool in _chosen(pools, keys, "pool")
        for batch in (batches or ((4,) if smoke else (1, 4, 10)))
        for method in _chosen(methods, list(METHODS), "method")
        for seed in range(seeds or (2 if smoke else 20))
    ]
    out = out or Path("bench-optimise")
    runs = _with_progress(tasks, out, workers or os.cpu_count() or 1)
    lines, overall = lines_of(runs)
    choices = choices_of(runs)
    if as_json:
        figures = [line.model_dump(mode="json") for line in lines]
        over = [item.model_dump(mode="json") for item in overall]
        chosen = [item.model_dump(mode="json") for item in choices]
        typer.echo(json.dumps({"pools": figures, "overall": over, "choices": chosen}))
    else:
        typer.echo(describe(lines, overall))
        if choices:
            typer.echo(describe_choices(choices))
        typer.echo(_about_starts(starts))
        draw_curves(runs, out / "curves.png")
        typer.echo(f"Curves: {out / 'curves.png'}; runs are kept in {out} and are not done again by the same code.")
    return runs


def _about_starts(starts: int) -> str:
    if not starts:
        return f"Starts: each method its own, {STARTS} random ones for gp-logei, rf-ei and et-ucb."
    return (
        f"Starts: {starts} random recipes, the same for all methods of a seed; those with knowledge choose as many "
        "themselves, a quarter of them by it."
    )


def _with_progress(tasks: Sequence[Task], out: Path, workers: int) -> list[Run]:
    from rich.console import Console
    from rich.progress import Progress

    runs = []
    with Progress(console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task("campaigns", total=len(tasks))
        for run in run_all(tasks, out, workers):
            runs.append(run)
            progress.advance(bar)
    return runs


def _chosen(wanted: Sequence[str], known: Sequence[str], what: str) -> list[str]:
    for name in wanted:
        if name not in known:
            raise BadInput(f"there is no {what} {name!r}", mend=f"choose among {', '.join(known)}")
    return list(wanted) or list(known)
