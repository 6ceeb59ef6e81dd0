"""The optimiser beside its peers on tables of measurements, emulators of them and closed forms; resumable."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

from eutectic.agents.spec_file import load_spec
from eutectic.core.errors import BadInput
from eutectic.evals.baseline_choice import choices_of, describe_choices
from eutectic.evals.measured_pool import measured_pool
from eutectic.evals.paired_ratio import describe_over_none, describe_pairs
from eutectic.evals.pools import Pool
from eutectic.evals.search_methods import BASELINES, METHODS, ON_REQUEST, STARTS
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
    own: tuple[Path, Path] | None = None,
) -> list[Run]:
    """Run what is not yet kept in the results folder and print the figures of all that was asked for.

    Args:
        smoke: Two pools, two seeds, 24 trials in batches of 4: about a minute.
        seeds: Paired seeds; 20 by default.
        data: Folder of the tables; `EUTECTIC_DATA` (or its `data` folder) by default. Without one only closed forms.
        as_json: Print JSON.
        methods: Which methods; all but those that take knowledge apart by default.
        pools: Which pools; all by default.
        batches: Batch sizes; 1, 4 and 10 by default.
        trials: Trials of a campaign; 80 by default.
        out: Folder of results and plot.
        workers: Processes; one per core by default.
        starts: Random recipes that most methods begin with, the same for a seed; `ours-none` and those with knowledge
            choose as many themselves; 0 leaves each to its own.
        own: The campaign spec and the table of measurements of a group, searched in place of the pools.

    Raises:
        BadInput: a method or pool is not known, or the group's files cannot be used.
    """
    import typer

    folder = data_folder(data)
    if folder is not None:
        os.environ["EUTECTIC_DATA"] = str(folder)  # so that arms with sister tables find them, in workers too
    keys = [key for key in pool_keys(folder) if not smoke or key in _SMOKE_POOLS]
    sizes = batches or ((4,) if smoke else (1, 4, 10))
    names: Sequence[str] = _chosen(methods or [m for m in METHODS if m not in ON_REQUEST], list(METHODS), "method")
    shared = {"data": "" if folder is None else str(folder), "starts": starts}
    if own is not None:
        spec, table = own
        read = measured_pool(spec, table)
        typer.echo("\n".join(read.notes), err=as_json)
        keys, pools = [read.pool.key], ()
        names, sizes = methods or _useful(read.pool), batches or (load_spec(spec).batch,)
        shared |= {"spec": str(spec), "table": str(table)}
    tasks = [
        Task.model_validate(
            {"method": m, "pool": p, "seed": s, "batch": b, "trials": trials or (24 if smoke else 80), **shared}
        )
        for p in _chosen(pools, keys, "pool")
        for b in sizes
        for m in names
        for s in range(seeds or (2 if smoke else 20))
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
        typer.echo(describe(lines, overall if own is None else []))
        if own is not None:
            typer.echo(describe_pairs(runs))
        elif choices:
            typer.echo(describe_choices(choices))
        if own is None and (beside := describe_over_none(runs)):
            typer.echo(beside)
        typer.echo(_about_starts(starts))
        draw_curves(runs, out / "curves.png")
        typer.echo(f"Curves: {out / 'curves.png'}; runs are kept in {out} and are not done again by the same code.")
    return runs


def _useful(pool: Pool) -> list[str]:
    """Methods for a group's own table: whose claims may rest on it nobody but the group knows."""
    informed = ["ours-true", "ours-shuffled", "ours-inverted"] if pool.terms else []
    return ["random", *BASELINES, "ours", "ours-none", *informed]


def _about_starts(starts: int) -> str:
    if not starts:
        return f"Starts: each method its own, {STARTS} random ones for gp-logei, rf-ei and et-ucb."
    return (
        f"Starts: {starts} random recipes, the same for all methods of a seed; ours-none and those with knowledge "
        "choose as many themselves, the latter a quarter of those beyond four by it."
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
