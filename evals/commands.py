"""The `bench` and `eval` commands, which the command line finds by their entry points."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

Smoke = Annotated[bool, typer.Option("--smoke", help="A quick run of about a minute.")]
Seeds = Annotated[int | None, typer.Option("--seeds", min=1, help="How many seeds.")]
Json = Annotated[bool, typer.Option("--json", help="Print data as JSON.")]
Data = Annotated[Path | None, typer.Option("--data", help="Folder of measured tables; $EUTECTIC_DATA without.")]

bench = typer.Typer(help="Benchmarks, each with its baseline and seeds.", no_args_is_help=True)
evaluate = typer.Typer(help="Evaluations, each with the gates it must pass.", no_args_is_help=True)


@evaluate.callback()
def _evaluate() -> None:
    """Evaluations, each with the gates it must pass."""


@bench.command()
def loop(
    trials: Annotated[int, typer.Option("--trials", min=4, help="Experiments of the campaign.")] = 60,
    batch: Annotated[int, typer.Option("--batch", min=1, max=96)] = 4,
    optimizer: Annotated[str, typer.Option("--optimizer", help="botorch, random or sobol.")] = "botorch",
    smoke: Smoke = False,
    seeds: Seeds = None,
    as_json: Json = False,
) -> int:
    """Time of the agent loop per trial beside the bare optimiser on the same trials, and its memory."""
    from eutectic.evals.bench_loop import bench_spec, table, time_loop

    count = 24 if smoke else trials
    time_loop(bench_spec(8, 4, optimizer, 0))  # so that imports and first-use costs stay out of the figures
    rows = [time_loop(bench_spec(count, batch, optimizer, seed)) for seed in range(seeds or 1)]
    if as_json:
        typer.echo(json.dumps([row.model_dump(mode="json") for row in rows], indent=2))
    else:
        typer.echo(table(rows))
    return 0


@bench.command()
def dosing(smoke: Smoke = False, seeds: Seeds = None, as_json: Json = False) -> int:
    """How far doses miss the wanted composition, by pipette, well, stocks and method."""
    from eutectic.evals.bench_dosing import run

    run(seeds or (2 if smoke else 10), smoke, as_json)
    return 0


@bench.command()
def optimise(
    smoke: Smoke = False,
    seeds: Seeds = None,
    data: Data = None,
    as_json: Json = False,
) -> int:
    """Experiments the optimiser needs beside uniform random search, on emulators of real tables and on closed forms."""
    from eutectic.evals.bench_optimise import run

    run(smoke, seeds, data, as_json)
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
