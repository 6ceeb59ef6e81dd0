"""The `bench` and `eval` commands, which the command line finds by their entry points."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from eutectic.core.errors import BadInput
from eutectic.evals.command_options import Data, Json, Seeds, Smoke
from eutectic.evals.commands_literature import bench_ingest, bench_literature, evaluate_ingest, evaluate_literature

bench = typer.Typer(help="Benchmarks, each with its baseline and seeds.", no_args_is_help=True)
evaluate = typer.Typer(help="Evaluations, each with the gates it must pass.", no_args_is_help=True)


@evaluate.callback()
def _evaluate() -> None:
    """Evaluations, each with the gates it must pass."""


@evaluate.command()
def records(
    smoke: Smoke = False,
    data: Annotated[
        Path | None, typer.Option("--data", help="Folder of checked papers; $EUTECTIC_PDFS without.")
    ] = None,
    drawn: Annotated[
        int, typer.Option("--drawn", help="Draw so many papers, kind after kind, and score only these.", min=0)
    ] = 0,
    seed: Annotated[int, typer.Option("--seed", help="Of the drawn papers.")] = 0,
    held_back: Annotated[bool, typer.Option("--held-back", help="List the kinds held back one by one too.")] = False,
    as_json: Json = False,
) -> int:
    """Precision, recall and F1 of record extraction by rules, on made papers by split and on checked real ones."""
    from eutectic.evals.eval_records import run, run_drawn

    return run_drawn(drawn, seed, held_back, as_json) if drawn else run(smoke, data, as_json)


@evaluate.command()
def claims(
    smoke: Smoke = False,
    data: Annotated[
        Path | None, typer.Option("--data", help="Folder of the papers read by hand; $EUTECTIC_PDFS without.")
    ] = None,
    as_json: Json = False,
) -> int:
    """Precision and recall of claims read by rules, on sentences and papers whose claims were listed by hand."""
    from eutectic.evals.eval_claims import run

    return run(data, smoke, as_json)


@bench.command()
def loop(
    trials: Annotated[int, typer.Option("--trials", min=4, help="Experiments of the campaign.")] = 60,
    batch: Annotated[int, typer.Option("--batch", min=1, max=96)] = 4,
    optimizer: Annotated[str, typer.Option("--optimizer", help="botorch, random or sobol.")] = "botorch",
    instruments: Annotated[
        int, typer.Option("--instruments", min=1, max=96, help="Measuring at once; above 1 thin films on a plate.")
    ] = 1,
    growth: Annotated[
        float, typer.Option("--growth", min=1.0, help="CPU per trial of the last quarter over the first: 1 above.")
    ] = 1.25,
    memory: Annotated[
        float, typer.Option("--memory", min=1.0, help="Memory at the end over that after a tenth: 1 above.")
    ] = 1.05,
    smoke: Smoke = False,
    seeds: Seeds = None,
    as_json: Json = False,
) -> int:
    """Time of the agent loop per trial beside the bare optimiser on the same trials, and its memory.

    Exit code 1 where time or memory grew by more than stated (with 8 rounds or more), or a trial was lost or doubled.
    """
    from eutectic.evals.bench_loop import bench_spec, table, time_loop

    count = 24 if smoke else trials
    time_loop(bench_spec(8, 4, optimizer, 0))  # so that imports and first-use costs stay out of the figures
    rows = [time_loop(bench_spec(count, batch, optimizer, seed, instruments)) for seed in range(seeds or 1)]
    if as_json:
        typer.echo(json.dumps([row.model_dump(mode="json") for row in rows], indent=2))
    else:
        typer.echo(table(rows))
    grown = any(row.growth > growth or row.memory_growth > memory for row in rows)
    if grown and not as_json:
        typer.echo(f"GREW: more than {growth:g} times the CPU per trial, or {memory:g} times the memory")
    return int(grown or any(row.missing or row.doubled for row in rows))


@bench.command()
def dosing(smoke: Smoke = False, seeds: Seeds = None, as_json: Json = False) -> int:
    """How far doses miss the wanted composition, by pipette, well, stocks and method; 1 where ours is worse."""
    from eutectic.evals.bench_dosing import run

    return run(seeds or (2 if smoke else 4), smoke, as_json)


@bench.command()
def optimise(
    smoke: Smoke = False,
    seeds: Seeds = None,
    data: Data = None,
    as_json: Json = False,
    methods: Annotated[str, typer.Option("--methods", help="Names with commas between; all without.")] = "",
    tables: Annotated[str, typer.Option("--tables", help="Tables, emulators, closed forms; all without.")] = "",
    batches: Annotated[str, typer.Option("--batches", help="Batch sizes with commas between.")] = "",
    trials: Annotated[int | None, typer.Option("--trials", min=4, help="Trials of a campaign; 80 without.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Folder of results; ./bench-optimise without.")] = None,
    workers: Annotated[int | None, typer.Option("--workers", min=1, help="Processes; one per core without.")] = None,
    starts: Annotated[
        int, typer.Option("--starts", min=0, help="Random starts all methods share; 0: each its own.")
    ] = 5,
    spec: Annotated[
        Path | None, typer.Option("--spec", help="Campaign spec of a table of your own, with --table.")
    ] = None,
    table: Annotated[
        Path | None, typer.Option("--table", help="Your measurements (CSV, XLSX) to search, with --spec.")
    ] = None,
    speed: Annotated[bool, typer.Option("--speed", help="Seconds per suggestion by size instead.")] = False,
    front: Annotated[bool, typer.Option("--front", help="Hypervolume with two objectives instead.")] = False,
    subset: Annotated[
        int, typer.Option("--subset", min=0, help="What fitting a part of so many observations costs instead; 5000.")
    ] = 0,
    repeats: Annotated[bool, typer.Option("--repeats", help="Repeats by value, never and always instead.")] = False,
) -> int:
    """Experiments the optimiser needs beside its peers, on tables, emulators of them and closed forms; resumable."""
    from eutectic.evals.bench_optimise import run

    if speed:
        from eutectic.evals.suggestion_speed import run_speeds

        return run_speeds(seeds or (1 if smoke else 3), smoke=smoke, as_json=as_json)

    if subset:
        from eutectic.evals.training_subset import print_subsets

        return print_subsets(seeds or (2 if smoke else 10), subset, as_json=as_json)
    if front:
        from eutectic.evals.fronts import print_fronts

        return print_fronts(data, seeds or (2 if smoke else 10), trials or (16 if smoke else 40), as_json=as_json)
    if repeats:
        from eutectic.evals.repeats import print_repeats

        return print_repeats(seeds or (2 if smoke else 60), trials or (16 if smoke else 40), as_json=as_json)
    sizes = [int(size) for size in batches.split(",") if size.strip().isdigit() and int(size) > 0]
    if batches and len(sizes) != batches.count(",") + 1:
        raise BadInput(f"--batches {batches!r} are not whole numbers above 0", mend="write such as 1,4,10")
    if (spec is None) != (table is None) or (table is not None and tables):
        raise BadInput("--spec and --table go together, without --tables", mend="name the spec and your table")
    run(
        own=None if spec is None or table is None else (spec, table),
        smoke=smoke,
        seeds=seeds,
        data=data,
        as_json=as_json,
        methods=[name.strip() for name in methods.split(",") if name.strip()],
        pools=[name.strip() for name in tables.split(",") if name.strip()],
        batches=sizes,
        trials=trials,
        out=out,
        workers=workers,
        starts=starts,
    )
    return 0


@bench.command()
def elements(
    learn: Annotated[
        Path | None, typer.Option("--learn", help="List of formulas to learn from: text, CSV or the matminer wheel.")
    ] = None,
    write: Annotated[Path | None, typer.Option("--write", help="Where to write the learned vectors as CSV.")] = None,
    smoke: Smoke = False,
    as_json: Json = False,
) -> int:
    """Whether element vectors learned from formulas alone reproduce the groups of the periodic table."""
    from eutectic.evals.bench_elements import run

    run(learn, write, smoke, as_json)
    return 0


@evaluate.command()
def drift(smoke: Smoke = False, seeds: Seeds = None, data: Data = None, as_json: Json = False) -> int:
    """Whether intervals hold under drift, jumps and outliers, beside values as measured; false alarms and power."""
    from eutectic.evals.eval_drift import run

    return run(seeds or (6 if smoke else 20), smoke, data, as_json)


@evaluate.command()
def calibration(smoke: Smoke = False, seeds: Seeds = None, data: Data = None, as_json: Json = False) -> int:
    """How often the intervals of predictions hold what is measured next, from 5 values to 40."""
    from eutectic.evals.eval_calibration import run

    return run(seeds or 3, data, smoke, as_json)


@evaluate.command()
def labs(
    names: Annotated[list[str] | None, typer.Argument(metavar="[LAB]...", help="Kinds of lab; all without.")] = None,
    smoke: Smoke = False,
    as_json: Json = False,
) -> int:
    """Every fault of the conformance suite against every lab that is installed, beside what other tools let through."""
    from eutectic.evals.lab_matrix import run, text

    cells, programs = run(tuple(names or ()), smoke)
    if as_json:
        typer.echo(json.dumps([item.model_dump(mode="json") for item in (*programs, *cells)], indent=2))
    else:
        typer.echo(text(cells, programs))
    ours = [item for item in programs if item.lab == "ledger"]
    return 1 if any(item.verdict == "missed" for item in (*cells, *ours)) else 0


@bench.command()
def images(smoke: Smoke = False, seeds: Seeds = None, as_json: Json = False) -> int:
    """What microstructure images add to a campaign, beside none and beside pictures of other recipes (a placebo)."""
    from eutectic.evals.bench_images import print_images

    return print_images(seeds or (2 if smoke else 20), 16 if smoke else 40, as_json=as_json)


bench.command("ingest")(bench_ingest)
bench.command("literature")(bench_literature)
evaluate.command("ingest")(evaluate_ingest)
evaluate.command("literature")(evaluate_literature)
